"""The job queue: procrastinate in the schema `queue` of the same Postgres. What the jobs do lives in each service."""

from __future__ import annotations

import re
from pathlib import Path

import procrastinate
import psycopg
from procrastinate.schema import SchemaManager
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from kyoo.core.migrations import LOCK

SCHEMA = "queue"

Queue = procrastinate.App
VERSION_PREFIX = re.compile(r"(\d+\.\d+\.\d+)_")


def queue_conninfo(conninfo: str) -> str:
    """`conninfo` with the queue's schema first in the search path, where procrastinate looks for its tables."""
    options = str(conninfo_to_dict(conninfo).get("options") or "")
    return make_conninfo(conninfo, options=f"{options} -c search_path={SCHEMA},public".strip())


def make_queue(conninfo: str) -> Queue:
    """A queue that is opened with `open_async`; jobs are deferred by name, so callers need not import them."""
    connector = procrastinate.PsycopgConnector(
        conninfo=queue_conninfo(conninfo),
        min_size=0,
        max_size=4,
        max_idle=30,
        kwargs={"application_name": "kyoo queue"},
    )
    return procrastinate.App(connector=connector)


def migrate_queue(conninfo: str) -> None:
    """Create procrastinate's tables, or bring them to the installed release with its own migration files."""
    manager_version = procrastinate.__version__
    with psycopg.connect(queue_conninfo(conninfo)) as connection, connection.transaction():
        connection.execute("select pg_advisory_xact_lock(%s)", [LOCK])
        connection.execute(f"create schema if not exists {SCHEMA}")
        connection.execute("create table if not exists queue.release (version text not null)")
        row = connection.execute("select version from queue.release").fetchone()
        if row is None:
            connection.execute(SchemaManager.get_schema())
            connection.execute("insert into queue.release values (%s)", [manager_version])
        elif row[0] != manager_version:
            for path in _newer_migrations(Path(SchemaManager.get_migrations_path()), since=row[0]):
                connection.execute(path.read_text())
            connection.execute("update queue.release set version = %s", [manager_version])


def _newer_migrations(folder: Path, since: str) -> list[Path]:
    def version(path: Path) -> tuple[int, ...] | None:
        match = VERSION_PREFIX.match(path.name)
        return tuple(map(int, match[1].split("."))) if match else None

    floor = tuple(int(part) for part in since.split(".")[:3])
    return [path for path in sorted(folder.glob("*.sql")) if (found := version(path)) and found > floor]
