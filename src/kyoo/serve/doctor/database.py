"""The database: its version, extensions, connections, schemas, and what became of jobs."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import psycopg
from psycopg.rows import dict_row

from kyoo.core.database.migrations import State, files_of, state_of
from kyoo.core.database.postgres import MINIMUM_VERSION, describe
from kyoo.serve.doctor.findings import Finding, size
from kyoo.serve.doctor.subject import Subject
from kyoo.serve.services import SCHEMAS

EXTENSIONS = ("pg_trgm", "unaccent", "fuzzystrmatch")
#: Of one process: each that answers requests, and the one for jobs.
LEAST_CONNECTIONS = 10
#: Seconds that two clocks may differ: tokens that services give each other last for minutes.
DRIFT = 5.0
#: Transactions after which Postgres takes no more: two thousand million. It vacuums by itself long before.
OLD = 1_000_000_000
#: Seconds that a query may take on a database that works.
PATIENCE_MS = 20_000


def database(subject: Subject) -> Iterator[Finding]:
    if subject.conninfo is None:
        return
    options = {"connect_timeout": 5, "application_name": "kyoo doctor", "autocommit": True}
    try:
        with psycopg.connect(subject.conninfo, **options, row_factory=dict_row) as connection:  # type: ignore[arg-type]
            connection.execute("select set_config('statement_timeout', %s, false)", [str(PATIENCE_MS)])
            yield from _server(connection, subject)
            yield from _schemas(subject.conninfo)
            yield from _jobs(connection)
    except psycopg.Error as error:
        reason = " ".join((error.diag.message_primary or str(error)).split())
        yield Finding("database", f"Postgres does not answer as it should: {reason}", _elsewhere(subject))


def _elsewhere(subject: Subject) -> str:
    return (
        f"Look into {subject.data_dir / 'postgres.log'}"
        if subject.embedded
        else "Look at POSTGRES_URL or the PG* variables, and into the log of Postgres"
    )


def _value(connection: psycopg.Connection[Any], query: str) -> Any:
    row = connection.execute(query.encode()).fetchone()
    return None if row is None else next(iter(row.values()))


def _server(connection: psycopg.Connection[Any], subject: Subject) -> Iterator[Finding]:
    version = connection.info.server_version // 10_000
    where = "embedded" if subject.embedded else describe(subject.conninfo or "")
    held = _value(connection, "select pg_database_size(current_database())")
    what = f"Postgres {version} ({where}), {size(held)}"
    if version < MINIMUM_VERSION:
        yield Finding("database", what, f"Install Postgres {MINIMUM_VERSION} or newer")
        return
    yield Finding("database", what)
    if (encoding := _value(connection, "show server_encoding")) != "UTF8":
        yield Finding("database", f"its encoding is {encoding}", "Make it anew: create database kyoo encoding 'UTF8'")
    query = "select coalesce(array_agg(name::text), '{}') from pg_available_extensions"
    available = set(_value(connection, query))
    if lost := [name for name in EXTENSIONS if name not in available]:
        yield Finding("database", f"it lacks {', '.join(lost)}", "Install postgresql-contrib on its machine")
    yield from _settings(connection, subject)
    if not _value(connection, "select exists (select from pg_roles where rolname = 'kyoo_limited')"):
        yield Finding(
            "database",
            "readers cannot be limited to libraries or an age: the role kyoo_limited is not there",
            "As an administrator of Postgres: create role kyoo_limited nologin; grant kyoo_limited to "
            f"{connection.info.user}",
        )
    query = "select coalesce(sum(checksum_failures), 0) from pg_stat_database"
    if failures := _value(connection, query):
        yield Finding(
            "database",
            f"{failures} pages of it were damaged on the disk",
            "Replace the disk, and restore the newest backup: kyoo restore",
        )
    if _value(connection, "select age(datfrozenxid) from pg_database where datname = current_database()") > OLD:
        yield Finding("database", "old rows are not vacuumed", "Switch autovacuum on, or run: vacuumdb --freeze kyoo")
    broken = _value(
        connection,
        "select coalesce(array_agg(indexrelid::regclass::text), '{}') from pg_index where not indisvalid "
        "and indrelid in (select oid from pg_class where relnamespace::regnamespace::text = any ("
        "array['auth', 'api', 'scanner', 'transcoder', 'queue']))",
    )
    if broken:
        yield Finding("database", f"indexes cannot be used: {', '.join(broken)}", f"reindex index {broken[0]}")


def _settings(connection: psycopg.Connection[Any], subject: Subject) -> Iterator[Finding]:
    if _value(connection, "show fsync") == "off" and not subject.embedded:
        yield Finding("database", "fsync is off: a crash can lose everything", "Set fsync = on in postgresql.conf")
    most = int(_value(connection, "show max_connections"))
    least = LEAST_CONNECTIONS * (subject.workers + 1)
    if most < least:
        yield Finding("database", f"it has {most} connections", f"Set max_connections to {3 * least} or more")
    before = time.time()
    there = float(_value(connection, "select extract(epoch from clock_timestamp())"))
    if (drift := max(before - there, there - time.time())) > DRIFT:
        yield Finding(
            "clock",
            f"the clock of Postgres differs from this one by {drift:.0f} seconds",
            "Keep both right: timedatectl set-ntp true on both machines",
        )


def schemas(conninfo: str) -> dict[str, State | None]:
    """What the database says of each service."""
    with psycopg.connect(conninfo, autocommit=True, connect_timeout=5) as connection:
        return {service: state_of(connection, service) for service in SCHEMAS}


def _schemas(conninfo: str) -> Iterator[Finding]:
    for service, state in schemas(conninfo).items():
        files = files_of(service)
        if state is None or state.is_current(files):
            continue
        strange = files.stranger(state.migrations)
        if state.is_newer:
            yield Finding(
                "database",
                f"the schema {service} is of release {state.release}",
                "Install that release here, too; this one works on it meanwhile",
            )
        elif strange:
            yield Finding(
                "database",
                f"the schema {service} was made by files that are not known here ({strange})",
                "Start the release that made it, or take everything along: kyoo export, kyoo import",
            )
        else:
            yield Finding("database", f"the schema {service} is brought to this release at the next start")


def _jobs(connection: psycopg.Connection[Any]) -> Iterator[Finding]:
    if _value(connection, "select to_regclass('queue.procrastinate_jobs')") is None:
        yield Finding("jobs", "there were none yet")
        return
    rows = connection.execute(
        "select status::text, count(*)::int as jobs, count(*) filter (where scheduled_at < now() - interval '1 hour')"
        "::int as late from queue.procrastinate_jobs group by status"
    ).fetchall()
    count = {row["status"]: row["jobs"] for row in rows}
    what = f"{count.get('todo', 0)} wait, {count.get('doing', 0)} run, {count.get('failed', 0)} failed"
    if late := sum(row["late"] for row in rows if row["status"] == "todo"):
        yield Finding(
            "jobs", f"{what}; {late} are over an hour late", "Does a worker run? kyoo serve has one; else kyoo worker"
        )
    elif count.get("failed"):
        names = connection.execute(
            "select task_name, count(*)::int as jobs from queue.procrastinate_jobs where status = 'failed' "
            "group by 1 order by 2 desc limit 3"
        ).fetchall()
        told = ", ".join(f"{row['task_name']} ({row['jobs']})" for row in names)
        yield Finding("jobs", what, f"The log says why they failed: {told}. A new scan asks for them again")
    else:
        yield Finding("jobs", what)
