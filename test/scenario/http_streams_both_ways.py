"""Plain HTTP is forwarded as well as WebSockets are: every method, bodies of any size both ways in either framing, keep-alive,
Expect: 100-continue, old HTTP versions on either side, and a slow reader does not fill the proxy's memory. Ensured by hashes
of bodies at both ends, heads as raw bytes, and the process's own memory as the kernel counts it."""

import hashlib
import threading

from play import equal, expect, play, step
from world import STALL_BYTES

SIZE = 3 << 20
BODY = bytes(i % 253 for i in range(1 << 16)) * (SIZE >> 16)
DIGEST = hashlib.sha256(BODY).hexdigest()


def large(size):
    """The body of the stand-in's fault `large`."""
    block = bytes(i % 251 for i in range(251))
    return (block * (size // 251 + 1))[:size]


def start(world, **settings):
    gateway = world.gateway()
    return gateway, world.proxy(gateway, **settings)


@step
def three_mebibytes_go_up_and_come_back_with_a_length(world):
    gateway, proxy = start(world)
    with proxy.connect() as client:
        sender = threading.Thread(target=client.ask, args=("POST", "/sign_in?standin=echo-body"), kwargs={"body": BODY})
        sender.start()
        answer = client.answer()
        sender.join()
    equal((answer.status, answer.body == BODY), (200, True), "status, and whether the body came back")
    request = gateway.requests()[0]
    equal((request["body_bytes"], request["body_sha256"]), (SIZE, DIGEST), "what upstream received")
    lengths = [value for name, value in request["headers"] if name.lower() == "content-length"]
    equal(lengths, [str(SIZE)], "Content-Length upstream")


@step
def three_mebibytes_go_up_and_come_back_in_chunks(world):
    gateway, proxy = start(world)
    with proxy.connect() as client:
        client.ask("POST", "/sign_in?standin=echo-body", "Transfer-Encoding: chunked")

        def send():
            sizes, at = [1, 15, 16, 4095, 70000], 0
            while at < SIZE:
                piece = BODY[at : at + sizes[at % 5]]
                client.send(b"%X;ext=1\r\n" % len(piece) + piece + b"\r\n")
                at += len(piece)
            client.send(b"0\r\nX-Trailer: dropped\r\nAuthorization: Bearer smuggled\r\n\r\n")

        sender = threading.Thread(target=send)
        sender.start()
        answer = client.answer()
        sender.join()
        equal((answer.status, answer.body == BODY), (200, True), "status, and whether the body came back")
        request = gateway.requests()[0]
        equal((request["body_bytes"], request["body_sha256"]), (SIZE, DIGEST), "what upstream received")
        equal(request["trailers"], [], "trailers upstream")
        equal(client.request("GET", "/sign_in").status, 200, "status of the next request on that connection")


@step
def downloads_come_whole_in_either_framing(world):
    _, proxy = start(world)
    with proxy.connect() as client:
        for fault in ("large", "large-chunked"):
            answer = client.request("GET", f"/sign_in?standin={fault}:{SIZE}")
            equal(
                (answer.status, answer.body == large(SIZE)),
                (200, True),
                f"{fault}: status, and whether the body is whole",
            )
        equal(
            client.request("GET", "/sign_in?standin=drip:5").body, b"".join(b"line %d\n" % i for i in range(5)), "drip"
        )


@step
def every_method_reaches_the_sign_in(world):
    gateway, proxy = start(world)
    session = []
    methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"]
    with proxy.connect() as client:
        for method in methods:
            body = b"{}" if method in ("POST", "PUT", "PATCH") else b""
            answer = client.request(method, "/sign_in", "X-NVCF-ABSORB: false", *session, body=body)
            equal(answer.status, 200, f"status of {method}")
            session = [f"Cookie: nvcf-request-id={answer.one('nvcf-reqid')}"]
            if method == "HEAD":
                expect(answer.one("Content-Length"), f"HEAD tells no length: {answer.raw}")
    equal([request["method"] for request in gateway.requests()], methods, "methods upstream")
    equal({request["connection"] for request in gateway.requests()}, {1}, "upstream connections")


@step
def absorb_allocates_and_ends_a_session(world):
    gateway, proxy = start(world)
    with proxy.connect() as client:
        answer = client.request("POST", "/sign_in", "X-NVCF-ABSORB: true", "Content-Length: 0")
        equal(answer.status, 200, "status of POST")
        session = f"Cookie: nvcf-request-id={answer.one('nvcf-reqid')}"
        equal(client.request("DELETE", "/sign_in", "X-NVCF-ABSORB: true", session).status, 200, "status of DELETE")
    equal([session["state"] for session in gateway.sessions()], ["released"], "sessions")


@step
def answers_without_a_body_leave_the_connection_usable(world):
    _, proxy = start(world)
    with proxy.connect() as client:
        for status in (204, 304, 200, 418, 500, 204, 403):
            equal(client.request("GET", f"/sign_in?standin=status:{status}").status, status, "status")
            equal(client.request("HEAD", f"/sign_in?standin=status:{status}").status, status, "status of HEAD")
        for number in range(200):
            equal(client.request("GET", f"/sign_in?n={number}").status, 200, f"status of request {number}")


@step
def expect_continue_is_answered_before_the_body_is_sent(world):
    gateway, proxy = start(world)
    with proxy.connect() as client:
        client.ask("POST", "/sign_in", "Content-Length: 4", "Expect: 100-continue")
        equal(client.head().first, "HTTP/1.1 100 Continue", "interim answer")
        client.send(b"body")
        equal(client.answer().status, 200, "status")
        equal(
            client.request("GET", "/sign_in?standin=100-continue").status,
            200,
            "status after interim answers that were not asked for",
        )
    equal(gateway.requests()[0]["body_bytes"], 4, "bytes of the body upstream")


@step
def trailers_of_an_answer_are_dropped(world):
    _, proxy = start(world)
    with proxy.connect() as client:
        answer = client.request("GET", "/sign_in?standin=trailers")
        equal(
            (answer.body, answer.all("X-Checksum"), answer.all("Trailer")),
            (b"hello", [], []),
            "body, trailer, announcement",
        )
        equal(client.request("GET", "/sign_in").status, 200, "status of the next request")


@step
def an_http_1_0_upstream_is_understood(world):
    _, proxy = start(world)
    with proxy.connect() as client:
        for _ in range(2):
            answer = client.request("GET", "/sign_in?standin=http10")
            equal((answer.first, answer.body), ("HTTP/1.1 200 OK", b"until the end\n"), "status line and body")


@step
def an_http_1_0_client_gets_a_body_until_the_end(world):
    gateway, proxy = start(world)
    for fault in ("large", "large-chunked"):
        with proxy.connect() as client:
            client.send(f"GET /sign_in?standin={fault}:100000 HTTP/1.0\r\n\r\n")
            answer = client.head()
            equal((answer.status, answer.all("Transfer-Encoding")), (200, []), "status and coding")
            body, how = client.rest()
            equal((body == large(100000), how), (True, "fin"), "whether the body is whole, and how it ended")
    expect(
        all(" HTTP/1.1\r\n" in request["head"] for request in gateway.requests()),
        "upstream is not spoken to in HTTP/1.1",
    )
    with proxy.connect() as client:
        for _ in range(2):
            client.send("GET /sign_in HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
            answer = client.answer()
            equal(
                (answer.status, answer.one("Connection")),
                (200, "keep-alive"),
                "status and connection of an HTTP/1.0 keep-alive",
            )


@step
def an_answer_that_does_not_wait_for_the_body_arrives(world):
    _, proxy = start(world)
    with proxy.connect() as client:
        client.ask("POST", "/sign_in?standin=early-answer", f"Content-Length: {64 << 20}")
        client.send(b"x" * 65536)
        equal(client.answer().status, 413, "status")


@step
def pipelined_requests_are_answered_in_order(world):
    _, proxy = start(world)
    with proxy.connect() as client:
        client.send(
            "".join(
                f"GET /sign_in?standin=status:{status} HTTP/1.1\r\nHost: a\r\n\r\n" for status in (200, 404, 201, 500)
            )
        )
        equal([client.answer().status for _ in range(4)], [200, 404, 201, 500], "statuses")


@step
def a_slow_reader_does_not_fill_the_proxy_s_memory(world):
    listener = world.listener()
    proxy = world.proxy(f"http://127.0.0.1:{listener.port}")
    client = world.keep(proxy.connect(receive_buffer=4096))
    client.ask("GET", "/sign_in")
    upstream = world.keep(listener.accept())
    upstream.head()
    before = proxy.memory()
    size = 1 << 30
    upstream.send(f"HTTP/1.1 200 OK\r\nContent-Length: {size}\r\n\r\n")
    equal(client.head().status, 200, "status")
    upstream.sock.settimeout(0.5)
    sent, block = 0, b"d" * 65536
    try:
        while sent < size:
            sent += upstream.sock.send(block)
    except TimeoutError:
        pass  # nobody reads: the back-pressure has reached upstream
    expect(sent < 64 << 20, f"{sent} bytes were taken from upstream for a client that reads none")
    grown = proxy.memory() - before
    expect(grown < STALL_BYTES, f"a stalled download costs {grown} bytes")
    got = len(client.input)
    while got < sent:
        got += len(client.sock.recv(1 << 20))
    grown = proxy.memory() - before
    expect(grown < STALL_BYTES, f"{sent} bytes of a download cost {grown} bytes")


@step
def a_slow_upstream_does_not_fill_it_either(world):
    listener = world.listener()
    proxy = world.proxy(f"http://127.0.0.1:{listener.port}")
    client = world.keep(proxy.connect())
    client.ask("POST", "/sign_in", f"Content-Length: {1 << 30}")
    upstream = world.keep(listener.accept())
    upstream.head()
    before = proxy.memory()
    client.sock.settimeout(0.5)
    sent, block = 0, b"u" * 65536
    try:
        while sent < 1 << 30:
            sent += client.sock.send(block)
    except TimeoutError:
        pass
    expect(sent < 64 << 20, f"{sent} bytes were taken from the client for an upstream that reads none")
    grown = proxy.memory() - before
    expect(grown < STALL_BYTES, f"a stalled upload costs {grown} bytes")


play()
