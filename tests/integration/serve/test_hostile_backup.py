"""A dump that somebody else has made runs nothing, and what is not ours does not stay."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from kyoo.core.database.migrations import pending
from kyoo.serve.backup.dumping import BackupError, bring_back, dump
from kyoo.serve.backup.limited import ROLE
from kyoo.serve.postgres.embedded import EmbeddedPostgres
from kyoo.serve.services import SCHEMAS


@pytest.fixture
def empty(postgres: EmbeddedPostgres) -> Iterator[str]:
    name = f"restored_{uuid.uuid4().hex}"
    with psycopg.connect(postgres.conninfo("postgres"), autocommit=True) as admin:
        admin.execute(f'create database "{name}" template template0')
        yield postgres.conninfo(name)
        assert admin.execute("select from pg_roles where rolname = %s", [ROLE]).fetchone() is None
        admin.execute(f'drop database "{name}" with (force)')


def test_what_runs_in_it_may_do_nothing(conninfo: str, empty: str, tmp_path: Path) -> None:
    with psycopg.connect(conninfo) as connection:
        connection.execute(
            """
            create function public.look(number integer) returns boolean language sql as 'select true';
            create domain public.number as integer check (public.look(value));
            create table auth.numbers (number public.number);
            insert into auth.numbers values (1);
            """
        )
        program = sql.Literal(f"copy (select 1) to program 'touch {tmp_path}/ran'")
        connection.execute(
            sql.SQL(
                "create or replace function public.look(number integer) returns boolean language plpgsql as $$ "
                "begin execute {}; return true; end $$"
            ).format(program)
        )
    dump(conninfo, tmp_path / "dump")
    with pytest.raises(BackupError, match="permission denied to COPY to or from an external program"):
        bring_back(empty, tmp_path / "dump", trusted=True)
    assert not (tmp_path / "ran").exists()
    with psycopg.connect(empty) as connection:
        assert connection.execute("select to_regnamespace('auth')").fetchone() == (None,), "nothing of it is kept"


def test_what_is_not_ours_is_refused(conninfo: str, empty: str, tmp_path: Path) -> None:
    """That waits for the server, which may do everything."""
    with psycopg.connect(conninfo) as connection:
        connection.execute(
            """
            create function public.evil() returns trigger language plpgsql as 'begin return new; end';
            create trigger evil before insert on auth.users for each row execute function public.evil();
            alter table auth.users alter column created_date set default now() - interval '1 day';
            alter table queue.release alter column version set default pg_read_file('/etc/hostname');
            create schema elsewhere;
            """
        )
        connection.execute(
            "create or replace function queue.procrastinate_notify_queue_job_inserted_v1() returns trigger "
            "language plpgsql as 'begin return new; end'"
        )
    dump(conninfo, tmp_path / "dump")
    with pytest.raises(BackupError) as refused:
        bring_back(empty, tmp_path / "dump")
    for name in (
        "the schema elsewhere",
        "the function evil()",
        "other tables in auth",
        "the function queue.procrastinate_notify_queue_job_inserted_v1()",
        "what queue.release calls (pg_read_file('/etc/hostname'::text))",
    ):
        assert name in refused.value.message


def test_ours_is_taken_in_and_is_ours_afterwards(conninfo: str, empty: str, tmp_path: Path) -> None:
    dump(conninfo, tmp_path / "dump")
    bring_back(empty, tmp_path / "dump")
    assert pending(empty, SCHEMAS) == SCHEMAS, "functions and rights are made anew by whoever starts next"
    with psycopg.connect(empty) as connection:
        owners = (
            "select distinct relowner::regrole::text from pg_class where relnamespace::regnamespace::text = any (%s)"
        )
        assert connection.execute(owners, [SCHEMAS]).fetchall() == [("kyoo",)]
