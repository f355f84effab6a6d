"""A session that ended while nobody here listened is over all the same: after an outage, and after a restart."""

from __future__ import annotations

from pathlib import Path

import httpx2
import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from tests.integration.test_access import URL, instance
from tests.waiting import until

from kyoo.serve.composition import Instance

ACCOUNT = {"username": "ada", "email": "ada@example.org", "password": "correct horse"}


def client_of(app: object) -> httpx2.AsyncClient:
    return httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url=URL)  # type: ignore[arg-type]


async def asked(running: Instance, token: str) -> int:
    """The api by itself, which knows tokens by their signature and asks nobody."""
    async with client_of(running.applications["api"]) as client:
        answer = await client.get("/api/shows", headers={"Authorization": f"Bearer {token}"})
        return answer.status_code


async def test_an_end_that_was_not_heard(conninfo: str, tmp_path: Path) -> None:
    database = str(conninfo_to_dict(conninfo)["dbname"])
    server = make_conninfo(conninfo, dbname="postgres")
    listening = "select pid from pg_stat_activity where datname = %s and application_name like '%%listening'"

    async with (
        instance(conninfo, tmp_path) as running,
        client_of(running.gateway) as client,
        await psycopg.AsyncConnection.connect(server, autocommit=True) as administrator,
    ):

        async def nobody_listens() -> bool:
            return await (await administrator.execute(listening, [database])).fetchone() is None

        opaque = (await client.post("/auth/users", json=ACCOUNT)).json()["token"]
        theirs = {"Authorization": f"Bearer {opaque}"}
        token = (await client.get("/auth/jwt", headers=theirs)).json()["token"]
        assert await asked(running, token) == 200
        # Whoever is cut off cannot come back until it is allowed again.
        await administrator.execute(f'alter database "{database}" allow_connections false')
        await administrator.execute(f"select pg_terminate_backend(pid) from ({listening}) gone", [database])
        await until(nobody_listens)
        assert (await client.delete("/auth/sessions/current", headers=theirs)).status_code == 200
        assert await nobody_listens()
        assert await asked(running, token) == 200
        await administrator.execute(f'alter database "{database}" allow_connections true')

        async def is_over() -> bool:
            return await asked(running, token) == 403

        await until(is_over)
    (tmp_path / "again").mkdir()
    async with instance(conninfo, tmp_path / "again") as again:

        async def stays_over() -> bool:
            return await asked(again, token) == 403

        await until(stays_over)
