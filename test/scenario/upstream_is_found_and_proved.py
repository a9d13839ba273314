"""NVCF_SERVER in every spelling leads to the gateway, through every address of its name; over TLS the gateway must prove its
name by a certificate that is in date and trusted, in TLS 1.2 or later, and gets ours if it asks. What fails is 502 and a log
line that says why. Ensured with certificates made for the occasion and the stand-in's report of what was negotiated."""

import socket
import ssl

from certificates import Authority
from play import Impossible, equal, expect, play, step, until
from raw import Client, Listener, client_tls, has_ipv6, server_tls
from websocket import open_websocket


def need_ipv6():
    if not has_ipv6():
        raise Impossible("this machine has no address ::1")


def served(proxy, status=200):
    with proxy.connect() as client:
        equal(client.request("GET", "/sign_in").status, status, "status")


def failure(proxy):
    """Label and detail of the request that failed."""
    line = until("the log line", lambda: [one for one in proxy.log("request") if one["status"] == 502])[0]
    return line["error"], line["detail"].lower()


@step
def every_spelling_of_the_server_leads_there(world):
    authority = Authority(world.folder)
    plain = world.gateway()
    private = world.gateway(certificate=authority.sign("gateway"))
    trust = {"NVCF_CA_FILE": authority.certificate}
    for server, settings in (
        (f"http://127.0.0.1:{plain.port}", {}),
        (f"http://localhost:{plain.port}", {}),
        (f"HTTP://LOCALHOST:{plain.port}", {}),
        (f"localhost:{private.port}", trust),
        (f"https://localhost:{private.port}", trust),
        (f"127.0.0.1:{private.port}", trust),
    ):
        served(world.proxy(server, **settings))
    served(world.proxy(None, GATEWAY_ADDR=f"localhost:{private.port}", **trust))


@step
def a_bare_host_means_https_and_port_443(world):
    # an address of the loopback network that nobody listens on
    proxy = world.proxy("127.77.77.77")
    equal(proxy.log("serving")[0]["upstream"], "https://127.77.77.77", "upstream in the start line")
    served(proxy, 502)
    expect("127.77.77.77:443" in failure(proxy)[1], f"another port was tried: {failure(proxy)}")


@step
def ipv6_addresses_are_understood(world):
    need_ipv6()
    authority = Authority(world.folder)
    plain = world.gateway(listen="[::1]:0")
    private = world.gateway(listen="[::1]:0", certificate=authority.sign("gateway"))
    served(world.proxy(f"http://[::1]:{plain.port}"))
    equal([value for name, value in plain.requests()[0]["headers"] if name == "Host"], [f"[::1]:{plain.port}"], "Host")
    served(world.proxy(f"[::1]:{private.port}", NVCF_CA_FILE=authority.certificate))


@step
def clients_come_over_ipv6_and_ipv4_to_one_port(world):
    need_ipv6()
    proxy = world.proxy(world.gateway(), PROXY_ADDRESS=None)
    for address in ("127.0.0.1", "::1"):
        with proxy.connect(address=address) as client:
            equal(client.request("GET", "/sign_in").status, 200, f"status over {address}")


@step
def every_address_of_the_name_is_tried(world):
    families = {info[0] for info in socket.getaddrinfo("localhost", 1, type=socket.SOCK_STREAM)}
    for address in ("127.0.0.1", "::1") if has_ipv6() else ("127.0.0.1",):
        if (socket.AF_INET6 if ":" in address else socket.AF_INET) not in families:
            continue  # this machine's localhost has no such address
        # the other family's address of the name refuses
        listener = world.keep(Listener(address=address))
        proxy = world.proxy(f"http://localhost:{listener.port}")
        with proxy.connect() as client:
            client.ask("GET", "/sign_in")
            with listener.accept() as upstream:
                upstream.head()
                upstream.send("HTTP/1.1 204 No Content\r\n\r\n")
                equal(client.answer().status, 204, f"status through {address}")


@step
def a_moved_upstream_is_found_again(world):
    listener = Listener()
    proxy = world.proxy(f"http://localhost:{listener.port}")
    port = listener.port
    listener.close()
    served(proxy, 502)
    gateway = world.gateway(listen=f"127.0.0.1:{port}")
    equal(gateway.port, port, "port")
    served(proxy)


@step
def the_handshake_says_what_it_should(world):
    authority = Authority(world.folder)
    gateway = world.gateway(certificate=authority.sign("gateway"))
    proxy = world.proxy(gateway, NVCF_CA_FILE=authority.certificate)
    with proxy.connect() as client:
        equal(open_websocket(client).status, 101, "status")
    connection = gateway.connections()[0]
    equal(
        (connection["tls_version"], connection["sni"], connection["alpn"], connection["alpn_offered"]),
        ("TLSv1.3", "localhost", "http/1.1", ["http/1.1"]),
        "handshake",
    )


def refused(world, words, certificate, label="upstream_untrusted", **settings):
    gateway = world.gateway(certificate=certificate)
    # insecure concerns browsers only: upstream is proved all the same
    proxy = world.proxy(gateway, PROXY_SSL_INSECURE="true", **settings)
    served(proxy, 502)
    with proxy.connect() as client:
        equal(open_websocket(client).status, 502, "status of the upgrade")
    said, detail = failure(proxy)
    equal(said, label, "error")
    expect(any(word in detail for word in words), f"the log does not say {words}: {detail}")
    equal(gateway.requests(), [], "requests upstream")


@step
def a_certificate_for_another_name_is_refused(world):
    authority = Authority(world.folder)
    refused(
        world,
        ["name", "localhost"],
        authority.sign("elsewhere", "DNS:elsewhere.test"),
        NVCF_CA_FILE=authority.certificate,
    )


@step
def an_expired_certificate_is_refused(world):
    authority = Authority(world.folder)
    refused(world, ["expired"], authority.sign("old", days=-1), NVCF_CA_FILE=authority.certificate)


@step
def a_certificate_of_an_unknown_authority_is_refused(world):
    trusted, other = Authority(world.folder), Authority(world.folder, "another authority")
    refused(
        world,
        ["issuer", "self-signed", "self signed", "authority", "trust"],
        other.sign("gateway"),
        NVCF_CA_FILE=trusted.certificate,
    )
    refused(world, ["issuer", "self-signed", "self signed", "authority", "trust"], other.sign("gateway"))


@step
def a_name_that_is_set_is_the_one_to_be_proved(world):
    authority = Authority(world.folder)
    gateway = world.gateway(certificate=authority.sign("elsewhere", "DNS:elsewhere.test"))
    served(world.proxy(gateway, NVCF_CA_FILE=authority.certificate, NVCF_HOST="elsewhere.test"))
    equal(gateway.connections()[0]["sni"], "elsewhere.test", "SNI")


@step
def old_tls_is_refused_on_both_sides(world):
    authority = Authority(world.folder)
    certificate = authority.sign("gateway")
    listener = world.listener(context=server_tls(certificate, ssl.TLSVersion.TLSv1_1))
    proxy = world.proxy(
        f"https://localhost:{listener.port}", NVCF_CA_FILE=authority.certificate, PROXY_SSL_INSECURE="true"
    )
    with proxy.connect() as client:
        client.ask("GET", "/sign_in")
        try:
            listener.accept().close()
            expect(False, "TLS 1.1 was agreed on with upstream")
        except (ssl.SSLError, OSError):
            pass
        equal(client.answer().status, 502, "status")
    equal(failure(proxy)[0], "upstream_handshake_failed", "error")
    for version in (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1):
        try:
            Client(proxy.port, tls=True, context=client_tls(version)).close()
            expect(False, f"{version.name} was agreed on with a client")
        except ssl.SSLError:
            pass
    for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        with Client(proxy.port, tls=True, context=client_tls(version)) as client:
            equal(client.sock.selected_alpn_protocol(), "http/1.1", f"ALPN over {version.name}")


@step
def plain_http_where_tls_is_expected_and_the_other_way_round_is_502(world):
    authority = Authority(world.folder)
    plain, private = world.gateway(), world.gateway(certificate=authority.sign("gateway"))
    proxy = world.proxy(
        f"https://localhost:{plain.port}", NVCF_CA_FILE=authority.certificate, PROXY_HANDSHAKE_TIMEOUT="500ms"
    )
    served(proxy, 502)
    equal(failure(proxy)[0], "upstream_handshake_failed", "error")
    served(world.proxy(f"http://localhost:{private.port}"), 502)


@step
def a_gateway_that_asks_for_a_certificate_gets_ours(world):
    authority = Authority(world.folder)
    ours = authority.sign("the proxy", usage="clientAuth")
    gateway = world.gateway("--client-ca", authority.certificate, certificate=authority.sign("gateway"))
    trust = {"NVCF_CA_FILE": authority.certificate}
    served(world.proxy(gateway, NVCF_CLIENT_CERT_FILE=ours.certificate, NVCF_CLIENT_KEY_FILE=ours.key, **trust))
    expect("the proxy" in gateway.connections()[0]["client_certificate"], "another certificate was shown")
    served(world.proxy(gateway, **trust), 502)


@step
def browsers_may_be_asked_for_a_certificate_too(world):
    authority = Authority(world.folder)
    server, user = authority.sign("proxy"), authority.sign("user", usage="clientAuth")
    proxy = world.proxy(
        world.gateway(),
        PROXY_TLS_CERT_FILE=server.certificate,
        PROXY_TLS_KEY_FILE=server.key,
        PROXY_TLS_CLIENT_CA_FILE=authority.certificate,
    )
    context = client_tls()
    context.load_cert_chain(user.certificate, user.key)
    with proxy.connect(context=context) as client:
        equal(client.request("GET", "/sign_in").status, 200, "status with a certificate")
    try:
        with proxy.connect() as client:
            client.request("GET", "/sign_in")
        expect(False, "a client without a certificate was served")
    except (ssl.SSLError, OSError, EOFError):
        pass


play()
