"""An external database whose user owns it and may do nothing else: no roles, no superuser."""

from __future__ import annotations

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from kyoo.core.migrations import migrate, pending
from kyoo.core.postgres import Database, fetch_value
from kyoo.core.queue import migrate_queue
from kyoo.serve.embedded import EmbeddedPostgres
from kyoo.serve.schemas import SERVICES


@pytest.fixture
def owned(postgres: EmbeddedPostgres) -> str:
    """A fresh database of the user `plain`."""
    with psycopg.connect(postgres.conninfo("postgres"), autocommit=True) as admin:
        admin.execute("drop database if exists owned")
        admin.execute("drop role if exists plain")
        admin.execute("create role plain login nosuperuser nocreaterole nocreatedb")
        admin.execute("create database owned owner plain template template0")
    return make_conninfo(postgres.conninfo("owned"), user="plain")


async def test_everything_is_created(owned: str) -> None:
    for service in SERVICES:
        migrate(owned, service)
    migrate_queue(owned)
    assert pending(owned, SERVICES) == []
    database = Database(owned)
    await database.open()
    try:
        async with database.connection() as connection:
            assert await fetch_value(connection, "select count(*) from api.shows") == 0
    finally:
        await database.close()
