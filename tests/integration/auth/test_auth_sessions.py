"""`/auth/sessions`: login, lists and logout."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from auth_client import ADMIN_KEY, Auth, add_jobs, bearer

from kyoo.core import events
from kyoo.core.database.postgres import Database, execute, fetch_value
from kyoo.core.database.queue import make_queue

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


async def log_in(auth: Auth, login: str, password: str = "password of alice", **headers: str) -> Any:
    return await auth.client.post("/auth/sessions", json={"login": login, "password": password}, headers=headers)


async def test_login_with_name_or_address(auth: Auth) -> None:
    await auth.register("alice")
    for login in ("alice", "alice@kyoo.test", "Alice@Kyoo.test"):
        response = await log_in(auth, login)
        assert response.status_code == 201
        assert set(response.json()) == {"id", "createdDate", "lastUsed", "device", "token"}


async def test_failed_logins(auth: Auth, database: Database) -> None:
    await auth.register("alice")
    assert (await log_in(auth, "ALICE")).status_code == 404
    assert (await log_in(auth, "bob")).status_code == 404
    assert (await log_in(auth, "nul\0")).status_code == 422
    assert (await log_in(auth, "alice", "wrong")).status_code == 403
    for body in ({"login": "alice"}, {"login": "alice", "password": ""}, {"login": "", "password": "x"}):
        assert (await auth.client.post("/auth/sessions", json=body)).status_code == 422
    async with database.connection() as connection:
        await execute(connection, "update auth.users set password = null")
    assert (await log_in(auth, "alice")).status_code == 422


async def test_an_outdated_hash_is_renewed_at_login(auth: Auth, database: Database) -> None:
    from argon2 import PasswordHasher

    await auth.register("alice")
    weak = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash("password of alice")
    async with database.connection() as connection:
        await execute(connection, "update auth.users set password = %s", [weak])
        assert (await log_in(auth, "alice")).status_code == 201
        assert await fetch_value(connection, "select password from auth.users") != weak
        assert (await log_in(auth, "alice")).status_code == 201


async def test_the_device_is_the_label_else_the_user_agent(auth: Auth) -> None:
    await auth.register("alice")
    body = {"login": "alice", "password": "password of alice"}
    for query, headers, device in (
        ({"device": "Living room"}, {"User-Agent": FIREFOX}, "Living room"),
        ({}, {"User-Agent": FIREFOX}, "Firefox - PC - Linux"),
        ({"device": "x" * 3000}, {}, "x" * 1024),
        ({}, {"User-Agent": ""}, "Unknown device"),
    ):
        response = await auth.client.post("/auth/sessions", params=query, json=body, headers=headers)
        assert response.json()["device"] == device
    assert (await auth.client.post("/auth/sessions", params={"device": "nul\0"}, json=body)).status_code == 422


async def test_the_list_tells_the_current_session(auth: Auth, database: Database) -> None:
    first, second = await auth.register("alice"), await auth.log_in("alice")
    await auth.register("bob")
    for path in ("/auth/sessions", "/auth/users/me/sessions"):
        listed = (await auth.client.get(path, headers=bearer(first))).json()
        assert [session["current"] for session in listed] == [True, False]
        assert set(listed[0]) == {"id", "createdDate", "lastUsed", "device", "current"}
        listed = (await auth.client.get(path, headers=bearer(second))).json()
        assert [session["current"] for session in listed] == [False, True]


async def test_the_sessions_of_others_need_a_permission(auth: Auth) -> None:
    await auth.register("alice")
    bob = await auth.register("bob")
    admin = {"X-Api-Key": ADMIN_KEY}
    assert (await auth.client.get("/auth/users/alice/sessions", headers=bearer(bob))).status_code == 403
    listed = await auth.client.get("/auth/users/alice/sessions", headers=admin)
    assert set(listed.json()[0]) == {"id", "createdDate", "lastUsed", "device"}
    assert (await auth.client.get("/auth/users/nobody/sessions", headers=admin)).status_code == 404


async def test_only_own_sessions_can_be_closed(auth: Auth) -> None:
    first, second, bob = await auth.register("alice"), await auth.log_in("alice"), await auth.register("bob")
    listed = (await auth.client.get("/auth/sessions", headers=bearer(first))).json()
    other = next(session["id"] for session in listed if not session["current"])
    assert (await auth.client.delete(f"/auth/sessions/{other}", headers=bearer(bob))).status_code == 404
    assert (await auth.client.delete(f"/auth/sessions/{uuid4()}", headers=bearer(first))).status_code == 404
    assert (await auth.client.delete("/auth/sessions/x", headers=bearer(first))).status_code == 422
    closed = await auth.client.delete(f"/auth/sessions/{other}", headers=bearer(first))
    assert (closed.status_code, closed.json()["id"]) == (200, other)
    assert (await auth.client.get("/auth/jwt", headers=bearer(second))).status_code == 403
    assert (await auth.client.get("/auth/jwt", headers=bearer(first))).status_code == 200


async def test_logout_closes_the_session_of_the_request(auth: Auth) -> None:
    for path in ("/auth/sessions", "/auth/sessions/current", "/auth/sessions/"):
        token = await (auth.log_in if path != "/auth/sessions" else auth.register)("alice")
        assert (await auth.client.delete(path, headers=bearer(token))).status_code == 200
        assert (await auth.client.get("/auth/jwt", headers=bearer(token))).status_code == 403


async def test_the_job_removes_expired_sessions_only(auth: Auth, database: Database) -> None:
    await auth.register("alice")
    token = await auth.log_in("alice")
    async with database.connection() as connection:
        await execute(
            connection,
            "update auth.sessions set last_used = now() - interval '31 days' "
            "where created_date = (select min(created_date) from auth.sessions)",
        )
        queue = make_queue(database.conninfo)
        add_jobs(queue)
        async with queue.open_async():
            await queue.configure_task("auth:remove_expired_sessions").defer_async(timestamp=0)
            context = {"auth": auth.app.state.context}
            await queue.run_worker_async(wait=False, listen_notify=False, additional_context=context)
        assert await fetch_value(connection, "select count(*) from auth.sessions") == 1
    assert await auth.jwt(**bearer(token))


async def test_the_end_of_a_session_and_a_new_account_are_told(auth: Auth, database: Database) -> None:
    me = await auth.me(await auth.register("alice"))
    other = (await log_in(auth, "alice", **{"User-Agent": FIREFOX})).json()
    response = await auth.client.delete("/auth/sessions/current", headers=bearer(other["token"]))
    assert response.status_code == 200, response.text
    async with database.connection() as connection:
        made, over = await events.since(connection, 0)
    assert (made.topic, made.type, made.owner, made.body["key"]) == ("notices", "notice", None, "user.registered")
    assert made.body["values"] == {"id": me["id"], "username": "alice"}
    assert (over.topic, over.type, str(over.owner)) == ("notices", "session", me["id"])
    assert (over.body["session"], "Firefox" in over.body["values"]["device"]) == (other["id"], True)
