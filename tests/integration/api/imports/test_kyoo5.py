"""`kyoo import --from-kyoo`: accounts with their passwords, history and lists of a Kyoo 5 come over, again and again,
and nothing that is newer here is lost. The database is made up, by the described shape of its tables."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from argon2 import PasswordHasher
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb
from tests.integration.api.seeds import episode_seed, movie_seed, serie_seed, video_seed
from tests.integration.api.trackers.test_tracker_orders import ids
from tests.integration.api.trackers.tracked import tracked

from kyoo.auth.factors.passwords import Passwords
from kyoo.core.http.service import Runtime
from kyoo.serve.commands.moving import SourceError, take_from_kyoo
from kyoo.serve.postgres.embedded import EmbeddedPostgres

ADA, BOB, EVE = (uuid.UUID(int=number) for number in (1, 2, 3))
TABLES = """
create schema keibi;
create schema kyoo;
create type kyoo.show_kind as enum ('serie', 'movie', 'collection');
create type kyoo.entry_type as enum ('episode', 'movie', 'special', 'extra');
create type kyoo.watchlist_status as enum ('watching', 'rewatching', 'completed', 'dropped', 'planned');
create table keibi.users (pk serial, id uuid, username varchar(256), email varchar(320), password text, claims jsonb,
    created_date timestamptz default '2025-01-01', last_seen timestamptz default '2025-01-01');
create table kyoo.profiles (pk serial primary key, id uuid);
create table kyoo.shows (pk serial primary key, slug varchar(255), kind kyoo.show_kind, start_air date,
    external_id jsonb);
create table kyoo.show_translations (pk integer, language varchar(255), name text);
create table kyoo.entries (pk serial primary key, slug varchar(255), show_pk integer, kind kyoo.entry_type,
    season_number integer, episode_number integer);
create table kyoo.videos (pk serial primary key, path text);
create table kyoo.entry_video_join (entry_pk integer, video_pk integer);
create table kyoo.history (pk serial, profile_pk integer, entry_pk integer, video_pk integer, percent integer,
    time integer, played_date timestamptz, external boolean);
create table kyoo.watchlist (profile_pk integer, show_pk integer, status kyoo.watchlist_status, score integer,
    started_at timestamptz, completed_at timestamptz, updated_at timestamptz);
"""


@pytest.fixture
def other(postgres: EmbeddedPostgres) -> Iterator[str]:
    """A film by ids, a film by its slug, a serie by its file and its numbers."""
    name = f"kyoo5_{uuid.uuid4().hex}"
    with psycopg.connect(postgres.conninfo("postgres"), autocommit=True) as admin:
        admin.execute(f'create database "{name}" template template0')
        with psycopg.connect(postgres.conninfo(name)) as connection:
            connection.execute(TABLES)
            hashed = PasswordHasher(memory_cost=1024).hash("hunter2hunter2")
            claims = {"permissions": ["core.read", "core.play", "nonsense"], "verified": True, "settings": {"a": 1}}
            for user, username, password in ((ADA, "ada", hashed), (BOB, "bob", "$2y$10$x"), (EVE, "a@b", None)):
                connection.execute(
                    "insert into keibi.users (id, username, email, password, claims) values (%s, %s, %s, %s, %s)",
                    [user, username, f"{username}@x.example", password, Jsonb(claims)],
                )
            connection.execute("insert into kyoo.profiles (id) values (%s)", [ADA])
            for pk, slug, kind, external in (
                (1, "a-film", "movie", ids(themoviedatabase=101)),
                (2, "film-2", "movie", {}),
                (3, "the-wire", "serie", ids(tvdb=79126)),
                (4, "gone", "movie", ids(themoviedatabase=999)),
            ):
                connection.execute(
                    "insert into kyoo.shows (pk, slug, kind, start_air, external_id) values (%s, %s, %s, now(), %s)",
                    [pk, slug, kind, Jsonb(external)],
                )
            for pk, slug, show, kind, season, number in (
                (1, "a-film", 1, "movie", None, None),
                (2, "film-2", 2, "movie", None, None),
                (3, "the-wire-s1e1", 3, "episode", 1, 1),
                (4, "the-wire-s7e9", 3, "episode", 7, 9),
                (5, "gone", 4, "movie", None, None),
            ):
                connection.execute(
                    "insert into kyoo.entries (pk, slug, show_pk, kind, season_number, episode_number)"
                    " values (%s, %s, %s, %s, %s, %s)",
                    [pk, slug, show, kind, season, number],
                )
            connection.execute("insert into kyoo.videos (pk, path) values (1, '/old/Wire/The Wire 2.mkv')")
            for entry, video, percent, date, marked in (
                (1, None, 100, "2025-02-01", False),
                (2, None, 40, "2025-02-02", False),
                (3, None, 100, "2025-02-03", True),
                (4, 1, 100, "2025-02-04", False),
                (5, None, 100, "2025-02-05", False),
            ):
                connection.execute(
                    "insert into kyoo.history (profile_pk, entry_pk, video_pk, percent, time, played_date, external)"
                    " values (1, %s, %s, %s, 60, %s, %s)",
                    [entry, video, percent, date, marked],
                )
            connection.execute(
                "insert into kyoo.watchlist values (1, 3, 'dropped', 70, '2025-02-03', null, '2025-02-05'),"
                " (1, 1, 'completed', 85, '2025-02-01', '2025-02-01', '2025-02-05')"
            )
        yield postgres.conninfo(name)
        admin.execute(f'drop database "{name}" with (force)')


def all_of(conninfo: str, query: str) -> list[dict[str, Any]]:
    with psycopg.connect(conninfo, row_factory=dict_row) as connection:
        return connection.execute(query).fetchall()


PLAYS = """
    select entry.slug, percent, time, external, to_char(played_date, 'MM-DD') as day
    from api.history play join api.entries entry on entry.pk = play.entry_pk
    join api.profiles profile on profile.pk = play.profile_pk where profile.id = '{}' order by played_date
"""


async def test_everything_of_a_kyoo_comes_over(
    runtime: Runtime, other: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    conninfo = runtime.database.conninfo
    monkeypatch.setenv("POSTGRES_URL", conninfo)
    async with tracked(runtime, tmp_path) as kyoo:
        for slug, external in (("film-1", ids(themoviedatabase=101)), ("film-2", {})):
            await kyoo.api.post("/movies", json=movie_seed(slug, externalId=external))
        entries = [episode_seed(1, number, order=number) for number in (1, 2)]
        await kyoo.api.post("/series", json=serie_seed("wire", externalId=ids(tvdb=79126), entries=entries))
        video = video_seed("/new/Wire/The Wire 2.mkv", **{"for": [{"slug": "wire-s1e2"}]})
        answer = await kyoo.api.post("/videos", json=[video])
        assert answer.status_code == 201, answer.text
        await take_from_kyoo(tmp_path, [other])
        said = capsys.readouterr().out
        assert "ada: taken over, 4 titles: 7 new, 0 changed, 0 the same, 1 not in this library" in said
        assert "bob: taken over (its password cannot be read: set a new one), has watched nothing" in said
        assert "a@b: left out, a username cannot contain @" in said
        users = {row["username"]: row for row in all_of(conninfo, "select * from auth.users")}
        assert users["ada"]["id"] == ADA
        assert users["ada"]["claims"] == {
            "permissions": ["core.read", "core.play"],
            "verified": True,
            "settings": {"a": 1},
        }
        passwords = Passwords(1)
        assert await passwords.verify("hunter2hunter2", users["ada"]["password"])
        assert users["bob"]["password"] is None
        plays = all_of(conninfo, PLAYS.format(ADA))
        assert [tuple(row.values()) for row in plays] == [
            ("film-1", 100, 0, False, "02-01"),
            ("film-2", 40, 60, False, "02-02"),
            ("wire-s1e1", 100, 0, True, "02-03"),
            ("wire-s1e2", 100, 0, False, "02-04"),
        ]
        lists = "select show.slug, list.status, score from api.watchlist list join api.shows show on show.pk = show_pk"
        assert {(row["slug"], row["status"], row["score"]) for row in all_of(conninfo, lists)} == {
            ("film-1", "completed", 85),
            ("film-2", "watching", None),
            ("wire", "dropped", 70),
        }
        # Again: nothing is doubled, and what is newer here stays.
        with psycopg.connect(conninfo) as connection:
            connection.execute("update auth.users set username = 'ada2', claims = '{}' where id = %s", [ADA])
            connection.execute("update api.watchlist set score = 10, updated_at = now()")
        await take_from_kyoo(tmp_path, [other, other])
        assert "ada: was here already, 4 titles: 0 new, 0 changed, 3 the same, 1 not" in capsys.readouterr().out
        assert all_of(conninfo, PLAYS.format(ADA)) == plays
        assert {row["score"] for row in all_of(conninfo, lists)} == {10}
        assert all_of(conninfo, "select claims from auth.users where username = 'ada2'") == [{"claims": {}}]
        # What the library lacked is taken when it has come.
        await kyoo.api.post("/movies", json=movie_seed("gone", externalId=ids(themoviedatabase=999)))
        await take_from_kyoo(tmp_path, [other])
        assert "ada: was here already, 4 titles: 1 new" in capsys.readouterr().out


async def test_nobody_gets_what_is_anothers_by_taking_a_name(
    runtime: Runtime, other: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    conninfo = runtime.database.conninfo
    monkeypatch.setenv("POSTGRES_URL", conninfo)
    with psycopg.connect(conninfo) as connection:
        connection.execute(
            "insert into auth.users (username, email) values ('ada', 'thief@x.example'), ('bob', 'BOB@x.example')"
        )
    await take_from_kyoo(tmp_path, [other])
    said = capsys.readouterr().out
    assert "ada: left out, another account here has this name" in said
    assert "bob: goes to the account of this name and e-mail" in said
    assert all_of(conninfo, PLAYS.format(ADA)) == []


async def test_a_database_that_is_none_of_kyoo_is_told(
    runtime: Runtime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POSTGRES_URL", runtime.database.conninfo)
    with pytest.raises(SourceError, match="There is no table keibi"):
        await take_from_kyoo(tmp_path, [runtime.database.conninfo])
    with pytest.raises(SourceError, match="cannot be reached") as caught:
        await take_from_kyoo(tmp_path, ["postgres://a:secret-word@127.0.0.1:1/x"])
    assert "secret-word" not in caught.value.message
