"""An orchestrator can ask how the proxy is, and end it: SIGTERM lets sessions go on for a while and sends newcomers away,
SIGINT ends at once, and both exit with 0; a port in use is an error that names it. Ensured through the admin address, the
binary's own health command, exit codes and the log."""

import signal

from play import equal, expect, play, step, until
from raw import Listener
from websocket import TEXT, frame, open_websocket, read_frame


def start(world, **settings):
    return world.proxy(world.gateway(), PROXY_ADMIN_ADDRESS="127.0.0.1:0", **settings)


def ask(proxy, path, method="GET"):
    with proxy.admin() as client:
        return client.request(method, path)


@step
def health_and_readiness_are_served(world):
    proxy = start(world)
    for path in ("/healthz", "/readyz"):
        equal(ask(proxy, path).status, 200, f"status of {path}")
        equal(ask(proxy, path, "HEAD").status, 200, f"status of HEAD {path}")
    equal((ask(proxy, "/other").status, ask(proxy, "/healthz", "POST").status), (404, 405), "statuses")
    with proxy.connect() as client:
        equal(client.request("GET", "/healthz").body[:2], b'{"'[:2], "the public port forwards /healthz as any path")


@step
def the_health_command_asks_the_running_one(world):
    gateway = world.gateway()
    proxy = world.proxy(gateway, PROXY_ADMIN_ADDRESS="127.0.0.1:0")
    environment = world.environment(gateway, PROXY_ADMIN_ADDRESS=f"127.0.0.1:{proxy.admin_port}")
    equal(world.command("health", **environment)[0], 0, "exit code while it runs")
    equal(proxy.end(signal.SIGTERM), 0, "exit code of the proxy")
    equal(world.command("health", **environment)[0], 1, "exit code when it is gone")
    equal(
        world.command("health", **{**environment, "PROXY_ADMIN_ADDRESS": "off"})[0],
        1,
        "exit code where nobody can be asked",
    )


@step
def sigterm_without_sessions_ends_at_once(world):
    proxy = start(world)
    equal(proxy.end(signal.SIGTERM), 0, "exit code")
    equal(len(proxy.log("stopped")), 1, "last line")


@step
def sigterm_lets_a_session_go_on_and_sends_newcomers_away(world):
    proxy = start(world, PROXY_DRAIN_TIMEOUT="20s")
    client = world.keep(proxy.connect())
    waiting = world.keep(proxy.connect())
    waiting.request("GET", "/sign_in")
    equal(open_websocket(client).status, 101, "status")
    proxy.process.send_signal(signal.SIGTERM)
    until("not ready", lambda: ask(proxy, "/readyz").status == 503)
    equal(ask(proxy, "/healthz").status, 200, "health while it drains")
    client.send(frame(TEXT, b"still here"))
    equal(read_frame(client), (0x81, b"still here"), "echo while it drains")
    equal(waiting.rest(), (b"", "fin"), "how an idle connection ends, which must not hold up the process")
    with proxy.connect() as newcomer:
        answer = newcomer.request("GET", "/sign_in")
    equal((answer.status, answer.one("Connection")), (503, "close"), "status and connection of a newcomer")
    expect(int(answer.one("Retry-After")) > 0, "no Retry-After")
    client.close()
    equal(proxy.wait(), 0, "exit code when the last session has ended")


@step
def the_drain_has_an_end(world):
    gateway = world.gateway()
    proxy = world.proxy(gateway, PROXY_DRAIN_TIMEOUT="500ms")
    with proxy.connect() as client:
        equal(open_websocket(client).status, 101, "status")
        proxy.process.send_signal(signal.SIGTERM)
        equal(proxy.wait(10), 0, "exit code")
    session = until("the session's end", lambda: [one for one in gateway.sessions() if one["ends"]])[0]
    equal(
        (session["state"], session["ends"][0]["client"]["how"]),
        ("waiting", "rst"),
        "the session, which another replica can resume",
    )


@step
def sigint_and_a_second_sigterm_end_it_at_once(world):
    for signals in ((signal.SIGINT,), (signal.SIGTERM, signal.SIGTERM)):
        proxy = start(world, PROXY_DRAIN_TIMEOUT="60s")
        with proxy.connect() as client:
            equal(open_websocket(client).status, 101, "status")
            for number in signals:
                seen = len(proxy.log("signal"))
                proxy.process.send_signal(number)
                until("the signal's line", lambda seen=seen: len(proxy.log("signal")) > seen)
            equal(proxy.wait(10), 0, f"exit code after {signals}")
            equal(client.rest(), (b"", "rst"), "what the client sees")
        equal(
            [(line["ended_by"], line["ending"]) for line in proxy.log("session")], [("proxy", "abort")], "its log line"
        )


@step
def sighup_ends_nothing(world):
    proxy = start(world)
    with proxy.connect() as client:
        equal(open_websocket(client).status, 101, "status")
        proxy.process.send_signal(signal.SIGHUP)
        for number in range(3):
            client.send(frame(TEXT, b"%d" % number))
            equal(read_frame(client), (0x81, b"%d" % number), "echo after SIGHUP")
    equal(proxy.process.poll(), None, "exit code")


@step
def a_port_in_use_is_named(world):
    taken = world.keep(Listener())
    gateway = world.gateway()
    for setting, value in (("PROXY_PORT", str(taken.port)), ("PROXY_ADMIN_ADDRESS", f"127.0.0.1:{taken.port}")):
        code, out, err = world.command(**world.environment(gateway, **{setting: value}))
        equal(code, 1, f"exit code, {setting}")
        expect(
            str(taken.port) in out + err and setting in out + err,
            f"neither {taken.port} nor {setting} is named: {out}{err}",
        )


@step
def two_proxies_never_share_a_port(world):
    gateway = world.gateway()
    first = world.proxy(gateway)
    equal(world.command(**world.environment(gateway, PROXY_PORT=str(first.port)))[0], 1, "exit code of the second")


@step
def more_sessions_than_allowed_are_sent_away(world):
    proxy = start(world, PROXY_MAX_SESSIONS="2")
    clients = [world.keep(proxy.connect()) for _ in range(2)]
    for client in clients:
        equal(open_websocket(client).status, 101, "status")
    with proxy.connect() as third:
        equal(third.request("GET", "/sign_in").status, 503, "status of the third")
    clients[0].close()

    def free():
        with proxy.connect() as client:
            return client.request("GET", "/sign_in").status == 200

    until("a place to be free", free)


play()
