"""Migrating: what Postgres refuses is one line that says why."""

from __future__ import annotations

import re
from collections.abc import Iterator

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from kyoo.serve.postgres.embedded import EmbeddedPostgres
from kyoo.serve.postgres.schemas import MigrationError, migrate_all


@pytest.fixture
def powerless(postgres: EmbeddedPostgres) -> Iterator[str]:
    """An empty database in which its user may do nothing."""
    with psycopg.connect(postgres.conninfo("postgres"), autocommit=True) as admin:
        admin.execute("create role powerless login")
        admin.execute("create database powerless")
        yield make_conninfo(postgres.conninfo("powerless"), user="powerless")
        admin.execute("drop database powerless with (force)")
        admin.execute("drop role powerless")


@pytest.mark.parametrize("services", [["auth"], []])
async def test_missing_rights_are_one_line(powerless: str, services: list[str]) -> None:
    """By the services' own migrations, and by the queue's."""
    with pytest.raises(MigrationError) as caught:
        await migrate_all(powerless, services)
    assert re.fullmatch(
        r"The database cannot be migrated: permission denied for database powerless",
        caught.value.message,
    )
