"""One TCP connection and one pair of function and version ids have one worker, whoever sends: the fact that makes a shared connection
bind two users to one GPU."""
from standin import FUNCTION, KEY, Client, ask, run, standin, wait_for

TWO_ACCOUNTS = ("--api-key", f"{KEY}=a", "--api-key", "nvapi-second=b")


def test_another_user_on_the_same_connection_lands_on_the_first_ones_worker():
    with standin(*TWO_ACCOUNTS) as gateway, Client(gateway.port) as client:
        first = client.ask().one("nvcf-reqid")
        assert client.ask(key="nvapi-second").one("nvcf-reqid") == first
        requests = gateway.report()["requests"]
        assert [r["pinned"] for r in requests] == [False, True]
        assert requests[0]["worker"] == requests[1]["worker"] and requests[1]["account"] == "a"


def test_a_key_that_is_not_valid_passes_once_the_connection_is_pinned():
    with standin(*TWO_ACCOUNTS) as gateway, Client(gateway.port) as client:
        assert client.ask(key="nonsense").status == 401
        assert client.ask().status == 200
        assert client.ask(key="nonsense").status == 200


def test_a_request_id_asked_for_later_is_not_looked_at():
    with standin() as gateway, Client(gateway.port) as one, Client(gateway.port) as two:
        first, second = one.ask().one("nvcf-reqid"), two.ask().one("nvcf-reqid")
        assert first != second
        assert two.ask(headers={"nvcf-reqid": first}).one("nvcf-reqid") == second


def test_another_function_or_version_on_the_same_connection_gets_its_own_worker():
    with standin(functions=[FUNCTION, "other"]) as gateway, Client(gateway.port) as client:
        answers = [client.ask(), client.ask(function="other"), client.ask(headers={"function-version-id": "v"}), client.ask()]
        ids = [answer.one("nvcf-reqid") for answer in answers]
        assert len(set(ids)) == 3 and ids[0] == ids[3]


def test_the_cookie_comes_once_for_each_worker_connection_and_the_header_always():
    with standin() as gateway:
        with Client(gateway.port) as client:
            first, second = client.ask(), client.ask()
            assert first.one("set-cookie") == "nvcf-request-id=" + first.one("nvcf-reqid")
            assert not second.all("set-cookie") and second.one("nvcf-reqid") == first.one("nvcf-reqid")
            with Client(gateway.port) as again:
                resumed = again.ask(headers={"Cookie": first.one("set-cookie")})
                assert resumed.one("set-cookie") == first.one("set-cookie")


def test_the_101_carries_both_beside_the_functions_own_headers():
    with standin() as gateway, Client(gateway.port) as client:
        answer = client.upgrade(headers={"Sec-WebSocket-Protocol": "chosen, second"})
        assert answer.one("set-cookie") == "nvcf-request-id=" + answer.one("nvcf-reqid")
        assert answer.one("sec-websocket-protocol") == "chosen"


def test_a_session_that_was_released_is_replaced_on_the_same_connection():
    with standin() as gateway, Client(gateway.port) as client:
        first = client.ask().one("nvcf-reqid")
        client.ask(method="DELETE", headers={"X-NVCF-ABSORB": "true"})
        second = client.ask()
        assert second.one("nvcf-reqid") != first and second.all("set-cookie")


def test_absorb_allocates_a_session_that_waits_for_its_websocket():
    with standin("--resume-window", "30s") as gateway:
        request_id = ask(gateway, method="POST", headers={"X-NVCF-ABSORB": "true"}).one("nvcf-reqid")
        wait_for(lambda: gateway.session(request_id)["state"] == "waiting", "the session to wait")
        with Client(gateway.port) as client:
            assert client.upgrade(headers={"nvcf-reqid": request_id}).one("nvcf-reqid") == request_id
        assert ask(gateway, method="DELETE", headers={"X-NVCF-ABSORB": "true", "nvcf-reqid": request_id}).status == 200
        assert ask(gateway, headers={"nvcf-reqid": request_id}).status == 404


if __name__ == "__main__":
    run(globals())
