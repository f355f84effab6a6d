"""Fixtures every kind of test shares: one embedded Postgres for the run, a fresh database for each test."""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import psycopg
import pytest
import structlog

from kyoo.core.migrations import migrate
from kyoo.core.postgres import Database
from kyoo.core.queue import migrate_queue
from kyoo.serve.embedded import EmbeddedPostgres
from kyoo.serve.services import NAMES

# How long one example takes on a busy machine says nothing.
hypothesis.settings.register_profile("kyoo", deadline=None)
hypothesis.settings.load_profile("kyoo")

#: Durability is of no use to a test run; real code paths stay the same.
FAST = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "128MB",
    "max_connections": "200",
}


def fast_folder() -> str | None:
    """Memory, where there is plenty: a database is copied from the template for every test."""
    memory = Path("/dev/shm")
    try:
        roomy = os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > 4 * 1024**3
    except OSError:
        roomy = False
    return str(memory) if roomy else None


@pytest.fixture(scope="session")
def postgres() -> Iterator[EmbeddedPostgres]:
    """The Postgres of the whole run, its template database migrated once."""
    folder = Path(tempfile.mkdtemp(prefix="kyoo-tests-", dir=fast_folder()))
    server = EmbeddedPostgres(folder / "postgres", settings=FAST)
    asyncio.run(server.start())
    try:
        template = server.conninfo()
        for service in NAMES:
            migrate(template, service)
        migrate_queue(template)
        yield server
    finally:
        asyncio.run(server.stop())
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def conninfo(postgres: EmbeddedPostgres) -> Iterator[str]:
    """A database of the test's own, every schema as it is today, made from the template in some 30 ms."""
    name = f"test_{uuid.uuid4().hex}"
    with psycopg.connect(postgres.conninfo("postgres"), autocommit=True) as connection:
        connection.execute(f'create database "{name}" template kyoo strategy file_copy')
        yield postgres.conninfo(name)
        connection.execute(f'drop database "{name}" with (force)')


@pytest.fixture
async def database(conninfo: str) -> AsyncIterator[Database]:
    """An open pool on the test's own database."""
    database = Database(conninfo, max_size=8)
    await database.open()
    try:
        yield database
    finally:
        await database.close()


def _uncached(configure: Callable[..., None]) -> Callable[..., None]:
    """A logger that is cached could not be listened to by later tests of the same process."""

    def configured(**options: Any) -> None:
        configure(**options | {"cache_logger_on_first_use": False})

    return configured


structlog.configure = _uncached(structlog.configure)
