"""`kyoo auth make-administrator` and `set-password`, for whoever is locked out."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from asyncio import to_thread
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from auth_client import ADMIN_KEY, SLOW, Auth, MakeAuth, bearer, running
from click.testing import CliRunner, Result
from tests.waiting import until

from kyoo.auth.tokens.claims import EVERY_PERMISSION
from kyoo.cli import main
from kyoo.core.database.migrations import migrate
from kyoo.core.database.postgres import Database
from kyoo.core.database.queue import migrate_queue
from kyoo.serve.postgres.embedded import embedded_postgres_server

ADMIN = {"X-Api-Key": ADMIN_KEY}


async def kyoo(database: Database, *arguments: str, typed: str = "") -> Result:
    environment = {"POSTGRES_URL": database.conninfo}
    return await to_thread(CliRunner().invoke, main, ["auth", *arguments], input=typed, env=environment)


async def test_an_account_becomes_the_administrator(auth: Auth, database: Database) -> None:
    await auth.register("first")
    token = await auth.register("alice")
    alice = (await auth.me(token))["id"]
    limited = {
        "claims": {"permissions": ["core.read"], "maxAge": 6, "libraries": [], "settings": {"x": 1}},
        "disabled": True,
    }
    assert (await auth.client.patch(f"/auth/users/{alice}", json=limited, headers=ADMIN)).status_code == 200
    told = await kyoo(database, "make-administrator", "ALICE@kyoo.test")
    assert told.exit_code == 0, told.output
    user = (await auth.client.get("/auth/users/alice", headers=ADMIN)).json()
    assert user["disabled"] is False
    assert set(user["claims"].pop("permissions")) == set(EVERY_PERMISSION)
    assert user["claims"] == {"verified": True, "maxAge": None, "libraries": None, "settings": {"x": 1}}
    assert (await auth.client.get("/auth/users", headers=bearer(await auth.log_in("alice")))).status_code == 200
    entry = (await auth.client.get("/auth/audit?action=user.edited", headers=ADMIN)).json()["items"][0]
    assert entry["actor"] is None
    assert "users.write" in entry["details"]["granted"]


@pytest.mark.parametrize("kept", [False, True])
async def test_a_password_is_set(auth: Auth, database: Database, kept: bool) -> None:
    token = await auth.register("alice")
    options = ["--keep-second-factors"] if kept else []
    refused = await kyoo(database, "set-password", *options, "alice", typed="password\npassword\n")
    assert (refused.exit_code, "common" in refused.output) == (1, True), refused.output
    told = await kyoo(database, "set-password", *options, "alice", typed="battery staple\nbattery staple\n")
    assert told.exit_code == 0, told.output
    assert "battery" not in told.output
    assert (await auth.client.get("/auth/jwt", headers=bearer(token))).status_code == 403
    for password, status in ("password of alice", 403), ("battery staple", 201):
        login = {"login": "alice", "password": password}
        assert (await auth.client.post("/auth/sessions", json=login)).status_code == status


async def kyoo_beside(database: Database, *arguments: str, typed: str = "") -> str:
    """What the command says, in a process of its own."""
    environment = {**os.environ, "POSTGRES_URL": database.conninfo}
    command = [sys.executable, "-m", "kyoo.cli", "auth", *arguments]
    done = await to_thread(subprocess.run, command, input=typed, env=environment, text=True, capture_output=True)
    assert done.returncode == 0, done.stderr
    return str(done.stdout)


async def test_a_server_that_runs_sees_what_was_done(make_auth: MakeAuth, database: Database) -> None:
    """At once, also of accounts that it remembers."""
    auth = await make_auth(**SLOW)
    await auth.register("first")
    token = await auth.register("alice")

    async def status(path: str) -> int:
        return (await auth.client.get(path, headers=bearer(token))).status_code

    async def administers() -> bool:
        return await status("/auth/users") == 200

    async def is_out() -> bool:
        return await status("/auth/users/me") == 403

    assert not await administers()
    told = await kyoo_beside(database, "make-administrator", "alice")
    assert told == "alice may do and see everything from now on.\n"
    await until(administers)
    typed = "battery staple\n" * 2
    told = await kyoo_beside(database, "set-password", "alice@kyoo.test", typed=typed)
    assert "The password of alice is changed" in told
    await until(is_out)
    login = {"login": "alice", "password": "battery staple"}
    assert (await auth.client.post("/auth/sessions", json=login)).status_code == 201


def test_a_server_that_is_stopped(tmp_path: Path) -> None:
    """Its database is started for as long as the command takes."""
    postgres = tmp_path / "postgres"

    async def run_once(work: Callable[[Auth], Awaitable[None]]) -> None:
        async with embedded_postgres_server(postgres) as server:
            for schema in ("events", "auth"):
                migrate(server.conninfo(), schema)
            migrate_queue(server.conninfo())
            database = Database(server.conninfo(), max_size=4)
            await database.open()
            try:
                async with running(database, profile_picture_path=str(tmp_path / "pictures")) as auth:
                    await work(auth)
            finally:
                await database.close()

    async def begin(auth: Auth) -> None:
        await auth.register("first")
        await auth.register("alice")

    async def see(auth: Auth) -> None:
        login = {"login": "alice", "password": "battery staple"}
        token = (await auth.client.post("/auth/sessions", json=login)).json()["token"]
        assert (await auth.client.get("/auth/users", headers=bearer(token))).status_code == 200

    asyncio.run(run_once(begin))
    for arguments in ["make-administrator", "alice"], ["set-password", "--password", "battery staple", "alice"]:
        told = CliRunner().invoke(main, ["auth", *arguments, "--data-dir", str(tmp_path)], env={"POSTGRES_URL": None})
        assert told.exit_code == 0, told.output
    assert not (postgres / "postmaster.pid").exists()
    asyncio.run(run_once(see))


async def test_of_whom_nobody_has_heard(database: Database) -> None:
    for command in ["make-administrator", "nobody"], ["set-password", "--password", "correct horse", "nobody"]:
        told = await kyoo(database, *command)
        assert told.exit_code == 1
        assert "kyoo: No account exists with this username or e-mail\n" in told.output
