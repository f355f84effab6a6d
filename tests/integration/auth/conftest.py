"""An auth service on a database of the test's own, reached through HTTP."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import psycopg
import pytest
from auth_client import ADMIN_KEY, Auth, MakeAuth, running

from kyoo.auth.settings import ApiKeyConfig
from kyoo.auth.tokens.claims import EVERY_PERMISSION
from kyoo.core.database.postgres import Database
from kyoo.serve.postgres.embedded import EmbeddedPostgres


def pytest_configure(config: pytest.Config) -> None:
    # joserfc warns at each use of the name EdDSA; kyoo.core.tokens says why we keep it.
    config.addinivalue_line("filterwarnings", "ignore:EdDSA is deprecated")


@pytest.fixture(autouse=True)
def kept_launchers(shared_launchers: None) -> None:
    """None of these tests looks at how a caged process is started."""


@pytest.fixture
async def two_databases(postgres: EmbeddedPostgres) -> AsyncIterator[list[Database]]:
    """For two instances that know nothing of each other."""
    names = [f"test_{uuid.uuid4().hex}" for _ in range(2)]
    with psycopg.connect(postgres.conninfo("postgres"), autocommit=True) as connection:
        for name in names:
            connection.execute(f'create database "{name}" template kyoo strategy wal_log')
        databases = [Database(postgres.conninfo(name), max_size=6) for name in names]
        for database in databases:
            await database.open()
        yield databases
        for name, database in zip(names, databases, strict=True):
            await database.close()
            connection.execute(f'drop database "{name}" with (force)')


@pytest.fixture
async def make_auth(database: Database, tmp_path: Path) -> AsyncIterator[MakeAuth]:
    """Starts an auth service with the given settings; several of them are replicas."""
    async with AsyncExitStack() as stack:

        async def make(**settings: Any) -> Auth:
            defaults: dict[str, Any] = {"profile_picture_path": str(tmp_path / "pictures")}
            return await stack.enter_async_context(running(database, **{**defaults, **settings}))

        yield make


@pytest.fixture
async def auth(make_auth: MakeAuth) -> Auth:
    """With an API key of every permission, which can make any other."""
    key = ApiKeyConfig(token=ADMIN_KEY, claims={"permissions": list(EVERY_PERMISSION)})
    return await make_auth(api_keys={"admin": key})
