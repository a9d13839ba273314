"""NVCF's gateway reads key, function and request id from headers, WebSocket protocols and a cookie, and has an answer of its own for
each thing it misses. Every row here is a fact of its source or of its tests."""
import uuid

from standin import FUNCTION, KEY, VERSION, Client, ask, run, standin, wait_for

ORIGIN = "https://app.example"


def test_without_authorization_401_with_cors_and_no_request_id():
    with standin() as gateway:
        answer = ask(gateway, "/test", "POST", {"Origin": ORIGIN}, key=None)
        assert answer.status == 401
        assert answer.one("access-control-allow-origin") == ORIGIN
        assert answer.one("access-control-allow-credentials") == "true"
        assert not answer.all("nvcf-reqid") and not answer.all("set-cookie")


def test_without_function_id_400_with_cors():
    with standin() as gateway:
        answer = ask(gateway, headers={"Origin": ORIGIN}, function=None)
        assert answer.status == 400 and answer.one("access-control-allow-origin") == ORIGIN


def test_an_error_without_origin_carries_no_cors():
    with standin() as gateway:
        assert not ask(gateway, key=None).all("access-control-allow-origin")


def test_a_grpc_client_gets_its_error_as_grpc_status():
    with standin() as gateway:
        answer = ask(gateway, method="POST", headers={"Content-Type": "application/grpc"}, key=None)
        assert answer.status == 200 and answer.one("grpc-status") == "16"


def test_bearer_may_be_left_out_only_beside_websocket_protocols():
    with standin("--api-key", KEY) as gateway:
        assert ask(gateway, headers={"Authorization": KEY}, key=None).status == 401
        with Client(gateway.port) as client:
            assert client.upgrade(headers={"Sec-WebSocket-Protocol": "x", "Authorization": KEY}, key=None).status == 101


def test_key_function_and_version_come_from_protocols_split_at_the_first_dot():
    with standin("--api-key", "key.with.dots", functions=[f"{FUNCTION}/{VERSION}"]) as gateway:
        offer = f"function-id.{FUNCTION}, authorization.key.with.dots,function-version-id.{VERSION}, x-nv-sessionid.1"
        with Client(gateway.port) as client:
            assert client.upgrade(headers={"Sec-WebSocket-Protocol": offer}, key=None, function=None).status == 101
            seen = gateway.report()["requests"][-1]
            assert (seen["function"], seen["version"]) == (FUNCTION, VERSION)


def test_a_header_wins_over_the_protocol():
    with standin("--api-key", KEY) as gateway:
        offer = "authorization.wrong, function-id.wrong"
        with Client(gateway.port) as client:
            assert client.upgrade(headers={"Sec-WebSocket-Protocol": offer}).status == 101


def test_a_wrong_key_401_an_unknown_function_404_without_deleting_the_cookie():
    with standin("--api-key", KEY) as gateway:
        assert ask(gateway, key="other").status == 401
        answer = ask(gateway, function="unknown")
        assert answer.status == 404 and not answer.all("set-cookie")


def test_an_unknown_version_404():
    with standin(functions=[f"{FUNCTION}/{VERSION}"]) as gateway:
        assert ask(gateway, headers={"function-version-id": "other"}).status == 404
        assert ask(gateway, headers={"function-version-id": VERSION}).status == 200


def test_a_function_that_is_not_streaming_501():
    with standin(functions=[f"{FUNCTION}=DEFAULT"]) as gateway:
        assert ask(gateway).status == 501


def test_no_existing_session_404_that_deletes_the_cookie():
    with standin() as gateway:
        answer = ask(gateway, headers={"Cookie": f"a=b; nvcf-request-id={uuid.uuid4()}"})
        assert answer.status == 404 and b"no existing session found" in answer.body
        assert answer.one("set-cookie") == "nvcf-request-id=; Max-Age=0"


def test_a_request_id_that_is_no_uuid_is_ignored():
    with standin() as gateway:
        assert ask(gateway, headers={"nvcf-reqid": "not-a-uuid"}).status == 200


def test_request_id_header_then_protocol_then_cookie():
    ids = [str(uuid.uuid4()) for _ in range(3)]
    header, protocol = {"nvcf-reqid": ids[0]}, {"Sec-WebSocket-Protocol": f"nvcf-reqid.{ids[1]}"}
    cookie = {"Cookie": f"nvcf-request-id={ids[2]}"}
    with standin() as gateway:
        for fields, expected in (({**header, **protocol, **cookie}, 0), ({**protocol, **cookie}, 1), (cookie, 2)):
            assert ids[expected].encode() in ask(gateway, headers=fields).body


def test_a_uuid_is_read_in_four_forms():
    wanted = str(uuid.uuid4())
    with standin() as gateway:
        for form in (wanted, wanted.upper(), "{" + wanted + "}", "urn:uuid:" + wanted, wanted.replace("-", "")):
            assert wanted.encode() in ask(gateway, headers={"nvcf-reqid": form}).body, form


def test_another_function_version_or_account_500_mismatch():
    functions = [f"{FUNCTION}/{VERSION}", f"{FUNCTION}/v2", "other"]
    with standin("--api-key", f"{KEY}=a", "--api-key", "nvapi-second=b", functions=functions) as gateway:
        with Client(gateway.port) as owner:
            request_id = owner.ask(headers={"function-version-id": VERSION}).one("nvcf-reqid")
            fields = {"nvcf-reqid": request_id}
            for named in ({"function": "other"}, {"headers": {**fields, "function-version-id": "v2"}}, {"key": "nvapi-second"}):
                answer = ask(gateway, **{"headers": fields, **named})
                assert answer.status == 500 and b"mismatch" in answer.body, named
            assert ask(gateway, headers=fields).one("nvcf-reqid") == request_id


def test_more_sessions_than_the_rate_limit_429():
    with standin("--rate-limit", "2") as gateway:
        assert [ask(gateway).status for _ in range(3)] == [200, 200, 429]
        gateway.control("POST", "/reset")
        assert ask(gateway).status == 200


def test_no_free_worker_504_and_one_that_becomes_free_is_taken():
    with standin("--workers", "1", "--worker-timeout", "300ms") as gateway:
        with Client(gateway.port) as holder:
            assert holder.ask().status == 200
            assert ask(gateway).status == 504
        wait_for(lambda: gateway.report()["totals"]["active_sessions"] == 0, "the worker to be released")
        assert ask(gateway).status == 200


def test_a_waiting_client_gets_the_worker_that_is_released():
    with standin("--workers", "1", "--worker-timeout", "30s") as gateway:
        holder = Client(gateway.port)
        assert holder.ask().status == 200
        with Client(gateway.port) as waiting:
            waiting.send(b"GET / HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer a\r\nfunction-id: " + FUNCTION.encode() + b"\r\n\r\n")
            wait_for(lambda: gateway.report()["totals"]["requests"] == 2, "the request to wait")
            holder.close()
            assert waiting.take_answer().status == 200


def test_a_client_that_left_while_it_waited_holds_no_worker():
    with standin("--workers", "1", "--worker-timeout", "30s") as gateway:
        holder = Client(gateway.port)
        request_id = holder.ask().one("nvcf-reqid")
        waiting = Client(gateway.port)
        waiting.send(b"GET / HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer a\r\nfunction-id: " + FUNCTION.encode() + b"\r\n\r\n")
        wait_for(lambda: gateway.report()["totals"]["requests"] == 2, "the request to wait")
        waiting.abort()
        holder.close()
        wait_for(lambda: gateway.session(request_id)["state"] == "released", "the first session's end")
        wait_for(lambda: gateway.report()["totals"]["active_sessions"] == 0, "nobody to hold a worker")


def test_a_preflight_is_answered_here_and_another_options_is_not():
    with standin() as gateway:
        fields = {"Origin": ORIGIN, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}
        answer = ask(gateway, "/test", "OPTIONS", fields, key=None, function=None)
        assert answer.status == 200 and answer.one("access-control-allow-origin") == ORIGIN
        assert answer.one("access-control-allow-methods") == "POST"
        assert answer.one("access-control-allow-headers") == "authorization"
        assert answer.one("access-control-allow-credentials") == "true"
        assert ask(gateway, "/test", "OPTIONS", {"Origin": ORIGIN}, key=None).status == 401


def test_what_is_not_http_or_has_two_lengths_gets_400():
    with standin() as gateway:
        for raw in (b"GET / HTTP/1.1\nHost: x\r\n\r\n", b"nonsense\r\n\r\n",
                    b"POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"):
            with Client(gateway.port) as client:
                client.send(raw)
                assert client.take_answer().status == 400
                assert client.ended() == "fin"


if __name__ == "__main__":
    run(globals())
