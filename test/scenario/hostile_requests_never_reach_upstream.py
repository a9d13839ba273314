"""Every request of the tables of hostile input gets its status and a closed connection, and upstream hears nothing of it; what
is pipelined behind an upgrade that fails is never a request. Ensured by sending each to the real program, over one stand-in
whose report must stay empty, and with an answer to a sound request in between that proves the program lives."""

import os

from play import equal, expect, play, step, until
from websocket import KEY, TEXT, UPGRADE, accept_of, frame

DATA = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "data")
ESCAPES = {"r": "\r", "n": "\n", "t": "\t", "0": "\0", "\\": "\\"}
SMUGGLED = "GET /smuggled HTTP/1.1\r\nHost: proxy.test\r\n\r\n"


def unescaped(text):
    data, at = bytearray(), 0
    while at < len(text):
        if text[at] != "\\":
            data += text[at].encode()
            at += 1
        elif text[at + 1] == "x":
            data.append(int(text[at + 2 : at + 4], 16))
            at += 4
        else:
            data += ESCAPES[text[at + 1]].encode()
            at += 2
    return bytes(data)


def cases(name):
    """(promise, status, name, bytes) of each case; the head of the file tells its format."""
    found = []
    with open(os.path.join(DATA, name), encoding="utf-8") as file:
        for line in file.read().split("\n"):
            if line.startswith("| "):
                found[-1][3] += unescaped(line[2:])
            elif line and not line.startswith("#"):
                promise, status, sentence = line.split(" ", 2)
                found.append([promise, int(status), sentence, b""])
    return found


def refuse_all(world, table, wanted):
    gateway = world.gateway()
    proxy = world.proxy(gateway)
    known = cases(table)
    expect(len(known) >= wanted, f"only {len(known)} cases in {table}")
    wrong = []
    for promise, status, name, data in known:
        with proxy.connect() as client:
            client.send(data)
            try:
                answer = client.answer("HEAD" if data.startswith(b"HEAD") else "GET")
                rest, how = client.rest()
                closes = "close" in ", ".join(answer.all("Connection")).split(", ")
                got = (answer.status, closes, rest, how)
            except (EOFError, ConnectionResetError, TimeoutError, AssertionError) as error:
                got = repr(error)
            if got != (status, True, b"", "fin"):
                wrong.append(f"{promise} {name}: expected {status} and the end, got {got}")
    equal(wrong, [], "cases that came out otherwise")
    return gateway, proxy


@step
def every_hostile_head_is_refused(world):
    gateway, proxy = refuse_all(world, "hostile_requests.txt", 60)
    equal((gateway.requests(), gateway.connections()), ([], []), "requests and connections upstream")
    with proxy.connect() as client:
        equal(client.request("GET", "/sign_in").status, 200, "status of a sound request afterwards")


@step
def every_hostile_body_that_comes_at_once_is_refused_and_never_reaches_upstream(world):
    gateway, _ = refuse_all(world, "hostile_bodies.txt", 15)
    equal(gateway.requests(), [], "requests upstream")


@step
def a_hostile_first_chunk_that_comes_later_never_reaches_upstream(world):
    gateway = world.gateway()
    with world.proxy(gateway).connect() as client:
        client.send("POST /sign_in HTTP/1.1\r\nHost: proxy.test\r\nTransfer-Encoding: chunked\r\n\r\n")
        client.send("+5\r\nabcde\r\n0\r\n\r\n")
        equal(client.answer().status, 400, "status")
    equal(gateway.requests(), [], "requests upstream")


@step
def a_hostile_chunk_behind_a_sound_one_never_completes_the_request(world):
    gateway = world.gateway()
    with world.proxy(gateway).connect() as client:
        client.send("POST /sign_in HTTP/1.1\r\nHost: proxy.test\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n")
        until("the request upstream", lambda: gateway.requests())
        client.send("+5\r\nabcde\r\n0\r\n\r\n")
        equal(client.answer().status, 400, "status")
    until("its end", lambda: gateway.requests()[0]["body_bytes"] == 5)
    expect(not gateway.requests()[0]["body_complete"], "upstream took a hostile body for complete")


@step
def a_request_behind_an_upgrade_that_fails_is_not_forwarded(world):
    gateway = world.gateway()
    proxy = world.proxy(gateway)
    upgrade = "\r\n".join(["GET /sign_in?standin={} HTTP/1.1", "Host: proxy.test", *UPGRADE, "", ""])
    for fault, status in (
        ("refuse:429", 429),
        ("status:403", 403),
        ("bad-accept", 502),
        ("delay:100ms,status:200", 200),
    ):
        gateway.reset()
        with proxy.connect() as client:
            client.send(upgrade.format(fault) + SMUGGLED)
            equal(client.answer().status, status, f"status of the upgrade, {fault}")
            equal(client.rest()[0], b"", f"what follows, {fault}")
        equal(["smuggled" in request["head"] for request in gateway.requests()], [False], f"requests upstream, {fault}")


@step
def a_request_behind_one_that_is_refused_here_is_not_forwarded(world):
    gateway = world.gateway()
    proxy = world.proxy(gateway)
    for first in (
        "GET /sign_in HTTP/1.1\r\nHost: a\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n",
        "TRACE / HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nfunction-id: x\r\n\r\n",
    ):
        with proxy.connect() as client:
            client.send(first + SMUGGLED)
            expect(client.answer().status >= 400, f"{first!r} was not refused")
            equal(client.rest()[0], b"", "what follows")
    equal(gateway.connections(), [], "connections upstream")


@step
def bytes_before_the_101_are_held_back_and_pass_as_frames_after_it(world):
    listener = world.listener()
    proxy = world.proxy(f"http://127.0.0.1:{listener.port}")
    early = SMUGGLED.encode() + frame(TEXT, b"early")
    with proxy.connect() as client:
        client.send("\r\n".join(["GET /sign_in HTTP/1.1", "Host: proxy.test", *UPGRADE, "", ""]).encode() + early)
        with listener.accept() as upstream:
            equal(upstream.head().first, "GET /sign_in HTTP/1.1", "request upstream")
            upstream.sock.settimeout(0.2)
            try:
                upstream.more()
            except TimeoutError:
                pass
            equal(upstream.input, b"", "bytes upstream before its 101")
            upstream.sock.settimeout(20)
            upstream.send(
                f"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                f"Sec-WebSocket-Accept: {accept_of(KEY)}\r\n\r\n"
            )
            equal(client.head().status, 101, "status")
            equal(upstream.take(len(early)), early, "bytes upstream after its 101")


play()
