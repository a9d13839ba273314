"""Whatever upstream answers that is no sound HTTP/1.1, the client gets 502, or an aborted connection where a sound head had
already passed; its connection ends, and no byte of the broken answer reaches it. Ensured with every broken answer of the
stand-in and more of the scenario's own, on plain requests and on upgrades."""

from play import equal, expect, play, step, until
from websocket import KEY, UPGRADE, accept_of

BEFORE_THE_HEAD = [
    "close-before-answer",
    "rst-before-answer",
    "rst-mid-head",
    "no-end:head",
    "no-end:field",
    "unasked-101",
    *(
        f"bad-framing:{kind}"
        for kind in (
            "te-cl",
            "two-lengths",
            "negative-length",
            "huge-length",
            "te-identity",
            "te-twice",
            "te-http10",
            "cl-list",
        )
    ),
    *(
        f"crlf-header:{kind}"
        for kind in ("bare-lf", "bare-cr", "nul", "obs-fold", "space-colon", "no-colon", "empty-name")
    ),
    *(f"bad-status-line:{kind}" for kind in ("version", "code", "garbage", "http2")),
    *(
        f"forged-101:{kind}"
        for kind in ("bare", "no-upgrade", "no-connection", "no-accept", "two-accepts", "h2c", "body")
    ),
]
WITHIN_THE_BODY = ["rst-mid-body", "fin-mid-body", "bad-framing:bad-chunk"]
TRACES = [b"X-Half", b"X-Broken", b"X-Injected", b"X-Filler", b"hello"]
ACCEPT = f"Sec-WebSocket-Accept: {accept_of(KEY)}\r\n"
SWITCH = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
# answers to an upgrade, each with one thing wrong
FORGED = {
    "another protocol": SWITCH.replace("websocket", "h2c") + ACCEPT,
    "no Upgrade": SWITCH.replace("Upgrade: websocket\r\n", "") + ACCEPT,
    "no Connection": SWITCH.replace("Connection: Upgrade\r\n", "") + ACCEPT,
    "Connection: close": SWITCH.replace("Connection: Upgrade", "Connection: close") + ACCEPT,
    "no accept": SWITCH,
    "accept of another key": SWITCH + f"Sec-WebSocket-Accept: {accept_of('x')}\r\n",
    "the accept twice": SWITCH + ACCEPT + ACCEPT,
    "two accepts": SWITCH + ACCEPT + "Sec-WebSocket-Accept: x\r\n",
    "an extension nobody offered": SWITCH + ACCEPT + "Sec-WebSocket-Extensions: permessage-deflate\r\n",
    "a protocol nobody offered": SWITCH + ACCEPT + "Sec-WebSocket-Protocol: x\r\n",
    "HTTP/1.0": SWITCH.replace("HTTP/1.1", "HTTP/1.0") + ACCEPT,
    "a broken header": SWITCH + ACCEPT + "X-Broken : 1\r\n",
}


def expect_502(client, what):
    answer = client.answer()
    equal((answer.status, answer.one("Connection")), (502, "close"), f"status and connection, {what}")
    rest, how = client.rest()
    equal((rest, how), (b"", "fin"), f"what follows, {what}")
    for trace in TRACES:
        expect(trace not in answer.raw, f"{what}: {trace} passed on in {answer.raw}")


@step
def a_broken_head_is_502_on_plain_requests(world):
    proxy = world.proxy(world.gateway())
    for fault in BEFORE_THE_HEAD:
        with proxy.connect() as client:
            client.ask("GET", f"/sign_in?standin={fault}")
            expect_502(client, fault)


@step
def a_broken_head_is_502_on_upgrades(world):
    proxy = world.proxy(world.gateway())
    for fault in BEFORE_THE_HEAD:
        if fault == "unasked-101":
            continue  # here it is asked for
        with proxy.connect() as client:
            client.ask("GET", f"/sign_in?standin={fault}", *UPGRADE)
            expect_502(client, fault)


@step
def a_body_that_breaks_never_looks_complete(world):
    proxy = world.proxy(world.gateway())
    for fault in WITHIN_THE_BODY:
        with proxy.connect() as client:
            client.ask("GET", f"/sign_in?standin={fault}")
            head = client.head()
            if head.status == 502:
                continue  # seen before the head passed
            body, how = client.rest()
            length = int(head.one("Content-Length") or 1 << 30)
            expect(
                len(body) < length and not body.endswith(b"0\r\n\r\n"),
                f"{fault}: the body looks complete: {body[-50:]}",
            )
            equal(how, "rst", f"how the connection ended, {fault}")
    lines = until("the log lines", lambda: len(proxy.log("request")) == len(WITHIN_THE_BODY) and proxy.log("request"))
    equal({line["side"] for line in lines}, {"upstream"}, "whose fault the log says it was")


@step
def a_body_that_stops_coming_is_given_up(world):
    proxy = world.proxy(world.gateway(), NVCF_RESPONSE_TIMEOUT="300ms")
    with proxy.connect() as client:
        client.ask("GET", "/sign_in?standin=no-end:body")
        equal(client.head().status, 200, "status")
        equal(client.rest(), (b"only this", "rst"), "body and end")


@step
def every_forged_101_is_502(world):
    listener = world.listener()
    proxy = world.proxy(f"http://127.0.0.1:{listener.port}")
    for what, answer in FORGED.items():
        with proxy.connect() as client:
            client.ask("GET", "/sign_in", *UPGRADE)
            with listener.accept() as upstream:
                upstream.head()
                upstream.send(answer + "\r\nhello")
                expect_502(client, what)
                equal(upstream.rest(), (b"", "rst"), f"what upstream gets after {what}")


@step
def a_101_nobody_asked_for_is_502(world):
    listener = world.listener()
    proxy = world.proxy(f"http://127.0.0.1:{listener.port}")
    for method in ("GET", "POST", "HEAD"):
        with proxy.connect() as client:
            client.ask(method, "/sign_in", "Content-Length: 0")
            with listener.accept() as upstream:
                upstream.head()
                upstream.send(SWITCH + ACCEPT + "\r\nhello")
                answer = client.answer(method)
                equal((answer.status, client.rest()), (502, (b"", "fin")), f"status and what follows, {method}")


@step
def interim_answers_without_end_are_502(world):
    listener = world.listener()
    proxy = world.proxy(f"http://127.0.0.1:{listener.port}")
    with proxy.connect() as client:
        client.ask("GET", "/sign_in")
        with listener.accept() as upstream:
            upstream.head()
            upstream.send("HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" * 1000)
            expect_502(client, "interim answers")


@step
def an_answer_that_came_unasked_is_not_taken_for_the_next_one(world):
    listener = world.listener()
    proxy = world.proxy(f"http://127.0.0.1:{listener.port}")
    good = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
    with proxy.connect() as client:
        client.ask("GET", "/first")
        with listener.accept() as upstream:
            upstream.head()
            upstream.send(good + good.replace("ok", "no"))
            equal(client.answer().body, b"ok", "first body")
            client.ask("GET", "/second")
            with listener.accept() as fresh:
                equal(fresh.head().first, "GET /second HTTP/1.1", "request on a fresh connection")
                fresh.send(good)
                equal(client.answer().body, b"ok", "second body")


play()
