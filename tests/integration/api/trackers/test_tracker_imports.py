"""Reading trackers: the first import under a rule, its preview, and what changed there since."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from procrastinate.testing import InMemoryConnector
from tests.fakes.trackers.service import Fault
from tests.integration.api.seeds import OTHER_USER, READ, bearer, episode_seed, movie_seed, serie_seed
from tests.integration.api.trackers.test_tracker_orders import ids, play, record, say
from tests.integration.api.trackers.tracked import ME, Tracked, tracked

from kyoo.core.http.service import Runtime

AT = datetime(2025, 5, 1, 20, tzinfo=UTC)


@pytest.fixture
async def kyoo(runtime: Runtime, tmp_path: Path) -> AsyncIterator[Tracked]:
    async with tracked(runtime, tmp_path) as running:
        fakes = running.fakes
        for number in (1, 2, 3):
            fakes.trakt.add("movie", number, f"Film {number}", tmdb=100 + number)
            fakes.simkl.add("movies", number, f"Film {number}", tmdb=100 + number)
            external = ids(themoviedatabase=100 + number)
            await running.api.post("/movies", json=movie_seed(f"film-{number}", externalId=external))
        fakes.trakt.add("movie", 9, "Not here", tmdb=999)
        fakes.trakt.add("show", 20, "Abyss", tmdb=72636)
        fakes.simkl.add("shows", 20, "Abyss", seasons={1: 2, 2: 2}, tmdb=72636)
        fakes.mal.add(34599, "Abyss", 2)
        fakes.mal.add(41084, "Abyss 2", 2)
        fakes.anilist.add(97986, "Abyss", 2)
        fakes.anilist.add(114745, "Abyss 2", 2)
        entries = [
            episode_seed(
                season,
                number,
                order=2 * season + number,
                externalId=ids(
                    themoviedatabase=(72636, season, number),
                    myanimelist=(mal, None, number),
                    anilist=(anilist, None, number),
                ),
            )
            for season, mal, anilist in ((1, 34599, 97986), (2, 41084, 114745))
            for number in (1, 2)
        ]
        seed = serie_seed("abyss", externalId=ids(themoviedatabase=72636), entries=entries)
        await running.api.post("/series", json=seed)
        yield running


async def take_in(kyoo: Tracked, service: str, rule: str, *, dry: bool = False) -> dict[str, Any]:
    """Import, as the worker does it; the report."""
    begun = await kyoo.api.post(f"{ME}/{service}/import", json={"rule": rule, "dryRun": dry})
    assert begun.status_code == 202, begun.text
    path = f"{ME}/{service}/import/{begun.json()['id']}"
    assert (await kyoo.api.get(path)).json()["state"] == "queued"
    await kyoo.app.state.context.trackers.take_in(begun.json()["id"])
    if not dry:
        await kyoo.settled()
    report: dict[str, Any] = (await kyoo.api.get(path)).json()
    return report


async def look(kyoo: Tracked, service: str) -> None:
    database = kyoo.app.state.context.runtime.database
    async with database.connection() as connection:
        row = await (await connection.execute("select pk from api.trackers where service = %s", [service])).fetchone()
    await kyoo.app.state.context.trackers.importing.look(row["pk"])
    await kyoo.settled()


async def plays_of(kyoo: Tracked, slug: str) -> list[str]:
    database = kyoo.app.state.context.runtime.database
    async with database.connection() as connection:
        cursor = await connection.execute(
            """
            select api.iso(played_date) as at from api.history play join api.entries entry on entry.pk = play.entry_pk
            where entry.slug = %s order by played_date
            """,
            [slug],
        )
        return [row["at"] for row in await cursor.fetchall()]


async def status(kyoo: Tracked, path: str) -> dict[str, Any]:
    found: dict[str, Any] = (await kyoo.api.get(path)).json()["watchStatus"]
    return found


async def test_a_preview_changes_nothing_and_says_everything(kyoo: Tracked) -> None:
    trakt = kyoo.fakes.trakt
    trakt.play("movie", 1, AT)
    trakt.play("movie", 9, AT)
    trakt.play("show", 20, AT, 1, 1)
    trakt.ratings["movie", 1] = (8, "2025-05-01T20:00:00.000Z")
    trakt.watchlist["movie", 2] = "2025-05-01T20:00:00.000Z"
    await kyoo.link("trakt")
    report = await take_in(kyoo, "trakt", "merge", dry=True)
    assert (report["state"], report["counts"]) == (
        "done",
        {"added": 4, "changed": 0, "removed": 0, "same": 0, "unmatched": 1},
    )
    said = {(c["slug"], c["kind"], c["field"], c["before"], c["after"]) for c in report["changes"]}
    assert said == {
        ("film-1", "movie", "plays", None, "2025-05-01T20:00:00.000Z"),
        ("film-1", "movie", "score", None, 80),
        ("film-2", "movie", "status", None, "planned"),
        ("abyss-s1e1", "episode", "plays", None, "2025-05-01T20:00:00.000Z"),
    }
    assert report["unmatched"] == [{"title": "Not here", "year": 2020, "ids": {"themoviedatabase": "999"}}]
    assert (await kyoo.api.get("/profiles/me/watchlist")).json()["items"] == []
    assert trakt.writes() == []
    done = await take_in(kyoo, "trakt", "merge")
    assert done["counts"] == report["counts"]
    film = await status(kyoo, "/movies/film-1")
    assert (film["status"], film["score"], film["completedAt"]) == ("completed", 80, "2025-05-01T20:00:00.000Z")
    assert (await status(kyoo, "/movies/film-2"))["status"] == "planned"
    serie = await status(kyoo, "/series/abyss")
    assert (serie["status"], serie["seenCount"]) == ("watching", 1)
    # What came from there is not told there again, and a second import finds nothing new.
    assert trakt.writes() == []
    again = await take_in(kyoo, "trakt", "merge")
    assert (again["counts"]["added"], again["counts"]["same"]) == (0, 3)


async def test_merging_gives_each_side_what_it_lacks(kyoo: Tracked) -> None:
    trakt = kyoo.fakes.trakt
    trakt.play("movie", 1, AT)
    trakt.play("movie", 1, AT + timedelta(days=30))
    trakt.play("show", 20, AT, 1, 1)
    await record(kyoo, play("film-1", at="2025-05-01T20:10:00.000Z"), play("film-2"), play("abyss-s1e2"))
    await say(kyoo, "/movies/film-3", status="planned", score=60)
    await kyoo.link("trakt", "mal")
    await take_in(kyoo, "trakt", "merge")
    # A date and a rewatch are kept on both sides; one play that both saw is one.
    assert await plays_of(kyoo, "film-1") == ["2025-05-01T20:10:00.000Z", "2025-05-31T20:00:00.000Z"]
    assert len([p for p in trakt.plays if p["type"] == "movie"]) == 3
    assert {(p["episode"]["number"]) for p in trakt.plays if p["type"] == "episode"} == {1, 2}
    assert list(trakt.watchlist) == [("movie", 3)]
    assert trakt.ratings["movie", 3][0] == 6
    # What came from one tracker is told to the others.
    assert kyoo.fakes.mal.list[34599]["num_episodes_watched"] == 1
    assert (await take_in(kyoo, "trakt", "merge", dry=True))["counts"]["added"] == 0
    assert len(trakt.plays) == 5


async def test_theirs_and_ours(kyoo: Tracked) -> None:
    mal = kyoo.fakes.mal
    mal.entry(34599, status="watching", num_episodes_watched=1, score=5)
    mal.entry(41084, status="plan_to_watch")
    await record(kyoo, play("abyss-s1e1"), play("abyss-s1e2"), play("abyss-s2e1"))
    await say(kyoo, "/series/abyss", status="watching", score=90)
    await kyoo.link("mal")
    preview = await take_in(kyoo, "mal", "theirs", dry=True)
    removed = {change["slug"] for change in preview["changes"] if change["after"] is None}
    assert removed == {"abyss-s1e2", "abyss-s2e1"}
    done = await take_in(kyoo, "mal", "ours")
    assert done["counts"]["added"] == done["counts"]["removed"] == 0
    assert mal.list[34599]["num_episodes_watched"] == 2
    assert (mal.list[41084]["num_episodes_watched"], mal.list[41084]["status"]) == (1, "watching")
    assert mal.list[34599]["score"] == 9
    mal.entry(34599, num_episodes_watched=1, status="watching", score=5)
    await take_in(kyoo, "mal", "theirs")
    assert await plays_of(kyoo, "abyss-s1e2") == []
    assert (await status(kyoo, "/series/abyss"))["score"] == 50
    assert mal.list[34599]["num_episodes_watched"] == 1


async def test_the_side_that_changed_since_counts(kyoo: Tracked) -> None:
    anilist = kyoo.fakes.anilist
    anilist.entry(97986, status="CURRENT", score=40)
    await kyoo.link("anilist")
    await take_in(kyoo, "anilist", "merge")
    assert (await status(kyoo, "/series/abyss"))["score"] == 40
    # Changed there later: theirs. Changed here since: ours, whatever else changed there.
    anilist.ahead = timedelta(seconds=60)
    anilist.entry(97986, status="DROPPED")
    await look(kyoo, "anilist")
    assert (await status(kyoo, "/series/abyss"))["status"] == "dropped"
    await kyoo.choose("anilist", mode="in")
    await say(kyoo, "/series/abyss", status="watching", score=95)
    anilist.ahead = timedelta(seconds=120)
    anilist.entry(97986, repeat=0)
    await look(kyoo, "anilist")
    here = await status(kyoo, "/series/abyss")
    assert (here["status"], here["score"]) == ("watching", 95)


async def test_what_is_told_late_overwrites_nothing_newer(kyoo: Tracked) -> None:
    """A device was offline; meanwhile the serie was dropped there."""
    await kyoo.link("mal", "anilist")
    await record(kyoo, play("abyss-s1e1", at="2025-01-01T10:00:00.000Z"))
    kyoo.fakes.mal.entry(34599, status="dropped")
    kyoo.fakes.anilist.entry(97986, status="DROPPED")
    await record(kyoo, play("abyss-s1e2", at="2025-01-02T10:00:00.000Z"), play("abyss-s2e1", at="2025-01-03T10:00:00Z"))
    await kyoo.settled()
    # It has been seen whole there, which is the newest that is known of it.
    assert kyoo.fakes.mal.list[34599]["num_episodes_watched"] == 2
    kyoo.fakes.mal.entry(41084, status="dropped", num_episodes_watched=0)
    await record(kyoo, play("abyss-s2e1", at="2025-01-04T10:00:00.000Z"))
    await kyoo.settled()
    assert (kyoo.fakes.mal.list[41084]["status"], kyoo.fakes.mal.list[41084]["num_episodes_watched"]) == ("dropped", 1)


async def test_an_import_that_fails_says_why(kyoo: Tracked) -> None:
    await kyoo.link("trakt")
    kyoo.fakes.trakt.faults.append(Fault("/sync/history", 503, "<html>"))
    report = await take_in(kyoo, "trakt", "merge")
    assert (report["state"], report["reason"]) == ("failed", "Trakt is out of order (status 503)")
    kyoo.fakes.trakt.faults.clear()
    assert (await take_in(kyoo, "trakt", "merge"))["state"] == "done"


async def test_who_may_import(kyoo: Tracked, queued: InMemoryConnector) -> None:
    assert (await kyoo.api.post(f"{ME}/trakt/import", json={"rule": "merge"})).status_code == 404
    await kyoo.link("trakt")
    assert (await kyoo.api.post(f"{ME}/trakt/import", json={"rule": "best"})).status_code == 422
    begun = (await kyoo.api.post(f"{ME}/trakt/import", json={"rule": "merge"})).json()["id"]
    other = bearer(OTHER_USER, (READ,))
    assert (await kyoo.api.get(f"{ME}/trakt/import/{begun}", headers=other)).status_code == 404
    assert (await kyoo.api.post(f"{ME}/trakt/sync")).status_code == 202
    assert (await kyoo.api.post(f"{ME}/trakt/sync")).status_code == 202
    names = [job["task_name"] for job in queued.jobs.values()]
    assert names.count("api:import_from_tracker") == names.count("api:look_at_tracker") == 1
