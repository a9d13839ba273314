"""Decides how bytes are exchanged: a socket, plain or TLS, on which HTTP is written and read without any library's help."""

import select
import socket
import ssl
import struct

PATIENCE = 20  # seconds


def has_ipv6():
    """Whether this machine has the loopback address ::1; some containers don't."""
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
        return True
    except OSError:
        return False


def client_tls(version=None):
    """A context that takes every certificate: here the proxy is judged by what it does, browsers judge certificates."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_alpn_protocols(["http/1.1"])
    if version:
        context.minimum_version = context.maximum_version = version
        context.set_ciphers("ALL:@SECLEVEL=0")  # else our own library is the one that refuses old versions
    return context


def server_tls(certificate, version=None):
    """A context for an upstream with this Certificate, speaking only `version` if one is given."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate.certificate, certificate.key)
    if version:
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.minimum_version = context.maximum_version = version
    return context


class Message:
    """A head as it came, and what it says. `body` is filled by whoever reads it."""

    def __init__(self, raw):
        self.raw = raw
        first, *lines = raw[:-4].decode("latin-1").split("\r\n")
        self.first = first
        self.fields = [tuple(part.strip(" \t") for part in line.split(":", 1)) for line in lines]
        self.status = int(first.split(" ")[1]) if first.startswith("HTTP/") else None
        self.body = b""

    def all(self, name):
        """Every value under `name`, in order."""
        return [value for given, value in self.fields if given.lower() == name.lower()]

    def one(self, name):
        """The only value under `name`; None if there is none, an error if there are several."""
        values = self.all(name)
        if len(values) > 1:
            raise AssertionError(f"{name} came {len(values)} times: {values}")
        return values[0] if values else None


class Wire:
    """One side of a connection."""

    def __init__(self, sock):
        self.sock = sock
        self.sock.settimeout(PATIENCE)
        self.input = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def send(self, data):
        self.sock.sendall(data if isinstance(data, bytes) else data.encode("latin-1"))
        return self

    def send_bytewise(self, data):
        """Each byte in a write of its own."""
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for i in range(len(data)):
            self.sock.sendall(data[i : i + 1])
        return self

    def more(self, size=65536):
        """Reads what is there; EOFError at the end of the stream."""
        data = self.sock.recv(size)
        if not data:
            raise EOFError(f"the connection ended after {self.input[:200]!r}")
        self.input += data

    def take(self, size):
        """Exactly `size` bytes."""
        while len(self.input) < size:
            self.more()
        data, self.input = self.input[:size], self.input[size:]
        return data

    def send_while_reading(self, data, size):
        """Sends `data` while at least `size` bytes come in, on one thread: OpenSSL wants no two in one connection."""
        self.sock.setblocking(False)
        while data or len(self.input) < size:
            select.select([self.sock], [self.sock] if data else [], [], PATIENCE)
            try:
                self.more()
            except (BlockingIOError, ssl.SSLWantReadError):
                pass
            try:
                data = data[self.sock.send(data[:65536]) :] if data else data
            except (BlockingIOError, ssl.SSLWantWriteError):
                pass
        self.sock.settimeout(PATIENCE)

    def line(self):
        while b"\r\n" not in self.input:
            self.more()
        line, self.input = self.input.split(b"\r\n", 1)
        return line

    def head(self):
        """The next head, as a Message."""
        while b"\r\n\r\n" not in self.input:
            self.more()
        return Message(self.take(self.input.index(b"\r\n\r\n") + 4))

    def chunks(self):
        """A chunked body; its trailers must be none."""
        body = bytearray()
        while size := int(self.line().split(b";")[0], 16):
            body += self.take(size)
            assert self.take(2) == b"\r\n", "a chunk without its end"
        assert self.line() == b"", "trailers"
        return bytes(body)

    def answer(self, method="GET"):
        """The next answer with its body; an error if anything is wrong with how it is framed."""
        message = self.head()
        length, coding = message.one("Content-Length"), message.one("Transfer-Encoding")
        assert not (length and coding), message.raw
        if method == "HEAD" or message.status in (204, 304) or message.status < 200:
            return message
        if coding:
            assert coding == "chunked", coding
            message.body = self.chunks()
        elif length is not None:
            message.body = self.take(int(length))
        else:
            message.body = self.rest()[0]
        return message

    def rest(self):
        """All bytes until the end, and how it ended: "fin", "rst", or over TLS "cut" for a FIN without close_notify."""
        how = "fin"
        try:
            while True:
                self.more()
        except (EOFError, ssl.SSLZeroReturnError):
            pass
        except ssl.SSLEOFError as error:
            # Python says so of a reset too (SSL_read_ex returns 0), only without OpenSSL's reason
            how = "cut" if error.reason == "UNEXPECTED_EOF_WHILE_READING" else "rst"
        except (ConnectionResetError, BrokenPipeError):
            how = "rst"
        data, self.input = self.input, b""
        return data, how

    def fin(self):
        """Ends our direction properly."""
        if isinstance(self.sock, ssl.SSLSocket):
            self.sock.setblocking(False)
            try:
                self.sock.unwrap()
            except ssl.SSLError:
                pass  # our close_notify is out; the peer's may come later, or never
            self.sock.settimeout(PATIENCE)
        socket.socket.shutdown(self.sock, socket.SHUT_WR)  # SSLSocket's own would forget how to read on

    def rst(self):
        """Aborts the connection: the peer sees a reset."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.sock.close()

    def close(self):
        self.sock.close()


class Client(Wire):
    """A connection to a port of this machine."""

    def __init__(self, port, tls=False, address="127.0.0.1", receive_buffer=None, context=None):
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        sock = socket.socket(family)
        sock.settimeout(PATIENCE)
        if receive_buffer:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        sock.connect((address, port))
        if tls:
            sock = (context or client_tls()).wrap_socket(sock, server_hostname="localhost", suppress_ragged_eofs=False)
        super().__init__(sock)

    def ask(self, method, target, *lines, body=b"", host="proxy.test"):
        """Sends a request of these header lines, with a Content-Length if there is a body."""
        length = [f"Content-Length: {len(body)}"] if body else []
        head = "\r\n".join([f"{method} {target} HTTP/1.1", f"Host: {host}", *lines, *length, "", ""])
        return self.send(head.encode("latin-1") + body)

    def request(self, method, target, *lines, body=b""):
        """Sends a request and reads its answer."""
        return self.ask(method, target, *lines, body=body).answer(method)


class Listener:
    """An upstream in the hands of a scenario: each connection is a Wire that the scenario itself answers on."""

    def __init__(self, context=None, address="127.0.0.1", port=0):
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        self.context = context
        self.sock = socket.create_server((address, port), family=family)
        self.sock.settimeout(PATIENCE)
        self.port = self.sock.getsockname()[1]

    def accept(self):
        sock, _ = self.sock.accept()
        if self.context:
            sock.settimeout(PATIENCE)
            sock = self.context.wrap_socket(sock, server_side=True, suppress_ragged_eofs=False)
        return Wire(sock)

    def close(self):
        self.sock.close()
