"""`/auth/users`: registration, the list, and what administrators do."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import uuid4

from auth_client import ADMIN_KEY, ORIGIN, Auth, MakeAuth, bearer
from tests.waiting import until

from kyoo.auth.queries import users
from kyoo.auth.tokens.claims import EVERY_PERMISSION
from kyoo.core.database.postgres import Database, execute, fetch_value

ADMIN = {"X-Api-Key": ADMIN_KEY}


async def register(auth: Auth, **changes: Any) -> Any:
    body = {"username": "alice", "email": "alice@kyoo.test", "password": "correct horse", **changes}
    return await auth.client.post(
        "/auth/users", json={name: value for name, value in body.items() if value is not None}
    )


async def test_a_new_user_is_logged_in(auth: Auth) -> None:
    response = await auth.client.post(
        "/auth/users?device=Android App", json={"username": "a", "email": "a@b.c", "password": "correct horse"}
    )
    assert response.status_code == 201
    assert set(response.json()) == {"id", "createdDate", "lastUsed", "device", "token"}
    assert response.json()["device"] == "Android App"
    assert len(response.json()["token"]) == 86
    assert response.json()["createdDate"].endswith("Z")
    user = await auth.me(response.json()["token"])
    assert set(user) == {
        *("id", "username", "email", "hasPassword", "createdDate", "lastSeen", "claims", "oidc", "disabled"),
        *("logo", "hasPicture", "secondFactors"),
    }
    assert user["hasPassword"] is True
    assert user["oidc"] == {}


async def test_the_first_user_is_the_administrator(auth: Auth) -> None:
    first, second = await auth.me(await auth.register("alice")), await auth.me(await auth.register("bob"))
    assert first["claims"] == {"permissions": list(EVERY_PERMISSION), "verified": True}
    assert second["claims"] == {"permissions": ["core.read", "core.play"], "verified": False}


async def test_the_claims_of_new_users_are_configurable(make_auth: MakeAuth) -> None:
    auth = await make_auth(extra_claims={"a": 1, "b": 1}, first_user_claims={"b": 2, "permissions": ["x"]})
    first, second = await auth.me(await auth.register("alice")), await auth.me(await auth.register("bob"))
    assert first["claims"] == {"a": 1, "b": 2, "permissions": ["x"]}
    assert second["claims"] == {"a": 1, "b": 1, "permissions": []}


async def test_of_many_who_register_at_once_one_is_first(auth: Auth, make_auth: MakeAuth) -> None:
    replica = await make_auth()
    names = [f"user{number}" for number in range(6)]
    tokens = await asyncio.gather(
        *(where.register(name) for name, where in zip(names, [auth, replica] * 3, strict=True))
    )
    administrators = [
        user for token in tokens if "users.write" in (user := await auth.me(token))["claims"]["permissions"]
    ]
    assert len(administrators) == 1


async def test_who_registers_while_the_first_is_not_committed_is_second(auth: Auth, database: Database) -> None:
    async with database.transaction() as connection:
        await users.lock_first_registration(connection)
        await users.insert(connection, username="first", email="first@kyoo.test", password=None, claims={})
        registration = asyncio.create_task(auth.register("second"))
        waiting = "select exists (select from pg_locks where locktype = 'advisory' and not granted)"
        await until(lambda: fetch_value(connection, waiting))
        assert not registration.done()
    second = await auth.me(await registration)
    assert "users.write" not in second["claims"]["permissions"]


async def test_after_everybody_left_the_next_one_is_first_again(auth: Auth) -> None:
    token = await auth.register("alice")
    await auth.client.delete("/auth/users/me", headers=bearer(token))
    assert "users.write" in (await auth.me(await auth.register("alice")))["claims"]["permissions"]


async def test_registration_can_be_closed(make_auth: MakeAuth) -> None:
    auth = await make_auth(disable_registration=True)
    assert (await register(auth)).status_code == 403


async def test_invalid_bodies_are_422_and_repeat_no_secret(auth: Auth) -> None:
    for content, media in (
        (b"not json", "application/json"),
        (b"", "application/json"),
        (b"username=a", "application/x-www-form-urlencoded"),
        (b'{"username": "a", "email": "nobody", "password": "hunter2"}', "application/json"),
        (b'{"username": "a", "email": "a@b.c", "password": "\\ud800"}', "application/json"),
        (b"[" * 100_000, "application/json"),
    ):
        response = await auth.client.post("/auth/users", content=content, headers={"Content-Type": media})
        assert response.status_code in (400, 422) if content.startswith(b"[[") else response.status_code == 422
        assert set(response.json()) == {"status", "message", "details"}
        assert "hunter2" not in response.text


async def test_names_and_addresses_are_unique(auth: Auth) -> None:
    assert (await register(auth)).status_code == 201
    taken_name = await register(auth, email="new@kyoo.test")
    assert (taken_name.status_code, "username" in taken_name.json()["message"]) == (409, True)
    taken_email = await register(auth, username="bob", email="ALICE@kyoo.test")
    assert (taken_email.status_code, "e-mail" in taken_email.json()["message"]) == (409, True)
    assert (await register(auth, username="Alice", email="other@kyoo.test")).status_code == 409


async def test_the_list_has_every_user_once(auth: Auth, database: Database) -> None:
    async with database.connection() as connection:
        await execute(
            connection,
            "insert into auth.users (username, email, created_date)"
            " select 'user' || n, 'user' || n || '@kyoo.test', '2026-01-01'::timestamptz + (n / 3) * interval '1 s'"
            " from generate_series(1, 47) n",
        )
    names: list[str] = []
    url: str | None = "/auth/users?sort=x"
    pages = 0
    while url is not None:
        response = await auth.client.get(url, headers=ADMIN)
        assert response.status_code == 200
        page = response.json()
        assert page["this"].startswith(f"{ORIGIN}/auth/users")
        assert page["next"] is None or page["next"].startswith(f"{ORIGIN}/auth/users?sort=x&after=")
        names += [user["username"] for user in page["items"]]
        url = page["next"]
        pages += 1
    assert pages == 3
    assert len(names) == len(set(names)) == 47
    assert {"user1", "user2"} == set(names[:2])


async def test_next_is_the_address_the_client_uses(auth: Auth) -> None:
    page = (await auth.client.get("https://films.example/auth/users", headers=ADMIN)).json()
    assert page == {"items": [], "this": "https://films.example/auth/users", "next": None}


async def test_a_made_up_cursor_is_refused(auth: Auth) -> None:
    for path in ("/auth/users", "/auth/audit", "/auth/invitations"):
        for after in ("x", "WyJ4IiwieSJd", "WzEsMl0", "W10"):
            assert (await auth.client.get(path, params={"after": after}, headers=ADMIN)).status_code == 422
        # Clients send what they were not given, too.
        assert (await auth.client.get(path, params={"after": ""}, headers=ADMIN)).status_code == 200


async def test_one_user_by_id_or_name(auth: Auth) -> None:
    user = await auth.me(await auth.register("alice"))
    for key in (user["id"], user["id"].upper(), "alice"):
        response = await auth.client.get(f"/auth/users/{key}", headers=ADMIN)
        assert response.status_code == 200
        assert response.json()["id"] == user["id"]
    for key in ("Alice", str(uuid4()), "nobody", "a%0ab", "%ff"):
        assert (await auth.client.get(f"/auth/users/{key}", headers=ADMIN)).status_code == 404
    assert (await auth.client.get("/auth/users/%00", headers=ADMIN)).status_code == 422


async def test_an_administrator_edits_a_user(auth: Auth) -> None:
    token = await auth.register("alice")
    user = await auth.me(await auth.register("bob"))
    path = f"/auth/users/{user['id']}"
    body = {"username": "robert", "email": "r@kyoo.test", "claims": {"verified": False, "settings": {"x": 1}}}
    edited = await auth.client.patch(path, json=body, headers=bearer(token))
    assert edited.status_code == 200
    assert edited.json()["username"] == "robert"
    assert edited.json()["email"] == "r@kyoo.test"
    assert edited.json()["oidc"] == {}
    assert edited.json()["claims"] == {
        "permissions": ["core.read", "core.play"],
        "verified": False,
        "settings": {"x": 1},
    }
    again = await auth.client.patch(path, json={"claims": {"settings": {"y": 2}}}, headers=bearer(token))
    assert again.json()["claims"]["settings"] == {"y": 2}
    assert again.json()["username"] == "robert"


async def test_what_an_administrator_cannot_edit(auth: Auth) -> None:
    token = await auth.register("alice")
    user = await auth.me(await auth.register("bob"))
    headers = bearer(token)

    async def status(user_id: str, body: dict[str, Any]) -> int:
        return (await auth.client.patch(f"/auth/users/{user_id}", json=body, headers=headers)).status_code

    assert await status("bob", {}) == 400
    assert await status(str(uuid4()), {}) == 404
    assert await status(user["id"], {"username": "alice"}) == 409
    assert await status(user["id"], {"email": "alice@kyoo.test"}) == 409
    assert await status(user["id"], {"email": "nobody"}) == 422
    assert await status(user["id"], {"claims": {"permissions": "all"}}) == 422
    assert await status(user["id"], {"claims": {"x": "nul\0"}}) == 422
    assert await status(user["id"], {"claims": {"x": "\\u0000"}}) == 200
    assert await status(user["id"], {"claims": {"x": "x" * 20_000}}) == 422


async def test_nobody_grants_what_they_do_not_hold(auth: Auth) -> None:
    await auth.register("alice")
    deputy_token, bob = await auth.register("deputy"), await auth.me(await auth.register("bob"))
    deputy = await auth.me(deputy_token)

    async def grant(user: dict[str, Any], permissions: list[str], headers: dict[str, str]) -> int:
        body = {"claims": {"permissions": permissions}}
        return (await auth.client.patch(f"/auth/users/{user['id']}", json=body, headers=headers)).status_code

    assert await grant(deputy, ["core.read", "core.play", "users.write", "scanner.add"], ADMIN) == 200
    as_deputy = bearer(deputy_token)
    assert await grant(bob, ["core.read", "scanner.add"], as_deputy) == 200
    assert await grant(bob, ["users.delete"], as_deputy) == 403
    assert await grant(deputy, ["users.write", "apikeys.write"], as_deputy) == 403
    assert await grant(bob, ["core.read", "users.delete"], ADMIN) == 200
    assert await grant(bob, ["core.read", "users.delete"], as_deputy) == 403, "bob can do more now"
    assert await grant(bob, ["core.read"], ADMIN) == 200
    assert await grant(bob, [], as_deputy) == 200


async def test_nobody_deletes_who_can_do_more(auth: Auth) -> None:
    """Or the first to register after all are gone, who is an administrator, could be the one who deleted them."""
    admin = await auth.me(await auth.register("alice"))
    token, bob = await auth.register("deputy"), await auth.me(await auth.register("bob"))
    deputy = await auth.me(token)
    granted = {"claims": {"permissions": [*deputy["claims"]["permissions"], "users.delete"]}}
    assert (await auth.client.patch(f"/auth/users/{deputy['id']}", json=granted, headers=ADMIN)).status_code == 200

    async def delete(user: dict[str, Any]) -> int:
        return (await auth.client.delete(f"/auth/users/{user['id']}", headers=bearer(token))).status_code

    assert await delete(admin) == 403
    assert (await auth.me(await auth.log_in("alice")))["id"] == admin["id"]
    assert await delete(bob) == 200
    assert await delete(deputy) == 200


async def test_a_promotion_and_a_demotion_hold_at_once(auth: Auth) -> None:
    await auth.register("alice")
    token = await auth.register("bob")
    user = await auth.me(token)
    jwt = await auth.jwt(**bearer(token))

    async def can_list(credential: str) -> bool:
        return (await auth.client.get("/auth/users", headers=bearer(credential))).status_code == 200

    assert not await can_list(token)
    for permissions, allowed in ((["users.read"], True), ([], False)):
        body = {"claims": {"permissions": permissions}}
        await auth.client.patch(f"/auth/users/{user['id']}", json=body, headers=ADMIN)
        assert await can_list(token) is allowed
        assert await can_list(jwt) is allowed


async def test_an_administrator_deletes_a_user(auth: Auth, database: Database) -> None:
    token = await auth.register("alice")
    user = await auth.me(token)
    deleted = await auth.client.request("DELETE", f"/auth/users/{user['id']}", json={}, headers=ADMIN)
    assert (deleted.status_code, deleted.json()["username"]) == (200, "alice")
    assert (await auth.client.get("/auth/jwt", headers=bearer(token))).status_code == 403
    async with database.connection() as connection:
        assert await fetch_value(connection, "select count(*) from auth.sessions") == 0
    assert (await auth.client.delete(f"/auth/users/{user['id']}", headers=ADMIN)).status_code == 404
    assert (await auth.client.delete("/auth/users/alice", headers=ADMIN)).status_code == 422


async def test_passwords_and_tokens_are_not_in_the_database(auth: Auth, database: Database) -> None:
    token = await auth.register("alice")
    key = await auth.client.post("/auth/keys", json={"name": "k", "claims": {}}, headers=ADMIN)
    async with database.connection() as connection:
        text = await fetch_value(
            connection,
            """select concat((select json_agg(u) from auth.users u), (select json_agg(s) from auth.sessions s),
                             (select json_agg(k) from auth.api_keys k))""",
        )
    assert "$argon2id$" in text
    for secret in ("password of alice", token, key.json()["token"]):
        assert secret not in text
        assert secret.encode().hex() not in text
