"""An external database whose user owns it and may do nothing else: no roles, no superuser."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from kyoo.api import limits
from kyoo.core.database.migrations import migrate, pending
from kyoo.core.database.postgres import Database, fetch_all, fetch_value
from kyoo.core.database.queue import migrate_queue
from kyoo.core.errors import ForbiddenError
from kyoo.serve.postgres.embedded import EmbeddedPostgres
from kyoo.serve.services import SCHEMAS


@pytest.fixture
def owned(postgres: EmbeddedPostgres) -> Iterator[str]:
    """A fresh database of the user `plain`."""
    with psycopg.connect(postgres.conninfo("postgres"), autocommit=True) as admin:
        admin.execute("drop database if exists owned")
        admin.execute("drop role if exists plain")
        admin.execute("create role plain login nosuperuser nocreaterole nocreatedb")
        admin.execute("create database owned owner plain template template0")
    yield make_conninfo(postgres.conninfo("owned"), user="plain")
    with psycopg.connect(postgres.conninfo("postgres"), autocommit=True) as admin:
        admin.execute("drop database owned with (force)")
        admin.execute("drop role plain")


async def test_everything_is_created(owned: str) -> None:
    for service in SCHEMAS:
        migrate(owned, service)
    migrate_queue(owned)
    assert pending(owned, SCHEMAS) == []
    database = Database(owned)
    await database.open()
    try:
        async with database.connection() as connection:
            assert await fetch_value(connection, "select count(*) from api.shows") == 0
            # What a migration wrote anew may be read by its indexes alone.
            vacuumed = "select last_vacuum is not null from pg_stat_all_tables where relid = 'api.shows'::regclass"
            assert await fetch_value(connection, vacuumed)
    finally:
        await database.close()


async def policies(conninfo: str) -> list[dict[str, object]]:
    database = Database(conninfo)
    await database.open()
    try:
        async with database.connection() as connection:
            return await fetch_all(
                connection,
                """
                select relname, relrowsecurity, policy.roles, policy.cmd, policy.qual,
                    array(select privilege from unnest(array['select', 'insert', 'update', 'delete']) privilege
                          where has_table_privilege('kyoo_limited', pg_class.oid, privilege)) as granted
                from pg_class left join pg_policies policy on policy.schemaname = 'api' and policy.tablename = relname
                where relnamespace = 'api'::regnamespace and relkind in ('r', 'v') order by relname
                """,
            )
    finally:
        await database.close()


async def test_a_role_that_is_made_later_limits_readers(
    owned: str, conninfo: str, postgres: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As `conninfo` has it, whose role was there first. The role belongs to the whole server, so it is away by another
    name for the other databases of this run."""
    monkeypatch.setattr(limits, "ASK_AGAIN", 0)
    with psycopg.connect(postgres.conninfo("postgres"), autocommit=True) as admin:
        admin.execute("alter role kyoo_limited rename to kyoo_away")
        try:
            for service in SCHEMAS:
                migrate(owned, service)
            database = Database(owned)
            await database.open()
            limited = limits.LimitedDatabase(database)
            try:
                with limits.within(limits.Limits(libraries=())):
                    with pytest.raises(ForbiddenError, match="lacks the role kyoo_limited"):
                        async with limited.connection():
                            pass
                    admin.execute("alter role kyoo_away rename to kyoo_limited")
                    # It is there and not this user's.
                    with pytest.raises(ForbiddenError, match="lacks the role kyoo_limited"):
                        async with limited.connection():
                            pass
                    admin.execute("grant kyoo_limited to plain")
                    async with limited.connection() as connection:
                        assert await fetch_value(connection, "select current_user") == "kyoo_limited"
                        assert await fetch_value(connection, "select count(*) from api.shows") == 0
            finally:
                await database.close()
        finally:
            if admin.execute("select from pg_roles where rolname = 'kyoo_away'").fetchone():
                admin.execute("alter role kyoo_away rename to kyoo_limited")
    assert await policies(owned) == await policies(conninfo)
