"""Who registers is let in by an administrator: until then every service but auth refuses them, whatever they send."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import httpx2
import psycopg
import pytest
import pytest_asyncio
from starlette.types import Message
from tests.integration.test_access import call, client_of, instance, written_table
from tests.integration.test_lent_tokens import House
from tests.waiting import PATIENCE

from kyoo.api.realtime import session as api_socket
from kyoo.serve.composition import Instance
from kyoo.serve.postgres.embedded import EmbeddedPostgres

pytestmark = pytest.mark.asyncio(loop_scope="module")


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running(postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Instance]:
    with psycopg.connect(postgres.conninfo("postgres"), autocommit=True) as connection:
        connection.execute("create database letting_in template kyoo strategy file_copy")
    folder = tmp_path_factory.mktemp("house")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GUEST_CLAIMS", '{"permissions": ["core.read", "core.play"], "verified": false}')
        async with instance(postgres.conninfo("letting_in"), folder) as running:
            yield running


@pytest_asyncio.fixture(loop_scope="module")
async def client(running: Instance) -> AsyncIterator[httpx2.AsyncClient]:
    async with client_of(running) as client:
        yield client


async def register(client: httpx2.AsyncClient, name: str, query: str = "") -> str:
    body = {"username": name, "email": f"{name}@example.org", "password": f"password of {name}"}
    answer = await client.post(f"/auth/users{query}", json=body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["token"])


async def sees(client: httpx2.AsyncClient, headers: dict[str, str], query: str = "") -> bool:
    answer = await client.get(f"/api/shows{query}", headers=headers)
    assert answer.status_code in (200, 403), answer.text
    if answer.status_code == 403:
        assert answer.json()["details"] == {"verified": False}
        assert "administrator" in answer.json()["message"]
    return answer.status_code == 200


async def test_who_registers_is_let_in_by_an_administrator(client: httpx2.AsyncClient) -> None:
    admin = bearer(await register(client, "admin"))
    bob = bearer(await register(client, "bob"))
    assert await sees(client, admin), "the first user"
    for route, who in written_table().items():
        if who != "public" and not route.split(" ")[1].startswith(("/auth", "/.well-known")):
            assert await call(client, route, bob) == 403, route
            assert await call(client, route, {}) == 403, f"guests: {route}"
    me = await client.get("/auth/users/me", headers=bob)
    assert me.json()["claims"]["verified"] is False
    body: dict[str, Any] = {"for": [{"verb": "GET", "url": "/api/shows"}], "duration": "1h"}
    link = (await client.post("/auth/presign", json=body, headers=bob)).json()["signature"]
    assert not await sees(client, {}, f"?x-presign={link}")
    for claims in ({"verified": True}, {"verified": None}, {"verified": 0}):
        assert (await client.patch("/auth/users/me", json={"claims": claims}, headers=bob)).status_code == 403
        refused = await client.post("/auth/presign", json={**body, "claims": claims}, headers=bob)
        assert refused.status_code == 400
    waiting = (await client.get("/auth/users?verified=false", headers=admin)).json()["items"]
    assert [user["username"] for user in waiting] == ["bob"]
    letting = {"claims": {"verified": True}}
    assert (await client.patch(f"/auth/users/{me.json()['id']}", json=letting, headers=admin)).status_code == 200
    assert await sees(client, bob)
    assert await sees(client, {}, f"?x-presign={link}")
    assert (await client.get("/auth/users?verified=false", headers=admin)).json()["items"] == []


async def test_who_is_invited_is_let_in_by_who_is(client: httpx2.AsyncClient) -> None:
    """And so are keys; not those that somebody makes who waits."""
    admin = bearer(
        (await client.post("/auth/sessions", json={"login": "admin", "password": "password of admin"})).json()["token"]
    )
    invited = (await client.post("/auth/invitations", json={}, headers=admin)).json()["url"]
    assert await sees(client, bearer(await register(client, "carol", f"?{httpx2.URL(invited).query.decode()}")))
    dave = bearer(await register(client, "dave"))
    user = (await client.get("/auth/users/me", headers=dave)).json()["id"]
    deputy = {"claims": {"permissions": ["core.read", "core.play", "users.write", "apikeys.write"]}}
    assert (await client.patch(f"/auth/users/{user}", json=deputy, headers=admin)).status_code == 200
    key = {"name": "tool", "claims": {"permissions": ["core.read"], "verified": True}}
    key = {"X-Api-Key": (await client.post("/auth/keys", json=key, headers=dave)).json()["token"]}
    assert not await sees(client, key)  # type: ignore[arg-type]
    invited = (await client.post("/auth/invitations", json={"claims": {"verified": True}}, headers=dave)).json()["url"]
    erin = bearer(await register(client, "erin", f"?{httpx2.URL(invited).query.decode()}"))
    assert not await sees(client, erin)
    for changed in (user, (await client.get("/auth/users/me", headers=erin)).json()["id"]):
        body = {"claims": {"verified": True}}
        assert (await client.patch(f"/auth/users/{changed}", json=body, headers=dave)).status_code == 403
    # Claims of any other value, and none at all, say nothing.
    for claims in ({"verified": None}, {"verified": 0}, {"verified": "false"}):
        assert (await client.patch(f"/auth/users/{user}", json={"claims": claims}, headers=admin)).status_code == 200
        assert await sees(client, dave)


async def test_whose_account_an_administrator_makes_is_let_in(client: httpx2.AsyncClient) -> None:
    """As far as the administrator sees themselves; not by a page of another site that has their cookie."""
    admin = await log_in(client, "admin")
    await register(client, "deputy")
    deputy = await log_in(client, "deputy")

    async def make(name: str, **headers: str) -> dict[str, Any]:
        body = {"username": name, "email": f"{name}@example.org", "password": f"password of {name}"}
        answer = await client.post("/auth/users", json=body, headers=headers)
        assert answer.status_code == 201, answer.text
        me = await client.get("/auth/users/me", headers=bearer(answer.json()["token"]))
        return dict(me.json()["claims"])

    assert (await make("made-by-admin", **admin))["verified"] is True
    cookie = f"X-Bearer={admin['Authorization'].removeprefix('Bearer ')}"
    assert (await make("made-elsewhere", Cookie=cookie, Origin="https://evil.example"))["verified"] is False
    assert (await make("made-with-nonsense", Authorization="Bearer nonsense"))["verified"] is False
    assert (await make("made-by-viewer", **deputy))["verified"] is False
    user = (await client.get("/auth/users/deputy", headers=admin)).json()["id"]
    claims = {"permissions": ["core.read", "core.play", "users.write"], "maxAge": 12}
    assert (await client.patch(f"/auth/users/{user}", json={"claims": claims}, headers=admin)).status_code == 200
    made = await make("made-while-waiting", **deputy)
    assert (made["verified"], made["maxAge"]) == (False, 12)
    await let_in(client, "deputy", verified=True)
    made = await make("made-by-deputy", **deputy)
    assert (made["verified"], made["maxAge"]) == (True, 12)


async def log_in(client: httpx2.AsyncClient, name: str) -> dict[str, str]:
    login = {"login": name, "password": f"password of {name}"}
    answer = await client.post("/auth/sessions", json=login)
    assert answer.status_code == 201, answer.text
    return bearer(answer.json()["token"])


async def let_in(client: httpx2.AsyncClient, name: str, verified: bool) -> None:
    admin = await log_in(client, "admin")
    user = (await client.get(f"/auth/users/{name}", headers=admin)).json()["id"]
    body = {"claims": {"verified": verified}}
    assert (await client.patch(f"/auth/users/{user}", json=body, headers=admin)).status_code == 200


@pytest.mark.parametrize(
    ("service", "path"),
    [("api", "/api/shows"), ("transcoder", "/video/L25vd2hlcmUubWt2/info"), ("scanner", "/scanner/scan")],
)
async def test_services_that_are_reached_directly_refuse_them_too(
    running: Instance, client: httpx2.AsyncClient, service: str, path: str
) -> None:
    """With the JWT of the exchange, and with the one that a link of theirs gives."""
    house = House(running, client, await register(client, f"direct-{service}"))
    link = await house.presign({"verb": "GET", "url": path})
    async with house.direct(service) as direct:
        for headers in (await house.renewed(house.headers), await house.lent(link, path)):
            refused = await direct.get(path, headers=headers)
            assert (refused.status_code, "An administrator has to let you in" in refused.text) == (403, True)
        await let_in(client, f"direct-{service}", verified=True)
        for headers in (await house.renewed(house.headers), await house.lent(link, path)):
            answer = await direct.get(path, headers=headers)
            assert "let you in" not in answer.text


class Socket:
    """A websocket through the gateway."""

    def __init__(self, running: Instance, headers: dict[str, str], query: str = "") -> None:
        self._in: asyncio.Queue[Message] = asyncio.Queue()
        self._out: asyncio.Queue[Message] = asyncio.Queue()
        scope = {
            "type": "websocket",
            "asgi": {"version": "3.0"},
            "scheme": "ws",
            "path": "/api/ws",
            "raw_path": b"/api/ws",
            "query_string": query.encode(),
            "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
            "subprotocols": [],
            "client": ("192.0.2.1", 1),
            "extensions": {"websocket.http.response": {}},
        }
        self._in.put_nowait({"type": "websocket.connect"})
        self._task = asyncio.create_task(running.gateway(scope, self._in.get, self._out.put))

    async def told(self) -> Message:
        return await asyncio.wait_for(self._out.get(), PATIENCE)

    async def ask(self, message: dict[str, Any]) -> dict[str, Any]:
        await self._in.put({"type": "websocket.receive", "text": json.dumps(message)})
        return dict(json.loads((await self.told())["text"]))

    async def close(self) -> None:
        await self._in.put({"type": "websocket.disconnect", "code": 1000})
        await self._task


WATCH = {"action": "watch", "entry": "nothing-s1e1", "videoId": str(UUID(int=7)), "percent": 5, "time": 60}


async def test_the_websocket_is_closed_to_them(
    running: Instance, client: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is not opened; nor does one that is open do anything for an account that is locked out again."""
    token = await register(client, "socket")
    body: dict[str, Any] = {"for": [{"verb": "GET", "url": "/api/ws"}], "duration": "1h"}
    link = (await client.post("/auth/presign", json=body, headers=bearer(token))).json()["signature"]
    for headers, query in ((bearer(token), ""), ({}, f"x-presign={link}")):
        socket = Socket(running, headers, query)
        refused = await socket.told()
        assert (refused["type"], refused["status"]) == ("websocket.http.response.start", 403)
        assert "administrator" in (await socket.told())["body"].decode()
        await socket.close()
    await let_in(client, "socket", verified=True)
    socket = Socket(running, bearer(token))
    assert (await socket.told())["type"] == "websocket.accept"
    assert (await socket.ask({"action": "ping"}))["action"] == "ping"
    assert "administrator" not in str(await socket.ask(WATCH))
    monkeypatch.setattr(api_socket, "SESSION_CHECK", 0)
    await let_in(client, "socket", verified=False)
    answer = await socket.ask(WATCH)
    assert (answer["status"], "administrator" in answer["message"]) == (403, True), answer
    await socket.close()
