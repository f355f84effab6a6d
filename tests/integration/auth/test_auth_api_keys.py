"""`/auth/keys`: API keys of the database and of the configuration."""

from __future__ import annotations

import base64
import json
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from auth_client import ADMIN_KEY, ORIGIN, SLOW, Auth, MakeAuth, bearer
from tests.waiting import until

from kyoo.auth.settings import ApiKeyConfig
from kyoo.core.database.postgres import Database, fetch_value
from kyoo.core.errors import KyooError

ADMIN = {"X-Api-Key": ADMIN_KEY}


async def create(auth: Auth, name: str = "scanner", headers: dict[str, str] = ADMIN, **claims: Any) -> Any:
    return await auth.client.post("/auth/keys", json={"name": name, "claims": claims}, headers=headers)


async def test_a_key_is_shown_once(auth: Auth) -> None:
    created = await create(auth, permissions=["core.read"], note="x")
    assert created.status_code == 201
    assert set(created.json()) == {"id", "name", "createAt", "lastUsed", "claims", "token"}
    assert created.json()["claims"] == {"permissions": ["core.read"], "note": "x"}
    assert len(created.json()["token"]) == 86
    listed = (await auth.client.get("/auth/keys", headers=ADMIN)).json()
    assert listed["items"][0] == {name: value for name, value in created.json().items() if name != "token"}


async def test_the_list_ends_with_the_configured_keys(auth: Auth, make_auth: MakeAuth) -> None:
    await create(auth)
    listed = (await auth.client.get("/auth/keys", headers=ADMIN)).json()
    assert (listed["this"], listed["next"]) == (f"{ORIGIN}/auth/keys", None)
    assert [key["name"] for key in listed["items"]] == ["scanner", "admin"]
    configured = listed["items"][1]
    assert configured["createAt"] == configured["lastUsed"] == "0001-01-01T00:00:00Z"
    key = ApiKeyConfig(token=ADMIN_KEY, claims={"permissions": []})
    replica = await make_auth(api_keys={"admin": key}, guest_claims={"permissions": []})
    assert (await replica.jwt(**ADMIN)) is not None
    assert configured["id"] == str(replica.app.state.context.principals.configured_keys[0].id)


NO_KEYS: tuple[dict[str, Any], ...] = (
    {"name": "a1", "claims": {}},
    {"name": "a-b", "claims": {}},
    {"name": "", "claims": {}},
    {"name": "é", "claims": {}},
    {"name": "a\n", "claims": {}},
    {"name": "a"},
    {"name": "a", "claims": None},
    {"name": "a", "claims": []},
    {"name": "a", "claims": {"permissions": "core.read"}},
)


async def test_what_is_no_key(auth: Auth) -> None:
    for body in NO_KEYS:
        assert (await auth.client.post("/auth/keys", json=body, headers=ADMIN)).status_code == 422, body


async def test_names_are_unique_among_all_keys(auth: Auth) -> None:
    assert (await create(auth, "scanner")).status_code == 201
    assert (await create(auth, "scanner")).status_code == 409
    assert (await create(auth, "admin")).status_code == 409


async def test_nobody_makes_a_key_stronger_than_themselves(auth: Auth) -> None:
    minter = (await create(auth, "minter", permissions=["apikeys.write", "core.read"])).json()["token"]
    with_minter = {"X-Api-Key": minter}
    assert (await create(auth, "weak", with_minter, permissions=["core.read"])).status_code == 201
    assert (await create(auth, "strong", with_minter, permissions=["core.read", "core.write"])).status_code == 403


async def test_a_key_has_no_permission_that_its_maker_lost(auth: Auth, make_auth: MakeAuth) -> None:
    """At once here, soon in other replicas; and it has them again when its maker has."""
    replica = await make_auth(**SLOW)
    token = await auth.register("alice")
    await auth.add_administrator()
    alice = (await auth.me(token))["id"]
    made = (await create(auth, "tool", bearer(token), permissions=["core.read", "core.write"], note="x")).json()

    async def held(where: Auth) -> list[str]:
        claims = jwt_claims(await where.jwt(**{"X-Api-Key": made["token"]}))
        assert claims["note"] == "x"
        return list(claims["permissions"])

    for permissions in (["core.read"], [], ["core.read", "core.write"]):
        await held(replica)
        body = {"claims": {"permissions": permissions}}
        assert (await auth.client.patch(f"/auth/users/{alice}", json=body, headers=ADMIN)).status_code == 200
        assert await held(auth) == permissions

        async def replica_knows(permissions: list[str] = permissions) -> bool:
            return await held(replica) == permissions

        await until(replica_knows)


async def test_what_a_key_makes_is_of_the_maker_of_the_key(auth: Auth) -> None:
    token = await auth.register("alice")
    await auth.add_administrator()
    url = f"/auth/users/{(await auth.me(token))['id']}"
    permissions = ["apikeys.write", "users.write", "core.read"]
    first = (await create(auth, "first", bearer(token), permissions=permissions)).json()["token"]
    second = (await create(auth, "second", {"X-Api-Key": first}, permissions=permissions)).json()["token"]
    body: dict[str, Any] = {"claims": {"permissions": permissions}}
    invited = await auth.client.post("/auth/invitations", json=body, headers={"X-Api-Key": second})
    body = {"claims": {"permissions": ["core.read"]}}
    assert (await auth.client.patch(url, json=body, headers=ADMIN)).status_code == 200
    assert jwt_claims(await auth.jwt(**{"X-Api-Key": second}))["permissions"] == ["core.read"]
    guest = {"username": "bob", "email": "bob@kyoo.test", "password": "correct horse"}
    link = httpx2.URL(invited.json()["url"]).params
    registered = await auth.client.post("/auth/users", params=link, json=guest)
    assert (await auth.me(registered.json()["token"]))["claims"]["permissions"] == ["core.read"]
    assert (await auth.client.delete(url, headers=ADMIN)).status_code == 200
    assert (await auth.client.get("/auth/jwt", headers={"X-Api-Key": second})).status_code == 403


async def test_who_is_limited_makes_nobody_who_is_not(auth: Auth) -> None:
    limits = {"libraries": ["films", "series"], "maxAge": 12, "maxStreams": 2, "noTranscoding": True}
    made = await create(auth, "minter", permissions=["apikeys.write", "users.write", "core.read"], **limits)  # type: ignore[arg-type]
    with_minter = {"X-Api-Key": made.json()["token"]}
    for name, asked, given in (
        ("plain", {}, limits),
        (
            "wider",
            {"libraries": ["films", "secret"], "maxAge": 18, "maxStreams": 9, "noTranscoding": False},
            {**limits, "libraries": ["films"]},
        ),
        (
            "narrower",
            {"libraries": [], "maxAge": 6, "maxStreams": 1},
            {**limits, "libraries": [], "maxAge": 6, "maxStreams": 1},
        ),
        ("nonsense", {"libraries": "secret", "maxAge": None}, limits),
    ):
        claims = (await create(auth, name, with_minter, permissions=["core.read"], **asked)).json()["claims"]
        assert claims == {"permissions": ["core.read"], **given}
        invitation = {"claims": {"permissions": ["core.read"], **asked}}
        made = await auth.client.post("/auth/invitations", json=invitation, headers=with_minter)
        assert made.json()["claims"] == {"permissions": ["core.read"], **given}


async def test_a_key_is_limited_as_its_maker_is(auth: Auth) -> None:
    token = await auth.register("alice")
    await auth.add_administrator()
    alice = (await auth.me(token))["id"]
    key = {"X-Api-Key": (await create(auth, "tool", bearer(token), permissions=["core.read"])).json()["token"]}
    limits = {"maxAge": 12, "maxStreams": 1, "maxHeight": 720, "maxBitrate": 4e6, "maxLocalBitrate": 2e7}
    for name, limit in (*limits.items(), ("noTranscoding", True)):
        assert name not in jwt_claims(await auth.jwt(**key))
        body = {"claims": {name: limit}}
        assert (await auth.client.patch(f"/auth/users/{alice}", json=body, headers=ADMIN)).status_code == 200
        assert jwt_claims(await auth.jwt(**key))[name] == limit


def jwt_claims(token: str) -> dict[str, Any]:
    payload = token.split(".")[1]
    return dict(json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))))


async def test_the_creator_is_kept_if_it_is_a_user(auth: Auth, database: Database) -> None:
    token = await auth.register("alice")
    me = await auth.me(token)
    await create(auth, "byuser", bearer(token))
    await create(auth, "bykey")
    async with database.connection() as connection:
        creators = await fetch_value(
            connection, "select array_agg(created_by::text order by name desc) from auth.api_keys"
        )
    assert creators == [me["id"], None]


async def test_a_deleted_key_opens_nothing(auth: Auth) -> None:
    key = (await create(auth, permissions=["apikeys.read"])).json()
    with_key = {"X-Api-Key": key["token"]}
    jwt = await auth.jwt(**with_key)
    assert (await auth.client.get("/auth/keys", headers=bearer(jwt))).status_code == 200
    deleted = await auth.client.delete(f"/auth/keys/{key['id']}", headers=ADMIN)
    assert (deleted.status_code, deleted.json()["name"]) == (200, "scanner")
    assert (await auth.client.get("/auth/jwt", headers=with_key)).status_code == 403
    assert (await auth.client.get("/auth/keys", headers=bearer(jwt))).status_code == 403
    assert (await auth.client.delete(f"/auth/keys/{key['id']}", headers=ADMIN)).status_code == 404


async def test_what_cannot_be_deleted(auth: Auth) -> None:
    configured = (await auth.client.get("/auth/keys", headers=ADMIN)).json()["items"][0]
    assert (await auth.client.delete(f"/auth/keys/{configured['id']}", headers=ADMIN)).status_code == 404
    assert (await auth.client.delete(f"/auth/keys/{uuid4()}", headers=ADMIN)).status_code == 404
    assert (await auth.client.delete("/auth/keys/admin", headers=ADMIN)).status_code == 422


async def test_a_clash_of_names_stops_the_start(auth: Auth, make_auth: MakeAuth) -> None:
    await create(auth, "scanner")
    with pytest.raises(KyooError, match="scanner"):
        await make_auth(api_keys={"scanner": ApiKeyConfig(token="x", claims={})})


async def test_a_key_of_any_text_works(make_auth: MakeAuth) -> None:
    auth = await make_auth(api_keys={"odd": ApiKeyConfig(token="a=b.c d/", claims={"permissions": []})})
    assert await auth.jwt(**{"X-Api-Key": "a=b.c d/"})
