"""`/auth/audit`, `/auth/deletions`, and what administrators do to accounts and sessions of others."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

from auth_client import ADMIN_KEY, ORIGIN, Auth, MakeAuth, bearer

from kyoo.auth.queries import audit
from kyoo.core.database.postgres import Database, execute, fetch_value

ADMIN = {"X-Api-Key": ADMIN_KEY}


async def entries(auth: Auth, **query: str) -> list[dict[str, Any]]:
    response = await auth.client.get("/auth/audit", params=query, headers=ADMIN)
    assert response.status_code == 200, response.text
    return list(response.json()["items"])


async def test_who_did_what_when_and_from_where(auth: Auth) -> None:
    headers = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}
    token = await auth.register("alice", **headers)
    alice = await auth.me(token)
    opened, registered = await entries(auth)
    assert set(opened) == {"id", "date", "action", "actor", "target", "address", "device", "details"}
    assert (opened["action"], opened["details"]) == ("session.opened", {"how": "registration"})
    assert (opened["target"]["kind"], opened["target"]["name"]) == ("session", "Firefox - PC - Linux")
    assert registered["actor"] == {"id": alice["id"], "username": "alice"}
    assert registered["target"] == {"kind": "user", "id": alice["id"], "name": "alice"}
    assert registered["device"] == "Firefox - PC - Linux"
    assert registered["address"] == "127.0.0.1"
    assert registered["date"].endswith("Z")
    body = {"login": "alice", "password": "password of alice"}
    await auth.client.post(f"/auth/sessions?device={'x' * 1000}", json=body)
    assert (await entries(auth))[0]["target"]["name"] == "x" * 128


async def test_every_change_of_an_account_is_noted(auth: Auth) -> None:
    token = await auth.register("alice")
    await auth.add_administrator()
    alice = (await auth.me(token))["id"]
    client, own = auth.client, bearer(token)
    await client.post("/auth/sessions", json={"login": "alice", "password": "hunter2"})
    await client.patch("/auth/users/me", json={"claims": {"settings": {"preferOriginal": True}}}, headers=own)
    await client.patch("/auth/users/me", json={"email": "new@kyoo.test"}, headers=own)
    body = {"oldPassword": "password of alice", "newPassword": "hunter3 and more"}
    await client.patch("/auth/users/me/password", json=body, headers=own)
    key = await client.post("/auth/keys", json={"name": "k", "claims": {"permissions": ["core.read"]}}, headers=own)
    await client.delete(f"/auth/keys/{key.json()['id']}", headers=own)
    await client.patch(f"/auth/users/{alice}", json={"claims": {"permissions": ["core.play"]}}, headers=ADMIN)
    await client.delete("/auth/sessions/current", headers=own)
    await client.delete(f"/auth/users/{alice}", headers=ADMIN)
    found = [entry for entry in await entries(auth) if "boss" not in str(entry)]
    assert [entry["action"] for entry in reversed(found)] == [
        *("user.registered", "session.opened", "login.failed", "user.edited", "password.changed"),
        *("api_key.created", "api_key.deleted", "user.edited", "session.closed", "user.deleted"),
    ]
    text = str(found)
    assert "hunter" not in text
    assert "new@kyoo.test" not in text
    assert found[0]["actor"]["username"] == "admin"
    assert found[2]["details"]["granted"] == []
    assert "users.write" in found[2]["details"]["revoked"]
    failed = next(entry for entry in found if entry["action"] == "login.failed")
    assert (failed["actor"], failed["target"]["name"]) == (None, "alice")


async def test_the_log_can_be_searched_and_paged(auth: Auth, database: Database) -> None:
    token = await auth.register("alice")
    await auth.register("bob")
    alice = (await auth.me(token))["id"]
    assert {entry["action"] for entry in await entries(auth, user=alice)} == {"user.registered", "session.opened"}
    assert await entries(auth, user="alice") == await entries(auth, user=alice)
    assert len(await entries(auth, action="user.registered")) == 2
    assert await entries(auth, user=str(uuid4())) == []
    async with database.connection() as connection:
        for _ in range(60):
            await audit.insert(
                connection,
                action="x.y",
                actor=(None, None),
                target=(None, None, None),
                address=None,
                device=None,
                details={},
            )
    seen, url = [], f"{ORIGIN}/auth/audit?action=x.y"
    while url:
        page = (await auth.client.get(url, headers=ADMIN)).json()
        seen += [entry["id"] for entry in page["items"]]
        url = page["next"]
    assert len(seen) == len(set(seen)) == 60
    for query in ("after=x", "after=WzEsMl0", "user=%00", "action=" + "x" * 100):
        assert (await auth.client.get(f"/auth/audit?{query}", headers=ADMIN)).status_code == 422


async def test_the_log_needs_a_permission(auth: Auth) -> None:
    await auth.register("alice")
    bob = await auth.register("bob")
    for path in ("/auth/audit", "/auth/deletions"):
        assert (await auth.client.get(path)).status_code == 401
        assert (await auth.client.get(path, headers=bearer(bob))).status_code == 403


async def test_old_entries_are_forgotten(auth: Auth, database: Database) -> None:
    await auth.register("alice")
    async with database.connection() as connection:
        await execute(
            connection, "update auth.audit set date = now() - interval '9 days' where action = 'user.registered'"
        )
        assert await audit.delete_older(connection, timedelta(days=8)) == 1
    assert [entry["action"] for entry in await entries(auth)] == ["session.opened"]


async def test_deleted_users_are_listed_for_other_services(auth: Auth) -> None:
    ids = []
    for name in ("alice", "bob"):
        token = await auth.register(name)
        ids.append((await auth.client.delete("/auth/users/me", headers=bearer(token))).json()["id"])
    page = (await auth.client.get("/auth/deletions", headers=ADMIN)).json()
    assert [item["id"] for item in page["items"]] == ids
    assert page["next"] is None
    after = page["items"][0]["number"]
    rest = (await auth.client.get(f"/auth/deletions?after={after}", headers=ADMIN)).json()
    assert [item["id"] for item in rest["items"]] == ids[1:]
    for bad in ("x", "-1", str(2**63)):
        assert (await auth.client.get(f"/auth/deletions?after={bad}", headers=ADMIN)).status_code == 422


async def test_administrators_end_any_session(auth: Auth) -> None:
    await auth.register("root")
    token, bob = await auth.register("alice"), await auth.register("bob")
    session = (await auth.client.get("/auth/sessions", headers=bearer(token))).json()[0]["id"]
    url = f"/auth/users/alice/sessions/{session}"
    assert (await auth.client.delete(url)).status_code == 401
    assert (await auth.client.delete(url, headers=bearer(bob))).status_code == 403
    assert (await auth.client.delete(f"/auth/users/bob/sessions/{session}", headers=ADMIN)).status_code == 404
    assert (await auth.client.delete(f"/auth/users/x/sessions/{session}", headers=ADMIN)).status_code == 404
    assert (await auth.client.delete("/auth/users/alice/sessions/x", headers=ADMIN)).status_code == 422
    ended = await auth.client.delete(url, headers=ADMIN)
    assert (ended.status_code, ended.json()["id"]) == (200, session)
    assert (await auth.client.get("/auth/jwt", headers=bearer(token))).status_code == 403


async def test_a_disabled_account_is_shut_out_and_comes_back(auth: Auth) -> None:
    root = await auth.register("root")
    token = await auth.register("alice")
    alice = (await auth.me(token))["id"]
    assert (await auth.me(token))["disabled"] is False
    permissions = {"permissions": ["apikeys.write", "core.read"]}
    await auth.client.patch(f"/auth/users/{alice}", json={"claims": permissions}, headers=ADMIN)
    made = await auth.client.post(
        "/auth/keys", json={"name": "k", "claims": {"permissions": ["core.read"]}}, headers=bearer(token)
    )
    key = {"X-Api-Key": made.json()["token"]}
    jwt, key_jwt = await auth.jwt(**bearer(token)), await auth.jwt(**key)

    changed = await auth.client.patch(f"/auth/users/{alice}", json={"disabled": True}, headers=bearer(root))
    assert (changed.status_code, changed.json()["disabled"]) == (200, True)
    for headers in (bearer(token), bearer(jwt), key, bearer(key_jwt)):
        assert (await auth.client.get("/auth/jwt", headers=headers)).status_code == 403
        assert (await auth.client.get("/auth/users/me", headers=headers)).status_code == 403
    body = {"login": "alice", "password": "password of alice"}
    assert (await auth.client.post("/auth/sessions", json=body)).status_code == 403

    await auth.client.patch(f"/auth/users/{alice}", json={"disabled": False}, headers=bearer(root))
    assert (await auth.client.get("/auth/jwt", headers=bearer(token))).status_code == 403
    assert await auth.jwt(**key)
    assert await auth.log_in("alice")
    assert [entry["details"].get("disabled") for entry in await entries(auth, action="user.edited")][:2] == [
        False,
        True,
    ]


async def test_nobody_disables_themselves(auth: Auth) -> None:
    root = await auth.register("root")
    me = (await auth.me(root))["id"]
    assert (
        await auth.client.patch(f"/auth/users/{me}", json={"disabled": True}, headers=bearer(root))
    ).status_code == 403
    ignored = await auth.client.patch("/auth/users/me", json={"disabled": True}, headers=bearer(root))
    assert ignored.json()["disabled"] is False


async def test_a_lesser_administrator_cannot_take_over_a_greater_one(make_auth: MakeAuth) -> None:
    auth = await make_auth(
        extra_claims={"permissions": ["users.read", "users.write"]}, first_user_claims={"permissions": ["a.b"]}
    )
    root = (await auth.me(await auth.register("root")))["id"]
    lesser, other = await auth.register("lesser"), (await auth.me(await auth.register("other")))["id"]
    for change in ({"email": "mine@kyoo.test"}, {"disabled": True}):
        refused = await auth.client.patch(f"/auth/users/{root}", json=change, headers=bearer(lesser))
        assert refused.status_code == 403
        allowed = await auth.client.patch(f"/auth/users/{other}", json=change, headers=bearer(lesser))
        assert allowed.status_code == 200
    for user, status in ((root, 403), (other, 204)):
        url = f"/auth/users/{user}/second-factors"
        assert (await auth.client.delete(url, headers=bearer(lesser))).status_code == status


async def test_of_the_deletions_none_is_overtaken(auth: Auth, database: Database) -> None:
    """A reader that has seen a number never misses a smaller one that is committed later."""
    from kyoo.auth.queries import deletions

    async with database.transaction() as first:
        await deletions.insert(first, uuid4())
        async with database.connection() as second:
            waiting = await fetch_value(second, "select pg_try_advisory_lock(%s)", [deletions.LOCK])
    assert waiting is False


async def test_a_session_opened_while_the_account_is_disabled_is_of_no_use(auth: Auth, database: Database) -> None:
    token = await auth.register("alice")
    async with database.connection() as connection:
        await execute(connection, "update auth.users set disabled = true")
    assert (await auth.client.get("/auth/jwt", headers=bearer(token))).status_code == 403
