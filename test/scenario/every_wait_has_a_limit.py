"""Whoever keeps the proxy waiting is given up after the limit that the settings name, with a status where one can still be
sent; and whoever no longer waits is not waited for: a client that is gone takes its request away from upstream. Ensured with
short limits, by the time until the answer and by what upstream's socket sees."""

import select
import socket
import time

from play import equal, expect, play, step, until
from raw import Listener
from websocket import TEXT, UPGRADE, frame, open_websocket, read_frame

SHORT = "300ms"


def timed(client, seconds=0.25):
    """The answer, and whether it came no sooner than the limit and not long after."""
    begun = time.monotonic()
    answer = client.answer()
    took = time.monotonic() - begun
    expect(seconds <= took < 5, f"the answer {answer.status} came after {took:.2f} s")
    return answer


@step
def an_answer_that_does_not_come_is_504(world):
    gateway = world.gateway()
    proxy = world.proxy(gateway, NVCF_RESPONSE_TIMEOUT=SHORT)
    for fault in ("silent", "delay:20s"):
        for lines in ([], UPGRADE):
            with proxy.connect() as client:
                client.ask("GET", f"/sign_in?standin={fault}", *lines)
                equal(timed(client).status, 504, f"status of {fault}")
                equal(client.rest(), (b"", "fin"), "what follows")


@step
def the_answers_time_begins_when_the_request_is_complete(world):
    listener = world.listener()
    proxy = world.proxy(f"http://localhost:{listener.port}", NVCF_RESPONSE_TIMEOUT="1s")
    with proxy.connect() as client:
        client.ask("POST", "/sign_in", "Content-Length: 10")
        upstream = world.keep(listener.accept())
        upstream.head()
        until_complete = time.monotonic() + 1.8
        for _ in range(9):
            client.send(b"x")
            upstream.take(1)
        while time.monotonic() < until_complete:  # nearly two of its limits pass before the body is whole
            select.select([client.sock], [], [], max(0, until_complete - time.monotonic()))
        client.send(b"x")
        upstream.take(1)
        select.select([client.sock], [], [], 0.6)
        upstream.send(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        equal(client.answer().status, 200, "status")


@step
def an_upstream_that_takes_no_more_of_a_body_is_502(world):
    listener = world.listener()
    proxy = world.proxy(f"http://localhost:{listener.port}", PROXY_WRITE_TIMEOUT=SHORT, NVCF_RESPONSE_TIMEOUT="20s")
    with proxy.connect() as client:
        client.ask("POST", "/sign_in", f"Content-Length: {64 << 20}")
        world.keep(listener.accept()).head()
        client.sock.settimeout(0.2)
        try:
            client.send(b"x" * (64 << 20))
        except (TimeoutError, ConnectionError, BlockingIOError):
            pass
        client.sock.settimeout(10)
        equal(client.answer().status, 502, "status")


@step
def an_answer_that_is_slow_but_in_time_arrives(world):
    proxy = world.proxy(
        world.gateway(), PROXY_REQUEST_TIMEOUT=SHORT, PROXY_IDLE_TIMEOUT=SHORT, NVCF_RESPONSE_TIMEOUT="10s"
    )
    with proxy.connect() as client:
        client.ask("GET", "/sign_in?standin=delay:1s")
        equal(timed(client, 0.9).status, 200, "status")


@step
def a_connection_that_nobody_takes_is_502(world):
    nobody = Listener()
    nobody.close()
    with world.proxy(f"http://127.0.0.1:{nobody.port}").connect() as client:
        equal(client.request("GET", "/sign_in").status, 502, "status")


@step
def a_connection_that_is_never_accepted_is_502(world):
    full = world.keep(socket.create_server(("127.0.0.1", 0), backlog=0))
    for _ in range(8):  # what the kernel queues; more are not even answered
        waiting = world.keep(socket.socket())
        waiting.setblocking(False)
        waiting.connect_ex(full.getsockname())
    proxy = world.proxy(f"http://127.0.0.1:{full.getsockname()[1]}", NVCF_CONNECT_TIMEOUT=SHORT)
    with proxy.connect() as client:
        client.ask("GET", "/sign_in")
        equal(timed(client).status, 502, "status")


@step
def a_gateway_that_never_shakes_hands_is_502(world):
    listener = world.listener()
    proxy = world.proxy(f"https://localhost:{listener.port}", PROXY_HANDSHAKE_TIMEOUT=SHORT)
    with proxy.connect() as client:
        client.ask("GET", "/sign_in")
        equal(timed(client).status, 502, "status")


@step
def a_head_that_stops_is_408(world):
    gateway = world.gateway()
    proxy = world.proxy(gateway, PROXY_REQUEST_TIMEOUT=SHORT)
    for part in ("G", "GET /sign_in HTTP/1.1\r\nHost: proxy.test\r\nX-Slow: "):
        with proxy.connect() as client:
            client.send(part)
            equal(timed(client).status, 408, "status")
            equal(client.rest(), (b"", "fin"), "what follows")
    equal(gateway.connections(), [], "connections upstream")


@step
def a_client_that_never_shakes_hands_is_let_go(world):
    proxy = world.proxy(world.gateway(), PROXY_SSL_INSECURE="true", PROXY_HANDSHAKE_TIMEOUT=SHORT)
    with proxy.connect(tls=False) as client:
        begun = time.monotonic()
        equal(client.rest()[0], b"", "bytes")
        expect(0.25 <= time.monotonic() - begun < 5, "the connection did not end in time")


@step
def an_idle_connection_is_closed_without_a_word(world):
    proxy = world.proxy(world.gateway(), PROXY_IDLE_TIMEOUT=SHORT)
    for requests in (0, 1):
        with proxy.connect() as client:
            for _ in range(requests):
                client.request("GET", "/sign_in")
            begun = time.monotonic()
            equal(client.rest(), (b"", "fin"), "what follows")
            expect(0.2 <= time.monotonic() - begun < 5, f"it ended after {time.monotonic() - begun:.2f} s")


@step
def a_body_that_stops_is_408_and_never_complete_upstream(world):
    gateway = world.gateway()
    proxy = world.proxy(gateway, PROXY_IDLE_TIMEOUT=SHORT)
    for lines, part in ((["Content-Length: 100"], b"half"), (["Transfer-Encoding: chunked"], b"5\r\nhe")):
        with proxy.connect() as client:
            client.ask("POST", "/sign_in", *lines)
            client.send(part)
            equal(timed(client).status, 408, "status")
    for connection in until(
        "upstream's connections to end", lambda: [one for one in [gateway.connections()] if all(c["end"] for c in one)]
    )[0]:
        equal(connection["end"]["how"], "rst", "end upstream")
    expect(not any(request["body_complete"] for request in gateway.requests()), "half a body was complete upstream")


@step
def no_limit_of_a_request_ends_a_websocket(world):
    proxy = world.proxy(
        world.gateway(),
        PROXY_REQUEST_TIMEOUT=SHORT,
        PROXY_IDLE_TIMEOUT=SHORT,
        NVCF_RESPONSE_TIMEOUT=SHORT,
        PROXY_HANDSHAKE_TIMEOUT=SHORT,
        NVCF_CONNECT_TIMEOUT=SHORT,
        PROXY_WRITE_TIMEOUT=SHORT,
    )
    with proxy.connect() as client:
        equal(open_websocket(client).status, 101, "status")
        client.sock.settimeout(1.5)
        try:
            client.more()
            expect(False, "something came in a silent session")
        except TimeoutError:
            client.sock.settimeout(20)
        client.send(frame(TEXT, b"still here"))
        equal(read_frame(client), (0x81, b"still here"), "echo after five times every limit")


@step
def a_client_that_is_gone_is_not_waited_for(world):
    gateway = world.gateway()
    proxy = world.proxy(gateway)
    for leave in ("rst", "close"):
        for lines in ([], UPGRADE):
            gateway.reset()
            client = proxy.connect()
            client.ask("GET", "/sign_in?standin=silent", *lines)
            until("the request upstream", gateway.requests)
            getattr(client, leave)()
            ended = until("upstream's connection to end", lambda: [one for one in gateway.connections() if one["end"]])
            equal((ended[-1]["end"]["by"], ended[-1]["end"]["how"]), ("client", "rst"), f"end upstream after {leave}")


@step
def a_client_that_leaves_within_its_body_takes_the_request_along(world):
    gateway = world.gateway()
    proxy = world.proxy(gateway)
    for leave in ("fin", "rst"):
        gateway.reset()
        client = world.keep(proxy.connect())
        client.ask("POST", "/sign_in", "Content-Length: 100")
        client.send(b"half")
        until("the request upstream", gateway.requests)
        getattr(client, leave)()
        ended = until("upstream's connection to end", lambda: [one for one in gateway.connections() if one["end"]])
        equal(ended[-1]["end"]["how"], "rst", f"end upstream after {leave}")
        expect(not gateway.requests()[-1]["body_complete"], "half a body was complete upstream")


@step
def a_reader_that_takes_nothing_is_given_up(world):
    listener = world.listener()
    proxy = world.proxy(f"http://127.0.0.1:{listener.port}", PROXY_WRITE_TIMEOUT=SHORT)
    client = world.keep(proxy.connect(receive_buffer=4096))
    client.ask("GET", "/sign_in")
    upstream = world.keep(listener.accept())
    upstream.head()
    try:
        upstream.send(f"HTTP/1.1 200 OK\r\nContent-Length: {1 << 28}\r\n\r\n")
        for _ in range(1 << 12):
            upstream.send(b"x" * 65536)
        expect(False, "256 MiB were taken for a reader that takes none")
    except (ConnectionResetError, BrokenPipeError):
        pass


play()
