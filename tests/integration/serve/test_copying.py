"""`kyoo export` and `kyoo import`: what a database knows comes into a new one whole, or not at all."""

from __future__ import annotations

import gzip
import json
import uuid
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql
from psycopg.rows import dict_row
from tests.integration.core.test_migrations import BEFORE

from kyoo.core.database.copying import MANIFEST, CopyError
from kyoo.core.database.migrations import UnknownSchemaError, migrate
from kyoo.core.database.tables import names_of_tables
from kyoo.serve.commands.copying import export, take_in
from kyoo.serve.postgres.embedded import EmbeddedPostgres
from kyoo.serve.services import NAMES

#: Written anew for the words of this release.
DERIVED = {"api.search_names", "api.search_words", "api.search_file_words", "api.search_entries", "api.images"}


@pytest.fixture
def empty(postgres: EmbeddedPostgres) -> Iterator[str]:
    name = f"copied_{uuid.uuid4().hex}"
    with psycopg.connect(postgres.conninfo("postgres"), autocommit=True) as admin:
        admin.execute(f'create database "{name}" template template0')
        yield postgres.conninfo(name)
        admin.execute(f'drop database "{name}" with (force)')


@pytest.fixture
def filled(conninfo: str, postgres: EmbeddedPostgres) -> Iterator[str]:
    """A database of before 0.1.0 that nobody knows: somebody added a column."""
    name = f"odd_{uuid.uuid4().hex}"
    with psycopg.connect(postgres.conninfo("postgres"), autocommit=True) as admin:
        admin.execute(f'create database "{name}" template template0')
        with psycopg.connect(postgres.conninfo(name)) as connection:
            connection.execute(gzip.decompress(BEFORE.read_bytes()))
            connection.execute("alter table api.shows add column mine text default E'a\\tb\\\\N'")
            connection.execute("update api.show_translations set description = E'tab\\t line\\n \\\\N \\\\. end 雪'")
        yield postgres.conninfo(name)
        admin.execute(f'drop database "{name}" with (force)')


def rows(conninfo: str) -> dict[str, list[dict[str, Any]]]:
    with psycopg.connect(conninfo, row_factory=dict_row) as connection:
        return {
            f"{schema}.{name}": connection.execute(
                sql.SQL("select * from {} stored order by stored::text").format(sql.Identifier(schema, name))
            ).fetchall()
            for schema in NAMES
            for name in names_of_tables(connection, schema)  # type: ignore[arg-type]
        }


async def moved(source: str, target: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = tmp_path / "all.kyoo"
    monkeypatch.setenv("POSTGRES_URL", source)
    await export(tmp_path, file)
    monkeypatch.setenv("POSTGRES_URL", target)
    await take_in(tmp_path, file)
    return file


async def test_a_database_that_is_not_known_comes_into_a_new_one(
    filled: str, empty: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(UnknownSchemaError):
        migrate(filled, "api")
    file = await moved(filled, empty, tmp_path, monkeypatch)
    assert "2 users, 2 shows, 5 files, 1 plays" in capsys.readouterr().out
    assert file.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["all.kyoo"]
    before, after = rows(filled), rows(empty)
    for table, there in before.items():
        if table in DERIVED:
            continue
        common = set(there[0]) & set(after[table][0]) - {"wire"} if there else set()
        assert [{key: row[key] for key in common} for row in there] == [
            {key: row[key] for key in common} for row in after[table]
        ], table
    with psycopg.connect(empty) as connection:
        assert connection.execute("select count(*) from api.search('lanterns', '{show}')").fetchone() == (1,)
        # New rows get keys of their own.
        connection.execute("insert into api.profiles (id) values (gen_random_uuid())")
        # Triggers work again.
        connection.execute("update api.show_translations set name = 'Paper Boats' where name = 'Lanterns'")
        assert connection.execute("select count(*) from api.search('paper boats', '{show}')").fetchone() == (1,)


@pytest.mark.exhaustive
async def test_once_more_is_the_same(
    filled: str, empty: str, conninfo: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Out of a database of today and into one, nothing is lost at all."""
    await moved(filled, empty, tmp_path, monkeypatch)
    await moved(empty, conninfo, tmp_path, monkeypatch)
    before, after = rows(empty), rows(conninfo)
    assert {table: there for table, there in before.items() if table not in DERIVED} == {
        table: there for table, there in after.items() if table not in DERIVED
    }


@pytest.mark.exhaustive
async def test_only_into_a_new_database(
    filled: str, empty: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = await moved(filled, empty, tmp_path, monkeypatch)
    before = rows(empty)
    with pytest.raises(CopyError, match="is not new"):
        await take_in(tmp_path, file)
    assert rows(empty) == before


def damaged(file: Path, change: str) -> None:
    with zipfile.ZipFile(file) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    if change == "row":
        parts["api.shows"] = parts["api.shows"].replace(b"movie", b"opera")
    elif change == "columns":
        parts["api.shows"] = parts["api.shows"].replace(b"\t", b" ", 3)
    elif change == "format":
        parts[MANIFEST] = json.dumps({"format": 99, "release": "9.0.0"}).encode()
    elif change == "manifest":
        parts[MANIFEST] = b'{"format": 1, "columns": [1]}'
    else:
        del parts[MANIFEST if change == "no manifest" else "auth.users"]
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


async def test_of_a_damaged_file_nothing_is_taken(
    filled: str, conninfo: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "all.kyoo"
    monkeypatch.setenv("POSTGRES_URL", filled)
    await export(tmp_path, file)
    whole = file.read_bytes()
    monkeypatch.setenv("POSTGRES_URL", conninfo)
    before = rows(conninfo)
    for change in ("row", "columns", "format", "manifest", "no manifest", "no table", "cut", "text"):
        file.write_bytes(whole)
        if change == "text":
            file.write_text("hello")
        elif change == "cut":
            file.write_bytes(whole[:-500])
        else:
            damaged(file, change)
        with pytest.raises(CopyError) as caught:
            await take_in(tmp_path, file)
        assert "\n" not in caught.value.message, change
        assert rows(conninfo) == before, change


async def test_a_file_that_cannot_be_written(filled: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POSTGRES_URL", filled)
    with pytest.raises(CopyError, match="No such file or directory"):
        await export(tmp_path, tmp_path / "nowhere" / "all.kyoo")
