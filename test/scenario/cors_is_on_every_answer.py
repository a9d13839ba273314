"""A page of another origin can read every answer: the three headers are there exactly once, whoever answered and whatever
upstream sent; preflights end here; and once origins are listed, only their pages get anything at all. Ensured by the exact
header lines, and by the stand-in that must have seen nothing of what was answered or refused here."""

from play import equal, expect, play, step
from raw import Listener
from websocket import UPGRADE, open_websocket

THREE = ["Access-Control-Allow-Origin", "Access-Control-Allow-Headers", "Access-Control-Expose-Headers"]
PAGE = "https://viewer.example"
PREFLIGHT = ["Access-Control-Request-Method: POST", "Access-Control-Request-Headers: authorization, x-custom"]
FORBIDDEN = [
    "https://viewer.example.evil.test",
    "https://viewer.example:8443",
    "http://viewer.example",
    "null",
    "https://evil.test",
    "https://viewer.exampl",
    "viewer.example",
    "https://user@viewer.example",
    "https://viewer.example/",
    "",
]


def expect_open(answer, what):
    for name in THREE:
        equal(answer.all(name), ["*"], f"{name}, {what}")
    equal(answer.all("Access-Control-Allow-Credentials"), [], f"credentials, {what}")


@step
def every_answer_of_upstream_has_the_three_headers_once(world):
    proxy = world.proxy(world.gateway())
    for target in (
        "",
        "?standin=cookies",
        "?standin=status:404",
        "?standin=status:204",
        "?standin=refuse:429",
        "?standin=http10",
        "?standin=status:500",
        "?standin=status:304",
        "?standin=refuse:504",
    ):
        with proxy.connect() as client:
            answer = client.request("GET", f"/sign_in{target}", f"Origin: {PAGE}")
            expect(answer.status < 600, "no status")
            expect_open(answer, target)
    with proxy.connect() as client:
        answer = open_websocket(client, "/sign_in", f"Origin: {PAGE}")
        equal(answer.status, 101, "status of the upgrade")
        expect_open(answer, "101")


@step
def a_refusal_of_a_head_that_could_not_be_read_is_readable_by_its_page(world):
    proxy = world.proxy(world.gateway(), PROXY_ALLOWED_ORIGINS=PAGE)
    for line, status in ((f"Cookie: {'c' * 70000}", 431), ("Bad Name: x", 400)):
        with proxy.connect() as client:
            answer = client.request("GET", "/sign_in", f"Origin: {PAGE}", line)
            equal(answer.status, status, "status")
            equal(answer.all("Access-Control-Allow-Origin"), [PAGE], "allowed origin")


@step
def our_own_answers_have_them_too_also_when_upstream_is_down(world):
    nobody = Listener()
    nobody.close()
    proxy = world.proxy(f"http://127.0.0.1:{nobody.port}")
    cases = [
        ("GET", [], 502),
        ("GET", UPGRADE, 502),
        ("TRACE", [], 405),
        ("GET", ["Transfer-Encoding: x"], 400),
        ("GET", ["Upgrade: h2c", "Connection: Upgrade"], 426),
        ("GET", ["function-id: 99999999-9999-4999-8999-999999999999"], 403),
    ]
    for method, lines, status in cases:
        with proxy.connect() as client:
            answer = client.request(method, "/sign_in", f"Origin: {PAGE}", *lines)
            equal(answer.status, status, f"status of {method} {lines}")
            expect_open(answer, f"{method} {lines}")


@step
def preflights_are_answered_here(world):
    gateway = world.gateway()
    proxy = world.proxy(gateway)
    with proxy.connect() as client:
        for _ in range(2):
            answer = client.request(
                "OPTIONS", "/sign_in", f"Origin: {PAGE}", *PREFLIGHT, "Access-Control-Request-Private-Network: true"
            )
            equal((answer.status, answer.all("Content-Length")), (204, []), "status and length")
            equal(answer.one("Access-Control-Allow-Origin"), "*", "origin")
            equal(answer.one("Access-Control-Allow-Private-Network"), "true", "private network")
            expect(int(answer.one("Access-Control-Max-Age")) > 0, "no max-age")
            expect("DELETE" in answer.one("Access-Control-Allow-Methods"), "DELETE is not among the methods")
            # `*` does not cover Authorization, so it must be named
            expect(
                "authorization" in answer.one("Access-Control-Allow-Headers").lower(), "authorization is not allowed"
            )
        equal(gateway.requests(), [], "requests upstream")
        equal(client.request("OPTIONS", "/sign_in").status, 200, "status of an OPTIONS that is no preflight")
    equal(len(gateway.requests()), 1, "requests upstream")


@step
def an_allowed_origin_is_echoed_with_credentials(world):
    proxy = world.proxy(world.gateway(), PROXY_ALLOWED_ORIGINS=f"http://localhost:8080,{PAGE}")
    for origin in (PAGE, "http://localhost:8080"):
        for target in ("", "?standin=cookies", "?standin=refuse:429", "?standin=bad-framing"):
            with proxy.connect() as client:
                answer = client.request("GET", f"/sign_in{target}", f"Origin: {origin}")
            equal(answer.one("Access-Control-Allow-Origin"), origin, f"origin, {target}")
            equal(answer.one("Access-Control-Allow-Credentials"), "true", f"credentials, {target}")
            expect("Origin" in ", ".join(answer.all("Vary")), f"Vary: {answer.all('Vary')}")
            for name in ("Access-Control-Allow-Headers", "Access-Control-Expose-Headers"):
                expect(
                    "*" not in (answer.one(name) or "*"),
                    f"{name} is {answer.all(name)}, a credentialed page cannot use that",
                )
        with proxy.connect() as client:
            answer = open_websocket(client, "/sign_in", f"Origin: {origin}")
            equal((answer.status, answer.one("Access-Control-Allow-Origin")), (101, origin), "upgrade")
        with proxy.connect() as client:
            answer = client.request("OPTIONS", "/sign_in", f"Origin: {origin}", *PREFLIGHT)
            equal((answer.status, answer.one("Access-Control-Allow-Origin")), (204, origin), "preflight")
            equal(answer.one("Access-Control-Allow-Credentials"), "true", "credentials of the preflight")


@step
def another_origin_gets_nothing_and_upstream_hears_nothing(world):
    gateway = world.gateway()
    proxy = world.proxy(gateway, PROXY_ALLOWED_ORIGINS=PAGE)
    for origin in FORBIDDEN:
        for method, lines in (
            ("GET", []),
            ("GET", UPGRADE),
            ("POST", ["Content-Length: 0"]),
            ("OPTIONS", PREFLIGHT),
            ("GET", [*UPGRADE, f"Origin: {PAGE}"]),
        ):
            with proxy.connect() as client:
                answer = client.request(method, "/sign_in", f"Origin: {origin}", *lines)
            equal(answer.status, 403, f"status of {method} from {origin!r}")
            equal(answer.all("Access-Control-Allow-Origin"), [], f"allowed origin of {method} from {origin!r}")
            equal(answer.all("Access-Control-Allow-Credentials"), [], "credentials")
    equal((gateway.requests(), gateway.connections()), ([], []), "requests and connections upstream")
    with proxy.connect() as client:
        equal(client.request("GET", "/sign_in").status, 200, "status without an origin, as from no browser")


play()
