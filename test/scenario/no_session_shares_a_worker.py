"""Two users never meet on one worker: an upstream connection serves one client connection and one session identity, also when
a pooling load balancer puts many users on one connection, and whether or not spare connections are kept. Ensured by the
stand-in, which pins a worker to its TCP connection whoever sends, as NVCF's gateway does: no worker may ever have seen two.
"""

from play import equal, expect, play, step
from websocket import open_websocket
from world import FUNCTION, OTHER_FUNCTION

USERS = 4
WARM = ("0", "2")


def first_session(client):
    return client.request("GET", "/sign_in").one("nvcf-reqid")


def cookie(session):
    return f"Cookie: theme=dark; nvcf-request-id={session}"


def expect_each_to_its_own(gateway, sessions):
    """Every request that named a session reached that session's worker, and each worker served one session."""
    workers = {}
    for request in gateway.requests():
        named = [value for name, value in request["headers"] if name.lower() == "nvcf-reqid"]
        if named and request["status"] != 404:
            equal(request["request_id"], named[0], f"session that served {request['target']}")
        workers.setdefault(request["worker"], set()).add(request["request_id"])
    for worker, served in workers.items():
        equal(len(served), 1, f"sessions on {worker}: {served}")
    equal(len(set(sessions)), len(sessions), f"distinct sessions among {sessions}")


@step
def four_keep_alive_clients_alternate(world):
    for warm in WARM:
        gateway = world.gateway()
        proxy = world.proxy(gateway, NVCF_WARM_CONNECTIONS=warm)
        clients = [world.keep(proxy.connect()) for _ in range(USERS)]
        sessions = [first_session(client) for client in clients]
        for turn in range(24):
            user = turn % USERS
            answer = clients[user].request("GET", f"/sign_in?turn={turn}", cookie(sessions[user]))
            equal((answer.status, answer.one("nvcf-reqid")), (200, sessions[user]), f"turn {turn}, warm {warm}")
        expect_each_to_its_own(gateway, sessions)
        # one connection each: keep-alive is used where it may be
        equal(len({request["connection"] for request in gateway.requests()}), USERS, "connections that were used")


@step
def four_users_through_one_pooled_client_connection(world):
    for warm in WARM:
        gateway = world.gateway()
        proxy = world.proxy(gateway, NVCF_WARM_CONNECTIONS=warm)
        with proxy.connect() as pool:
            sessions = []
            for _ in range(USERS):
                # no id after a session was made for someone: this must be a newcomer
                sessions.append(first_session(pool))
            equal(len(set(sessions)), USERS, f"distinct sessions, warm {warm}")
            for turn in range(24):
                user = turn % USERS
                answer = pool.request("GET", f"/sign_in?turn={turn}", cookie(sessions[user]))
                equal((answer.status, answer.one("nvcf-reqid")), (200, sessions[user]), f"turn {turn}, warm {warm}")
            stranger = first_session(pool)
            expect(stranger not in sessions, "a stranger without an id got a user's session")
        expect_each_to_its_own(gateway, sessions)


@step
def another_user_s_upgrade_behind_a_pooled_request_gets_its_own_worker(world):
    gateway = world.gateway()
    proxy = world.proxy(gateway)
    with proxy.connect() as pool:
        first = first_session(pool)
        upgrade = open_websocket(pool)
        equal(upgrade.status, 101, "status")
        expect(upgrade.one("nvcf-reqid") != first, "the upgrade without an id got the first user's session")
    expect_each_to_its_own(gateway, [first])


@step
def another_function_on_the_same_connection_gets_a_fresh_one(world):
    gateway = world.gateway()
    proxy = world.proxy(gateway, STREAMING_FUNCTION_IDS=OTHER_FUNCTION)
    with proxy.connect() as client:
        for turn in range(6):
            function = (FUNCTION, OTHER_FUNCTION)[turn % 2]
            equal(client.request("GET", "/sign_in", f"function-id: {function}").status, 200, "status")
    requests = gateway.requests()
    equal(len({request["connection"] for request in requests}), len(requests), "upstream connections")
    expect(not any(request["pinned"] for request in requests), "a request rode on another one's worker")


@step
def two_clients_never_share_an_upstream_connection(world):
    gateway = world.gateway()
    proxy = world.proxy(gateway, NVCF_WARM_CONNECTIONS="2")
    for number in range(12):
        with proxy.connect() as client:
            equal(client.request("GET", f"/sign_in?client={number}").status, 200, "status")
    requests = gateway.requests()
    equal(len({request["connection"] for request in requests}), 12, "upstream connections")
    equal(len({request["worker"] for request in requests}), 12, "workers")


@step
def a_connection_that_upstream_ended_between_requests_is_not_used_again(world):
    session = "55555555-5555-4555-8555-555555555555"
    answer = f"HTTP/1.1 200 OK\r\nnvcf-reqid: {session}\r\nContent-Length: 0\r\n\r\n"
    listener = world.listener()
    proxy = world.proxy(f"http://127.0.0.1:{listener.port}")
    for leave in ("fin", "rst"):
        for method, body in (("GET", b""), ("POST", b"once")):
            with proxy.connect() as client:
                client.ask("GET", "/first", cookie(session))
                upstream = world.keep(listener.accept())
                upstream.head()
                upstream.send(answer)
                equal(client.answer().status, 200, "status of the first request")
                getattr(upstream, leave)()
                client.ask(method, "/second", cookie(session), body=body)
                with listener.accept() as fresh:
                    equal(
                        fresh.head().first, f"{method} /second HTTP/1.1", f"request on a fresh connection after {leave}"
                    )
                    equal(fresh.take(len(body)), body, "its body")
                    fresh.send(answer)
                    equal(client.answer().status, 200, f"status of {method} after {leave}")


@step
def a_request_that_may_have_been_taken_is_not_sent_twice(world):
    session = "55555555-5555-4555-8555-555555555555"
    answer = f"HTTP/1.1 200 OK\r\nnvcf-reqid: {session}\r\nContent-Length: 0\r\n\r\n"
    listener = world.listener()
    proxy = world.proxy(f"http://127.0.0.1:{listener.port}")
    with proxy.connect() as client:
        client.ask("GET", "/first", cookie(session))
        with listener.accept() as upstream:
            upstream.head()
            upstream.send(answer)
            equal(client.answer().status, 200, "status of the first request")
            # it allocates a GPU: twice would be two
            client.ask("POST", "/sign_in", "X-NVCF-ABSORB: true", "Content-Length: 0", cookie(session))
            equal(upstream.head().first, "POST /sign_in HTTP/1.1", "request that is taken")
            upstream.rst()
        equal(client.answer().status, 502, "status of the POST")
    listener.sock.settimeout(0.3)
    try:
        listener.accept()
        expect(False, "the POST was sent again")
    except TimeoutError:
        pass


play()
