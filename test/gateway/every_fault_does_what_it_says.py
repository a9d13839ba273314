"""Each fault of the README, once: tests of the proxy build on them."""
import time

from standin import Client, ask, request, run, standin, wait_for


def raw_answer(gateway, fault, method="GET", patience=0.5):
    """What a connection with that fault got until it was silent for `patience` seconds or ended, and how it ended."""
    with Client(gateway.port) as client:
        client.socket.settimeout(patience)
        client.send(request(f"/sign_in?standin={fault}", method))
        end = "open"
        try:
            end = client.ended()
        except TimeoutError:
            pass
        return client.buffer, end


def test_status_and_refuse():
    with standin() as gateway:
        for status in (204, 304, 403, 404, 500, 503):
            answer = ask(gateway, f"/?standin=status:{status}")
            assert answer.status == status and answer.all("nvcf-reqid") and not answer.body == (status >= 400)
        refused = ask(gateway, "/?standin=refuse:503", headers={"Origin": "https://a.example"})
        assert refused.status == 503 and refused.all("access-control-allow-origin") and not refused.all("nvcf-reqid")
        assert ask(gateway, "/?standin=refuse:404").one("set-cookie") == "nvcf-request-id=; Max-Age=0"


def test_delay_combines_with_others():
    with standin() as gateway:
        begin = time.monotonic()
        assert ask(gateway, "/?standin=delay:300ms,status:503").status == 503
        assert time.monotonic() - begin >= 0.3


def test_proper_answers():
    with standin() as gateway, Client(gateway.port) as client:
        head = client.ask("/x?standin=echo-head", headers={"X-Odd": "a  b"}).body
        assert head.startswith(b"GET /x?standin=echo-head HTTP/1.1\r\n") and b"X-Odd: a  b\r\n" in head
        assert client.ask("/?standin=large:100000").body == bytes(i % 251 for i in range(100000))
        assert client.ask("/?standin=large-chunked:70000").body == bytes(i % 251 for i in range(70000))
        assert client.ask("/?standin=drip:3").body == b"line 0\nline 1\nline 2\n"
        assert len(client.ask("/?standin=cookies").all("set-cookie")) == 3
        assert client.ask("/?standin=trailers").trailers == ["X-Checksum: 42", "Set-Cookie: late=1"]
        client.send(request("/?standin=100-continue"))
        assert [client.take_answer().status for _ in range(3)] == [100, 103, 200]
        assert client.ask("/?standin=http10").body == b"until the end\n"


def test_early_answer_comes_before_the_body():
    with standin() as gateway, Client(gateway.port) as client:
        client.send(request("/?standin=early-answer", "POST", {"Content-Length": "1000000"}))
        assert client.take_answer().status == 413
        client.send(b"x" * 1000000)
        assert client.ended() == "fin"


def test_ends_instead_of_answers():
    with standin() as gateway:
        assert raw_answer(gateway, "silent") == (b"", "open")
        assert raw_answer(gateway, "close-before-answer") == (b"", "fin")
        assert raw_answer(gateway, "rst-before-answer") == (b"", "rst")
        assert raw_answer(gateway, "rst-mid-head")[1] == "rst"
        assert raw_answer(gateway, "rst-mid-body")[1] == "rst"
        data, end = raw_answer(gateway, "fin-mid-body")
        assert end == "fin" and b"Content-Length: 100000\r\n" in data


def test_answers_without_end():
    with standin() as gateway:
        data, end = raw_answer(gateway, "no-end:body")
        assert data.endswith(b"only this") and end == "open"
        for variant in ("head", "field"):
            data, end = raw_answer(gateway, f"no-end:{variant}", patience=20)
            assert len(data) > 16 << 20 and end == "fin" and b"\r\n\r\n" not in data


def test_broken_bytes():
    expected = {
        "bad-framing": b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
        "bad-framing:two-lengths": b"Content-Length: 5\r\nContent-Length: 6\r\n",
        "bad-framing:negative-length": b"Content-Length: -5",
        "bad-framing:huge-length": b"Content-Length: 99999999999999999999999",
        "bad-framing:bad-chunk": b"5g\r\n",
        "bad-framing:te-identity": b"Transfer-Encoding: identity",
        "bad-framing:te-twice": b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
        "bad-framing:te-http10": b"HTTP/1.0 200 OK",
        "bad-framing:cl-list": b"Content-Length: 5, 6",
        "crlf-header": b"one\nX-Injected", "crlf-header:bare-cr": b"one\rX-Injected", "crlf-header:nul": b"one\0two",
        "crlf-header:obs-fold": b"one\r\n  two", "crlf-header:space-colon": b"X-Broken : one",
        "crlf-header:no-colon": b"X-Broken\r\n", "crlf-header:empty-name": b"\r\n: one",
        "bad-status-line": b"HTTP/3.7 200", "bad-status-line:code": b"HTTP/1.1 20 OK",
        "bad-status-line:garbage": b"\x16\x03\x01", "bad-status-line:http2": b"PRI * HTTP/2.0",
        "unasked-101": b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ",
    }
    with standin() as gateway:
        for fault, bytes_in_it in expected.items():
            data, _ = raw_answer(gateway, fault)
            assert bytes_in_it in data, (fault, data)


def test_forged_101s():
    missing = {"bare": ("upgrade", "connection", "sec-websocket-accept"), "no-upgrade": ("upgrade",),
               "no-connection": ("connection",), "no-accept": ("sec-websocket-accept",), "two-accepts": (), "h2c": (), "body": ()}
    with standin() as gateway:
        for variant, names in missing.items():
            with Client(gateway.port) as client:
                answer = client.upgrade(f"/?standin=forged-101:{variant}")
                assert answer.status == 101
                for name in ("upgrade", "connection", "sec-websocket-accept"):
                    assert (not answer.all(name)) == (name in names), (variant, name)
                assert len(answer.all("sec-websocket-accept")) == (2 if variant == "two-accepts" else name not in names)
                assert answer.all("upgrade") in ([], ["h2c"] if variant == "h2c" else ["websocket"])


def test_edited_101s_still_are_websockets():
    offer = {"Sec-WebSocket-Protocol": "one, two"}
    right = "ICX+Yqv66kxgM0FcWaLWlFLwTAI="
    wanted = {
        "bad-accept": lambda a: a.one("sec-websocket-accept") != right,
        "unoffered-protocol": lambda a: a.one("sec-websocket-protocol") == "never-offered",
        "two-protocols": lambda a: len(a.all("sec-websocket-protocol")) == 2,
        "no-protocol": lambda a: not a.all("sec-websocket-protocol"),
        "unoffered-extension": lambda a: a.one("sec-websocket-extensions") == "x-never-offered",
        "early-frames": lambda a: a.one("sec-websocket-accept") == right,
    }
    with standin() as gateway:
        for fault, holds in wanted.items():
            with Client(gateway.port) as client:
                assert holds(client.upgrade(f"/?standin={fault}", headers=offer)), fault
                if fault == "early-frames":
                    assert client.take_frame() == (0x81, b"early")
                client.send_frame(1, b"works")
                assert client.take_frame() == (0x81, b"works")


def test_rules_of_the_control_port_are_used_up():
    with standin() as gateway:
        assert gateway.control("POST", "/faults", {"fault": "status:503", "times": 2, "target": "/here"})[0] == 200
        assert [ask(gateway, path).status for path in ("/there", "/here", "/here", "/here")] == [200, 503, 503, 200]
        gateway.control("POST", "/faults", {"fault": "status:500", "times": 0})
        assert [ask(gateway).status for _ in range(3)] == [500, 500, 500]
        gateway.control("POST", "/reset")
        assert ask(gateway).status == 200


def test_an_unknown_fault_is_said():
    with standin() as gateway:
        assert ask(gateway, "/?standin=no-such").status == 400
        assert gateway.control("POST", "/faults", {"fault": "no-such"})[0] == 400
        assert gateway.control("POST", "/faults", ["x"])[0] == 400


def test_reset_forgets_the_record_and_keeps_live_sessions():
    with standin() as gateway, Client(gateway.port) as client:
        request_id = client.upgrade().one("nvcf-reqid")
        ask(gateway)
        wait_for(lambda: gateway.report()["totals"]["active_sessions"] == 1, "the other session's release")
        gateway.control("POST", "/reset")
        report = gateway.report()
        assert not report["requests"] and [s["request_id"] for s in report["sessions"]] == [request_id]
        assert len(report["connections"]) == 1 and report["totals"]["connections"] == 1


if __name__ == "__main__":
    run(globals())
