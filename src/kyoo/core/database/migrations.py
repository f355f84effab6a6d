"""Brings the schema of a service to what its files say: `migrations/` makes tables, `schema/` what works on them.

`migrations/NNNN_pre_what.sql` runs before the files of `schema/`, `NNNN_post_what.sql` after them: each once, in the
order of their numbers, and never edited again. The files of `schema/` are applied whole when one of them has changed:
`schema/columns/*.sql`, the functions that columns are computed with, before the migrations; the others after them, when
the triggers, policies, views and functions that were made before are gone. `schema/tables.sql` is not applied: it shows
what the migrations come to (tables.py). All of it is one transaction under a lock that all replicas share."""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

from kyoo import __version__
from kyoo.core.database.keepalives import TELL, configuration, with_keepalives
from kyoo.core.database.tables import fingerprint
from kyoo.core.errors import KyooError

#: Serialises the migrations of all replicas (an arbitrary constant of ours).
LOCK = 5_190_523

MIGRATION_FILE = re.compile(r"(?P<number>\d{4})_(?P<when>pre|post)_\w+\.sql")

#: A line of a migration that writes tables anew: what is vacuumed once it is committed, so that Postgres learns that
#: it may read their indexes alone.
VACUUM = re.compile(r"^-- vacuum: (?P<tables>[\w., ]+)$", re.MULTILINE)

#: The row of the table `migrations` that says which files of `schema/` were applied last, and by which release.
SCHEMA = "schema"

#: Schemas that belong to no service, and the packages with their files.
WITHOUT_SERVICE = {"events": "kyoo.core.events"}

#: Whoever reads or writes a table is waited for, but not for ever: those who come after wait behind the migration.
LOCK_TIMEOUT = "5s"
STATEMENT_TIMEOUT = "1h"
#: Seconds between attempts when a table was in use.
PAUSES = (0.5, 1.0, 2.0, 4.0, 8.0)


class UnknownSchemaError(KyooError):
    """The schema was not made by files of ours. The message is one line that says what to do."""

    def __init__(self, service: str, reason: str) -> None:
        super().__init__(
            f"The schema {service} of the database {reason}. Nothing was changed. Start the release that made it, or "
            "take everything along: kyoo export FILE, then kyoo import FILE with a new data directory"
        )


@dataclass(frozen=True)
class File:
    """One SQL file: its name below `migrations/` or `schema/`, and what it says."""

    name: str
    text: str

    @property
    def hash(self) -> str:
        return _hash([self.text])

    @property
    def late(self) -> bool:
        """Whether it needs the functions of `schema/`."""
        match = MIGRATION_FILE.fullmatch(self.name)
        return match is not None and match["when"] == "post"


@dataclass(frozen=True)
class Files:
    """What makes the schema of one service."""

    migrations: list[File]
    columns: list[File]
    schema: list[File]
    #: Schemas of before 0.1.0 that are taken over: the last revision of each, the fingerprint of its tables, and the
    #: last migration that it is equal to.
    taken_over: list[dict[str, str]]
    #: Hashes of former texts of a migration that came to the same tables. One has changed after somebody may have had
    #: it; none does any more.
    former: dict[str, list[str]] = field(default_factory=dict)

    def stranger(self, applied: Mapping[str, str]) -> str | None:
        """The first of the migrations that were applied (name → hash) that is none of ours."""
        ours = {file.name: {file.hash, *self.former.get(file.name, ())} for file in self.migrations}
        return next((name for name, value in applied.items() if value not in ours.get(name, ())), None)

    @property
    def schema_hash(self) -> str:
        return _hash(part for file in [*self.columns, *self.schema] for part in (file.name, file.text))


def folder_of(service: str) -> Path:
    """Where the files of a schema are: at a service of its name, or at what else has one."""
    return Path(str(resources.files(WITHOUT_SERVICE.get(service, f"kyoo.{service}"))))


def files_of(service: str) -> Files:
    folder = folder_of(service)
    taken_over = folder / "migrations" / "taken_over.json"
    former = folder / "migrations" / "former.json"
    return Files(
        [file for file in _read(folder / "migrations") if MIGRATION_FILE.fullmatch(file.name)],
        _read(folder / "schema" / "columns"),
        [file for file in _read(folder / "schema") if file.name != "tables.sql"],
        json.loads(taken_over.read_text()) if taken_over.exists() else [],
        json.loads(former.read_text()) if former.exists() else {},
    )


@dataclass(frozen=True)
class State:
    """What a database says of a schema: the hashes of its migrations by name, of its `schema/` files, and the release
    that applied those."""

    migrations: dict[str, str]
    schema_hash: str | None
    release: str

    def is_current(self, files: Files) -> bool:
        return (
            self.migrations.keys() == {file.name for file in files.migrations}
            and files.stranger(self.migrations) is None
            and self.schema_hash == files.schema_hash
        )

    @property
    def is_newer(self) -> bool:
        """Whether a later release has been here: replicas of two releases live side by side during an upgrade."""
        return _order(self.release) > _order(__version__)


def state_of(connection: psycopg.Connection, service: str) -> State | None:
    """None: no migration was applied yet."""
    found = connection.execute("select to_regclass(%s)", [f"{service}.migrations"]).fetchone()
    if found is None or found[0] is None:
        return None
    return read_state(connection.cursor(row_factory=dict_row).execute(state_query(service)).fetchall())


def state_query(service: str) -> sql.Composed:
    return sql.SQL("select name, hash, release from {}").format(sql.Identifier(service, "migrations"))


def read_state(rows: Iterable[dict[str, Any]]) -> State:
    """From the rows of `state_query`."""
    by_name = {row["name"]: row for row in rows}
    schema = by_name.pop(SCHEMA, {"hash": None, "release": "0"})
    return State({name: row["hash"] for name, row in by_name.items()}, schema["hash"], schema["release"])


def pending(conninfo: str, services: list[str]) -> list[str]:
    """The services whose schema is not what their files say."""
    with psycopg.connect(conninfo, autocommit=True) as connection:
        states = {service: state_of(connection, service) for service in services}
    return [
        service
        for service, state in states.items()
        if state is None or not (state.is_newer or state.is_current(files_of(service)))
    ]


def migrate(conninfo: str, service: str) -> None:
    """Bring the schema `service` to this release. A schema of a later release is left alone.
    Raises UnknownSchemaError, and psycopg.Error when Postgres refuses; nothing is kept then."""
    for pause in (*PAUSES, None):
        try:
            rewritten = _migrate(conninfo, service)
            break
        except psycopg.errors.LockNotAvailable:
            if pause is None:
                raise
            time.sleep(pause)
    with psycopg.connect(conninfo, autocommit=True) as plain:
        for table in rewritten:
            plain.execute(sql.SQL("vacuum (analyze) {}").format(sql.Identifier(*table.split("."))))


def _migrate(conninfo: str, service: str) -> list[str]:
    files = files_of(service)
    schema = sql.Identifier(service)
    with psycopg.connect(with_keepalives(conninfo)) as connection:
        connection.execute(TELL, configuration(connection))
        connection.execute("select pg_advisory_xact_lock(%s)", [LOCK])
        connection.execute(sql.SQL("set local lock_timeout = {}").format(LOCK_TIMEOUT))
        connection.execute(sql.SQL("set local statement_timeout = {}").format(STATEMENT_TIMEOUT))
        # Bodies are checked when they run: functions and tables may come in any order.
        connection.execute("set local check_function_bodies = off")
        connection.execute(sql.SQL("create schema if not exists {}").format(schema))
        state = state_of(connection, service) or _take_over(connection, service, files)
        if state.is_newer or state.is_current(files):
            return []
        waiting = _waiting(service, files, state)
        _drop(connection, service, {name for file in files.columns for name in FUNCTION.findall(file.text)})
        for file in files.columns:
            _execute(connection, file)
        for file in [file for file in waiting if not file.late]:
            _execute(connection, file)
        for file in files.schema:
            _execute(connection, file)
        for file in [file for file in waiting if file.late]:
            _execute(connection, file)
        applied = [(file.name, file.hash) for file in waiting] + [(SCHEMA, files.schema_hash)]
        connection.cursor().executemany(
            sql.SQL(
                "insert into {} (name, hash, release) values (%s, %s, %s) "
                "on conflict (name) do update set hash = excluded.hash, release = excluded.release, applied_at = now()"
            ).format(sql.Identifier(service, "migrations")),
            [(name, value, __version__) for name, value in applied],
        )
    return list(
        dict.fromkeys(table for file in waiting for match in VACUUM.finditer(file.text) for table in _tables(match))
    )


def _waiting(service: str, files: Files, state: State) -> list[File]:
    """The migrations that were not applied yet. Raises UnknownSchemaError when others were."""
    if (name := files.stranger(state.migrations)) is not None:
        is_named = any(file.name == name for file in files.migrations)
        what = "is not the one that is known here" if is_named else "is not known here"
        raise UnknownSchemaError(service, f"was made by a migration that {what} ({name})")
    return [file for file in files.migrations if file.name not in state.migrations]


def _take_over(connection: psycopg.Connection, service: str, files: Files) -> State:
    """The state of a schema without a table `migrations`, which is made: an empty schema, or one of before 0.1.0 whose
    tables are known. Raises UnknownSchemaError for any other."""
    done: list[File] = []
    old = connection.execute("select to_regclass(%s)", [f"{service}.alembic_version"]).fetchone()
    if old is not None and old[0] is not None:
        table = sql.Identifier(service, "alembic_version")
        row = connection.execute(sql.SQL("select version_num from {}").format(table)).fetchone()
        revision = row[0] if row is not None else "none"
        found = fingerprint(connection, service)
        through = next(
            (one["through"] for one in files.taken_over if one["revision"] == revision and one["tables"] == found), None
        )
        if through is None:
            raise UnknownSchemaError(
                service, f"was made by a state of before 0.1.0 that cannot be taken over (revision {revision})"
            )
        done = [file for file in files.migrations if file.name <= through]
        connection.execute(sql.SQL("drop table {}").format(table))
    connection.execute(
        sql.SQL(
            "create table {} (name text primary key, hash text not null, release text not null, "
            "applied_at timestamptz not null default now())"
        ).format(sql.Identifier(service, "migrations"))
    )
    connection.cursor().executemany(
        sql.SQL("insert into {} (name, hash, release) values (%s, %s, %s)").format(
            sql.Identifier(service, "migrations")
        ),
        [(file.name, file.hash, __version__) for file in done],
    )
    return State({file.name: file.hash for file in done}, None, "0")


FUNCTION = re.compile(r"^create or replace function \w+\.(\w+)", re.MULTILINE)

#: What the files of `schema/` made, as statements that drop it, in an order in which they can be run.
MADE = """
select format('drop trigger %%I on %%s', tgname, tgrelid::regclass) from pg_trigger
join pg_class on pg_class.oid = tgrelid where relnamespace = %(schema)s::regnamespace and not tgisinternal
union all
select format('drop policy %%I on %%s', polname, polrelid::regclass) from pg_policy
join pg_class on pg_class.oid = polrelid where relnamespace = %(schema)s::regnamespace
union all
select format('drop view %%s', oid::regclass) from pg_class
where relnamespace = %(schema)s::regnamespace and relkind = 'v'
union all
select format('drop function %%s', oid::regprocedure) from pg_proc
where pronamespace = %(schema)s::regnamespace and not proname = any (%(columns)s) and not exists (
    select from pg_depend where refclassid = 'pg_proc'::regclass and refobjid = pg_proc.oid
        and classid in ('pg_attrdef'::regclass, 'pg_class'::regclass, 'pg_constraint'::regclass)
)
"""


def _drop(connection: psycopg.Connection, service: str, columns: set[str]) -> None:
    statements = connection.execute(MADE, {"schema": service, "columns": sorted(columns)}).fetchall()
    # The functions in one statement: they may need each other.
    functions = [text.removeprefix("drop function ") for (text,) in statements if text.startswith("drop function ")]
    for (text,) in statements:
        if not text.startswith("drop function "):
            connection.execute(text)
    if functions:
        connection.execute(f"drop function {', '.join(functions)}".encode())


def _execute(connection: psycopg.Connection, file: File) -> None:
    # As bytes and without values: ":" and "%" keep their meaning.
    connection.execute(file.text.encode())


def _tables(match: re.Match[str]) -> list[str]:
    return match["tables"].split(", ")


def _read(folder: Path) -> list[File]:
    return [File(path.name, path.read_text()) for path in sorted(folder.glob("*.sql"))]


def _hash(parts: Iterable[str]) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _order(release: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", release))
