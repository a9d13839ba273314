"""A session whose last connection ended cleanly is released at once; one that lost it is kept for the window and goes on by its request
id. The report tells how each side ended."""
import struct

from standin import Client, ask, run, standin, wait_for


def ended_session(gateway, request_id):
    """The session once its last connection is over."""
    return wait_for(lambda: (lambda s: s if s["open_connections"] == 0 else None)(gateway.session(request_id)), "the end")


def test_a_close_frame_releases_at_once_and_is_reported_with_code_and_reason():
    with standin() as gateway:
        with Client(gateway.port) as client:
            request_id = client.upgrade().one("nvcf-reqid")
            client.send_frame(8, struct.pack(">H", 1001) + b"going away")
            assert client.take_frame() == (0x88, struct.pack(">H", 1001) + b"going away")
            assert client.ended() == "fin"
        session = ended_session(gateway, request_id)
        assert session["state"] == "released"
        end = session["ends"][0]
        assert end["clean"] and end["websocket"]
        assert (end["client"]["close_code"], end["client"]["close_reason"]) == (1001, "going away")
        assert end["function"]["close_code"] == 1001
        answer = ask(gateway, headers={"nvcf-reqid": request_id})
        assert answer.status == 404 and answer.one("set-cookie") == "nvcf-request-id=; Max-Age=0"


def test_a_websocket_lost_by_rst_is_kept_and_resumed():
    with standin() as gateway:
        client = Client(gateway.port)
        request_id = client.upgrade().one("nvcf-reqid")
        client.abort()
        session = ended_session(gateway, request_id)
        assert session["state"] == "waiting"
        end = session["ends"][0]
        assert not end["clean"] and end["first"] == "client" and end["client"]["how"] == "rst"
        assert gateway.connection(session["connections"][0])["end"] == {"by": "client", "how": "rst", "close_notify": False}
        with Client(gateway.port) as again:
            assert again.upgrade(headers={"Sec-WebSocket-Protocol": f"nvcf-reqid.{request_id}"}).one("nvcf-reqid") == request_id
            assert gateway.session(request_id)["resumed"] == 1


def test_a_websocket_lost_by_fin_without_close_frame_is_kept():
    with standin() as gateway:
        client = Client(gateway.port)
        request_id = client.upgrade().one("nvcf-reqid")
        client.close()
        session = ended_session(gateway, request_id)
        assert session["state"] == "waiting" and session["ends"][0]["client"]["how"] == "fin"


def test_the_window_ends():
    with standin("--resume-window", "200ms") as gateway:
        client = Client(gateway.port)
        request_id = client.upgrade().one("nvcf-reqid")
        client.abort()
        wait_for(lambda: gateway.session(request_id)["state"] == "released", "the window's end")
        assert "in time" in gateway.session(request_id)["released_because"]
        assert ask(gateway, headers={"nvcf-reqid": request_id}).status == 404


def test_a_plain_connection_that_ends_by_fin_between_requests_releases():
    with standin() as gateway:
        request_id = ask(gateway).one("nvcf-reqid")
        assert ended_session(gateway, request_id)["state"] == "released"


def test_a_plain_connection_that_is_reset_keeps():
    with standin() as gateway:
        client = Client(gateway.port)
        request_id = client.ask().one("nvcf-reqid")
        client.abort()
        assert ended_session(gateway, request_id)["state"] == "waiting"


def test_a_client_that_ends_in_the_middle_of_a_body_keeps():
    with standin() as gateway:
        client = Client(gateway.port)
        request_id = client.ask().one("nvcf-reqid")
        client.send(b"POST / HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer nvapi-first\r\n"
                    b"function-id: 11111111-1111-1111-1111-111111111111\r\nContent-Length: 100\r\n\r\nhalf")
        wait_for(lambda: gateway.report()["totals"]["requests"] == 2, "the second head")
        client.close()
        assert ended_session(gateway, request_id)["state"] == "waiting"


def test_only_the_last_connection_counts():
    with standin() as gateway:
        first = Client(gateway.port)
        request_id = first.upgrade().one("nvcf-reqid")
        second = Client(gateway.port)
        second.upgrade(headers={"nvcf-reqid": request_id})
        first.send_frame(8)
        assert first.ended() == "fin"
        first.close()
        wait_for(lambda: gateway.session(request_id)["open_connections"] == 1, "one to be left")
        assert gateway.session(request_id)["state"] == "active"
        second.abort()
        assert ended_session(gateway, request_id)["state"] == "waiting"


def test_the_control_port_ends_connections_by_rst_fin_and_close_frame():
    with standin() as gateway:
        for how, seen, state in (("rst", "rst", "waiting"), ("fin", "fin", "waiting")):
            with Client(gateway.port) as client:
                request_id = client.upgrade().one("nvcf-reqid")
                number = gateway.session(request_id)["connections"][0]
                assert gateway.control("POST", f"/connections/{number}/end?how={how}")[0] == 200
                assert client.ended() == seen
            assert ended_session(gateway, request_id)["state"] == state
            assert gateway.connection(number)["end"]["by"] == "control"
        with Client(gateway.port) as client:
            request_id = client.upgrade().one("nvcf-reqid")
            number = gateway.session(request_id)["connections"][0]
            gateway.control("POST", f"/connections/{number}/end?how=close&code=4001&reason=over")
            assert client.take_frame() == (0x88, struct.pack(">H", 4001) + b"over")
            client.send_frame(8, struct.pack(">H", 4001))
            assert client.ended() == "fin"
        assert ended_session(gateway, request_id)["state"] == "released"
        assert gateway.control("POST", "/connections/9999/end?how=rst")[0] == 404


def test_a_released_worker_resets_its_connections():
    with standin() as gateway, Client(gateway.port) as client:
        request_id = client.upgrade().one("nvcf-reqid")
        assert gateway.control("POST", f"/sessions/{request_id}/release")[0] == 200
        assert client.ended() == "rst"
        assert ask(gateway, headers={"nvcf-reqid": request_id}).status == 404


if __name__ == "__main__":
    run(globals())
