"""The sample streaming function as the gateway's clients meet it: greeting, echo, heartbeat, resume, and Kit's control port."""
import json
import os
import struct

from standin import FUNCTION, Client, ask, run, sample_function, standin, wait_for


def greeting_of(client):
    first, payload = client.take_frame()
    assert first == 0x81
    return json.loads(payload)


def gateway_for(function):
    return standin(functions=[f"{FUNCTION}@127.0.0.1:{function.port}"])


def test_it_greets_by_session_and_peer_and_answers_the_protocol_of_the_stream():
    with sample_function("--heartbeat", "0s") as function, gateway_for(function) as gateway, Client(gateway.port) as client:
        answer = client.upgrade("/sign_in?peer_id=peer-42&version=2", {"Sec-WebSocket-Protocol": "a, x-nv-sessionid.9"})
        assert answer.one("sec-websocket-protocol") == "x-nv-sessionid.9"
        assert greeting_of(client) == {"session": answer.one("nvcf-reqid"), "peer_id": "peer-42", "resumed": False,
                                       "messages": 0, "protocol": "x-nv-sessionid.9"}


def test_it_echoes_text_binary_and_fragments_and_answers_pings():
    with sample_function("--heartbeat", "0s") as function, gateway_for(function) as gateway, Client(gateway.port) as client:
        client.upgrade()
        greeting_of(client)
        payload = os.urandom(200000)
        client.send_frame(2, payload)
        assert client.take_frame() == (0x82, payload)
        client.send_frame(1, b"frag", first=0)
        client.send_frame(9, b"are you there")
        client.send_frame(0, b"ment")
        assert [client.take_frame() for _ in range(3)] == [(0x01, b"frag"), (0x8a, b"are you there"), (0x80, b"ment")]
        client.send_frame(8, struct.pack(">H", 1000))
        assert client.take_frame() == (0x88, struct.pack(">H", 1000)) and client.ended() == "fin"


def test_its_heartbeat_waits_for_the_end_of_a_message():
    with sample_function("--heartbeat", "50ms") as function, gateway_for(function) as gateway, Client(gateway.port) as client:
        client.upgrade()
        greeting_of(client)
        assert json.loads(client.take_frame()[1]) == {"hb": 1, "messages": 0}
        client.send_frame(1, b"begin", first=0)
        while (frame := client.take_frame())[0] == 0x81:
            pass
        assert frame == (0x01, b"begin")
        client.socket.settimeout(0.3)
        try:
            raise AssertionError(f"inside a message: {client.take_frame()}")
        except TimeoutError:
            pass
        client.socket.settimeout(20)
        client.send_frame(0, b"end")
        assert client.take_frame() == (0x80, b"end")
        assert json.loads(client.take_frame()[1]) == {"hb": 1, "messages": 1}


def test_a_resumed_session_goes_on_counting_and_a_clean_end_forgets():
    with sample_function("--heartbeat", "0s") as function, gateway_for(function) as gateway:
        client = Client(gateway.port)
        request_id = client.upgrade().one("nvcf-reqid")
        greeting_of(client)
        for _ in range(3):
            client.send_frame(1, b"m")
            client.take_frame()
        client.abort()
        wait_for(lambda: gateway.session(request_id)["state"] == "waiting", "the gateway to keep it")
        with Client(gateway.port) as again:
            again.upgrade(headers={"nvcf-reqid": request_id})
            greeting = greeting_of(again)
            assert greeting["resumed"] and greeting["messages"] == 3
            again.send_frame(8)
            assert again.ended() == "fin"
        wait_for(lambda: function.control("GET", "/state")[1]["sessions"] == 0, "the state to be forgotten")


def test_it_answers_get_head_post_and_delete_at_its_endpoint_and_404_elsewhere():
    with sample_function() as function, gateway_for(function) as gateway:
        for method in ("GET", "HEAD", "POST", "DELETE"):
            answer = ask(gateway, method=method)
            assert answer.status == 200 and (method == "HEAD" or json.loads(answer.body)["method"] == method)
        assert ask(gateway, "/elsewhere").status == 404


def test_ready_tells_whether_a_session_could_start():
    with sample_function("--max-sessions", "1") as function, gateway_for(function) as gateway:
        assert function.control("GET", "/v1/streaming/ready")[0] == 200
        with Client(gateway.port) as client:
            client.upgrade()
            greeting_of(client)
            assert function.control("GET", "/v1/streaming/ready")[0] == 500


def test_credentials_are_validated_and_kept_without_the_password_being_shown():
    good = {"stunIp": "203.0.113.7", "stunPort": 3478, "username": "u", "password": "secret"}
    with sample_function() as function:
        for bad in ({}, {**good, "stunPort": "3478"}, {**good, "stunPort": 70000}, {**good, "password": ""}, [good]):
            assert function.control("POST", "/v1/streaming/creds", bad)[0] == 400, bad
        assert function.control("POST", "/v1/streaming/creds", good)[0] == 200
        state = function.control("GET", "/state")[1]
        assert state["stunIp"] == "203.0.113.7" and state["stunPort"] == 3478 and "secret" not in json.dumps(state)


if __name__ == "__main__":
    run(globals())
