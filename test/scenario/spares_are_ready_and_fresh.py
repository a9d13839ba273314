"""Spare connections wait at the gateway with their handshakes done and nothing sent; each is used for one session and then
replaced; one that the gateway has ended is never used, or the request is healed. Ensured by the stand-in's connections, plain
and over TLS, before and after requests."""

from certificates import Authority
from play import equal, expect, play, step, until
from websocket import open_websocket


def start(world, tls, count="2"):
    authority = Authority(world.folder) if tls else None
    gateway = world.gateway(certificate=authority.sign("gateway") if tls else None)
    return gateway, world.proxy(
        gateway,
        NVCF_WARM_CONNECTIONS=count,
        PROXY_THREADS="1",
        **({"NVCF_CA_FILE": authority.certificate} if tls else {}),
    )


def idle(gateway):
    """Connections that are open and carried nothing."""
    return [one for one in gateway.connections() if one["end"] is None and one["requests"] == 0]


def await_spares(gateway, count, beside=()):
    """The spares, once there are `count` that are not `beside`."""

    def found():
        spares = [one for one in idle(gateway) if one["id"] not in beside]
        return spares if len(spares) == count else None

    return until(f"{count} spares", found)


@step
def two_wait_one_is_used_and_replaced(world):
    for tls in (False, True):
        gateway, proxy = start(world, tls)
        spares = {one["id"] for one in await_spares(gateway, 2)}
        if tls:
            until("the handshakes", lambda gateway=gateway: all(one["tls_version"] for one in gateway.connections()))
        with proxy.connect() as client:
            equal(client.request("GET", "/sign_in").status, 200, "status")
            used = gateway.requests()[-1]["connection"]
            expect(used in spares, f"connection {used} is none of the spares {spares}")
            replaced = {one["id"] for one in await_spares(gateway, 2)}
            equal(len(replaced - spares), 1, "new spares")
        with proxy.connect() as client:
            equal(open_websocket(client).status, 101, "status")
            expect(gateway.requests()[-1]["connection"] in replaced, "the upgrade did not use a spare")


@step
def a_used_connection_is_never_a_spare_again(world):
    gateway, proxy = start(world, False)
    for number in range(10):
        await_spares(gateway, 2)
        with proxy.connect() as client:
            equal(client.request("GET", f"/sign_in?client={number}").status, 200, "status")
    used = [request["connection"] for request in gateway.requests()]
    equal(len(set(used)), len(used), f"connections that were used: {used}")


@step
def one_that_the_gateway_ended_is_replaced(world):
    for tls in (False, True):
        for how in ("fin", "rst"):
            gateway, _ = start(world, tls)
            spares = await_spares(gateway, 2)
            gateway.end_connection(spares[0]["id"], how)
            await_spares(gateway, 2, beside={spares[0]["id"]})


@step
def a_request_on_a_spare_that_died_is_healed(world):
    for how in ("fin", "rst"):
        gateway, proxy = start(world, False)
        for upgrade in (False, True):
            for spare in await_spares(gateway, 2):
                gateway.end_connection(spare["id"], how)
            with proxy.connect() as client:
                status = open_websocket(client).status if upgrade else client.request("GET", "/sign_in").status
            equal(status, 101 if upgrade else 200, f"status after {how}, upgrade: {upgrade}")


@step
def without_spares_nothing_waits(world):
    gateway, proxy = start(world, False, "0")
    with proxy.connect() as client:
        equal(client.request("GET", "/sign_in").status, 200, "status")
        equal(len(gateway.connections()), 1, "connections")


play()
