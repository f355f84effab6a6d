"""Imports of files: what they say, what that changes, and that nothing of a broken one is kept."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2
import pytest
from tests.integration.api.seeds import (
    GUEST,
    OTHER_USER,
    bearer,
    episode_seed,
    movie_seed,
    serie_seed,
    special_seed,
    texts,
)
from tests.integration.api.trackers.test_tracker_orders import ids, play, record, say
from tests.integration.api.trackers.tracked import Tracked, tracked

from kyoo.api.imports import uploads
from kyoo.api.imports.archives import UnreadableArchiveError
from kyoo.core.http.service import Runtime

MINE = "/profiles/me/imports"
MIB = 1024**2


@pytest.fixture
async def kyoo(runtime: Runtime, tmp_path: Path) -> AsyncIterator[Tracked]:
    async with tracked(runtime, tmp_path) as running:
        for number, name, year in ((1, "The Ring", 2002), (2, "Amélie", 2001), (3, "Heat", 1995)):
            translations = {"en": texts(name)}
            seed = movie_seed(
                f"film-{number}",
                externalId=ids(themoviedatabase=100 + number),
                airDate=f"{year}-06-01",
                translations=translations,
            )
            assert (await running.api.post("/movies", json=seed)).status_code == 201
        entries = [episode_seed(1, number, order=number) for number in (1, 2, 3)]
        entries.append(special_seed(1, 2.5, externalId=ids(tvdb=(79126, 0, 9))))
        # The same number as a film at the same provider.
        external = ids(themoviedatabase=101, tvdb=79126)
        seed = serie_seed("wire", externalId=external, entries=entries, startAir="2002-06-02")
        assert (await running.api.post("/series", json=seed)).status_code == 201
        yield running


def zipped(**files: Any) -> bytes:
    """`a__b_json` is a/b.json."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            path = name.replace("__", "/")
            text = content if isinstance(content, str | bytes) else json.dumps(content)
            archive.writestr(
                path[:-5].replace("_", "-") + ".json" if path.endswith("_json") else path[:-4] + ".csv", text
            )
    return made.getvalue()


async def bring(kyoo: Tracked, body: bytes, name: str = "export.zip", **more: Any) -> httpx2.Response:
    headers = {"Content-Type": "application/octet-stream", **more}
    return await kyoo.api.post(MINE, content=body, params={"name": name}, headers=headers)


async def brought(kyoo: Tracked, body: bytes, name: str = "export.zip") -> dict[str, Any]:
    answer = await bring(kyoo, body, name)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def run(kyoo: Tracked, identifier: str, rule: str = "merge", *, dry: bool = False) -> dict[str, Any]:
    """As the worker does it."""
    answer = await kyoo.api.post(f"{MINE}/{identifier}/run", json={"rule": rule, "dryRun": dry})
    assert (answer.status_code, answer.json()["state"]) == (202, "queued"), answer.text
    await kyoo.app.state.context.imports.take(identifier)
    found: dict[str, Any] = (await kyoo.api.get(f"{MINE}/{identifier}")).json()
    return found


async def seen(kyoo: Tracked) -> dict[str, list[str]]:
    """Every play by entry: its day, with the percent of those that were left off."""
    async with kyoo.app.state.context.runtime.database.connection() as connection:
        rows = await (
            await connection.execute(
                """
                select entry.slug, to_char(played_date at time zone 'UTC', 'YYYY-MM-DD')
                    || case when percent < 95 then ' ' || percent else '' end as at
                from api.history play join api.entries entry on entry.pk = play.entry_pk order by played_date
                """
            )
        ).fetchall()
    found: dict[str, list[str]] = {}
    for row in rows:
        found.setdefault(row["slug"], []).append(row["at"])
    return found


async def status(kyoo: Tracked, path: str) -> dict[str, Any]:
    found: dict[str, Any] = (await kyoo.api.get(path)).json()["watchStatus"]
    return found


def movie(tmdb: int, title: str = "A film", **more: Any) -> dict[str, Any]:
    return {"type": "movie", "movie": {"title": title, "year": 2000, "ids": {"trakt": tmdb, "tmdb": tmdb}}, **more}


def episode(season: int, number: int, **more: Any) -> dict[str, Any]:
    show = {"title": "Wire", "year": 2002, "ids": {"trakt": 9001, "slug": "wire", "tvdb": 79126, "tmdb": None}}
    return {"type": "episode", "show": show, "episode": {"season": season, "number": number, "ids": {}}, **more}


TRAKT = {
    "watched_history_1_json": [
        movie(101, watched_at="2025-05-01T20:00:00.000Z"),
        movie(101, watched_at="2025-06-01T20:00:00.000Z"),
        episode(1, 1, watched_at="2025-05-02T20:00:00.000Z"),
        episode(0, 9, watched_at="2025-05-03T20:00:00.000Z"),
        movie(999, "Not here", watched_at="2025-05-01T20:00:00.000Z"),
    ],
    "watched_movies_json": [movie(101, last_watched_at="2025-07-01T20:00:00.000Z", plays=2)],
    "ratings_movies_json": [movie(101, rating=8, rated_at="2025-05-01T20:00:00.000Z")],
    "ratings_episodes_json": [episode(1, 1, rating=3, rated_at="2025-05-01T20:00:00.000Z")],
    "lists_watchlist_json": [movie(102, listed_at="2025-05-01T20:00:00.000Z", rank=1)],
    "lists_favourites_json": [movie(103, listed_at="2025-05-01T20:00:00.000Z", rank=1)],
    "user_profile_json": {"username": "someone", "ids": {"slug": "x"}},
}


async def test_an_export_of_trakt_is_previewed_and_taken(kyoo: Tracked) -> None:
    made = await brought(kyoo, zipped(**TRAKT))
    assert (made["source"], made["state"], made["titles"], made["plays"]) == ("trakt", "ready", 4, 5)
    preview = await run(kyoo, made["id"], dry=True)
    # The serie has the number of the film at the same provider, and is no film.
    expected = {"added": 6, "changed": 0, "removed": 0, "same": 0, "unmatched": 1}
    assert (preview["state"], preview["counts"], preview["taken"]) == ("done", expected, False)
    assert preview["unmatched"] == [{"title": "Not here", "year": 2000, "ids": {"themoviedatabase": "999"}}]
    assert await seen(kyoo) == {}
    done = await run(kyoo, made["id"])
    assert (done["counts"], done["taken"]) == (expected, True)
    assert await seen(kyoo) == {
        "film-1": ["2025-05-01", "2025-06-01"],
        "wire-s1e1": ["2025-05-02"],
        "wire-sp1": ["2025-05-03"],
    }
    film = await status(kyoo, "/movies/film-1")
    assert (film["status"], film["score"], film["completedAt"]) == ("completed", 80, "2025-05-01T20:00:00.000Z")
    assert (await status(kyoo, "/movies/film-2"))["status"] == "planned"
    assert (await status(kyoo, "/series/wire"))["score"] is None
    assert await status(kyoo, "/movies/film-3") is None
    # Again, it finds nothing new.
    again = await run(kyoo, made["id"])
    assert (again["counts"]["added"], again["counts"]["same"]) == (0, 3)


async def test_what_is_taken_is_told_to_no_tracker(kyoo: Tracked) -> None:
    kyoo.fakes.trakt.add("movie", 1, "The Ring", tmdb=101)
    await kyoo.link("trakt")
    made = await brought(kyoo, zipped(**TRAKT))
    await run(kyoo, made["id"])
    await kyoo.settled()
    assert kyoo.fakes.trakt.writes() == []


LETTERBOXD = {
    "watched_csv": "Date,Name,Year,Letterboxd URI\n2024-02-02,Ring,2002,https://x\n2024-02-03,Amelie,2001,https://y\n",
    "diary_csv": (
        "Date,Name,Year,Letterboxd URI,Rating,Rewatch,Tags,Watched Date\n"
        '2024-02-02,Ring,2002,https://x,4.5,,"a, b",2024-01-31\n2024-03-02,Ring,2002,https://x,,Yes,,2024-03-01\n'
    ),
    "ratings_csv": "Date,Name,Year,Letterboxd URI,Rating\n2024-02-02,Ring,2002,https://x,4.5\n",
    "watchlist_csv": "Date,Name,Year,Letterboxd URI\n2024-02-02,Heat,1996,https://z\n2024-02-02,=1+1,2024,https://q\n",
    "deleted__diary_csv": "Date,Name,Year,Letterboxd URI,Watched Date\n2020-02-02,Heat,1995,https://z,2020-01-01\n",
}


async def test_an_export_of_letterboxd_is_found_by_names(kyoo: Tracked) -> None:
    made = await brought(kyoo, zipped(**LETTERBOXD))
    assert made["source"] == "letterboxd"
    done = await run(kyoo, made["id"])
    # A year off is the same film where there is one of that name only, and marks are no difference.
    assert await seen(kyoo) == {"film-1": ["2024-01-31", "2024-03-01"], "film-2": ["2024-02-03"]}
    assert (await status(kyoo, "/movies/film-1"))["score"] == 90
    assert (await status(kyoo, "/movies/film-3"))["status"] == "planned"
    assert [one["title"] for one in done["unmatched"]] == ["=1+1"]
    again = await run(kyoo, made["id"])
    assert again["counts"]["added"] == 0


async def test_a_day_is_the_play_of_that_day(kyoo: Tracked) -> None:
    await record(kyoo, play("film-1", at="2024-01-31T21:30:00.000Z"))
    made = await brought(kyoo, zipped(**LETTERBOXD))
    await run(kyoo, made["id"])
    assert (await seen(kyoo))["film-1"] == ["2024-01-31", "2024-03-01"]


async def test_the_rules_differ_in_what_is_here(kyoo: Tracked) -> None:
    await record(kyoo, play("film-1", at="2020-01-01T20:00:00.000Z"), play("wire-s1e2", at="2020-01-01T20:00:00.000Z"))
    await say(kyoo, "/movies/film-1", status="completed", score=30)
    made = await brought(kyoo, zipped(**TRAKT))
    ours = await run(kyoo, made["id"], "ours")
    assert ours["counts"]["removed"] == 0
    assert set(await seen(kyoo)) == {"film-1", "wire-s1e2"}
    # What was said here last counts.
    assert (await status(kyoo, "/movies/film-1"))["score"] == 30
    await run(kyoo, made["id"], "merge")
    assert (await seen(kyoo))["film-1"] == ["2020-01-01", "2025-05-01", "2025-06-01"]
    assert (await status(kyoo, "/movies/film-1"))["score"] == 30
    theirs = await run(kyoo, made["id"], "theirs")
    assert theirs["counts"]["removed"] == 2
    assert (await seen(kyoo))["film-1"] == ["2025-05-01", "2025-06-01"]
    assert "wire-s1e2" not in await seen(kyoo)
    assert (await status(kyoo, "/movies/film-1"))["score"] == 80


async def test_what_the_library_lacked_is_taken_when_it_comes(kyoo: Tracked) -> None:
    made = await brought(kyoo, zipped(**TRAKT))
    await run(kyoo, made["id"])
    await kyoo.api.post("/movies", json=movie_seed("late", externalId=ids(themoviedatabase=999)))
    context = kyoo.app.state.context
    await context.imports.look_again()
    assert "late" not in await seen(kyoo), "it was looked at a moment ago"
    async with context.runtime.database.connection() as connection:
        await connection.execute("update api.imports set looked_at = now() - interval '25 hours'")
    await context.imports.look_again()
    assert (await seen(kyoo))["late"] == ["2025-05-01"]
    report = (await kyoo.api.get(f"{MINE}/{made['id']}")).json()
    assert (report["counts"]["unmatched"], report["counts"]["added"], report["unmatched"]) == (0, 7, [])


async def test_a_table_of_plain_words(kyoo: Tracked) -> None:
    text = (
        "type,title,year,tmdb,season,episode,watched_at,status,rating\r\n"
        "movie,,,101,,,2025-01-01,,7\r\nshow,Wire,2002,,1,2,2025-01-02T10:00:00Z,,\r\nmovie,Heat,1995,,,,,planned,\r\n"
    )
    made = await brought(kyoo, text.encode("utf-16"), "mine.csv")
    assert made["source"] == "csv"
    await run(kyoo, made["id"])
    assert await seen(kyoo) == {"film-1": ["2025-01-01"], "wire-s1e2": ["2025-01-02"]}
    assert (await status(kyoo, "/movies/film-1"))["score"] == 70
    assert (await status(kyoo, "/movies/film-3"))["status"] == "planned"


async def test_what_somebody_took_along_from_such_a_server(kyoo: Tracked) -> None:
    await record(
        kyoo, play("film-1", at="2025-05-01T20:00:00.000Z"), play("film-2", 40, at="2025-05-02T20:00:00.000Z", time=900)
    )
    await say(kyoo, "/series/wire", status="dropped", score=20)
    about = (await kyoo.api.get("/profiles/me/export")).json()
    # As the page of the account gives it.
    exported = json.dumps({"user": {"id": "x"}, "sessions": [{"id": "y"}], "elsewhere": {"api": about}}).encode()
    other = bearer(OTHER_USER)
    answer = await kyoo.api.post(MINE, content=exported, params={"name": "kyoo.json"}, headers=other)
    assert (answer.status_code, answer.json()["source"]) == (201, "kyoo"), answer.text
    path = f"{MINE}/{answer.json()['id']}"
    await kyoo.api.post(f"{path}/run", json={"rule": "merge"}, headers=other)
    await kyoo.app.state.context.imports.take(answer.json()["id"])
    film = (await kyoo.api.get("/movies/film-2", headers=other)).json()["watchStatus"]
    assert (film["status"], film["percent"]) == ("watching", 40)
    serie = (await kyoo.api.get("/series/wire", headers=other)).json()["watchStatus"]
    assert (serie["status"], serie["score"]) == ("dropped", 20)
    # What was played is in the history, what was only marked is not.
    assert len((await kyoo.api.get("/profiles/me/history", headers=other)).json()["items"]) == 2


async def test_a_later_play_here_is_not_undone(kyoo: Tracked) -> None:
    text = json.dumps(
        {
            "history": [
                {
                    "show": {"kind": "movie", "slug": "film-1", "externalId": {}},
                    "entry": {"kind": "movie", "slug": "film-1"},
                    "percent": 40,
                    "time": 900,
                    "playedDate": "2025-05-01T20:00:00.000Z",
                }
            ]
        }
    )
    await record(kyoo, play("film-1", at="2025-05-02T20:00:00.000Z"))
    made = await brought(kyoo, text.encode(), "kyoo.json")
    assert (await run(kyoo, made["id"]))["counts"]["same"] == 1
    assert await seen(kyoo) == {"film-1": ["2025-05-02"]}


async def test_imports_are_of_whoever_brought_them(kyoo: Tracked) -> None:
    made = await brought(kyoo, zipped(**TRAKT))
    path = f"{MINE}/{made['id']}"
    other = bearer(OTHER_USER)
    assert (await kyoo.api.get(path, headers=other)).status_code == 404
    assert (await kyoo.api.post(f"{path}/run", json={"rule": "merge"}, headers=other)).status_code == 404
    assert (await kyoo.api.delete(path, headers=other)).status_code == 404
    assert (await kyoo.api.get(MINE, headers=other)).json() == {"items": []}
    assert (await kyoo.api.get(MINE, headers=bearer(GUEST))).status_code == 403
    assert (await kyoo.api.post(f"{path}/run", json={"rule": "merge"})).status_code == 202
    # Not twice at once.
    assert (await kyoo.api.post(f"{path}/run", json={"rule": "merge"})).status_code == 409
    assert (await kyoo.api.delete(path)).status_code == 204
    assert (await kyoo.api.get(MINE)).json() == {"items": []}
    await kyoo.app.state.context.imports.take(made["id"])


async def test_who_sees_less_finds_less(kyoo: Tracked) -> None:
    """Ids of everything tell a child nothing of what is hidden from it."""
    made = await brought(kyoo, zipped(**TRAKT))
    child = bearer(maxAge=6)
    answer = await kyoo.api.post(f"{MINE}/{made['id']}/run", json={"rule": "merge", "dryRun": True}, headers=child)
    assert answer.status_code == 202, answer.text
    await kyoo.app.state.context.imports.take(made["id"])
    report = (await kyoo.api.get(f"{MINE}/{made['id']}", headers=child)).json()
    assert (report["changes"], report["counts"]["unmatched"]) == ([], 4)


async def test_what_is_kept_has_limits(runtime: Runtime, tmp_path: Path) -> None:
    async with tracked(runtime, tmp_path, import_size=1, imports_per_user=2, import_plays=10) as kyoo:
        assert (await bring(kyoo, b"[" + b" " * MIB)).status_code == 413
        many = [movie(number, watched_at="2025-05-01T20:00:00.000Z") for number in range(1, 7)]
        assert "more than 10 titles and plays" in (await bring(kyoo, zipped(history_json=many))).json()["message"]
        for _ in range(2):
            await brought(kyoo, zipped(history_json=many[:3]))
        assert (await bring(kyoo, zipped(history_json=many[:3]))).status_code == 409


def bomb() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("watched-history.json", b"[" + b" " * (20 * MIB) + b"]")
    return made.getvalue()


def lying() -> bytes:
    """An archive that says that a file is small."""
    found = bomb()
    size = (20 * MIB + 2).to_bytes(4, "little")
    return found.replace(size, (100).to_bytes(4, "little"))


BROKEN: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "no CSV|no JSON|Nothing in it"),
    "a picture": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" * 9, "UTF-8|no text"),
    "a number": (b"[5]", "Nothing in it"),
    "half": (zipped(**TRAKT)[:-200], "damaged"),
    "half a list": (json.dumps(TRAKT["watched_history_1_json"]).encode()[:-30], "cut off"),
    "another": (zipped(user_profile_json={"a": 1}), "Nothing in it"),
    "latin": ("title,watched_at\nAmélie,2020-01-01\n".encode("latin-1"), "UTF-8"),
    "a bomb": (bomb(), "unpacks to more than"),
    "a liar": (lying(), "unpacks to more than|damaged"),
    "nested": (b"[" * 5000, "nested too deeply"),
    "nested in one": (b'[{"movie":' + b'{"a":' * 5000, "nested too deeply"),
    "one that is large": (b'[{"movie":[' + b"1," * 150_000 + b"1]}]", "too large"),
    "a date": (b"title,watched_at\nHeat,yesterday\n", "line 2: 'yesterday' is no date"),
    "a status": (b"title,status\nHeat,eaten\n", "is no status"),
    "columns": (b"colour,size\nred,3\n", "no column that is known"),
    "a line": (b"title\n" + b"x" * 300_000, "line of more than|field larger"),
    "a quote": (b'title,watched_at\n"' + b"x,\n" * 100_000, "no CSV|field larger"),
}


@pytest.mark.parametrize("what", BROKEN)
def test_what_cannot_be_read_says_where(what: str, tmp_path: Path) -> None:
    body, message = BROKEN[what]
    (tmp_path / "file").write_bytes(body)
    with (tmp_path / "file").open("rb") as file, pytest.raises(UnreadableArchiveError, match=message):
        uploads.read(file, "file", unpacked=8 * MIB, most=100_000)


async def test_nothing_is_kept_of_what_cannot_be_read(kyoo: Tracked) -> None:
    files = {**TRAKT, "watched_history_2_json": '[{"movie": {"ids": {"tmdb": 102}}, "watched_at": "2025-'}
    answer = await bring(kyoo, zipped(**files))
    assert (answer.status_code, answer.json()["message"]) == (
        422,
        "watched-history-2.json is no JSON, or is cut off",
    )
    assert (await kyoo.api.get(MINE)).json() == {"items": []}


def rows(count: int) -> Iterator[list[Any]]:
    yield ["type", "title", "year", "tmdb", "season", "episode", "watched_at"]
    for number in range(count):
        yield ["movie", f"Film {number}", 2000, number + 1000, "", "", f"2020-01-{number % 28 + 1:02d}"]


@pytest.mark.parametrize("count", [5000, pytest.param(100_000, marks=pytest.mark.exhaustive)])
def test_a_table_of_many_rows(tmp_path: Path, count: int) -> None:
    path = tmp_path / "many.csv"
    with path.open("w", newline="") as file:
        csv.writer(file).writerows(rows(count))
    with path.open("rb") as file:
        source, titles = uploads.read(file, "many.csv", unpacked=32 * MIB, most=250_000)
    assert (source, len(titles), titles.plays) == ("csv", count, 2 * count)


def test_texts_of_titles_are_storable_and_short(tmp_path: Path) -> None:
    text = json.dumps([movie(1, "x" * 5000, watched_at="2025-05-01T20:00:00Z"), movie(2, "a\0b", watched_at="0001")])
    (tmp_path / "file").write_bytes(text.encode())
    with (tmp_path / "file").open("rb") as file:
        _, titles = uploads.read(file, "file", unpacked=MIB, most=100)
    assert [title.title for title in titles] == ["x" * 300, ""]
    assert [play.at for title in titles for play in title.plays] == [datetime(2025, 5, 1, 20, tzinfo=UTC), None]
