"""A user with many cookies gets in, a head beyond the limit is refused with 431 and harms nobody, and a head may come as
slowly as its limit of time allows. Ensured by the stand-in's report of what reached it and by the next connection."""

from play import equal, expect, play, step
from websocket import open_websocket

COOKIES = "; ".join(f"cookie-{i}={'v' * 1000}" for i in range(40))


@step
def a_head_made_of_nothing_but_names_holds_up_nobody(world):
    proxy = world.proxy(world.gateway())
    with proxy.connect() as socket:
        equal(open_websocket(socket).status, 101, "status")
        for lines in ([f"Connection: {'b,' * 16000}x"], ["a:"] * 8000):
            with proxy.connect() as client:
                equal(client.request("GET", "/sign_in", *lines).status, 431, "status")
        offers = ", ".join(f"p{i}" for i in range(8000))
        with proxy.connect() as client:
            answer = client.request("GET", "/sign_in", f"Sec-WebSocket-Protocol: {offers}")
            equal(answer.status, 400, "status of 8000 subprotocols")


@step
def forty_kibibytes_of_cookies_pass(world):
    gateway = world.gateway()
    proxy = world.proxy(gateway)
    with proxy.connect() as client:
        equal(client.request("GET", "/sign_in", f"Cookie: {COOKIES}").status, 200, "status")
    with proxy.connect() as client:
        equal(open_websocket(client, "/sign_in", f"Cookie: {COOKIES}").status, 101, "status of the upgrade")
    for request in gateway.requests():
        equal([value for name, value in request["headers"] if name.lower() == "cookie"], [COOKIES], "cookies upstream")


@step
def sixteen_kibibytes_in_one_field_and_sixty_in_many_pass(world):
    gateway = world.gateway()
    proxy = world.proxy(gateway)
    lines = [f"X-Field-{i}: {'f' * 500}" for i in range(110)]
    with proxy.connect() as client:
        equal(client.request("GET", "/sign_in", f"X-Long: {'l' * 16384}").status, 200, "status of one long field")
        equal(client.request("GET", "/sign_in", *lines).status, 200, "status of many fields")
    headers = gateway.requests()[-1]["headers"]
    equal(len([name for name, _ in headers if name.startswith("X-Field-")]), 110, "fields upstream")


@step
def two_mebibytes_are_refused_and_the_next_connection_is_served(world):
    gateway = world.gateway()
    proxy = world.proxy(gateway)
    with proxy.connect() as client:
        head = b"GET /sign_in HTTP/1.1\r\nHost: proxy.test\r\nX-Long: " + b"l" * (2 << 20) + b"\r\n\r\n"
        try:
            client.send(head)
        except (BrokenPipeError, ConnectionResetError):
            pass  # refused before all of it was sent; the answer is there all the same
        answer = client.answer()
        equal((answer.status, answer.one("Connection")), (431, "close"), "status and connection")
        equal(client.rest()[0], b"", "what follows the refusal")
    equal(gateway.requests(), [], "requests upstream")
    with proxy.connect() as client:
        equal(client.request("GET", "/sign_in").status, 200, "status on the next connection")


@step
def the_limit_is_a_setting(world):
    gateway = world.gateway()
    proxy = world.proxy(gateway, PROXY_MAX_HEADER_BYTES="4KiB")
    for size, status in ((3500, 200), (4096, 431)):
        with proxy.connect() as client:
            equal(
                client.request("GET", "/sign_in", f"X-Long: {'l' * size}").status,
                status,
                f"status of a field of {size} bytes",
            )
    wide = world.proxy(gateway, PROXY_MAX_HEADER_BYTES="1MiB")
    with wide.connect() as client:
        equal(client.request("GET", "/sign_in", *[f"Cookie: {COOKIES}"] * 10).status, 200, "status of 400 KiB")


@step
def a_head_may_come_byte_by_byte(world):
    gateway = world.gateway()
    proxy = world.proxy(gateway)
    with proxy.connect() as client:
        client.send_bytewise(b"\r\nGET /sign_in?slow=1 HTTP/1.1\r\nHost: proxy.test\r\nX-Slow: yes\r\n\r\n")
        equal(client.answer().status, 200, "status")
    expect(["X-Slow", "yes"] in gateway.requests()[0]["headers"], "the slow field did not reach upstream")


play()
