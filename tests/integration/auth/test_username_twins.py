"""No two users look the same, however they get their names; who had a name before keeps it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from auth_client import ADMIN_KEY, Auth, MakeAuth, bearer

from kyoo.core.database.postgres import Database, execute, fetch_value

ADMIN = {"X-Api-Key": ADMIN_KEY}
TWINS = ["Alice", "\u0430lice", "a\u217cice", "ALICE"]


async def try_to_register(auth: Auth, name: str, number: int) -> int:
    body = {"username": name, "email": f"twin{number}@kyoo.test", "password": "correct horse"}
    return (await auth.client.post("/auth/users", json=body)).status_code


async def test_a_twin_is_not_registered(auth: Auth) -> None:
    await auth.register("alice")
    assert [await try_to_register(auth, name, number) for number, name in enumerate(TWINS)] == [409] * len(TWINS)
    assert await try_to_register(auth, "alicia", 9) == 201


async def test_of_twins_who_register_at_once_one_does(make_auth: MakeAuth) -> None:
    replicas = [await make_auth() for _ in range(2)]
    await replicas[0].register("first")
    tried = [try_to_register(replicas[number % 2], name, number) for number, name in enumerate(TWINS)]
    assert sorted(await asyncio.gather(*tried)) == [201, *[409] * (len(TWINS) - 1)]


async def test_nobody_renames_to_a_twin(auth: Auth) -> None:
    await auth.register("alice")
    token = await auth.register("bob")
    bob = (await auth.me(token))["id"]

    async def rename(name: str) -> list[int]:
        own = await auth.client.patch("/auth/users/me", json={"username": name}, headers=bearer(token))
        return [
            own.status_code,
            (await auth.client.patch(f"/auth/users/{bob}", json={"username": name}, headers=ADMIN)).status_code,
        ]

    for name in TWINS:
        assert await rename(name) == [409, 409]
    assert await rename("Bob") == [200, 200], "the case of one's own name"
    assert await rename("robert") == [200, 200]
    assert await try_to_register(auth, "b0b", 1) == 201, "a name that was left is free"
    assert await rename("bob") == [409, 409]


async def test_twins_from_before_keep_their_names(auth: Auth, make_auth: MakeAuth, database: Database) -> None:
    """Also those that a replica of the last release registers or renames."""
    token = await auth.register("alice")
    async with database.connection() as connection:
        await execute(
            connection,
            "insert into auth.users (username, email) values ('Alice', 'b@kyoo.test'), ('carol', 'c@kyoo.test')",
        )
        await execute(connection, "update auth.users set username = 'dave' where username = 'carol'")
    again = await make_auth()
    assert (await again.me(token))["username"] == "alice"
    for number, name in enumerate((*TWINS[1:], "Dave")):
        assert await try_to_register(again, name, number) == 409
    async with database.connection() as connection:
        assert await fetch_value(connection, "select count(*) from auth.users") == 3
    user = (await again.client.get("/auth/users/me", headers=bearer(token))).json()
    assert (
        await again.client.patch("/auth/users/me", json={"username": user["username"]}, headers=bearer(token))
    ).is_success


@pytest.mark.parametrize(
    "body", [{"username": "mallory"}, {"username": "mallory", "claims": {}}, {"email": "m@kyoo.test"}]
)
async def test_a_program_does_not_rename_its_user(auth: Auth, body: dict[str, Any]) -> None:
    """Neither with an app password nor with a link that it was given."""
    token = await auth.register("alice")
    made = await auth.client.post("/auth/users/me/app-passwords", json={"name": "tv"}, headers=bearer(token))
    login = {"login": "alice", "password": made.json()["password"]}
    program = (await auth.client.post("/auth/sessions", json=login)).json()["token"]
    link = await auth.presign(token, {"verb": "PATCH", "url": "/auth/users/me"})
    for params, headers in ({}, bearer(program)), ({"x-presign": link}, {}):
        answer = await auth.client.patch("/auth/users/me", params=params, json=body, headers=headers)
        assert answer.status_code == 403, answer.text
    same = {"username": "alice", "email": "alice@kyoo.test", "claims": {"settings": {}}}
    assert (await auth.client.patch("/auth/users/me", json=same, headers=bearer(program))).status_code == 200
    own = (await auth.me(token))["id"]
    assert (await auth.client.patch(f"/auth/users/{own}", json=body, headers=bearer(program))).status_code == 403
    assert (await auth.client.patch("/auth/users/me", json=body, headers=bearer(token))).status_code == 200
