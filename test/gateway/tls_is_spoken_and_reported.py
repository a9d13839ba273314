"""The TLS listener: name and protocol that the client offered, client certificates, and the difference that close_notify makes."""
import os
import socket
import ssl
import struct
import subprocess
import tempfile

from standin import Client, ask, run, standin, wait_for


def certificate(folder, name, *more):
    """A self-signed certificate by that name: the paths of its PEM and its key."""
    paths = os.path.join(folder, name + ".pem"), os.path.join(folder, name + ".key")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                    "-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}", "-out", paths[0], "-keyout", paths[1], *more],
                   check=True, capture_output=True)
    return paths


def with_tls(authority, own=None, alpn=("http/1.1",), name="localhost"):
    context = ssl.create_default_context(cafile=authority)
    if own:
        context.load_cert_chain(*own)
    context.set_alpn_protocols(list(alpn))
    return lambda plain: context.wrap_socket(plain, server_hostname=name, suppress_ragged_eofs=False)


def ended(gateway, request_id):
    return wait_for(lambda: (lambda s: s if s["open_connections"] == 0 else None)(gateway.session(request_id)), "the end")


class World:
    def __init__(self, *arguments):
        self.folder = tempfile.TemporaryDirectory()
        self.pem, self.key = certificate(self.folder.name, "localhost")
        self.context = standin(*arguments, "--tls-cert", self.pem, "--tls-key", self.key)

    def __enter__(self):
        return self, self.context.__enter__()

    def __exit__(self, *failure):
        self.context.__exit__(*failure)
        self.folder.cleanup()


def test_name_protocol_and_version_are_reported():
    with World() as (world, gateway):
        assert gateway.start["listen"][0]["tls"] is True
        with Client(gateway.port, wrap=with_tls(world.pem, alpn=("h2", "http/1.1"))) as client:
            assert client.socket.selected_alpn_protocol() == "http/1.1"
            assert client.ask().status == 200
            seen = gateway.connection(1)
            assert seen["sni"] == "localhost" and seen["alpn"] == "http/1.1" and seen["alpn_offered"] == ["h2", "http/1.1"]
            assert seen["tls"] and seen["tls_version"] == "TLSv1.3"


def test_close_notify_before_the_end_of_a_plain_connection_is_clean_and_its_absence_is_not():
    with World() as (world, gateway):
        client = Client(gateway.port, wrap=with_tls(world.pem))
        request_id = client.ask().one("nvcf-reqid")
        client.socket.unwrap().close()
        session = ended(gateway, request_id)
        assert session["state"] == "released" and session["ends"][0]["client"]["close_notify"]
        client = Client(gateway.port, wrap=with_tls(world.pem))
        request_id = client.ask().one("nvcf-reqid")
        client.socket.shutdown(socket.SHUT_WR)
        session = ended(gateway, request_id)
        assert session["state"] == "waiting" and session["ends"][0]["client"] == {
            "how": "fin", "close_notify": False, "close_code": None, "close_reason": None}
        client.close()


def test_a_websocket_over_tls_echoes_and_an_rst_keeps_its_session():
    with World() as (world, gateway):
        client = Client(gateway.port, wrap=with_tls(world.pem))
        request_id = client.upgrade().one("nvcf-reqid")
        payload = os.urandom(300000)
        client.send_frame(2, payload)
        assert client.take_frame() == (0x82, payload)
        client.abort()
        session = ended(gateway, request_id)
        assert session["state"] == "waiting" and session["ends"][0]["client"]["how"] == "rst"


def test_the_gateway_says_close_notify_when_it_ends_cleanly():
    with World() as (world, gateway), Client(gateway.port, wrap=with_tls(world.pem)) as client:
        client.upgrade()
        client.send_frame(8, struct.pack(">H", 1000))
        client.take_frame()
        assert client.ended() == "fin", "without close_notify Python's ssl raises here"


def test_a_client_certificate_is_demanded_and_named():
    with tempfile.TemporaryDirectory() as folder:
        own = certificate(folder, "the-proxy")
        with World("--client-ca", own[0]) as (world, gateway):
            with Client(gateway.port, wrap=with_tls(world.pem, own)) as client:
                assert client.ask().status == 200
                assert "the-proxy" in gateway.connection(1)["client_certificate"]
            try:
                with Client(gateway.port, wrap=with_tls(world.pem)) as client:
                    client.ask()
                raise AssertionError("a client without a certificate was served")
            except (ssl.SSLError, ConnectionError):
                pass


def test_an_old_version_alone_is_refused_by_a_modern_client():
    with World("--tls-min", "1.0", "--tls-max", "1.1") as (world, gateway):
        try:
            Client(gateway.port, wrap=with_tls(world.pem))
            raise AssertionError("TLS 1.1 was spoken")
        except (ssl.SSLError, ConnectionError):
            pass
        wait_for(lambda: gateway.connection(1)["closed_ms"] is not None, "the connection to be closed")


def test_plain_tls_and_ipv6_listeners_live_side_by_side():
    with tempfile.TemporaryDirectory() as folder:
        pem, key = certificate(folder, "localhost")
        listen = ("--listen", "127.0.0.1:0", "--listen", "[::1]:0", "--listen-tls", "127.0.0.1:0", "--tls-cert", pem, "--tls-key", key)
        with standin(listen=listen) as gateway:
            plain, six, tls = gateway.start["listen"]
            assert [plain["tls"], six["tls"], tls["tls"]] == [False, False, True]
            with Client(six["port"], "::1") as client:
                assert client.ask().status == 200
            with Client(tls["port"], wrap=with_tls(pem)) as client:
                assert client.ask().status == 200
            assert ask(gateway).status == 200


if __name__ == "__main__":
    run(globals())
