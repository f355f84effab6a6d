"""The websocket as Kyoo's clients use it, through the gateway of a running server."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from tests.e2e.server import Server
from tests.waiting import PATIENCE


def open_socket(site: Server, **options: Any) -> ClientConnection:
    return connect(site.url.replace("http", "ws") + "/api/ws" + options.pop("query", ""), **options)


def ask(socket: ClientConnection, message: Any) -> Any:
    socket.send(message if isinstance(message, str) else json.dumps(message))
    return json.loads(socket.recv(timeout=PATIENCE))


@pytest.fixture
def report(site: Server) -> dict[str, Any]:
    site.until_scanned(site.videos)
    with site.client() as client:
        video = client.get("/api/videos/northern-lights-s1e1").json()
    return {"action": "watch", "entry": video["entries"][0]["id"], "videoId": video["id"], "percent": 30, "time": 6}


@pytest.fixture
def socket(site: Server) -> Iterator[ClientConnection]:
    """As a web page opens it: the cookie, and the subprotocol `kyoo`."""
    headers = {"Cookie": f"X-Bearer={site.token}"}
    with open_socket(site, additional_headers=headers, subprotocols=["kyoo"]) as socket:
        yield socket


def test_the_heartbeat_is_answered_with_exactly_these_bytes(socket: ClientConnection) -> None:
    assert socket.subprotocol == "kyoo"
    socket.send('{"action": "ping"}')
    assert socket.recv(timeout=PATIENCE) == '{"action":"ping","response":"pong"}'


def test_progress_is_kept(socket: ClientConnection, site: Server, report: dict[str, Any]) -> None:
    first = ask(socket, report)
    assert (first["action"], first["status"]) == ("watch", 201)
    again = ask(socket, report | {"percent": 60, "time": 12})
    assert again == {
        "action": "watch",
        "status": 201,
        "inserted": 0,
        "history": {"created": 0, "updated": 1, "existing": 0},
    }
    with site.client() as client:
        progress = client.get("/api/videos/northern-lights-s1e1").json()["progress"]
    assert (progress["percent"], progress["time"], progress["videoId"]) == (60, 12, report["videoId"])


@pytest.mark.parametrize(
    "change", [{"percent": None}, {"percent": 101}, {"time": 1.5}, {"videoId": None}, {"action": "dance"}, {"entry": 3}]
)
def test_a_bad_message_is_refused_and_the_socket_stays(
    socket: ClientConnection, report: dict[str, Any], change: dict[str, Any]
) -> None:
    answer = ask(socket, report | change)
    assert answer["status"] == 422
    assert answer["action"] == (report | change)["action"]
    assert answer["message"]
    assert ask(socket, {"action": "ping"})["response"] == "pong"


@pytest.mark.parametrize("text", ["", "nonsense", "[]", "null", '{"action":', "x" * 10_000, "[" * 3000])
def test_rubbish_is_refused_and_the_socket_stays(socket: ClientConnection, text: str) -> None:
    assert ask(socket, text)["status"] == 422
    assert ask(socket, {"action": "ping"})["response"] == "pong"


def test_an_unknown_entry(socket: ClientConnection, report: dict[str, Any]) -> None:
    answer = ask(socket, report | {"entry": "no-such-entry"})
    assert (answer["action"], answer["status"]) == ("watch", 404)


def test_native_clients_send_their_token_as_a_subprotocol(site: Server) -> None:
    """`kyoo, Bearer <token>` has a blank in it, which strict websocket libraries refuse: the handshake is by hand."""
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=PATIENCE)
    handshake = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    }
    for offered in (f"kyoo, Bearer {site.token}", f"kyoo,Bearer {site.token}"):
        connection.request("GET", "/api/ws", headers=handshake | {"Sec-WebSocket-Protocol": offered})
        answer = connection.getresponse()
        assert answer.status == 101
        assert answer.headers["Sec-WebSocket-Protocol"] == "kyoo"
        connection.close()
    connection.request("GET", "/api/ws", headers=handshake | {"Sec-WebSocket-Protocol": "kyoo, Bearer nonsense"})
    assert connection.getresponse().status == 403
    connection.close()


def test_a_cast_device_may_report_its_entry_and_nothing_else(site: Server, report: dict[str, Any]) -> None:
    body = {
        "for": [{"url": "/api/ws", "verb": "GET"}],
        "duration": "1h",
        "claims": {"wsRoutes": [f"watch/{report['entry']}"]},
    }
    with site.client() as client:
        signature = client.post("/auth/presign", json=body).json()["signature"]
        other = client.get("/api/videos/northern-lights-s1e2").json()["entries"][0]["id"]
    with open_socket(site, query=f"?x-presign={signature}", subprotocols=["kyoo"]) as socket:
        assert ask(socket, report)["status"] == 201
        assert ask(socket, report | {"entry": other})["status"] == 403


def test_a_stranger_gets_no_socket(site: Server) -> None:
    with pytest.raises(InvalidStatus) as caught, open_socket(site):
        pass
    assert caught.value.response.status_code == 401


def test_a_socket_ends_with_its_session(site: Server) -> None:
    site.token  # noqa: B018 (the first user must exist)
    with site.client() as client:
        login = {"login": "ada", "password": "correct horse"}
        token = client.post("/auth/sessions?device=socket", json=login).json()["token"]
        with open_socket(site, additional_headers={"Authorization": f"Bearer {token}"}) as socket:
            assert ask(socket, {"action": "ping"})["response"] == "pong"
            gone = client.delete("/auth/sessions/current", headers={"Authorization": f"Bearer {token}"})
            assert gone.status_code == 200
            begun = time.monotonic()
            with pytest.raises(ConnectionClosed):
                socket.recv(timeout=40)
            assert socket.close_code == 4401
            assert time.monotonic() - begun < 35
