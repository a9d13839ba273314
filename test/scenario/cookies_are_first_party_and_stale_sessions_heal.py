"""The browser keeps the session's cookie because it is ours, with the attributes that its transport wants; a deletion deletes;
other cookies lose only their Domain; and who comes back with a session that is gone gets a fresh one at once. Ensured by the
exact lines that the client receives, while the stand-in tells which session was made."""

from play import equal, expect, play, step, until
from websocket import close_frame, open_websocket, read_close

ATTRIBUTES = {False: "; Path=/; HttpOnly; SameSite=Lax", True: "; Path=/; HttpOnly; Secure; SameSite=None; Partitioned"}
STALE = "99999999-9999-4999-8999-999999999999"
COOKIE = f"Cookie: nvcf-request-id={STALE}"


def session_cookies(answer):
    return [value for value in answer.all("Set-Cookie") if value.startswith("nvcf-request-id")]


def first_party(world, tls):
    gateway = world.gateway()
    proxy = world.proxy(gateway, PROXY_SSL_INSECURE=str(tls).lower())
    for upgrade in (False, True):
        with proxy.connect() as client:
            answer = open_websocket(client) if upgrade else client.request("GET", "/sign_in")
            made = gateway.requests()[-1]["request_id"]
            equal(answer.one("nvcf-reqid"), made, "nvcf-reqid")
            equal(session_cookies(answer), [f"nvcf-request-id={made}{ATTRIBUTES[tls]}"], f"cookie, upgrade: {upgrade}")


@step
def the_cookie_is_first_party_in_the_clear(world):
    first_party(world, False)


@step
def the_cookie_is_first_party_over_tls(world):
    first_party(world, True)


@step
def a_trusted_proxy_s_word_for_https_counts(world):
    gateway = world.gateway()
    for trusted, secure in (("127.0.0.1/32", True), (None, False)):
        with world.proxy(gateway, PROXY_TRUSTED_PROXIES=trusted).connect() as client:
            answer = client.request("GET", "/sign_in", "X-Forwarded-Proto: https")
        expect(session_cookies(answer)[0].endswith(ATTRIBUTES[secure]), f"trusted {trusted}: {session_cookies(answer)}")


@step
def a_deletion_deletes_what_was_set(world):
    gateway = world.gateway()
    for tls in (False, True):
        proxy = world.proxy(gateway, PROXY_SSL_INSECURE=str(tls).lower(), PROXY_RETRY_STALE_SESSION="false")
        with proxy.connect() as client:
            answer = client.request("GET", "/sign_in", COOKIE)
        equal(answer.status, 404, "status")
        equal(session_cookies(answer), [f"nvcf-request-id=; Max-Age=0{ATTRIBUTES[tls]}"], "deletion")


@step
def other_cookies_lose_only_their_domain_and_keep_their_lines(world):
    proxy = world.proxy(world.gateway())
    with proxy.connect() as client:
        answer = client.request("GET", "/sign_in?standin=cookies")
    others = [value for value in answer.all("Set-Cookie") if not value.startswith("nvcf-request-id")]
    equal(
        others,
        [
            "app=1; Path=/app; HttpOnly",
            "theme=dark; Expires=Wed, 01 Jan 2098 00:00:00 GMT; SameSite=Lax",
            'quoted="a b"; Secure; Max-Age=60',
        ],
        "the function's cookies",
    )
    equal(len(session_cookies(answer)), 1, "session cookies")


@step
def cookies_go_upstream_as_they_came_or_those_that_are_listed(world):
    gateway = world.gateway()
    jar = 'a=1; b="x y"; ; c=%20=; nvcf-request-id=no-uuid; d'
    for only, wanted in ((None, 'a=1; b="x y"; c=%20=; d'), ("b,zz", 'b="x y"')):
        gateway.reset()
        with world.proxy(gateway, PROXY_FORWARD_COOKIES=only).connect() as client:
            equal(client.request("GET", "/sign_in", f"Cookie: {jar}").status, 200, "status")
        equal(
            [value for name, value in gateway.requests()[0]["headers"] if name.lower() == "cookie"],
            [wanted],
            "cookies upstream",
        )


@step
def a_live_session_is_resumed_by_its_cookie(world):
    gateway = world.gateway()
    proxy = world.proxy(gateway)
    with proxy.connect() as client:
        first = open_websocket(client).one("nvcf-reqid")
        client.rst()
    until("the session to wait", lambda: gateway.sessions()[0]["state"] == "waiting")
    with proxy.connect() as client:
        equal(
            open_websocket(client, "/sign_in?reconnect=1", f"Cookie: x=1; nvcf-request-id={first}").one("nvcf-reqid"),
            first,
            "request id after the resume",
        )
        client.send(close_frame(1000, "done"))
        equal(read_close(client), (1000, "done"), "the echoed Close")
    until("the session to be released", lambda: gateway.sessions()[0]["state"] == "released")
    expect(gateway.requests()[-1]["resumed"], "the stand-in did not resume")


@step
def a_stale_session_is_healed(world):
    gateway = world.gateway()
    proxy = world.proxy(gateway)
    with proxy.connect() as client:
        answer = open_websocket(client, "/sign_in", COOKIE)
        equal(answer.status, 101, "status of the upgrade")
        fresh = gateway.requests()[-1]["request_id"]
        expect(fresh not in ("", STALE), "no fresh session was made")
        equal(session_cookies(answer), [f"nvcf-request-id={fresh}{ATTRIBUTES[False]}"], "the fresh cookie")
    for method in ("GET", "HEAD", "DELETE"):
        gateway.reset()
        with proxy.connect() as client:
            answer = client.request(method, "/sign_in", COOKIE)
            equal(answer.status, 200, f"status of {method}")
        equal([request["status"] for request in gateway.requests()], [404, 200], f"answers upstream to {method}")


@step
def a_request_with_a_body_is_not_repeated(world):
    gateway = world.gateway()
    proxy = world.proxy(gateway)
    with proxy.connect() as client:
        equal(client.request("POST", "/sign_in", COOKIE, body=b"once").status, 404, "status of a POST")
    equal(len(gateway.requests()), 1, "requests upstream")


@step
def another_404_is_no_stale_session(world):
    gateway = world.gateway()
    proxy = world.proxy(gateway)
    with proxy.connect() as client:
        answer = client.request("GET", "/sign_in")
        live = f"Cookie: nvcf-request-id={answer.one('nvcf-reqid')}"
        equal(client.request("GET", "/sign_in?standin=status:404", live).status, 404, "status")
    equal(len(gateway.requests()), 2, "requests upstream")


@step
def healing_can_be_turned_off(world):
    gateway = world.gateway()
    proxy = world.proxy(gateway, PROXY_RETRY_STALE_SESSION="false")
    with proxy.connect() as client:
        equal(open_websocket(client, "/sign_in", COOKIE).status, 404, "status of the upgrade")
    equal(len(gateway.requests()), 1, "requests upstream")


play()
