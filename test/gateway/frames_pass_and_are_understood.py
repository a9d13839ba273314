"""After the 101 the stand-in is a tunnel: every byte passes as it came, while frame headers are followed for the report."""
import os
import struct

from standin import FUNCTION, Client, run, sample_function, standin, wait_for

SIZES = (0, 1, 125, 126, 127, 65535, 65536, 1 << 20)


def end_of(gateway, request_id):
    return wait_for(lambda: (gateway.session(request_id)["ends"] or [None])[-1], "the end to be reported")


def test_frames_of_every_size_come_back_with_their_first_byte():
    with standin() as gateway, Client(gateway.port) as client:
        client.upgrade()
        for size in SIZES:
            payload = os.urandom(size)
            client.send_frame(2, payload)
            assert client.take_frame() == (0x82, payload), size


def test_fragments_reserved_bits_and_control_frames_between_them_pass_as_they_came():
    with standin() as gateway, Client(gateway.port) as client:
        request_id = client.upgrade().one("nvcf-reqid")
        sent = [(0x41, b"frag"), (0x89, b"ping"), (0x00, b"ment"), (0x80, b""), (0xf2, b"all bits"), (0x8a, b"")]
        for first, payload in sent:
            client.send_frame(0, payload, first=first)
        assert [client.take_frame() for _ in sent] == sent
        client.send_frame(8)
        assert client.take_frame() == (0x88, b"") and client.ended() == "fin"
        end = end_of(gateway, request_id)
        assert end["client_frames"] == end["function_frames"] == len(sent) + 1
        assert end["client"]["close_code"] == 1005


def test_frames_sent_byte_by_byte_are_counted_right():
    with standin() as gateway, Client(gateway.port) as client:
        request_id = client.upgrade().one("nvcf-reqid")
        client.socket.setsockopt(6, 1, 1)
        for byte in b"\x82\xfe\x00\x7e\x01\x02\x03\x04" + b"z" * 126 + b"\x88\x82\x00\x00\x00\x00" + struct.pack(">H", 1000):
            client.send(bytes([byte]))
        assert len(client.take_frame()[1]) == 126
        assert client.take_frame() == (0x88, struct.pack(">H", 1000))
        client.close()
        end = end_of(gateway, request_id)
        assert end["client_frames"] == 2 and end["client"]["close_code"] == 1000


def test_bytes_sent_before_the_101_reach_the_function_after_it():
    with standin() as gateway, Client(gateway.port) as client:
        client.send(b"GET /sign_in HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer a\r\nfunction-id: " + FUNCTION.encode() +
                    b"\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                    b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n\x82\x81\x00\x00\x00\x00!")
        assert client.take_answer().status == 101
        assert client.take_frame() == (0x82, b"!")


def test_the_offer_reaches_the_function_as_it_came():
    with sample_function("--raw-echo", "--accept-deflate") as function:
        with standin(functions=[f"{FUNCTION}@127.0.0.1:{function.port}"]) as gateway, Client(gateway.port) as client:
            answer = client.upgrade(headers={"Sec-WebSocket-Protocol": f"function-id.{FUNCTION}, x-nv-sessionid.7",
                                             "Sec-WebSocket-Extensions": "permessage-deflate; client_max_window_bits"})
            assert answer.one("sec-websocket-protocol") == "x-nv-sessionid.7"
            assert answer.one("sec-websocket-extensions") == "permessage-deflate"


def test_a_reader_that_stalls_stops_the_sender_and_nothing_is_lost():
    with standin() as gateway, Client(gateway.port) as client:
        client.upgrade()
        client.socket.settimeout(1)
        piece, sent = os.urandom(1 << 16), 0
        header = b"\x82\xff" + struct.pack(">Q", 1 << 30) + b"\0\0\0\0"
        client.send(header)
        try:
            while sent < 1 << 28:
                sent += client.socket.send(piece[sent % len(piece):])
        except TimeoutError:
            pass
        assert sent < 1 << 26, f"{sent} bytes were taken though nobody reads"
        client.socket.settimeout(20)
        assert client.take(2)[0] == 0x82 and client.take(8) == struct.pack(">Q", 1 << 30)
        assert client.take(sent) == (piece * (sent // len(piece) + 1))[:sent]


if __name__ == "__main__":
    run(globals())
