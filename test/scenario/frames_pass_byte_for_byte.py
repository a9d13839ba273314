"""After the 101 every byte passes as it came, in both directions and at once: fragments, reserved bits, binary, all lengths
and their longer spellings, masks, control frames of the ends' own, also what was sent before the 101. Ensured by comparing
the bytes themselves at an upstream of the scenario's own, and by the stand-in's echo, plain and over TLS on both sides.
"""

import threading

from certificates import Authority
from play import equal, expect, play, step
from raw import server_tls
from world import STALL_BYTES
from websocket import (
    BINARY,
    CONTINUATION,
    KEY,
    PING,
    PONG,
    TEXT,
    UPGRADE,
    accept_of,
    frame,
    open_websocket,
    read_frame,
    switch,
)

SIZES = [0, 1, 125, 126, 65535, 65536, 1 << 20]


def payload(size):
    return bytes(i % 251 for i in range(size))


def odd_frames(mask):
    """Frames as no polite peer sends them, but as the ends may have agreed on."""
    frames = [frame(BINARY, payload(size), mask=mask) for size in SIZES]
    frames += [
        frame(TEXT, b"first", fin=False, mask=mask),
        frame(PING, b"between", mask=mask),
        frame(CONTINUATION, b"", fin=False, mask=mask),
        frame(CONTINUATION, b"last", mask=mask),
    ]
    frames += [frame(TEXT, b"reserved", rsv=rsv, mask=mask) for rsv in range(1, 8)]
    frames += [frame(BINARY, b"spelled longer", length_size=size, mask=mask) for size in (2, 8)]
    frames += [frame(opcode, b"unassigned", mask=mask) for opcode in (3, 7, 11, 15)]
    frames += [
        frame(PONG, b"unasked", mask=mask),
        frame(PING, payload(125), mask=mask),
        frame(TEXT, b"\xff\xfe no UTF-8", mask=mask),
    ]
    return frames


def connected(world, client_tls, upstream_tls):
    """A client and an upstream past their handshakes, with the proxy between them."""
    context, settings = None, {}
    if upstream_tls:
        authority = Authority(world.folder)
        context = server_tls(authority.sign("upstream"))
        settings["NVCF_CA_FILE"] = authority.certificate
    listener = world.listener(context=context)
    proxy = world.proxy(
        f"{'https' if upstream_tls else 'http'}://localhost:{listener.port}",
        PROXY_SSL_INSECURE=str(client_tls).lower(),
        **settings,
    )
    client = world.keep(proxy.connect())
    client.ask("GET", "/sign_in", *UPGRADE)
    upstream = world.keep(listener.accept())
    switch(upstream)
    equal(client.head().status, 101, "status of the upgrade")
    return client, upstream, proxy


def pass_along(sender, receiver, pieces, what):
    """Sends while the other end receives, and compares."""
    wanted = b"".join(pieces)
    thread = threading.Thread(target=lambda: [sender.send(piece) for piece in pieces])
    thread.start()
    got = receiver.take(len(wanted))
    thread.join()
    if got != wanted:
        at = next(i for i, (a, b) in enumerate(zip(got, wanted)) if a != b)
        equal(got[at - 8 : at + 24], wanted[at - 8 : at + 24], f"{what}, around byte {at}")


def all_frames_both_ways(world, client_tls, upstream_tls):
    client, upstream, _ = connected(world, client_tls, upstream_tls)
    pass_along(client, upstream, odd_frames(b"\x37\xfa\x21\x3d"), "to upstream")
    pass_along(upstream, client, odd_frames(None), "to the client")
    pass_along(client, upstream, [frame(TEXT, b"zero mask", mask=b"\0\0\0\0")] * 3, "to upstream")


@step
def every_frame_passes_in_the_clear(world):
    all_frames_both_ways(world, False, False)


@step
def every_frame_passes_from_tls_to_tls(world):
    all_frames_both_ways(world, True, True)


@step
def every_frame_passes_from_tls_to_plain(world):
    all_frames_both_ways(world, True, False)


@step
def both_directions_move_at_once(world):
    client, upstream, _ = connected(world, False, False)
    pieces = [frame(BINARY, payload(1 << 20))] * 8
    other = [frame(BINARY, payload(1 << 20), mask=None)] * 8
    up = threading.Thread(target=pass_along, args=(client, upstream, pieces, "to upstream"))
    up.start()
    pass_along(upstream, client, other, "to the client")
    up.join()


@step
def many_small_frames_in_one_write_and_one_byte_at_a_time(world):
    client, upstream, _ = connected(world, False, False)
    small = [frame(TEXT, b"%d" % i) for i in range(5000)]
    pass_along(client, upstream, [b"".join(small)], "5000 frames in one write")
    slow = b"".join(odd_frames(b"abcd")[-12:])
    client.send_bytewise(slow)
    equal(upstream.take(len(slow)), slow, "bytes that came one by one")
    slow = b"".join(odd_frames(None)[-12:])
    upstream.send_bytewise(slow)
    equal(client.take(len(slow)), slow, "bytes that came one by one from upstream")


@step
def bytes_behind_either_head_are_the_first_of_the_websocket(world):
    listener = world.listener()
    proxy = world.proxy(f"http://localhost:{listener.port}")
    early = frame(TEXT, b"sent before the 101")
    greeting = frame(TEXT, b"in the same write as the 101", mask=None)
    with proxy.connect() as client:
        head = "\r\n".join(["GET /sign_in HTTP/1.1", "Host: proxy.test", *UPGRADE, "", ""]).encode()
        client.send(head + early)
        with listener.accept() as upstream:
            equal(upstream.head().all("Sec-WebSocket-Key"), [KEY], "key")
            upstream.send(
                b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                b"Sec-WebSocket-Accept: " + accept_of(KEY).encode() + b"\r\n\r\n" + greeting
            )
            equal(client.head().status, 101, "status")
            equal(client.take(len(greeting)), greeting, "what came with the 101")
            equal(upstream.take(len(early)), early, "what was sent before the 101")


@step
def a_reader_that_stalls_stops_the_other_side_and_loses_nothing(world):
    for client_tls in (False, True):
        client, upstream, proxy = connected(world, client_tls, False)
        before = proxy.memory()
        message = frame(BINARY, payload(1 << 20), mask=None)
        upstream.sock.settimeout(0.5)
        sent = 0
        try:
            while sent < 1 << 28:
                sent += upstream.sock.send(message[sent % len(message) :])
        except TimeoutError:
            pass  # the back-pressure has reached upstream
        expect(sent < 64 << 20, f"{sent} bytes were taken from upstream for a client that reads none")
        expect(proxy.memory() - before < STALL_BYTES, f"a stalled session costs {proxy.memory() - before} bytes")
        whole = sent // len(message)
        for number in range(whole):
            equal(read_frame(client)[1] == payload(1 << 20), True, f"message {number} of {whole} after the stall")


def echo(world, client_tls, upstream_tls, function=None):
    authority = Authority(world.folder) if upstream_tls else None
    gateway = world.gateway(certificate=authority.sign("gateway") if authority else None, function=function)
    proxy = world.proxy(
        gateway,
        PROXY_SSL_INSECURE=str(client_tls).lower(),
        **({"NVCF_CA_FILE": authority.certificate} if authority else {}),
    )
    with proxy.connect() as client:
        equal(open_websocket(client).status, 101, "status of the upgrade")
        for size in SIZES:
            client.send_while_reading(frame(BINARY, payload(size), rsv=5), size)
            equal(read_frame(client), (0x80 | 5 << 4 | BINARY, payload(size)), f"echo of {size} bytes")
        client.send(frame(PING, b"own"))
        equal(read_frame(client), (0x80 | PING, b"own"), "the raw echo's own ping")


@step
def the_stand_in_echoes_every_size_in_the_clear(world):
    echo(world, False, False)


@step
def a_function_behind_the_stand_in_echoes_every_size_over_tls(world):
    echo(world, True, True, world.function("--raw-echo"))


@step
def a_frame_in_the_same_write_as_the_stand_in_s_101_arrives(world):
    proxy = world.proxy(world.gateway())
    for _ in range(5):
        with proxy.connect() as client:
            equal(open_websocket(client, "/sign_in?standin=early-frames").status, 101, "status")
            equal(read_frame(client), (0x80 | TEXT, b"early"), "the early frame")


play()
