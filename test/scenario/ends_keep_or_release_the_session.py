"""How a session ends decides whether its GPU waits for the client: a Close frame passes with code and reason and both TCP
connections end cleanly; a client that is lost, or a page that only reloads, makes the proxy abort upstream, so that the
session stays; an upstream that is lost resets the client, which then knows to resume. Ensured by what each end's own socket
sees, plain and over TLS, and by what the stand-in did with the session."""

import time

from certificates import Authority
from play import equal, expect, play, step, until
from raw import server_tls
from websocket import BINARY, TEXT, close_frame, frame, open_websocket, read_close, read_frame, switch

CODES = [(1000, "done"), (1005 + 3000, ""), (3000, "r" * 123), (4999, "\u00e4\u20ac"), (1011, "broken")]


def relayed(world, tls=False):
    """A client and an upstream in the scenario's hands, past their handshakes."""
    settings, context = {}, None
    if tls:
        authority = Authority(world.folder)
        context, settings = server_tls(authority.sign("upstream")), {
            "NVCF_CA_FILE": authority.certificate,
            "PROXY_SSL_INSECURE": "true",
        }
    listener = world.listener(context=context)
    proxy = world.proxy(f"{'https' if tls else 'http'}://localhost:{listener.port}", **settings)

    def connect():
        client = world.keep(proxy.connect())
        client.ask(
            "GET",
            "/sign_in",
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        )
        upstream = world.keep(listener.accept())
        switch(upstream)
        equal(client.head().status, 101, "status")
        return client, upstream

    return connect


def clean_close(world, tls):
    connect = relayed(world, tls)
    for code, reason in CODES:
        for from_client in (True, False):
            client, upstream = connect()
            first, second = (client, upstream) if from_client else (upstream, client)
            what = f"close {code} by {'the client' if from_client else 'upstream'}"
            first.send(close_frame(code, reason))
            equal(read_close(second), (code, reason), what)
            second.send(close_frame(code, reason, mask=None))
            second.fin()
            equal(read_close(first), (code, reason), f"echo of {what}")
            first.fin()
            equal(first.rest(), (b"", "fin"), f"end of the first to close, {what}")
            equal(second.rest(), (b"", "fin"), f"end of the other, {what}")


@step
def a_close_passes_both_ways_and_both_connections_end_cleanly(world):
    clean_close(world, False)


@step
def a_close_passes_both_ways_over_tls(world):
    clean_close(world, True)


@step
def a_close_without_a_code_passes_as_it_is(world):
    client, upstream = relayed(world)()
    client.send(frame(8, b""))
    equal(read_frame(upstream), (0x88, b""), "Close frame")
    upstream.send(frame(8, b"", mask=None))
    equal(read_frame(client), (0x88, b""), "its echo")
    upstream.fin()
    equal((upstream.rest()[1], client.rest()[1]), ("fin", "fin"), "ends")


def lost(world, tls, ways):
    connect = relayed(world, tls)
    for what, leave in ways.items():
        client, upstream = connect()
        client.send(frame(TEXT, b"last words"))
        equal(read_frame(upstream), (0x81, b"last words"), "last words")
        leave(client)
        equal(upstream.rest(), (b"", "rst"), f"what upstream sees of a client that left by {what}")


@step
def a_client_lost_without_a_close_aborts_upstream(world):
    lost(
        world,
        False,
        {
            "FIN": lambda client: client.fin(),
            "RST": lambda client: client.rst(),
            "close()": lambda client: client.close(),
        },
    )


@step
def a_client_lost_over_tls_aborts_upstream_without_close_notify(world):
    lost(
        world,
        True,
        {
            "close_notify and FIN": lambda client: client.fin(),
            "RST": lambda client: client.rst(),
            "FIN without close_notify": lambda client: client.close(),
        },
    )


@step
def a_client_lost_between_two_requests_aborts_upstream_too(world):
    listener = world.listener()
    proxy = world.proxy(f"http://localhost:{listener.port}")
    for leave, end in ((lambda client: client.rst(), "rst"), (lambda client: client.fin(), "fin")):
        client = world.keep(proxy.connect())
        client.ask("GET", "/sign_in")
        upstream = world.keep(listener.accept())
        upstream.head()
        upstream.send(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        equal(client.answer().body, b"ok", "answer")
        leave(client)
        equal(upstream.rest(), (b"", end), f"what upstream sees of an idle client that ended by {end}")


@step
def a_slow_reader_gets_all_that_came_before_a_close(world):
    client, upstream = relayed(world)()
    message = frame(BINARY, b"x" * (1 << 20), mask=None)
    upstream.send(message + close_frame(1000, "done", mask=None))
    received = 0
    while received < len(message):
        received += len(client.take(min(65536, len(message) - received)))
        client.send(frame(9, b"ping"))
    equal(read_close(client), (1000, "done"), "Close at the client")


@step
def a_page_that_reloads_keeps_its_session(world):
    client, upstream = relayed(world)()
    client.send(close_frame(1001))
    equal(upstream.rest(), (b"", "rst"), "what upstream sees of Close 1001")
    equal(client.rest()[1] in ("fin", "rst"), True, "the client's end")


@step
def an_upstream_that_goes_away_with_1001_ends_the_session_cleanly(world):
    connect = relayed(world)
    client, upstream = connect()
    upstream.send(close_frame(1001, "going", mask=None))
    equal(read_close(client), (1001, "going"), "Close at the client")
    # browsers echo the code that they got; here it is no page that leaves
    client.send(close_frame(1001))
    equal(read_close(upstream), (1001, ""), "echo at upstream")
    upstream.fin()
    client.fin()
    equal((client.rest()[1], upstream.rest()[1]), ("fin", "fin"), "ends")


@step
def a_client_that_is_done_after_one_request_releases_the_session(world):
    gateway = world.gateway()
    proxy = world.proxy(gateway)
    asks = [
        "GET /sign_in HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
        "GET /sign_in HTTP/1.0\r\n\r\n",
        "GET /sign_in HTTP/1.1\r\nHost: a\r\n\r\n",
    ]
    for number, ask in enumerate(asks, 1):
        with proxy.connect() as client:
            equal(client.send(ask).answer().status, 200, "status")
            client.fin()
            equal(client.rest(), (b"", "fin"), "what follows")
        ended = until(
            "the session's end",
            lambda number=number: len(gateway.sessions()) == number
            and [one for one in gateway.sessions() if one["state"] != "active"][number - 1 :],
        )
        equal(ended[0]["state"], "released", f"session after {ask!r}")


@step
def an_upstream_that_is_lost_resets_the_client_at_once(world):
    for tls in (False, True):
        connect = relayed(world, tls)
        for what in ("fin", "rst", "close"):
            client, upstream = connect()
            upstream.send(frame(BINARY, b"x" * 100000, mask=None))
            equal(len(read_frame(client)[1]), 100000, "the last message")
            begun = time.monotonic()
            getattr(upstream, what)()
            how = client.rest()
            equal(how, (b"", "rst"), f"what the client sees of upstream's {what}")
            expect(time.monotonic() - begun < 1, f"it took {time.monotonic() - begun:.2f} s")


@step
def the_stand_in_keeps_or_releases_the_session_accordingly(world):
    gateway = world.gateway(function=world.function("--heartbeat", "0s"))
    proxy = world.proxy(gateway)
    ways = {
        "Close 1000": (lambda client: client.send(close_frame(1000, "bye")), "released"),
        "Close 1001": (lambda client: client.send(close_frame(1001)), "waiting"),
        "FIN": (lambda client: client.fin(), "waiting"),
        "RST": (lambda client: client.rst(), "waiting"),
    }
    for what, (leave, state) in ways.items():
        with proxy.connect() as client:
            answer = open_websocket(client)
            equal(answer.status, 101, "status")
            read_frame(client)
            leave(client)
            session = until(
                f"the session's end after {what}",
                lambda: [
                    one for one in gateway.sessions() if one["ends"] and one["request_id"] == answer.one("nvcf-reqid")
                ],
            )[0]
        equal((session["state"], session["ends"][0]["clean"]), (state, state == "released"), f"session after {what}")
        if state == "released":
            equal(
                (session["ends"][0]["client"]["close_code"], session["ends"][0]["client"]["close_reason"]),
                (1000, "bye"),
                "Close",
            )
            continue
        equal(session["ends"][0]["client"]["how"], "rst", f"what the gateway saw after {what}")
        equal(session["ends"][0]["client"].get("close_code"), None, f"Close frames at the gateway after {what}")
        with proxy.connect() as client:
            again = open_websocket(client, "/sign_in", f"Cookie: nvcf-request-id={answer.one('nvcf-reqid')}")
            equal(again.one("nvcf-reqid"), answer.one("nvcf-reqid"), f"resumed session after {what}")


@step
def each_session_leaves_one_line_that_says_how_it_ended(world):
    gateway = world.gateway()
    proxy = world.proxy(gateway)
    with proxy.connect() as client:
        session = open_websocket(client).one("nvcf-reqid")
        client.send(frame(TEXT, b"one") + frame(TEXT, b"two"))
        read_frame(client)
        read_frame(client)
        client.send(close_frame(4001, "enough"))
        equal(read_close(client), (4001, "enough"), "echo")
        client.fin()
        line = until("the log line", lambda: proxy.log("session"))
    equal(
        [
            (
                one["request_id"],
                one["ended_by"],
                one["ending"],
                one["close_code"],
                one["reason"],
                one["messages_up"],
                one["messages_down"],
            )
            for one in line
        ],
        [(session, "client", "clean", 4001, "enough", 2, 2)],
        "log",
    )


play()
