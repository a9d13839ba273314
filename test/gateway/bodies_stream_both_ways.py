"""Plain HTTP passes too: any method, bodies of any size in either frame, counted and hashed in the report."""
import hashlib
import os
import threading

from standin import FUNCTION, Client, ask, request, run, sample_function, standin

LARGE = 3 << 20


def test_three_mebibytes_pass_up_and_down_through_the_function():
    body = os.urandom(LARGE)
    with sample_function() as function, standin(functions=[f"{FUNCTION}@127.0.0.1:{function.port}"]) as gateway:
        with Client(gateway.port) as client:
            sender = threading.Thread(target=client.send, args=(request("/echo", "POST", body=body),))
            sender.start()
            assert client.take_answer().body == body
            sender.join()
            seen = gateway.report()["requests"][0]
            assert seen["body_bytes"] == LARGE and seen["body_complete"]
            assert seen["body_sha256"] == hashlib.sha256(body).hexdigest()
            assert client.ask().status == 200, "the connection goes on"


def test_a_chunked_body_reaches_the_function_and_its_trailers_are_reported():
    with standin() as gateway, Client(gateway.port) as client:
        client.send(request(method="POST", headers={"Transfer-Encoding": "chunked"}) +
                    b"3;ext=1\r\nabc\r\n2\r\nde\r\n0\r\nX-Sum: 5\r\n\r\n")
        assert b'"body_bytes":5' in client.take_answer().body
        seen = gateway.report()["requests"][0]
        assert seen["body_bytes"] == 5 and seen["trailers"] == [["X-Sum", "5"]]


def test_a_body_is_echoed_while_it_arrives():
    with standin() as gateway, Client(gateway.port) as client:
        client.send(request("/?standin=echo-body", "POST", {"Transfer-Encoding": "chunked"}) + b"5\r\nfirst\r\n")
        client.take_head()
        assert client.take_line() == b"5" and client.take(7) == b"first\r\n"
        client.send(b"6\r\nsecond\r\n0\r\n\r\n")
        assert client.take_line() == b"6" and client.take(8) == b"second\r\n"
        assert client.take(5) == b"0\r\n\r\n"


def test_expect_100_continue_is_answered_before_the_body():
    with standin() as gateway, Client(gateway.port) as client:
        client.send(request(method="POST", headers={"Expect": "100-continue", "Content-Length": "4"}))
        assert client.take_answer().status == 100
        client.send(b"body")
        assert b'"body_bytes":4' in client.take_answer().body


def test_head_has_a_length_and_no_body():
    with standin() as gateway, Client(gateway.port) as client:
        answer = client.ask(method="HEAD")
        assert answer.status == 200 and int(answer.one("content-length")) > 0
        assert client.ask().status == 200


def test_pipelined_requests_are_answered_in_order():
    with standin() as gateway, Client(gateway.port) as client:
        client.send(request("/one") + request("/two"))
        assert b"/one" in client.take_answer().body and b"/two" in client.take_answer().body


def test_the_function_sees_the_request_id_and_no_hop_by_hop_or_forwarded_headers():
    seen = []

    def serve(listener):
        with listener.accept()[0] as connection:
            data = b""
            while b"\r\n\r\n" not in data:
                data += connection.recv(65536)
            seen.append(data.decode())
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nKeep-Alive: timeout=5\r\n\r\n")

    import socket
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = threading.Thread(target=serve, args=(listener,))
        server.start()
        with standin(functions=[f"{FUNCTION}@127.0.0.1:{listener.getsockname()[1]}"]) as gateway:
            answer = ask(gateway, headers={"X-Forwarded-For": "1.2.3.4", "Connection": "x-private", "X-Private": "1", "X-Own": "2"})
            assert answer.status == 200 and not answer.all("keep-alive")
        server.join()
    assert f"nvcf-reqid: {answer.one('nvcf-reqid')}" in seen[0] and "X-Own: 2" in seen[0]
    assert "X-Forwarded-For" not in seen[0] and "X-Private" not in seen[0]


def test_a_function_that_is_not_there_502_without_cors():
    import socket
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with standin(functions=[f"{FUNCTION}@127.0.0.1:{port}"]) as gateway:
        answer = ask(gateway, headers={"Origin": "https://app.example"})
        assert answer.status == 502 and not answer.all("access-control-allow-origin")


if __name__ == "__main__":
    run(globals())
