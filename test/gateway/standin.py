"""Starts the stand-in and the sample function on free ports, speaks raw HTTP and WebSocket to them, reads the report."""
import contextlib
import http.client
import json
import os
import socket
import struct
import subprocess
import sys
import tempfile
import time

FUNCTION = "11111111-1111-1111-1111-111111111111"
VERSION = "22222222-2222-2222-2222-222222222222"
KEY = "nvapi-first"
PATIENCE_SECONDS = 20


def wait_for(condition, what):
    """The first true value of the condition; fails if there is none in time."""
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.01)
    raise AssertionError(f"waited in vain for {what}")


class Program:
    """A program whose first line on stdout tells its ports."""

    def __init__(self, variable, *arguments):
        self.log = tempfile.TemporaryFile()
        self.process = subprocess.Popen([os.environ[variable], *arguments], stdout=subprocess.PIPE, stderr=self.log)
        line = self.process.stdout.readline()
        if not line:
            raise AssertionError(f"{variable} did not start: {self.text()}")
        self.start = json.loads(line)
        self.port = self.start["listen"][0]["port"]

    def text(self):
        self.log.seek(0)
        return self.log.read().decode(errors="replace")

    def control(self, method, path, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.start["control"]["port"], timeout=PATIENCE_SECONDS)
        connection.request(method, path, None if body is None else json.dumps(body))
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        return answer.status, json.loads(text)

    def report(self):
        return self.control("GET", "/report")[1]

    def session(self, request_id):
        return next((s for s in self.report()["sessions"] if s["request_id"] == request_id), None)

    def connection(self, number):
        return next(c for c in self.report()["connections"] if c["id"] == number)

    def end(self):
        self.process.terminate()
        code = self.process.wait(PATIENCE_SECONDS)
        assert code == 0, f"it ended with {code}: {self.text()}"


@contextlib.contextmanager
def standin(*arguments, listen=("--listen", "127.0.0.1:0"), functions=(FUNCTION,)):
    named = [part for name in functions for part in ("--function", name)]
    program = Program("NVCF_GATEWAY_STANDIN", *listen, *named, *arguments)
    try:
        yield program
    except BaseException:
        sys.stderr.write(program.text()[-4000:])
        raise
    finally:
        program.end()


@contextlib.contextmanager
def sample_function(*arguments):
    program = Program("NVCF_SAMPLE_FUNCTION", "--listen", "127.0.0.1:0", *arguments)
    try:
        yield program
    finally:
        program.end()


class Answer:
    def __init__(self, head, body):
        self.head = head
        lines = head.split("\r\n")
        self.status = int(lines[0].split(" ")[1])
        self.fields = [tuple(line.split(": ", 1)) for line in lines[1:] if line]
        self.body = body

    def all(self, name):
        return [value for field, value in self.fields if field.lower() == name.lower()]

    def one(self, name):
        values = self.all(name)
        assert len(values) == 1, f"{name}: {values}"
        return values[0]


class Client:
    """One connection; every request on it is written and its answer read."""

    def __init__(self, port, host="127.0.0.1", wrap=None):
        self.socket = socket.create_connection((host, port), timeout=PATIENCE_SECONDS)
        if wrap:
            self.socket = wrap(self.socket)
        self.buffer = b""

    def send(self, data):
        self.socket.sendall(data)

    def more(self):
        data = self.socket.recv(65536)
        self.buffer += data
        return bool(data)

    def take(self, size):
        while len(self.buffer) < size:
            assert self.more(), f"ended after {self.buffer!r}"
        data, self.buffer = self.buffer[:size], self.buffer[size:]
        return data

    def take_line(self):
        while b"\r\n" not in self.buffer:
            assert self.more(), f"ended after {self.buffer!r}"
        line, self.buffer = self.buffer.split(b"\r\n", 1)
        return line

    def take_head(self):
        while b"\r\n\r\n" not in self.buffer:
            assert self.more(), f"ended after {self.buffer!r}"
        head, self.buffer = self.buffer.split(b"\r\n\r\n", 1)
        return head.decode("latin-1")

    def take_answer(self, method="GET"):
        answer = Answer(self.take_head(), b"")
        if method == "HEAD" or answer.status in (101, 100, 103, 204, 304):
            return answer
        if answer.all("transfer-encoding"):
            while size := int(self.take_line(), 16):
                answer.body += self.take(size)
                assert self.take(2) == b"\r\n"
            answer.trailers = []
            while line := self.take_line():
                answer.trailers.append(line.decode())
        elif answer.all("content-length"):
            answer.body = self.take(int(answer.one("content-length")))
        else:
            while self.more():
                pass
            answer.body, self.buffer = self.buffer, b""
        return answer

    def ask(self, target="/sign_in", method="GET", headers=None, body=b"", key=KEY, function=FUNCTION):
        self.send(request(target, method, headers, body, key, function))
        return self.take_answer(method)

    def upgrade(self, target="/sign_in", headers=None, key=KEY, function=FUNCTION):
        fields = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13",
                  "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==", **(headers or {})}
        return self.ask(target, headers=fields, key=key, function=function)

    def send_frame(self, opcode, payload=b"", first=0x80, mask=b"\x01\x02\x03\x04"):
        size = len(payload)
        length = bytes([0x80 | size]) if size < 126 else b"\xfe" + struct.pack(">H", size) if size < 65536 else \
            b"\xff" + struct.pack(">Q", size)
        masked = bytes(byte ^ mask[i % 4] for i, byte in enumerate(payload))
        self.send(bytes([first | opcode]) + length + mask + masked)

    def take_frame(self):
        first, second = self.take(2)
        assert second & 0x80 == 0, "a server's frame must not be masked"
        size = second
        if size == 126:
            size = struct.unpack(">H", self.take(2))[0]
        elif size == 127:
            size = struct.unpack(">Q", self.take(8))[0]
        return first, self.take(size)

    def ended(self):
        """fin or rst, once the other side ended."""
        try:
            while self.more():
                pass
            return "fin"
        except ConnectionResetError:
            return "rst"

    def abort(self):
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def close(self):
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def request(target="/sign_in", method="GET", headers=None, body=b"", key=KEY, function=FUNCTION):
    fields = {"Host": "gateway.test"}
    if key is not None:
        fields["Authorization"] = f"Bearer {key}"
    if function is not None:
        fields["function-id"] = function
    if body:
        fields["Content-Length"] = str(len(body))
    fields.update(headers or {})
    text = f"{method} {target} HTTP/1.1\r\n" + "".join(f"{n}: {v}\r\n" for n, v in fields.items()) + "\r\n"
    return text.encode("latin-1") + body


def ask(gateway, *arguments, **named):
    """One request on a connection of its own."""
    with Client(gateway.port) as client:
        return client.ask(*arguments, **named)


def run(tests):
    """Runs every test_* in that namespace; exits with 1 if one failed, or if there was none."""
    failed = 0
    found = [(name, test) for name, test in tests.items() if name.startswith("test_")]
    for name, test in found:
        sentence = name.removeprefix("test_").replace("_", " ")
        try:
            test()
            print(f"ok      {sentence}", flush=True)
        except Exception as error:  # a test may fail in any way; the others still run
            failed += 1
            print(f"FAILED  {sentence}: {type(error).__name__}: {error}", flush=True)
    print(f"{len(found) - failed} of {len(found)} passed")
    sys.exit(1 if failed or not found else 0)
