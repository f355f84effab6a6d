"""`kyoo auth make-administrator` and `set-password`, for whoever is locked out."""

from __future__ import annotations

from asyncio import to_thread

import pytest
from auth_client import ADMIN_KEY, Auth, bearer
from click.testing import CliRunner, Result

from kyoo.auth.claims import EVERY_PERMISSION
from kyoo.cli import main
from kyoo.core.postgres import Database

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


async def test_of_whom_nobody_has_heard(database: Database) -> None:
    for command in ["make-administrator", "nobody"], ["set-password", "--password", "correct horse", "nobody"]:
        told = await kyoo(database, *command)
        assert told.exit_code == 1
        assert "kyoo: No account exists with this username or e-mail\n" in told.output
