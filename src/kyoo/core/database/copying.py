"""All rows of the services in one file, and such a file into a new database: for a database that this release does not
know, for another machine, for another version of Postgres.

The file is a zip archive: `kyoo.json` says what made it and which columns each table has; `SCHEMA.TABLE` has its rows
as Postgres' COPY writes them. Columns are matched by name: what one side lacks is left out. Files on disk (pictures,
subtitles, previews) are not in it."""

from __future__ import annotations

import json
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, LiteralString, cast

import psycopg
from psycopg import sql

from kyoo import __version__
from kyoo.core.database.tables import names_of_tables
from kyoo.core.errors import KyooError

MANIFEST = "kyoo.json"
FORMAT = 1
#: Bytes that are read from an archive at once.
BLOCK = 256 * 1024
#: Bytes of a manifest: some hundred tables.
LONGEST_MANIFEST = 1024**2

#: The columns of a table that hold what is written: those that are computed have no say.
COLUMNS = """
select coalesce(array_agg(attname::text order by attnum), '{}')
from pg_attribute where attrelid = %s::regclass and attnum > 0 and not attisdropped and attgenerated = ''
"""

TYPES = "select attname::text, format_type(atttypid, atttypmod) from pg_attribute where attrelid = %s::regclass"

#: What counts up for the keys of a table.
COUNTERS = """
select attname::text from pg_attribute
where attrelid = %s::regclass and attnum > 0 and not attisdropped
    and pg_get_serial_sequence(%s, attname) is not null
"""


class CopyError(KyooError):
    """The file cannot be written or taken in; the message is one line. Nothing of it is kept."""


def export_rows(conninfo: str, schemas: list[str], path: Path) -> dict[str, int]:
    """Write every row of `schemas` as they are at one moment; how many each table has. The file is only there when it
    is whole. Raises CopyError, and psycopg.Error when Postgres goes away."""
    unfinished = path.with_name(f".{path.name}.unfinished")
    counts: dict[str, int] = {}
    columns: dict[str, list[str]] = {}
    try:
        with psycopg.connect(conninfo) as connection, zipfile.ZipFile(unfinished, "x", zipfile.ZIP_DEFLATED) as archive:
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            connection.read_only = True
            for schema in schemas:
                for name in names_of_tables(connection, schema):
                    table = f"{schema}.{name}"
                    columns[table] = _columns(connection, table)
                    query = sql.SQL("copy {} ({}) to stdout").format(
                        sql.Identifier(schema, name), sql.SQL(", ").join(map(sql.Identifier, columns[table]))
                    )
                    cursor = connection.cursor()
                    with archive.open(table, "w", force_zip64=True) as file, cursor.copy(query) as copy:
                        for block in copy:
                            file.write(block)
                    counts[table] = cursor.rowcount
            about = {
                "format": FORMAT,
                "release": __version__,
                "made": datetime.now(UTC).isoformat(),
                "columns": columns,
            }
            archive.writestr(MANIFEST, json.dumps(about))
        unfinished.chmod(0o600)
        unfinished.replace(path)
    except OSError as error:
        raise CopyError(f"{path} cannot be written: {error.strerror or error}") from error
    finally:
        unfinished.unlink(missing_ok=True)
    return counts


def import_rows(conninfo: str, schemas: list[str], path: Path) -> dict[str, int]:
    """Take the rows of a file into tables that are all empty; how many each table has now. Raises CopyError."""
    counts: dict[str, int] = {}
    with _opened(path) as archive, psycopg.connect(conninfo) as connection:
        about = _manifest(archive, path)
        for schema in schemas:
            for name in names_of_tables(connection, schema):
                table = f"{schema}.{name}"
                there = about["columns"].get(table)
                if there is None:
                    continue
                given = [column for column in there if column in _columns(connection, table)]
                if connection.execute(_query("select from {} limit 1", schema, name)).fetchone() is not None:
                    raise CopyError(f"The database is not new: {table} has rows. Give a new data directory")
                counts[table] = _fill(connection, archive, (schema, name), there, given)
    return counts


def check_file(path: Path) -> None:
    """Raises CopyError when `path` is no file of ours."""
    with _opened(path) as archive:
        _manifest(archive, path)


def _fill(
    connection: psycopg.Connection, archive: zipfile.ZipFile, table: tuple[str, str], there: list[str], given: list[str]
) -> int:
    """Copy the rows of one table; what is derived from them is in them, so no trigger runs."""
    name = ".".join(table)
    cursor = connection.cursor()
    try:
        connection.execute(_query("alter table {} disable trigger user", *table))
        # Columns of the file that the table lacks have nowhere to go but a table of texts.
        connection.execute(
            sql.SQL("create temporary table taken ({}) on commit drop").format(
                sql.SQL(", ").join(sql.SQL("{} text").format(sql.Identifier(column)) for column in there)
            )
        )
        with archive.open(name) as file, cursor.copy("copy taken from stdin") as copy:
            while block := file.read(BLOCK):
                copy.write(block)
        # Names of types as Postgres writes them.
        kinds = cast("dict[str, LiteralString]", dict(connection.execute(TYPES, [name]).fetchall()))
        cursor.execute(
            sql.SQL("insert into {} ({}) overriding system value select {} from taken").format(
                sql.Identifier(*table),
                sql.SQL(", ").join(map(sql.Identifier, given)),
                # By the types of today: as texts, every type reads what it once wrote.
                sql.SQL(", ").join(
                    sql.SQL("{}::{}").format(sql.Identifier(column), sql.SQL(kinds[column])) for column in given
                ),
            )
        )
        count = cursor.rowcount
        connection.execute("drop table taken")
        connection.execute(_query("alter table {} enable trigger user", *table))
        for (column,) in connection.execute(COUNTERS, [name, name]).fetchall():
            connection.execute(
                sql.SQL("select setval(pg_get_serial_sequence(%s, %s), max({})) from {} having count(*) > 0").format(
                    sql.Identifier(column), sql.Identifier(*table)
                ),
                [name, column],
            )
    except (KeyError, zipfile.BadZipFile, zlib.error, OSError, EOFError) as error:
        raise CopyError(f"The file is damaged in {name}") from error
    except (psycopg.DataError, psycopg.IntegrityError) as error:
        raise CopyError(f"The rows of {name} do not fit: {error.diag.message_primary}") from error
    return count


@contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except zipfile.BadZipFile as error:
        raise CopyError(f"{path} was not written by kyoo export") from error
    except OSError as error:
        raise CopyError(f"{path} cannot be read: {error.strerror or error}") from error


def _manifest(archive: zipfile.ZipFile, path: Path) -> dict[str, Any]:
    try:
        with archive.open(MANIFEST) as file:
            about = json.loads(file.read(LONGEST_MANIFEST))
        if about["format"] != FORMAT:
            raise CopyError(f"{path} was written by another release ({about['release']})")
        return {"columns": {str(table): [str(name) for name in names] for table, names in about["columns"].items()}}
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise CopyError(f"{path} was not written by kyoo export") from error


def _columns(connection: psycopg.Connection, table: str) -> list[str]:
    row = connection.execute(COLUMNS, [table]).fetchone()
    assert row is not None
    return [str(name) for name in row[0]]


def _query(text: LiteralString, schema: str, name: str) -> sql.Composed:
    return sql.SQL(text).format(sql.Identifier(schema, name))
