"""A database with a library in it gets the migrations that it has not seen: everything is there as it was."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import httpx2
import psycopg
from tests.integration.api.conftest import Library
from tests.integration.api.everything import seed_everything
from tests.integration.api.references import orphans
from tests.integration.api.seeds import PUBLIC_URL, bearer

from kyoo.api.app import create_app
from kyoo.api.settings import ApiSettings
from kyoo.core.database import migrations
from kyoo.core.database.postgres import Connection, Database, fetch_all, fetch_value
from kyoo.core.http.service import Runtime

#: The first migration that the old database has not seen. Since then there are only new tables, sequences and indexes.
NEW = "0010"
MADE = re.compile(r"^create (?:unlogged |unique )?(table|sequence|index) (?:api\.)?(\w+)", re.MULTILINE)


def take_back(conninfo: str) -> None:
    """Make it the database of before the migrations since `NEW`."""
    with psycopg.connect(conninfo) as connection:
        for file in migrations.files_of("api").migrations:
            for kind, name in MADE.findall(file.text) if file.name >= NEW else ():
                connection.execute(f"drop {kind} if exists api.{name} cascade")
        connection.execute("delete from api.migrations where name >= %s or name = %s", [NEW, migrations.SCHEMA])


async def contents(connection: Connection) -> dict[str, list[str]]:
    """The rows of every table, as text."""
    tables = await fetch_all(
        connection,
        "select relname as name from pg_class where relnamespace = 'api'::regnamespace and relkind = 'r'"
        " and relname <> 'migrations'",
    )
    return {
        table["name"]: await fetch_value(
            connection, f"select coalesce(array_agg(to_jsonb(t)::text order by 1), '{{}}') from api.{table['name']} t"
        )
        for table in tables
    }


async def test_everything_is_kept(conninfo: str, runtime: Runtime, tmp_path: Path) -> None:
    database = Database(conninfo)
    await database.open()
    try:
        app = create_app(ApiSettings(images=str(tmp_path / "images")), replace(runtime, database=database))
        transport = httpx2.ASGITransport(app=app)
        async with httpx2.AsyncClient(transport=transport, base_url=f"{PUBLIC_URL}/api", headers=bearer()) as api:
            await seed_everything(app, api, Library(api))
            take_back(conninfo)
            async with database.connection() as connection:
                before = await contents(connection)
            assert "trackers" not in before
            assert all(
                before[table] for table in ("shows", "entries", "videos", "entry_videos", "history", "watchlist")
            )
            migrations.migrate(conninfo, "api")
            async with database.connection() as connection:
                after = await contents(connection)
                assert {name: after[name] for name in before} == before
                assert await orphans(connection) == {}
            for path in ("/series/serie", "/movies/film"):
                assert (await api.delete(path)).status_code == 200
            async with database.connection() as connection:
                assert (await contents(connection))["history"] == []
    finally:
        await database.close()
