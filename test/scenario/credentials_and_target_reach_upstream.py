"""What upstream is told of a request: our credentials and the function's ids, each exactly once whatever the client sent
under those names, Host of upstream's, the target byte for byte, and nothing that concerned only the connection before.
Ensured by the stand-in's report of the heads that it received."""

from play import equal, expect, play, step
from websocket import open_websocket
from world import API_KEY, FUNCTION, OTHER_FUNCTION, VERSION

INJECTED = {"Authorization": [f"Bearer {API_KEY}"], "function-id": [FUNCTION], "nvcf-function-id": [FUNCTION]}
VERSIONS = ["function-version-id", "nvcf-function-version-id"]
# whatever a client may try to be taken for someone else, or to keep us from saying who we are
ATTEMPTS = {
    "nothing": [],
    "own values": [
        "Authorization: Bearer stolen",
        f"function-id: {FUNCTION}",
        f"function-version-id: {OTHER_FUNCTION}",
        f"nvcf-function-version-id: {OTHER_FUNCTION}",
    ],
    "doubled": [
        "Authorization: Bearer a",
        "authorization: Basic b",
        f"Function-Id: {FUNCTION}",
        f"function-id: {FUNCTION}",
    ],
    "named in Connection": [
        "Connection: Authorization, function-id, nvcf-function-id, function-version-id, Host, cookie"
    ],
    "underscores": ["function_version_id: x", "nvcf_function_version_id: x", "FUNCTION_VERSION_ID: y"],
    "empty": ["Authorization:", "function-id:", "function-version-id:"],
}
TARGETS = [
    "/",
    "/sign_in",
    "/sign_in?",
    "/sign_in??a=b?c",
    "//double//slashes///",
    "/a%2Fb%2fc%00%zz",
    "/./x/../y/.",
    "/;p=1,2/(~)!$&'*+",
    "/sign_in?peer_id=peer-1&version=2&peer_role=1&reconnect=1",
    "/?a=%26&&=&=b",
    '/quote"<>^`{|}\\',
    "/caf\u00e9",
    "/sign_in?q=" + "x" * 8000,
]


def values(request, name):
    return [value for given, value in request["headers"] if given.lower() == name.lower()]


def expect_injected(request, versions, what):
    for name, wanted in INJECTED.items():
        equal(values(request, name), wanted, f"{what}: {name}")
    for name in VERSIONS:
        equal(values(request, name), versions, f"{what}: {name}")
    for given, _ in request["headers"]:
        expect("_" not in given, f"{what}: {given} reached upstream, some servers read it as {given.replace('_', '-')}")


def try_all(world, versions, **settings):
    gateway = world.gateway()
    proxy = world.proxy(gateway, **settings)
    for what, lines in ATTEMPTS.items():
        gateway.reset()
        with proxy.connect() as client:
            equal(client.request("GET", "/sign_in", *lines).status, 200, f"status, {what}")
        with proxy.connect() as client:
            equal(open_websocket(client, "/sign_in", *lines).status, 101, f"status of the upgrade, {what}")
        requests = gateway.requests()
        equal(len(requests), 2, f"requests upstream, {what}")
        for request in requests:
            expect_injected(request, versions, what)


@step
def each_injected_header_is_there_once_without_a_version(world):
    try_all(world, [])


@step
def each_injected_header_is_there_once_with_a_version(world):
    try_all(world, [VERSION], STREAMING_FUNCTION_VERSION_ID=VERSION)


@step
def host_is_that_of_upstream(world):
    gateway = world.gateway()
    own = world.proxy(gateway)
    named = world.proxy(gateway, NVCF_HOST="grpc.nvcf.test")
    for proxy, host in ((own, f"localhost:{gateway.port}"), (named, "grpc.nvcf.test")):
        gateway.reset()
        with proxy.connect() as client:
            client.request("GET", "/sign_in")
        equal(values(gateway.requests()[0], "Host"), [host], "Host")
        equal(values(gateway.requests()[0], "X-Forwarded-Host"), ["proxy.test"], "X-Forwarded-Host")


@step
def the_target_passes_byte_for_byte(world):
    listener = world.listener()
    proxy = world.proxy(f"http://127.0.0.1:{listener.port}")
    for target in TARGETS:
        with proxy.connect() as client:
            client.ask("GET", target)
            with listener.accept() as upstream:
                equal(upstream.head().first, f"GET {target} HTTP/1.1", "request line upstream")
                upstream.send("HTTP/1.1 204 No Content\r\n\r\n")
                equal(client.answer().status, 204, f"status of {target[:60]}")


@step
def what_concerns_one_connection_stays_behind(world):
    gateway = world.gateway()
    proxy = world.proxy(gateway)
    with proxy.connect() as client:
        answer = client.request(
            "GET",
            "/sign_in",
            "Connection: keep-alive, X-Private, close-not",
            "X-Private: 1",
            "Keep-Alive: timeout=5",
            "Proxy-Connection: keep-alive",
            "Proxy-Authorization: Basic eA==",
            "TE: trailers",
            "close-not: 1",
            "X-Public: 2",
            "x-ODD-Case:   kept  ",
        )
    equal(answer.status, 200, "status")
    head = gateway.requests()[0]["headers"]
    names = {name.lower() for name, _ in head}
    for gone in ("x-private", "keep-alive", "proxy-connection", "proxy-authorization", "te", "close-not"):
        expect(gone not in names, f"{gone} reached upstream: {head}")
    for kept in (["X-Public", "2"], ["x-ODD-Case", "kept"]):
        expect(kept in head, f"{kept} did not reach upstream: {head}")


@step
def the_client_s_address_is_told_and_not_believed(world):
    gateway = world.gateway()
    claims = [
        "X-Forwarded-For: 6.6.6.6",
        "X-Forwarded-Proto: https",
        "X-Forwarded-Host: evil.test",
        "Forwarded: for=6.6.6.6",
        "X-Real-IP: 6.6.6.6",
        "X_Forwarded_For: 6.6.6.6",
    ]
    for trusted, wanted in ((None, ["127.0.0.1"]), ("127.0.0.0/8", ["6.6.6.6, 127.0.0.1"])):
        gateway.reset()
        with world.proxy(gateway, PROXY_TRUSTED_PROXIES=trusted).connect() as client:
            client.request("GET", "/sign_in", *claims)
        request = gateway.requests()[0]
        equal(values(request, "X-Forwarded-For"), wanted, "X-Forwarded-For")
        equal(values(request, "X-Forwarded-Proto"), ["https" if trusted else "http"], "X-Forwarded-Proto")
        equal(values(request, "X-Forwarded-Host"), ["evil.test" if trusted else "proxy.test"], "X-Forwarded-Host")
        equal(values(request, "X-Real-IP"), ["6.6.6.6"] if trusted else [], "X-Real-IP")


play()
