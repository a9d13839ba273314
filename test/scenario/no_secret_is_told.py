"""A canary in place of every secret is looked for in all that the proxy says: both outputs at trace level, bodies and heads of
its own errors, the effective configuration, the complaints about a refused one. Ensured over successes and failures of every
kind, plain and over TLS; and that the canary did reach upstream where it belongs proves that it was used at all."""

import os

from certificates import Authority
from play import equal, expect, play, step, until
from raw import Listener
from websocket import UPGRADE, close_frame, open_websocket, read_close
from world import FUNCTION

KEY = "nvapi-CANARY-key-4f1e"
SESSION = "c0ffee00-4bad-4bad-8bad-c0ffee00c0de"
CANARIES = {
    "the API key": "CANARY-key",
    "a cookie": "CANARY-cookie",
    "a token in the query": "CANARY-query",
    "a subprotocol": "CANARY-protocol",
    "the client's Authorization": "CANARY-client",
    "a body": "CANARY-body",
    "a Close reason from nobody": "CANARY-reason",
}
LINES = [
    "Cookie: auth=CANARY-cookie; theme=dark",
    "Authorization: Bearer CANARY-client",
    "Proxy-Authorization: Basic CANARY-client",
    "Sec-WebSocket-Protocol: app, authorization.CANARY-protocol",
]
TARGET = "/sign_in?token=CANARY-query&standin="


def expect_silence(text, what):
    for name, canary in CANARIES.items():
        expect(canary not in text, f"{what} tells {name}: ...{text[max(0, text.find(canary) - 200):][:400]}...")


def drive(proxy, targets):
    """Requests and upgrades that succeed and fail in every way; the bodies of the proxy's own errors are looked through."""
    for target in targets:
        for lines in ([], UPGRADE):
            with proxy.connect() as client:
                client.ask("GET", target, *LINES, *lines)
                answer = client.head() if lines else client.answer()
                if "problem" in (answer.one("Content-Type") or ""):
                    answer.body += b"" if answer.body else client.take(int(answer.one("Content-Length")))
                    expect_silence((answer.raw + answer.body).decode("latin-1"), f"the answer {answer.status}")
    for method, lines in (
        ("TRACE", []),
        ("POST", ["Transfer-Encoding: CANARY-client"]),
        ("GET", ["Host: CANARY-cookie"]),
        ("GET", ["function-id: CANARY-client"]),
        ("GET", ["Bad Name: CANARY-cookie"]),
        ("GET", [*UPGRADE, "Sec-WebSocket-Key: CANARY-client"]),
        ("GET", ["X: " + "CANARY-cookie" * 8000]),
    ):
        with proxy.connect() as client:
            try:
                answer = client.request(method, TARGET, *LINES, *lines)
            except ConnectionResetError:
                continue
            equal(answer.status >= 400, True, f"whether {method} {str(lines)[:60]} is refused")
            expect_silence((answer.raw + answer.body).decode("latin-1"), f"the answer {answer.status}")
    with proxy.connect() as client:
        client.ask("POST", TARGET, *LINES, body=b"CANARY-body").answer()


def look_through(world, tls):
    authority = Authority(world.folder)
    settings = {
        "PROXY_LOG_LEVEL": "trace",
        "NVCF_API_KEY": KEY,
        "PROXY_SSL_INSECURE": str(tls).lower(),
        "NVCF_CA_FILE": authority.certificate if tls else None,
    }
    certificate = authority.sign("gateway") if tls else None
    gateway = world.gateway("--api-key", KEY, certificate=certificate)
    proxy = world.proxy(gateway, **settings)
    faults = [
        "",
        "status:500",
        "refuse:401",
        "refuse:404",
        "bad-framing",
        "crlf-header",
        "forged-101",
        "rst-before-answer",
        "bad-status-line:garbage",
    ]
    drive(proxy, [TARGET + fault for fault in faults])
    with proxy.connect() as client:
        equal(open_websocket(client, "/sign_in?token=CANARY-query", *LINES).status, 101, "status")
        client.send(close_frame(1000, "bye"))
        equal(read_close(client), (1000, "bye"), "Close")
    until("the session's log line", lambda: proxy.log("session"))
    expect(KEY in str(gateway.requests()), "the key did not reach upstream, so this proves nothing")
    expect(len(proxy.log("request")) > 20, f"the log has only {len(proxy.log('request'))} requests")
    expect_silence(proxy.said(), "the log")
    expect("CANARY" not in proxy.said(), "the log has a canary that is not listed")
    nobody = Listener()
    nobody.close()
    dead = world.proxy(f"http://127.0.0.1:{nobody.port}", **{**settings, "NVCF_CA_FILE": None})
    drive(dead, [TARGET])
    text = world.proxy(gateway, **{**settings, "PROXY_LOG_FORMAT": "json", "NVCF_RESPONSE_TIMEOUT": "50ms"})
    drive(text, [TARGET + "silent"])
    for one in (dead, text):
        expect_silence(one.said(), "the log")


@step
def nothing_is_told_in_the_clear(world):
    look_through(world, False)


@step
def nothing_is_told_over_tls(world):
    look_through(world, True)


@step
def the_start_line_masks_the_key(world):
    proxy = world.proxy(world.gateway(), NVCF_API_KEY=KEY)
    equal(proxy.log("serving")[0]["api_key"], "********", "key in the start line")
    for part in (KEY, KEY[:6], KEY[-3:] + '"', "nvapi"):
        expect(part not in proxy.said(), f"{part} is in the start line")


@step
def check_prints_the_configuration_without_its_secrets(world):
    key_file = os.path.join(world.folder, "key")
    with open(key_file, "w", encoding="ascii") as file:
        file.write(KEY + "\n")
    base = {"NVCF_SERVER": "grpc.nvcf.test", "STREAMING_FUNCTION_ID": FUNCTION}
    for secret in ({"NVCF_API_KEY": KEY}, {"NVCF_API_KEY_FILE": key_file}):
        code, out, err = world.command("check", **base, **secret)
        equal(code, 0, f"exit code of check: {err}")
        expect("grpc.nvcf.test" in out and FUNCTION in out, f"check does not show the configuration: {out}")
        expect_silence(out + err, "check")
        expect("nvapi" not in out + err, "check shows the beginning of the key")


@step
def a_refused_configuration_is_told_whole_and_without_its_secrets(world):
    code, out, err = world.command(
        "check",
        NVCF_API_KEY=KEY,
        PROXY_PORT="tcp://10.0.0.1:80",
        NVCF_SERVER="ftp://CANARY-less.test",
        STREAMING_FUNCTION_ID="no id",
        PROXY_SSL_INSECURE="maybe",
        PROXY_DRAIN_TIMEOUT="-5s",
    )
    equal(code, 78, "exit code")
    for variable in ("PROXY_PORT", "NVCF_SERVER", "STREAMING_FUNCTION_ID", "PROXY_SSL_INSECURE", "PROXY_DRAIN_TIMEOUT"):
        expect(variable in err, f"{variable} is not told: {err}")
    expect_silence(out + err, "the complaints")
    code, out, err = world.command(NVCF_API_KEY=f"{KEY}\r\nX: y", NVCF_SERVER="a.test", STREAMING_FUNCTION_ID=FUNCTION)
    equal(code, 78, "exit code of a key that is no header value")
    expect_silence(out + err, "the complaint about the key")
    code, _, err = world.command()
    equal(code, 78, "exit code without any configuration")
    for variable in ("NVCF_SERVER", "NVCF_API_KEY", "STREAMING_FUNCTION_ID"):
        expect(variable in err, f"{variable} is not told: {err}")
    equal(world.command("--nonsense")[0], 64, "exit code of a wrong command line")
    equal([world.command(flag)[0] for flag in ("--help", "--version")], [0, 0], "exit codes of help and version")


play()
