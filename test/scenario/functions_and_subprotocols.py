"""The configuration decides which functions there are; the client may choose among them by subprotocol or header, and another
one is refused before upstream is touched. What is addressed to the proxy stays here, all other subprotocols are offered
upstream in order, and the browser always gets exactly one that it offered. Ensured by the stand-in's report and the 101.
"""

from play import equal, expect, play, step
from websocket import accept_of, open_websocket
from world import FUNCTION, OTHER_FUNCTION, VERSION

NOT_ALLOWED = "99999999-9999-4999-8999-999999999999"
SESSION = "77777777-7777-4777-8777-777777777777"
PROTOCOL = "Sec-WebSocket-Protocol"


def offered(request):
    return [value for name, value in request["headers"] if name.lower() == PROTOCOL.lower()]


@step
def without_a_word_the_default_function_is_reached(world):
    gateway = world.gateway()
    proxy = world.proxy(gateway, STREAMING_FUNCTION_IDS=OTHER_FUNCTION, STREAMING_FUNCTION_VERSION_ID=VERSION)
    with proxy.connect() as client:
        equal(client.request("GET", "/sign_in").status, 200, "status")
    request = gateway.requests()[0]
    equal((request["function"], request["version"]), (FUNCTION, VERSION), "function and version")


@step
def an_allowed_function_is_chosen_by_subprotocol_or_header(world):
    gateway = world.gateway()
    proxy = world.proxy(gateway, STREAMING_FUNCTION_IDS=OTHER_FUNCTION, STREAMING_FUNCTION_VERSION_ID=VERSION)
    for name in ("function-id", "nvcf-function-id"):
        gateway.reset()
        with proxy.connect() as client:
            equal(open_websocket(client, protocols=[f"{name}.{OTHER_FUNCTION}", "app"]).status, 101, f"status, {name}.")
        with proxy.connect() as client:
            equal(open_websocket(client, "/sign_in", f"{name}: {OTHER_FUNCTION}").status, 101, f"status, {name}")
        with proxy.connect() as client:
            equal(
                client.request("DELETE", "/sign_in", f"{PROTOCOL}: {name}.{OTHER_FUNCTION}").status,
                200,
                "status of DELETE",
            )
        # the version belongs to the default function
        equal(
            [(request["function"], request["version"]) for request in gateway.requests()],
            [(OTHER_FUNCTION, "")] * 3,
            "upstream",
        )


@step
def another_function_is_refused_before_upstream_is_touched(world):
    gateway = world.gateway()
    proxy = world.proxy(gateway, STREAMING_FUNCTION_IDS=OTHER_FUNCTION)
    for ways in (
        [f"function-id: {NOT_ALLOWED}"],
        [f"nvcf-function-id: {NOT_ALLOWED}"],
        [f"{PROTOCOL}: function-id.{NOT_ALLOWED}"],
        [f"{PROTOCOL}: app, nvcf-function-id.{NOT_ALLOWED}"],
        ["function-id: x"],
        [f"Function-ID: {FUNCTION}x"],
    ):
        with proxy.connect() as client:
            equal(open_websocket(client, "/sign_in", *ways).status, 403, f"status of the upgrade, {ways}")
        with proxy.connect() as client:
            equal(client.request("GET", "/sign_in", *ways).status, 403, f"status, {ways}")
    for contradiction in (
        [f"function-id: {FUNCTION}", f"function-id: {OTHER_FUNCTION}"],
        [f"function-id: {FUNCTION}", f"{PROTOCOL}: function-id.{OTHER_FUNCTION}"],
    ):
        with proxy.connect() as client:
            equal(client.request("GET", "/sign_in", *contradiction).status, 400, f"status, {contradiction}")
    equal(gateway.connections(), [], "connections upstream")


@step
def where_none_is_the_default_one_must_be_named(world):
    gateway = world.gateway()
    proxy = world.proxy(gateway, STREAMING_FUNCTION_ID=None, STREAMING_FUNCTION_IDS=f"{FUNCTION},{OTHER_FUNCTION}")
    with proxy.connect() as client:
        equal(client.request("GET", "/sign_in").status, 400, "status")
    equal(gateway.connections(), [], "connections upstream")
    with proxy.connect() as client:
        equal(client.request("GET", "/sign_in", f"function-id: {OTHER_FUNCTION}").status, 200, "status")


@step
def what_is_addressed_to_us_stays_here_and_the_rest_is_offered_in_order(world):
    gateway = world.gateway()
    proxy = world.proxy(gateway)
    mine = [
        f"function-id.{FUNCTION}",
        f"nvcf-function-id.{FUNCTION}",
        f"function-version-id.{VERSION}",
        "nvcf-function-version-id.x",
        f"nvcf-reqid.{SESSION}",
        "authorization.secret-token",
        "Authorization.Other",
    ]
    theirs = ["x-nv-sessionid.1", "zzz", "aaa", "v2.example+json"]
    mixed = [mine[0], theirs[0], mine[1], mine[2], theirs[1], mine[3], theirs[2], mine[4], mine[5], theirs[3], mine[6]]
    with proxy.connect() as client:
        answer = open_websocket(client, protocols=mixed)
    equal((answer.status, answer.one(PROTOCOL)), (101, theirs[0]), "status and protocol")
    for request in gateway.requests():
        equal(offered(request), [", ".join(theirs)], "offered upstream")
    # a session that is gone was named, so there were two requests: with its id, then without
    equal(
        [
            [value for name, value in request["headers"] if name.lower() == "nvcf-reqid"]
            for request in gateway.requests()
        ],
        [[SESSION], []],
        "request ids upstream",
    )


@step
def where_upstream_is_offered_none_one_without_a_secret_is_answered(world):
    gateway = world.gateway()
    proxy = world.proxy(gateway)
    secret, function = "authorization.secret", f"function-id.{FUNCTION}"
    for protocols, wanted in (
        ([secret, function], function),
        ([function, secret], function),
        ([secret], secret),
        ([], None),
    ):
        gateway.reset()
        with proxy.connect() as client:
            answer = open_websocket(client, protocols=protocols)
        equal((answer.status, answer.one(PROTOCOL)), (101, wanted), f"answer to {protocols}")
        equal(offered(gateway.requests()[0]), [], "offered upstream")


@step
def an_offer_in_several_lines_is_one_offer(world):
    gateway = world.gateway()
    proxy = world.proxy(gateway)
    with proxy.connect() as client:
        answer = open_websocket(client, "/sign_in", f"{PROTOCOL}: one", f"{PROTOCOL}: function-id.{FUNCTION} ,two")
    equal((answer.status, answer.one(PROTOCOL)), (101, "one"), "answer")
    equal(offered(gateway.requests()[0]), ["one, two"], "offered upstream")


@step
def upstream_s_choice_is_judged(world):
    gateway = world.gateway()
    proxy = world.proxy(gateway)
    for fault, status, wanted in (
        ("no-protocol", 101, "one"),
        ("unoffered-protocol", 502, None),
        ("two-protocols", 502, None),
        ("unoffered-extension", 502, None),
        ("bad-accept", 502, None),
    ):
        with proxy.connect() as client:
            answer = open_websocket(client, f"/sign_in?standin={fault}", protocols=["one", "two"])
        equal((answer.status, answer.one(PROTOCOL)), (status, wanted), fault)


@step
def extensions_are_the_ends_own_affair(world):
    gateway = world.gateway(function=world.function("--raw-echo", "--accept-deflate"))
    proxy = world.proxy(gateway)
    offer = "permessage-deflate; client_max_window_bits"
    with proxy.connect() as client:
        answer = open_websocket(client, "/sign_in", f"Sec-WebSocket-Extensions: {offer}")
    equal((answer.status, answer.one("Sec-WebSocket-Extensions")), (101, "permessage-deflate"), "status and extension")
    equal(answer.one("Sec-WebSocket-Accept"), accept_of("dGhlIHNhbXBsZSBub25jZQ=="), "accept")
    expect(["Sec-WebSocket-Extensions", offer] in gateway.requests()[0]["headers"], "the offer did not reach upstream")


play()
