"""Decides how frames are built and read, with every header bit at a scenario's command (RFC 6455 section 5.2)."""

import base64
import hashlib
import struct

KEY = "dGhlIHNhbXBsZSBub25jZQ=="
TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10
CONTINUATION = 0
MASK = b"\x37\xfa\x21\x3d"
UPGRADE = ["Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13", f"Sec-WebSocket-Key: {KEY}"]


def accept_of(key):
    return base64.b64encode(hashlib.sha1((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest()).decode()


def masked(payload, mask):
    length = len(payload)
    key = int.from_bytes((mask * (length // 4 + 1))[:length], "big")
    return (int.from_bytes(payload, "big") ^ key).to_bytes(length, "big")


def frame(opcode, payload=b"", fin=True, rsv=0, mask=MASK, length_size=None):
    """A frame's bytes. `rsv`: its three bits; `mask`: None for none; `length_size`: 0, 2 or 8 bytes of longer length."""
    length = len(payload)
    size = length_size if length_size is not None else 0 if length < 126 else 2 if length < 65536 else 8
    seven = {0: length, 2: 126, 8: 127}[size]
    head = bytes([fin << 7 | rsv << 4 | opcode, (mask is not None) << 7 | seven])
    head += {0: b"", 2: struct.pack(">H", length & 0xFFFF), 8: struct.pack(">Q", length)}[size]
    return head + (payload if mask is None else mask + masked(payload, mask))


def close_frame(code, reason="", mask=MASK):
    return frame(CLOSE, struct.pack(">H", code) + reason.encode(), mask=mask)


def read_frame(wire):
    """The next frame: (first byte, payload), unmasked if it was masked."""
    first, second = wire.take(2)
    length = second & 0x7F
    if length > 125:
        length = int.from_bytes(wire.take(2 if length == 126 else 8), "big")
    mask = wire.take(4) if second & 0x80 else None
    payload = wire.take(length)
    return first, payload if mask is None else masked(payload, mask)


def read_close(wire):
    """Code and reason of the Close frame that is next."""
    first, payload = read_frame(wire)
    assert first == 0x80 | CLOSE, f"not a Close frame: {first:#x} {payload!r}"
    return (int.from_bytes(payload[:2], "big"), payload[2:].decode()) if payload else (1005, "")


def open_websocket(client, target="/sign_in", *lines, protocols=()):
    """Sends a handshake and returns the head of its answer."""
    offer = [f"Sec-WebSocket-Protocol: {', '.join(protocols)}"] if protocols else []
    client.ask("GET", target, *UPGRADE, *offer, *lines)
    return client.head()


def switch(wire, *lines):
    """Takes a handshake as upstream does and answers it; returns its head."""
    head = wire.head()
    wire.send(
        "\r\n".join(
            [
                "HTTP/1.1 101 Switching Protocols",
                "Upgrade: websocket",
                "Connection: Upgrade",
                f"Sec-WebSocket-Accept: {accept_of(head.one('Sec-WebSocket-Key'))}",
                *lines,
                "",
                "",
            ]
        )
    )
    return head
