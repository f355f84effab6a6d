"""Databases that tests use one after another. In between they are emptied, and their connections are kept: a new
database and connections that know no table and no plan yet cost a test a third of its time.

What a test may have changed beside the rows of tables (a column, a right, statistics) shows in the catalogs: its
database is dropped."""

from __future__ import annotations

import asyncio
import json
import select
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar, Self, cast

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict
from psycopg.pq import TransactionStatus
from psycopg.rows import DictRow

from kyoo.core.database import postgres as pools
from kyoo.serve.postgres.embedded import EmbeddedPostgres

#: After so many tests a database holds too many dead rows.
LIFETIME = 60
CATALOGS = (
    "pg_attrdef",
    "pg_proc where oid >= 16384",
    "pg_type",
    "pg_constraint",
    "pg_trigger",
    "pg_policy",
    "pg_rewrite",
    "pg_namespace",
    "pg_extension",
    "pg_event_trigger",
    "pg_default_acl",
    "pg_db_role_setting",
)
#: Of each catalog the number of rows and who wrote the last one; a column that comes or goes changes its table's row.
#: VACUUM and ANALYZE change numbers of pg_class in their place. What has become large is full of dead rows, and whoever
#: counts pages would read them.
SHAPE = " union all ".join(
    (
        "select 'pg_class', count(*), max(xmin::text::bigint), sum(reltuples) from pg_class",
        *(f"select '{name}', count(*), max(xmin::text::bigint), 0 from {name}" for name in CATALOGS),
        "select 'pg_statistic', count(*), max(xmin::text::bigint), 0 from pg_statistic",
        "select datname, datconnlimit, datallowconn::int, 0 from pg_database where datname = current_database()",
        "select 'large', count(*), 0, 0 from pg_class where relkind = 'r' and pg_relation_size(oid) > 300_000",
    )
)
#: All tables that have had a row since the database was made.
TABLES = """
    select c.oid::regclass::text from pg_class c join pg_namespace n on n.oid = relnamespace
    where relkind = 'r' and relpersistence <> 't' and nspname <> 'information_schema' and nspname !~ '^pg_'
      and pg_relation_size(c.oid) > 0
"""
SEQUENCES = """
    select format('%I.%I', schemaname, sequencename) as sequence, start_value, last_value from pg_sequences
    where last_value is not null
"""
#: `filled`: the tables that have rows in a new database; `restore`: what gives them these; `sequences`: the values
#: that its sequences have, as JSON; `kept`: who may stay connected.
EMPTY = sql.SQL(
    """
do $$
declare
    name text;
    sequences constant jsonb := {sequences};
begin
    perform pg_terminate_backend(pid, 5000) from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid() and pid <> all({kept}::int[]);
    for name in TABLES loop
        if name <> all({filled}::text[]) then
            execute 'delete from ' || name;
        end if;
    end loop;
    {restore}
    perform setval(sequence, coalesce((sequences ->> sequence)::bigint, start_value), sequences ? sequence)
    from (SEQUENCES) s where last_value is distinct from (sequences ->> sequence)::bigint;
end $$
""".replace("TABLES", TABLES).replace("SEQUENCES", SEQUENCES)
)
RESTORE = """
    if exists (table {table} except table {copy})
       or (select count(*) from {table}) <> (select count(*) from {copy}) then
        delete from {table};
        insert into {table} overriding system value table {copy};
    end if;
"""
#: What ends with a session, in one that goes on.
FORGET = "reset session authorization; reset all; unlisten *; select pg_advisory_unlock_all()"

Place = tuple[str | int | None, ...]


def where(conninfo: str) -> Place:
    """Host, port and name: through a pooler it is another place."""
    parts = conninfo_to_dict(conninfo)
    return tuple(parts.get(name) for name in ("host", "port", "dbname", "user"))


class Recycled:
    """A database and the connections to it that nobody uses now."""

    def __init__(self, server: EmbeddedPostgres) -> None:
        self.name = f"test_{uuid.uuid4().hex}"
        self.conninfo = server.conninfo(self.name)
        self.idle: list[Warm] = []
        self._uses = 0
        self._server = server
        with psycopg.connect(server.conninfo("postgres"), autocommit=True) as connection:
            connection.execute(f'create database "{self.name}" template kyoo strategy file_copy')
        self._connection = psycopg.connect(self.conninfo, autocommit=True)
        # Neither triggers nor foreign keys.
        self._connection.execute("set session_replication_role = replica")
        filled, restore = [], ""
        for (table,) in self._connection.execute(TABLES).fetchall():
            copy = f"new_{len(filled)}"
            if self._connection.execute(f"create temporary table {copy} as table {table}").rowcount:
                filled.append(table)
                restore += RESTORE.format(table=table, copy=copy)
        sequences = {name: value for name, _, value in self._connection.execute(SEQUENCES).fetchall()}
        self._new = {"filled": sql.Literal(filled), "restore": sql.SQL(restore)}
        self._new["sequences"] = sql.Literal(json.dumps(sequences))
        self._shape = self._connection.execute(SHAPE).fetchall()

    def empty(self) -> bool:
        """Make it as a new one; False if it cannot be used again."""
        self._uses += 1
        kept = sql.Literal([connection.info.backend_pid for connection in self.idle if not connection.closed])
        try:
            self._connection.execute(EMPTY.format(kept=kept, **self._new))
            return self._uses < LIFETIME and self._connection.execute(SHAPE).fetchall() == self._shape
        except psycopg.Error:
            return False

    def drop(self) -> None:
        for connection in (*self.idle, self._connection):
            connection.pgconn.finish()
        with psycopg.connect(self._server.conninfo("postgres"), autocommit=True) as connection:
            connection.execute(f'drop database "{self.name}" with (force)')


class Databases:
    """Of one server."""

    #: Those that tests use now.
    lent: ClassVar[dict[Place, Recycled]] = {}

    def __init__(self, server: EmbeddedPostgres) -> None:
        self._server = server
        self._free: list[Recycled] = []

    @contextmanager
    def lend(self) -> Iterator[str]:
        """A connection string of an empty database."""
        database = self._free.pop() if self._free else Recycled(self._server)
        self.lent[where(database.conninfo)] = database
        try:
            yield database.conninfo
        finally:
            del self.lent[where(database.conninfo)]
            if database.empty():
                self._free.append(database)
            else:
                database.drop()

    def end(self) -> None:
        for database in self._free:
            database.drop()


class Warm(psycopg.AsyncConnection[DictRow]):
    """A connection that is kept when it is closed, for the next test that makes one to this database."""

    _place: Place
    _application: str

    @classmethod
    async def connect(cls, conninfo: str = "", **options: Any) -> Self:
        place, application = where(conninfo), options["application_name"]
        idle = Databases.lent[place].idle if place in Databases.lent else []
        for kept in [kept for kept in idle if kept._application == application]:
            idle.remove(kept)
            # What the server sends to an idle connection is that it has ended.
            if not kept.closed and not select.select([kept], [], [], 0)[0]:
                kept.lock = asyncio.Lock()
                return cast("Self", kept)
            kept.pgconn.finish()
        made = await super().connect(conninfo, **options)
        made._place, made._application = place, application
        return made

    async def close(self) -> None:
        database = Databases.lent.get(self._place)
        if database is not None and not self.closed and self.pgconn.transaction_status == TransactionStatus.IDLE:
            try:
                await self.execute(FORGET)
            except psycopg.Error:
                await super().close()
            else:
                database.idle.append(self)
        else:
            await super().close()


class WarmPool(pools._Pool):
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options | {"connection_class": Warm})
