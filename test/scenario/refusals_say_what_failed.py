"""A refusal is an HTTP status with a short JSON problem that tells what failed, on which side, and what to try; and since
browsers hide the status of a failed upgrade from scripts, the socket can be opened and closed at once with 4000 + status.
Ensured for refusals of the proxy's own and of upstream's, as the client's socket sees them."""

import json

from play import equal, expect, play, step
from raw import Listener
from websocket import KEY, UPGRADE, accept_of, close_frame, open_websocket, read_close
from world import FUNCTION

PAGE = "https://viewer.example"
FOREIGN = "Origin: https://evil.test"
FORBIDDEN = "function-id: 99999999-9999-4999-8999-999999999999"


def problem(answer):
    equal(answer.one("Content-Type"), "application/problem+json", "content type")
    equal(answer.one("Cache-Control"), "no-store", "cache control")
    said = json.loads(answer.body)
    for field in ("title", "advice", "error", "side"):
        expect(said.get(field), f"{field} is missing: {said}")
    equal(said["status"], answer.status, "status in the problem")
    return said


def dead(world, **settings):
    nobody = Listener()
    nobody.close()
    return world.proxy(f"http://127.0.0.1:{nobody.port}", **settings)


@step
def each_problem_tells_its_side_and_what_to_try(world):
    gateway = world.gateway()
    proxy = world.proxy(gateway, NVCF_RESPONSE_TIMEOUT="200ms")
    cases = [
        (proxy, "GET", "/sign_in", [FORBIDDEN], 403, "client", "function_not_allowed"),
        (proxy, "TRACE", "/sign_in", [], 405, "client", "method_not_allowed"),
        (proxy, "GET", "/sign_in", ["Upgrade: h2c", "Connection: Upgrade"], 426, "client", "upgrade_not_websocket"),
        (proxy, "GET", "/sign_in", ["Transfer-Encoding: gzip"], 400, "client", "ambiguous_framing"),
        (proxy, "GET", "/sign_in?standin=silent", [], 504, "upstream", "upstream_timeout"),
        (proxy, "GET", "/sign_in?standin=bad-framing", [], 502, "upstream", "upstream_malformed"),
        (proxy, "GET", "/sign_in?standin=forged-101", UPGRADE, 502, "upstream", "upstream_bad_101"),
        (proxy, "GET", "/sign_in?standin=rst-before-answer", [], 502, "upstream", "upstream_closed"),
        (dead(world), "GET", "/sign_in", [], 502, "upstream", "upstream_unreachable"),
    ]
    for target, method, path, lines, status, side, error in cases:
        with target.connect() as client:
            answer = client.request(method, path, *lines)
        said = problem(answer)
        equal((answer.status, said["side"], said["error"]), (status, side, error), f"{method} {path} {lines}")
    with proxy.connect() as client:
        answer = client.request("HEAD", "/sign_in", FORBIDDEN)
        equal((answer.status, client.rest()), (403, (b"", "fin")), "HEAD: status, and nothing behind its head")


@step
def upstream_s_own_refusals_pass_as_they_are(world):
    proxy = world.proxy(world.gateway())
    for status in (400, 429, 500, 501, 503, 504):
        for lines in ([], UPGRADE):
            with proxy.connect() as client:
                answer = client.request("GET", f"/sign_in?standin=refuse:{status}", *lines)
            equal((answer.status, answer.body), (status, b"refused on demand"), "status and body")


@step
def a_refused_socket_opens_and_closes_with_the_status(world):
    gateway = world.gateway()
    proxy = world.proxy(gateway, PROXY_REFUSALS="close", NVCF_RESPONSE_TIMEOUT="300ms", PROXY_ALLOWED_ORIGINS=PAGE)
    cases = [
        ("", [FORBIDDEN], 4403),
        ("", [FOREIGN], 4403),
        ("?standin=silent", [], 4504),
        ("?standin=refuse:429", [], 4429),
        ("?standin=status:503", [], 4503),
        ("?standin=bad-framing", [], 4502),
        ("?standin=forged-101", [], 4502),
    ]
    for target, lines, code in cases:
        with proxy.connect() as client:
            page = [] if FOREIGN in lines else [f"Origin: {PAGE}"]
            answer = open_websocket(client, f"/sign_in{target}", *lines, *page, protocols=["authorization.x", "app"])
            equal(
                (answer.status, answer.one("Sec-WebSocket-Accept"), answer.one("Sec-WebSocket-Protocol")),
                (101, accept_of(KEY), "app"),
                f"the opening of {target} {lines}",
            )
            equal(answer.one("Access-Control-Allow-Origin"), PAGE if page else None, f"CORS of {target} {lines}")
            got, reason = read_close(client)
            equal(got, code, f"code of {target} {lines}")
            expect(3 < len(reason.encode()) <= 123, f"reason: {reason!r}")
            client.send(close_frame(code))
            equal(client.rest(), (b"", "fin"), "what follows")


@step
def a_deletion_of_the_cookie_comes_with_the_close_too(world):
    proxy = world.proxy(world.gateway(), PROXY_REFUSALS="close", PROXY_RETRY_STALE_SESSION="false")
    with proxy.connect() as client:
        answer = open_websocket(client, "/sign_in", "Cookie: nvcf-request-id=99999999-9999-4999-8999-999999999999")
        equal((answer.status, read_close(client)[0]), (101, 4404), "status and code")
        expect("Max-Age=0" in answer.one("Set-Cookie"), f"cookie: {answer.all('Set-Cookie')}")
        equal(answer.one("Access-Control-Allow-Origin"), "*", "CORS")


@step
def plain_requests_and_sound_sockets_are_not_concerned(world):
    proxy = world.proxy(world.gateway(), PROXY_REFUSALS="close")
    with proxy.connect() as client:
        equal(client.request("GET", "/sign_in", FORBIDDEN).status, 403, "status")
    with proxy.connect() as client:
        equal(open_websocket(client, protocols=[f"function-id.{FUNCTION}"]).status, 101, "status")
        client.send(close_frame(1000, "mine"))
        equal(read_close(client), (1000, "mine"), "the function's Close")
    with proxy.connect() as client:
        # whoever sends no sound handshake could not read a Close frame
        equal(client.request("GET", "/sign_in", "Upgrade: websocket", "Connection: Upgrade").status, 426, "status")


play()
