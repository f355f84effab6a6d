"""A database with a library in it gets the migrations that it has not seen: everything is there as it was."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx2
import psycopg
import pytest
from tests.integration.api.conftest import Library
from tests.integration.api.everything import seed_everything
from tests.integration.api.references import orphans
from tests.integration.api.seeds import PUBLIC_URL, bearer

from kyoo.api.app import create_app
from kyoo.api.settings import ApiSettings
from kyoo.core import migrations
from kyoo.core.postgres import Connection, Database, fetch_all, fetch_value
from kyoo.core.service import Runtime
from kyoo.serve.embedded import EmbeddedPostgres

#: The first migration that the old database has not seen.
NEW = "0009"


@pytest.fixture
def old(postgres: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A database of before the migration `NEW`, with the functions of today but for what belongs to it."""
    name = f"old_{uuid.uuid4().hex}"
    today = migrations.files_of("api")
    then = replace(
        today,
        migrations=[file for file in today.migrations if file.name < NEW],
        schema=[file for file in today.schema if file.name != "deleting.sql"],
    )
    with psycopg.connect(postgres.conninfo("postgres"), autocommit=True) as admin:
        admin.execute(f'create database "{name}" template template0')
        with monkeypatch.context() as patch:
            patch.setattr(migrations, "files_of", lambda _: then)
            migrations.migrate(postgres.conninfo(name), "api")
        yield postgres.conninfo(name)
        admin.execute(f'drop database "{name}" with (force)')


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


async def test_everything_is_kept(old: str, runtime: Runtime, tmp_path: Path) -> None:
    database = Database(old)
    await database.open()
    try:
        app = create_app(ApiSettings(images=str(tmp_path / "images")), replace(runtime, database=database))
        transport = httpx2.ASGITransport(app=app)
        async with httpx2.AsyncClient(transport=transport, base_url=f"{PUBLIC_URL}/api", headers=bearer()) as api:
            await seed_everything(app, api, Library(api))
            async with database.connection() as connection:
                before = await contents(connection)
            assert all(
                before[table] for table in ("shows", "entries", "videos", "entry_videos", "history", "watchlist")
            )
            migrations.migrate(old, "api")
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
