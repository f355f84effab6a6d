"""Who registers is let in by an administrator: until then every service but auth refuses them, whatever they send."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx2
import psycopg
import pytest
import pytest_asyncio
from tests.integration.test_access import call, client_of, instance, written_table

from kyoo.serve.embedded import EmbeddedPostgres

pytestmark = pytest.mark.asyncio(loop_scope="module")


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def client(postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Any]:
    with psycopg.connect(postgres.conninfo("postgres"), autocommit=True) as connection:
        connection.execute("create database letting_in template kyoo strategy file_copy")
    folder = tmp_path_factory.mktemp("house")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GUEST_CLAIMS", '{"permissions": ["core.read", "core.play"], "verified": false}')
        async with instance(postgres.conninfo("letting_in"), folder) as running, client_of(running) as client:
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
    assert not await sees(client, key)
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
