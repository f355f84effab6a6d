"""MDBList: linked by the user's key, told and read, with one date of each film and episode."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import structlog
from tests.fakes.trackers.mdblist import KEY
from tests.fakes.trackers.service import Fault
from tests.integration.api.seeds import episode_seed, movie_seed, serie_seed, special_seed
from tests.integration.api.trackers.test_tracker_imports import look, plays_of, status, take_in
from tests.integration.api.trackers.test_tracker_orders import AT, ids, play, record, say
from tests.integration.api.trackers.tracked import ME, Tracked, tracked

from kyoo.core.http.service import Runtime

SEEN = datetime(2025, 5, 1, 20, tzinfo=UTC)


@pytest.fixture
async def kyoo(runtime: Runtime, tmp_path: Path) -> AsyncIterator[Tracked]:
    async with tracked(runtime, tmp_path) as running:
        fake = running.fakes.mdblist
        for number in (1, 2, 3):
            fake.add("movie", 100 + number, f"Film {number}", imdb=f"tt000010{number}")
            external = ids(themoviedatabase=100 + number)
            await running.api.post("/movies", json=movie_seed(f"film-{number}", externalId=external))
        fake.add("movie", 999, "Not here")
        fake.add("show", 1438, "The Wire", seasons={1: 3, 2: 3}, tvdb=79126)
        entries = [
            episode_seed(1, 1, order=1),
            episode_seed(1, 2, order=2),
            special_seed(1, 2.5),
        ]
        seed = serie_seed("wire", externalId=ids(themoviedatabase=1438, tvdb=79126), entries=entries)
        await running.api.post("/series", json=seed)
        yield running


async def test_a_key_is_tried_on_the_spot(kyoo: Tracked) -> None:
    assert (await kyoo.item("mdblist"))["available"]
    assert (await kyoo.api.post(f"{ME}/mdblist", json={})).status_code == 400
    refused = await kyoo.api.post(f"{ME}/mdblist", json={"key": "another-key"})
    assert (refused.status_code, refused.json()["details"]) == (502, {"code": "unlinked"})
    assert "does not accept your key" in refused.json()["message"]
    assert not (await kyoo.item("mdblist"))["linked"]
    with structlog.testing.capture_logs() as logs:
        await kyoo.link("mdblist")
    item = await kyoo.item("mdblist")
    assert (item["linked"], item["account"], item["mode"]) == (True, "someone", "both")
    assert KEY not in str(logs)
    async with kyoo.app.state.context.runtime.database.connection() as connection:
        row = await (await connection.execute("select secrets from api.trackers")).fetchone()
    assert row is not None
    assert KEY.encode() not in bytes(row["secrets"])
    # The key is what the administrator has no say in.
    assert "mdblist" not in str((await kyoo.api.get("/trackers/applications")).json())
    assert (await kyoo.api.delete(f"{ME}/mdblist")).status_code == 204
    assert not (await kyoo.item("mdblist"))["linked"]


async def test_what_is_watched_and_said_is_told_by_exact_places(kyoo: Tracked) -> None:
    fake = kyoo.fakes.mdblist
    await kyoo.link("mdblist")
    answer = await record(kyoo, play("film-1"), play("wire-s1e2"))
    assert answer["sync"]["mdblist"]["status"] == "synced"
    assert fake.seen == {101: {(None, None): AT}, 1438: {(1, 2): AT}}
    # A special has no number that all agree on: nothing is marked.
    answer = await record(kyoo, play("wire-sp1"))
    assert (answer["sync"]["mdblist"]["status"], fake.seen[1438]) == ("failed", {(1, 2): AT})
    later = "2026-03-01T20:15:00.000Z"
    await record(kyoo, play("film-1", at=later))
    assert fake.seen[101] == {(None, None): later}
    await say(kyoo, "/movies/film-2", status="planned", score=84)
    assert (list(fake.watchlist), fake.ratings[102][0]) == ([102], 8)
    await say(kyoo, "/series/wire", status="dropped", score=None)
    assert list(fake.dropped) == [1438]
    await say(kyoo, "/series/wire", status="completed", score=None)
    # Only the entries that are here, of six there.
    assert (fake.dropped, set(fake.seen[1438])) == ({}, {(1, 1), (1, 2)})
    await kyoo.api.delete("/movies/film-2/watchstatus")
    assert fake.watchlist == {}


async def test_what_happens_live_is_shown(kyoo: Tracked) -> None:
    fake = kyoo.fakes.mdblist
    await kyoo.link("mdblist")
    tracker = kyoo.app.state.context.trackers
    async with kyoo.app.state.context.runtime.database.connection() as connection:
        row = await (await connection.execute("select id from api.profiles")).fetchone()
        entry = await (await connection.execute("select id from api.entries where slug = 'wire-s1e1'")).fetchone()
    assert row is not None
    assert entry is not None

    async def show(happens: str, percent: int) -> None:
        tracker.watching.show(row["id"], happens, str(entry["id"]), percent)
        for task in list(tracker.watching._tasks):
            await task

    await show("started", 0)
    place: Any = {"ids": {"tmdb": 1438}, "season": {"number": 1, "episode": {"number": 1}}}
    assert fake.watching == {"progress": 0, "show": place}
    await show("paused", 33)
    assert (fake.watching, fake.paused) == (None, {"progress": 33, "show": place})
    assert fake.seen == {}


@pytest.mark.parametrize("page", [1000, 2])
async def test_what_is_there_is_taken_in(kyoo: Tracked, page: int) -> None:
    fake = kyoo.fakes.mdblist
    fake.page = page
    for tmdb in (101, 102, 999):
        fake.watch(tmdb, SEEN)
    fake.watch(1438, SEEN, 1, 1)
    fake.ratings[101] = (9, "2025-05-01T20:00:00.000Z")
    fake.watchlist[103] = "2025-05-01T20:00:00.000Z"
    await kyoo.link("mdblist")
    report = await take_in(kyoo, "mdblist", "merge", dry=True)
    assert report["counts"] == {"added": 5, "changed": 0, "removed": 0, "same": 0, "unmatched": 1}
    assert fake.writes() == []
    await record(kyoo, play("film-2", at="2024-01-01T20:00:00.000Z"))
    done = await take_in(kyoo, "mdblist", "merge")
    assert (done["counts"]["added"], done["counts"]["same"]) == (5, 0)
    film = await status(kyoo, "/movies/film-1")
    assert (film["status"], film["score"], film["completedAt"]) == ("completed", 90, "2025-05-01T20:00:00.000Z")
    # It keeps the last play alone, which is another one than ours: no date is lost.
    assert await plays_of(kyoo, "film-2") == ["2024-01-01T20:00:00.000Z", "2025-05-01T20:00:00.000Z"]
    assert (await status(kyoo, "/movies/film-3"))["status"] == "planned"
    assert (await status(kyoo, "/series/wire"))["seenCount"] == 1
    # Only what changed is read then.
    await look(kyoo, "mdblist")
    fake.log.clear()
    await look(kyoo, "mdblist")
    assert [asked.path for asked in fake.log] == ["/sync/last_activities"]
    fake.ratings[102] = (7, "2025-05-02T20:00:00.000Z")
    fake.touch("rated_at")
    fake.log.clear()
    await look(kyoo, "mdblist")
    assert {asked.path for asked in fake.log} == {"/sync/last_activities", "/sync/ratings"}
    assert (await status(kyoo, "/movies/film-2"))["score"] == 70


async def test_a_day_that_is_used_up_is_waited_for(kyoo: Tracked) -> None:
    fake = kyoo.fakes.mdblist
    await kyoo.link("mdblist")
    fake.faults.append(Fault("/sync/watched", 429, {"error": "limit"}, {"X-RateLimit-Remaining": "0"}))
    answer = await record(kyoo, play("film-1"))
    assert answer["sync"]["mdblist"]["status"] == "queued"
    letters = (await kyoo.api.get(f"{ME}/mdblist/outbox")).json()["items"]
    pause = datetime.fromisoformat(letters[0]["nextTry"]) - datetime.now(UTC)
    assert pause.total_seconds() > 600
    await kyoo.settled()
    assert fake.seen[101] == {(None, None): AT}


async def test_a_key_that_is_taken_back_is_told(kyoo: Tracked) -> None:
    fake = kyoo.fakes.mdblist
    await kyoo.link("mdblist")
    fake.keys.clear()
    answer = await record(kyoo, play("film-1"))
    assert answer["sync"]["mdblist"]["status"] == "queued"
    assert (await kyoo.item("mdblist"))["lastError"]["code"] == "unlinked"
    fake.keys.add(KEY)
    await kyoo.link("mdblist")
    await kyoo.settled()
    assert fake.seen[101] == {(None, None): AT}
