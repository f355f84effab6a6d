"""An outage of Postgres for one database."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psycopg
from psycopg import sql

from kyoo.serve.postgres.embedded import EmbeddedPostgres


@asynccontextmanager
async def away(postgres: EmbeddedPostgres, conninfo: str) -> AsyncIterator[None]:
    """The database accepts nobody."""
    name = psycopg.conninfo.conninfo_to_dict(conninfo)["dbname"]
    closed = sql.SQL("alter database {} allow_connections {}")
    async with await psycopg.AsyncConnection.connect(postgres.conninfo("postgres"), autocommit=True) as connection:
        await connection.execute(closed.format(sql.Identifier(str(name)), sql.Literal(False)))
        await connection.execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = %s", [name])
        try:
            yield
        finally:
            await connection.execute(closed.format(sql.Identifier(str(name)), sql.Literal(True)))
