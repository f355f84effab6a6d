"""Schemas come to what their files say: fresh ones, those of earlier states, and those that nobody knows."""

from __future__ import annotations

import asyncio
import gzip
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg.rows import dict_row
from tests.tables import file_of, tables_of

from kyoo.core.database import migrations
from kyoo.core.database.migrations import SCHEMA, File, Files, UnknownSchemaError, files_of, migrate, pending
from kyoo.core.database.tables import describe, fingerprint
from kyoo.serve.postgres.embedded import EmbeddedPostgres
from kyoo.serve.services import NAMES, SCHEMAS

BEFORE = Path(__file__).parents[2] / "data" / "before_0_1_0.sql.gz"
#: The last of those states, which has had some of the steps.
NEWEST = BEFORE.with_name("before_0_1_0_newest.sql.gz")

#: Tables of `api` that a limited reader may ask without a policy, and why that tells nothing of a hidden show.
WITHOUT_POLICY = {
    "profiles": "of the reader: every query names the profile",
    "history": "of the reader",
    "watchlist": "of the reader",
    "watched": "of the reader, or of all for administrators, who have no limits",
    "encoded": "of the reader, or of all: seconds",
    "hidden": "of the reader",
    "devices": "of the reader",
    "open_sockets": "counts, which nobody is shown",
    "rooms": "asked for those who are in them, whoever may see the video",
    "room_members": "of a room",
    "room_messages": "of a room",
    "editions": "names of cuts, asked by the renderings of files that are seen",
    "trackers": "of the reader: tokens are encrypted",
    "tracker_outbox": "of the reader: what they said themselves",
    "similar_runs": "one row of counts",
    "search_words": "words without what they belong to",
    "search_entries": "asked by the keys of entries that are seen",
    "library_writes": "numbers of transactions",
    "migrations": "names of our files",
    "search_dictionary": "words without what they belong to",
    "show_languages": "keys of shows and languages",
}


@pytest.fixture
def empty(postgres: EmbeddedPostgres) -> Iterator[str]:
    name = f"empty_{uuid.uuid4().hex}"
    with psycopg.connect(postgres.conninfo("postgres"), autocommit=True) as admin:
        admin.execute(f'create database "{name}" template template0')
        yield postgres.conninfo(name)
        admin.execute(f'drop database "{name}" with (force)')


def made(conninfo: str) -> dict[str, list[str]]:
    """All that is in the schemas of the services: tables, functions, triggers, policies, views."""
    with psycopg.connect(conninfo) as connection:
        tables = [line.strip().rstrip(",") for service in NAMES for line in describe(connection, service).splitlines()]
        connection.execute("set search_path to pg_catalog")
        queries = {
            "functions": "select pg_get_functiondef(oid) from pg_proc where pronamespace = any (%s::regnamespace[])",
            "triggers": """
                select pg_get_triggerdef(pg_trigger.oid) from pg_trigger join pg_class on pg_class.oid = tgrelid
                where relnamespace::regnamespace::text = any (%s) and not tgisinternal
            """,
            "policies": "select concat_ws(' ', tablename, cmd, qual) from pg_policies where schemaname = any (%s)",
            "views": "select concat_ws(' ', viewname, definition) from pg_views where schemaname = any (%s)",
        }
        found = {
            name: sorted(row[0] for row in connection.execute(query.encode(), [NAMES]))
            for name, query in queries.items()
        }
    return {"tables": sorted(tables), **found}


@pytest.mark.parametrize("service", SCHEMAS)
def test_tables_sql_shows_what_the_migrations_come_to(conninfo: str, service: str) -> None:
    assert tables_of(conninfo, service) == file_of(service).read_text(), "make tables"


def test_numbers_of_migrations_are_in_order() -> None:
    for service in SCHEMAS:
        numbers = [file.name[:4] for file in files_of(service).migrations]
        assert numbers == [f"{number:04}" for number in range(1, len(numbers) + 1)]
        # Nothing else lies there that nothing would apply.
        folder = file_of(service).parents[1] / "migrations"
        assert {path.name for path in folder.glob("*.sql")} == {file.name for file in files_of(service).migrations}


def test_a_second_time_does_nothing(conninfo: str) -> None:
    with psycopg.connect(conninfo) as connection:
        before = connection.execute("select max(applied_at) from api.migrations").fetchone()
    assert pending(conninfo, SCHEMAS) == []
    migrate(conninfo, "api")
    with psycopg.connect(conninfo) as connection:
        assert connection.execute("select max(applied_at) from api.migrations").fetchone() == before


async def test_several_at_once(empty: str) -> None:
    await asyncio.gather(*(asyncio.to_thread(migrate, empty, service) for service in SCHEMAS for _ in range(3)))
    assert pending(empty, SCHEMAS) == []


@pytest.mark.parametrize("state", [BEFORE, NEWEST], ids=lambda state: state.name)
def test_a_database_of_before_0_1_0_is_taken_over_with_its_data(empty: str, conninfo: str, state: Path) -> None:
    with psycopg.connect(empty) as connection:
        connection.execute(gzip.decompress(state.read_bytes()))
    assert pending(empty, SCHEMAS) == SCHEMAS
    for service in SCHEMAS:
        migrate(empty, service)
    assert pending(empty, SCHEMAS) == []
    assert made(empty) == made(conninfo)
    with psycopg.connect(empty, row_factory=dict_row) as connection:
        (user,) = connection.execute("select password, claims from auth.users where username = 'ada'").fetchall()
        assert user["password"].startswith("$argon2id$")
        shows = connection.execute(
            "select slug, wire::text, libraries from api.shows join api.show_translations text on show_pk = pk "
            "where text.language = 'en' order by slug".replace("wire", "shows.wire")
        ).fetchall()
        assert [show["slug"] for show in shows] == ["lanterns", "the-quiet-harbour-2021"]
        assert all(f'"slug":"{show["slug"]}"' in show["wire"] and show["libraries"] for show in shows)
        (listed,) = connection.execute("select status::text, score, seen_count from api.watchlist").fetchall()
        assert listed == {"status": "watching", "score": 80, "seen_count": 1}
        assert len(connection.execute("select from api.history").fetchall()) == 1
        found = connection.execute("select subject from api.search('quiet harbor', '{show}')").fetchall()
        assert found == [{"subject": "show"}]


@pytest.mark.parametrize(
    "change",
    [
        "alter table api.shows add column mine text",
        "drop index api.shows_genres_idx",
        "update api.alembic_version set version_num = '0020'",
    ],
)
def test_a_database_of_before_0_1_0_that_is_not_known_is_refused(empty: str, change: str) -> None:
    with psycopg.connect(empty) as connection:
        connection.execute(gzip.decompress(BEFORE.read_bytes()))
        connection.execute(change.encode())
    before = made(empty)
    with pytest.raises(UnknownSchemaError, match="kyoo export") as caught:
        migrate(empty, "api")
    assert "\n" not in caught.value.message
    assert made(empty) == before


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("update api.migrations set hash = 'other' where name = '0002_pre_videos.sql'", "0002_pre_videos.sql"),
        ("insert into api.migrations values ('0900_pre_branch.sql', 'x', '0.1.0')", "0900_pre_branch.sql"),
    ],
)
def test_a_schema_of_other_files_is_refused(conninfo: str, change: str, said: str) -> None:
    with psycopg.connect(conninfo) as connection:
        connection.execute(change.encode())
    assert pending(conninfo, SCHEMAS) == ["api"]
    with pytest.raises(UnknownSchemaError, match=said):
        migrate(conninfo, "api")


def test_a_former_text_of_a_migration_is_as_good(conninfo: str) -> None:
    name = "0008_pre_cheaper_writes.sql"
    for former in files_of("api").former[name]:
        with psycopg.connect(conninfo) as connection:
            connection.execute("update api.migrations set hash = %s where name = %s", [former, name])
        assert pending(conninfo, ["api"]) == []
        with psycopg.connect(conninfo) as connection:
            connection.execute("update api.migrations set hash = 'another' where name = %s", [SCHEMA])
        migrate(conninfo, "api")
        assert pending(conninfo, ["api"]) == []


def test_a_schema_of_a_later_release_is_left_alone(conninfo: str) -> None:
    with psycopg.connect(conninfo) as connection:
        connection.execute("insert into api.migrations values ('0900_pre_later.sql', 'x', '9.0.0')")
        connection.execute("update api.migrations set hash = 'x', release = '9.0.0' where name = 'schema'")
    assert pending(conninfo, SCHEMAS) == []
    before = made(conninfo)
    migrate(conninfo, "api")
    assert made(conninfo) == before


@pytest.fixture
def files(monkeypatch: pytest.MonkeyPatch) -> Files:
    """Files of an invented service `small`, which tests change."""
    invented = Files(
        [File("0001_pre_things.sql", "create table small.things (pk int primary key, twice int);")],
        [],
        [
            File(
                "doubles.sql",
                "create or replace function small.doubled(n int) returns int language sql as 'select 2 * n';",
            )
        ],
        [],
    )
    monkeypatch.setattr(migrations, "files_of", lambda _: invented)
    return invented


def functions(conninfo: str) -> set[str]:
    with psycopg.connect(conninfo) as connection:
        rows = connection.execute("select proname from pg_proc where pronamespace = 'small'::regnamespace")
        return {row[0] for row in rows}


def test_functions_are_what_the_files_say_today(empty: str, files: Files) -> None:
    migrate(empty, "small")
    assert functions(empty) == {"doubled"}
    files.schema[0] = File(
        "doubles.sql",
        "create or replace function small.tripled(n int) returns int language sql as 'select 3 * n';"
        "create function small.triple() returns trigger language plpgsql as "
        "$$ begin new.twice := small.tripled(new.pk); return new; end $$;"
        "create trigger triple before insert on small.things for each row execute function small.triple();",
    )
    # A migration that needs the new functions comes after them.
    files.migrations.append(File("0002_post_fill.sql", "insert into small.things values (7, null);"))
    assert pending(empty, ["small"]) == ["small"]
    migrate(empty, "small")
    assert functions(empty) == {"tripled", "triple"}
    with psycopg.connect(empty) as connection:
        assert connection.execute("select pk, twice from small.things").fetchall() == [(7, 21)]
    files.schema.clear()
    migrate(empty, "small")
    assert functions(empty) == set()


def test_a_function_that_a_column_is_computed_with_stays(empty: str, files: Files) -> None:
    files.columns.append(
        File(
            "columns/words.sql",
            "create or replace function small.loud(t int) returns int language sql immutable as 'select t + 1';",
        )
    )
    files.migrations.append(
        File("0002_pre_loud.sql", "alter table small.things add loud int generated always as (small.loud(pk)) stored;")
    )
    migrate(empty, "small")
    files.schema.clear()
    migrate(empty, "small")
    assert functions(empty) == {"loud"}


def test_what_fails_leaves_nothing(empty: str, files: Files) -> None:
    migrate(empty, "small")
    files.schema.clear()
    files.migrations.append(File("0002_pre_more.sql", "create table small.more (pk int); select 1 / 0;"))
    with pytest.raises(psycopg.errors.DivisionByZero):
        migrate(empty, "small")
    assert functions(empty) == {"doubled"}
    with psycopg.connect(empty) as connection:
        assert "small.more" not in describe(connection, "small")


def test_a_table_in_use_is_waited_for_in_pieces(empty: str, files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those who come after a migration that waits for a lock wait behind it: it lets them pass now and then."""
    monkeypatch.setattr(migrations, "LOCK_TIMEOUT", "100ms")
    monkeypatch.setattr(migrations, "PAUSES", (0.05, 0.05))
    migrate(empty, "small")
    files.migrations.append(File("0002_pre_more.sql", "alter table small.things add column more int;"))
    with psycopg.connect(empty) as reader:
        reader.execute("select from small.things")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            migrate(empty, "small")
    migrate(empty, "small")
    with psycopg.connect(empty) as connection:
        assert "more integer" in describe(connection, "small")


def test_the_order_of_columns_and_comments_are_no_other_state(empty: str) -> None:
    with psycopg.connect(empty) as connection:
        connection.execute("create schema one; create table one.things (a int primary key, b text)")
        first = fingerprint(connection, "one")
        connection.execute("drop table one.things; create table one.things (b text, a int primary key)")
        connection.execute("comment on column one.things.a is 'it''s a key'")
        assert "-- it's a key" in describe(connection, "one")
        assert fingerprint(connection, "one") == first
        connection.execute("alter table one.things alter column b set default ''")
        assert fingerprint(connection, "one") != first


def test_every_table_of_the_catalogue_has_a_policy_or_a_reason(conninfo: str) -> None:
    """A table that a limited reader may read, and that no policy limits, shows what is hidden from them."""
    with psycopg.connect(conninfo, row_factory=dict_row) as connection:
        tables = connection.execute(
            """
            select relname as name, relrowsecurity as limited,
                has_table_privilege('kyoo_limited', oid, 'select') as readable
            from pg_class where relnamespace = 'api'::regnamespace and relkind in ('r', 'v')
            """
        ).fetchall()
    open_ = {table["name"] for table in tables if table["readable"] and not table["limited"]}
    assert open_ == WITHOUT_POLICY.keys()
