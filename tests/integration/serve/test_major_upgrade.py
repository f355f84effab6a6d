"""A data directory of an older Postgres: everything of it is there in ours, and the old one is kept."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest
from tests import older_postgres
from tests.conftest import prepare
from tests.integration.serve.test_backup import rows

from kyoo.serve.commands.upgrade_check import check
from kyoo.serve.data_directory import DataDirectoryError
from kyoo.serve.postgres import major_upgrade
from kyoo.serve.postgres.embedded import EmbeddedPostgres, embedded_postgres_server, our_major
from kyoo.serve.postgres.major_upgrade import keep_programs, kept_programs, programs_of, runnable, upgrade

OLD = older_postgres.find()


async def old_cluster(data_dir: Path, programs: Path) -> dict[str, object]:
    """A server of today on an old Postgres; its rows."""
    server = EmbeddedPostgres(data_dir / "postgres", programs=programs)
    await server.start()
    try:
        prepare(server.conninfo())
        with psycopg.connect(server.conninfo()) as connection:
            connection.execute("insert into api.libraries (slug, name, path) values ('films', 'Films', '/films')")
        return rows(server.conninfo())
    finally:
        await server.stop()


@pytest.mark.skipif(not OLD, reason="no older Postgres: python -m tests.older_postgres")
async def test_an_older_postgres(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert OLD is not None
    major, programs = OLD
    monkeypatch.setenv("KYOO_POSTGRES_PROGRAMS", str(programs))
    data_dir = tmp_path / "data"
    before = await old_cluster(data_dir, programs)
    with pytest.raises(DataDirectoryError, match="kyoo upgrade --check says what to do"):
        async with embedded_postgres_server(data_dir / "postgres"):
            pass
    await check(data_dir)
    assert f"will be upgraded from Postgres {major} ({programs})" in capsys.readouterr().out
    said: list[str] = []
    # What an attempt that was cut off has left.
    (data_dir / "postgres.new").mkdir()
    (data_dir / "postgres.new" / "half").touch()
    await upgrade(data_dir, said.append)
    assert len(said) == 2
    assert (data_dir / f"postgres.{major}" / "PG_VERSION").exists()
    # It was cut off between the last two steps.
    (data_dir / "postgres").rename(data_dir / "postgres.new")
    await upgrade(data_dir, said.append)
    assert len(said) == 2
    async with embedded_postgres_server(data_dir / "postgres") as server:
        prepare(server.conninfo())
        assert rows(server.conninfo()) == before


async def test_an_older_postgres_without_its_programs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(major_upgrade, "OF_SYSTEMS", ())
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / "PG_VERSION").write_text("12\n")
    with pytest.raises(DataDirectoryError, match=r"Install Postgres 12 .*KYOO_POSTGRES_PROGRAMS"):
        await upgrade(tmp_path, lambda _: None)
    assert not await check(tmp_path)
    assert "→ The database in" in capsys.readouterr().out
    (tmp_path / "postgres" / "PG_VERSION").write_text("99\n")
    with pytest.raises(DataDirectoryError, match="was made by Postgres 99"):
        await upgrade(tmp_path, lambda _: None)


async def test_our_programs_are_kept_and_run_from_there(tmp_path: Path) -> None:
    assert keep_programs(tmp_path)
    assert not keep_programs(tmp_path), "once"
    kept = kept_programs(tmp_path, our_major())
    assert programs_of(tmp_path, our_major()) == kept
    async with embedded_postgres_server(tmp_path / "postgres"):
        pass
    with runnable(kept, tmp_path) as programs:
        server = EmbeddedPostgres(tmp_path / "postgres", programs=programs)
        await server.start()
        try:
            with psycopg.connect(server.conninfo()) as connection:
                connection.execute("create extension pg_trgm")
        finally:
            await server.stop()


async def test_what_the_first_start_will_do(
    conninfo: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("POSTGRES_URL", conninfo)
    await check(tmp_path)
    assert "the schema api stays as it is" in capsys.readouterr().out
    with psycopg.connect(conninfo) as connection:
        row = connection.execute(
            "delete from api.migrations where name = (select max(name) from api.migrations where name <> 'schema') "
            "returning name"
        ).fetchone()
        connection.execute("update auth.migrations set hash = 'other' where name like '0001%'")
    assert row is not None
    assert not await check(tmp_path)
    said = capsys.readouterr().out
    assert f"the schema api will be migrated: {row[0]}" in said
    assert "the schema auth was made by files that are not known here" in said
