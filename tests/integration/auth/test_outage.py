"""While Postgres is away: who was known a moment ago goes on, for a minute; what replicas say is heard again after."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
import pytest
from auth_client import Auth, MakeAuth, bearer, running
from structlog.testing import capture_logs
from tests.outage import away
from tests.waiting import PATIENCE, until

from kyoo.auth.tokens import principals
from kyoo.auth.tokens.changes import CHANNEL
from kyoo.auth.tokens.principals import Principals
from kyoo.core.database import notifications
from kyoo.core.database.postgres import Database
from kyoo.serve.postgres.embedded import EmbeddedPostgres


@pytest.fixture
async def database(conninfo: str) -> AsyncIterator[Database]:
    database = Database(conninfo, patience=0.3)
    await database.open()
    yield database
    await database.close()


async def all_heard(conninfo: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What has been said so far is heard: notifications come in the order in which they were sent."""
    last, heard, forget = uuid4(), asyncio.Event(), Principals.forget

    def forgetting(principals: Principals, subject: UUID) -> None:
        forget(principals, subject)
        if subject == last:
            heard.set()

    monkeypatch.setattr(Principals, "forget", forgetting)
    async with await psycopg.AsyncConnection.connect(conninfo, autocommit=True) as connection:
        await connection.execute("select pg_notify(%s, %s)", [CHANNEL, f"account:{last}"])
    await asyncio.wait_for(heard.wait(), PATIENCE)


async def status(auth: Auth, **headers: str) -> int:
    return (await auth.client.get("/auth/jwt", headers=headers)).status_code


async def test_who_is_known_goes_on_and_nobody_else(
    make_auth: MakeAuth, postgres: EmbeddedPostgres, conninfo: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    auth = await make_auth(exchange_cache_seconds=0)
    token, ended, unseen = await auth.register("alice"), await auth.log_in("alice"), await auth.log_in("alice")
    made = {"name": "tool", "claims": {"permissions": ["core.read"]}}
    key = {"X-Api-Key": (await auth.client.post("/auth/keys", json=made, headers=bearer(token))).json()["token"]}
    jwt = await auth.jwt(**bearer(ended))
    await auth.client.delete("/auth/sessions/current", headers=bearer(ended))
    await all_heard(conninfo, monkeypatch)
    for known in (bearer(token), bearer(await auth.jwt(**bearer(token))), key):
        assert await status(auth, **known) == 200
    async with away(postgres, conninfo):
        for _ in range(2):
            assert await status(auth, **bearer(token)) == 200
            assert await status(auth, **key) == 200
        for unknown in (ended, jwt, unseen):
            assert await status(auth, **bearer(unknown)) == 503
        monkeypatch.setattr(principals, "GRACE_SECONDS", 0)
        assert await status(auth, **bearer(token)) == 503

    async def is_answered() -> bool:
        return await status(auth, **bearer(token)) == 200

    await until(is_answered)


async def test_an_outage_is_one_line_and_the_news_are_heard_again(
    database: Database, postgres: EmbeddedPostgres, conninfo: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notifications, "FIRST_PAUSE", 0.02)
    other = Database(conninfo, patience=0.3)
    await other.open()
    settings = {"profile_picture_path": str(tmp_path), "exchange_cache_seconds": 60}
    async with running(database, **settings) as auth, running(other, **settings) as replica:
        token = await auth.register()
        assert await status(replica, **bearer(token)) == 200
        with capture_logs() as lines:
            async with away(postgres, conninfo):
                await asyncio.sleep(0.5)
        assert len([line for line in lines if "not heard" in line["event"]]) == 2, "one line for each process"
        assert (await auth.client.delete("/auth/sessions/current", headers=bearer(token))).status_code == 200

        async def is_out() -> bool:
            return await status(replica, **bearer(token)) == 403

        await until(is_out)
    await other.close()
