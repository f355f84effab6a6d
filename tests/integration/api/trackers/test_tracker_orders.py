"""What trackers are told of what somebody watches and says, by exact coordinates, and what the answers say of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from procrastinate.testing import InMemoryConnector
from tests.fakes.trackers.service import Fault
from tests.integration.api.seeds import USER, episode_seed, film_seed, movie_seed, serie_seed, special_seed
from tests.integration.api.trackers.tracked import ME, Tracked, tracked
from tests.machine import scaled

from kyoo.api.realtime.session import Session
from kyoo.api.realtime.sockets import Socket
from kyoo.core.http.service import Runtime

AT = "2026-02-01T20:15:00.000Z"


def ids(**more: Any) -> dict[str, Any]:
    """`themoviedatabase="1"`, of a show; a tuple (serie, season, episode), of an entry."""
    return {provider: [_one(value)] for provider, value in more.items()}


def _one(value: Any) -> dict[str, Any]:
    if isinstance(value, tuple):
        return {"serieId": str(value[0]), "season": value[1], "episode": value[2]}
    return {"dataId": str(value)}


def play(entry: str, percent: int = 100, at: str | None = AT, **more: Any) -> dict[str, Any]:
    return {"entry": entry, "videoId": None, "percent": percent, "time": 0, "playedDate": at, **more}


async def record(kyoo: Tracked, *plays: dict[str, Any]) -> dict[str, Any]:
    answer = await kyoo.api.post("/profiles/me/history", json=list(plays))
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def say(kyoo: Tracked, path: str, **word: Any) -> dict[str, Any]:
    answer = await kyoo.api.post(f"{path}/watchstatus", json=word)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


@pytest.fixture
async def kyoo(runtime: Runtime, tmp_path: Path) -> AsyncIterator[Tracked]:
    """A film, a serie of two seasons, and an anime of two seasons that are titles of their own elsewhere."""
    async with tracked(runtime, tmp_path) as running:
        fakes = running.fakes
        fakes.trakt.add("movie", 1, "Bubble", tmdb=912598, imdb="tt16360006")
        fakes.trakt.add("show", 2, "The Wire", tmdb=1438, tvdb=79126)
        fakes.trakt.add("show", 3, "Abyss", tmdb=72636, tvdb=326109)
        fakes.simkl.add("movies", 11, "Bubble", tmdb=912598)
        fakes.simkl.add("shows", 12, "The Wire", seasons={1: 2, 2: 2}, tmdb=1438, tvdb=79126)
        fakes.simkl.add("anime", 13, "Abyss", seasons={1: 2}, mal=34599)
        fakes.simkl.add("anime", 14, "Abyss 2", seasons={1: 2}, mal=41084)
        fakes.mal.add(50709, "Bubble", 1, media_type="movie")
        fakes.mal.add(34599, "Abyss", 2)
        fakes.mal.add(41084, "Abyss 2", 2)
        fakes.anilist.add(97986, "Abyss", 2, mal=34599)
        fakes.anilist.add(114745, "Abyss 2", 2, mal=41084)
        bubble = ids(themoviedatabase=912598, imdb="tt16360006", myanimelist=50709)
        seeds: list[tuple[str, dict[str, Any]]] = [
            ("movies", movie_seed("bubble", externalId=bubble)),
            (
                "series",
                serie_seed(
                    "wire",
                    externalId=ids(themoviedatabase=1438, tvdb=79126),
                    entries=[
                        episode_seed(1, 1, order=1),
                        episode_seed(1, 2, order=2),
                        special_seed(1, 2.5),
                        special_seed(2, 2.6, externalId=ids(tvdb=(79126, 0, 9))),
                        episode_seed(2, 1, order=3),
                        episode_seed(2, 2, order=4),
                    ],
                ),
            ),
            (
                "series",
                serie_seed(
                    "abyss",
                    externalId={**ids(themoviedatabase=72636), "anilist": [{"dataId": "97986"}, {"dataId": "114745"}]},
                    entries=[
                        *(
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
                        ),
                        film_seed(4.5, externalId=ids(themoviedatabase=912598)),
                    ],
                ),
            ),
            ("movies", movie_seed("homemade")),
        ]
        for path, seed in seeds:
            answer = await running.api.post(f"/{path}", json=seed)
            assert answer.status_code == 201, answer.text
        yield running


async def test_an_episode_is_told_to_all_that_can_know_it(kyoo: Tracked) -> None:
    await kyoo.link("trakt", "simkl", "mal", "anilist")
    body = await record(kyoo, play("wire-s1e2"))
    assert {name: said["status"] for name, said in body["sync"].items()} == {"trakt": "synced", "simkl": "synced"}
    assert body["sync"]["trakt"]["at"].endswith("Z")
    show = {"ids": {"tmdb": 1438}, "seasons": [{"number": 1, "episodes": [{"number": 2, "watched_at": AT}]}]}
    assert kyoo.fakes.trakt.writes() == [("POST", "/sync/history", {"shows": [show]})]
    show = {"ids": {"tvdb": 79126}, "seasons": show["seasons"]}
    assert kyoo.fakes.simkl.writes() == [("POST", "/sync/history", {"shows": [show]})]
    assert (kyoo.fakes.mal.writes(), kyoo.fakes.anilist.writes()) == ([], [])


async def test_an_anime_is_told_by_the_numbers_of_its_titles(kyoo: Tracked) -> None:
    await kyoo.link("trakt", "simkl", "mal", "anilist")
    body = await record(kyoo, play("abyss-s2e1"))
    assert [said["status"] for said in body["sync"].values()] == ["synced"] * 4
    assert kyoo.fakes.trakt.plays[0]["episode"]["season"] == 2
    assert kyoo.fakes.simkl.entries[14]["plays"] == {(None, 1): [AT]}
    entry = kyoo.fakes.mal.list[41084]
    assert (entry["status"], entry["num_episodes_watched"], entry["start_date"]) == ("watching", 1, "2026-02-01")
    there = kyoo.fakes.anilist.list[114745]
    assert (there["status"], there["progress"]) == ("CURRENT", 1)
    assert list(kyoo.fakes.mal.list) == [41084]
    # The last one of the title completes it there, while the serie goes on here.
    await record(kyoo, play("abyss-s1e1"), play("abyss-s1e2"))
    await kyoo.settled()
    assert (kyoo.fakes.mal.list[34599]["status"], kyoo.fakes.mal.list[34599]["num_episodes_watched"]) == (
        "completed",
        2,
    )
    assert kyoo.fakes.anilist.list[97986]["completedAt"] == {"year": 2026, "month": 2, "day": 1}


async def test_a_film_by_itself_and_in_a_serie(kyoo: Tracked) -> None:
    await kyoo.link("trakt", "mal")
    body = await record(kyoo, play("bubble"))
    assert {name: said["status"] for name, said in body["sync"].items()} == {"trakt": "synced", "mal": "synced"}
    movie = {"ids": {"tmdb": 912598, "imdb": "tt16360006"}, "watched_at": AT}
    assert kyoo.fakes.trakt.writes() == [("POST", "/sync/history", {"movies": [movie]})]
    assert kyoo.fakes.mal.list[50709]["status"] == "completed"
    slug = next(
        e["slug"] for e in (await kyoo.api.get("/series/abyss/entries")).json()["items"] if e["kind"] == "movie"
    )
    await record(kyoo, play(slug))
    assert [play["type"] for play in kyoo.fakes.trakt.plays] == ["movie", "movie"]


async def test_without_exact_coordinates_nothing_is_marked(kyoo: Tracked) -> None:
    """A special has no number that all agree on, and a film without ids is anything."""
    await kyoo.link("trakt", "simkl")
    for slug in ("wire-sp1", "homemade"):
        body = await record(kyoo, play(slug))
        assert {said["status"] for said in body["sync"].values()} == {"failed"}
        assert all("exactly" in said["reason"] for said in body["sync"].values())
    assert (kyoo.fakes.trakt.writes(), kyoo.fakes.simkl.writes()) == ([], [])
    body = await record(kyoo, play("wire-sp2"))
    assert {said["status"] for said in body["sync"].values()} == {"synced"}
    assert kyoo.fakes.trakt.plays[0]["episode"]["season"] == 0
    assert kyoo.fakes.trakt.plays[0]["episode"]["number"] == 9
    item = await kyoo.item("trakt")
    assert (item["failed"], item["queued"], item["lastError"]["code"]) == (2, 0, "unplaced")


async def test_nothing_is_due_of_progress_and_without_trackers(kyoo: Tracked) -> None:
    assert "sync" not in await record(kyoo, play("wire-s1e1"))
    await kyoo.link("trakt")
    assert "sync" not in await record(kyoo, play("wire-s1e2", 50))
    await kyoo.choose("trakt", mode="in")
    assert "sync" not in await record(kyoo, play("wire-s1e2"))
    assert kyoo.fakes.trakt.writes() == []


async def test_words_and_scores(kyoo: Tracked) -> None:
    await kyoo.link("trakt", "simkl", "mal", "anilist")
    body = await say(kyoo, "/series/abyss", status="planned", score=85)
    assert {name: said["status"] for name, said in body["sync"].items()} == dict.fromkeys(
        ("trakt", "mal", "anilist"), "synced"
    ) | {"simkl": "failed"}
    assert list(kyoo.fakes.trakt.watchlist) == [("show", 3)]
    assert kyoo.fakes.trakt.ratings["show", 3][0] == 9
    # The title that comes first is planned, and all are scored that are in the list.
    assert kyoo.fakes.mal.list[34599]["status"] == "plan_to_watch"
    assert kyoo.fakes.anilist.list[97986]["status"] == "PLANNING"
    assert kyoo.fakes.anilist.list[97986]["score"] == 85
    await say(kyoo, "/series/abyss", status="dropped")
    assert list(kyoo.fakes.trakt.dropped) == [3]
    assert kyoo.fakes.mal.list[34599]["status"] == "dropped"
    body = await say(kyoo, "/movies/bubble", status="planned")
    assert body["sync"]["simkl"]["status"] == "synced"
    assert kyoo.fakes.simkl.entries[11]["status"] == "plantowatch"
    removed = (await kyoo.api.delete("/movies/bubble/watchstatus")).json()
    assert removed["sync"]["simkl"]["status"] == "synced"
    assert (11 in kyoo.fakes.simkl.entries, 50709 in kyoo.fakes.mal.list) == (False, False)
    assert ("movie", 1) not in kyoo.fakes.trakt.watchlist
    scored = await kyoo.api.put("/series/wire/score", json={"score": 70})
    assert scored.json()["sync"]["trakt"]["status"] == "synced"
    assert kyoo.fakes.simkl.entries[12]["rating"] == 7
    await kyoo.choose("trakt", scores=False)
    scored = await kyoo.api.put("/series/wire/score", json={"score": 10})
    assert "trakt" not in scored.json()["sync"]


async def test_completed_marks_what_was_not_seen_by_itself(kyoo: Tracked) -> None:
    await kyoo.link("trakt", "simkl", "mal")
    await record(kyoo, play("wire-s1e1"))
    body = await say(kyoo, "/series/wire", status="completed", completedAt=AT)
    # The special without a number elsewhere is said to be missing; the others are there, each once.
    assert body["sync"]["trakt"]["status"] == "synced"
    assert body["sync"]["trakt"]["reason"] == "1 of 5 entries have no exact place at Trakt"
    places = [(p["episode"]["season"], p["episode"]["number"]) for p in kyoo.fakes.trakt.plays]
    assert sorted(places) == [(0, 9), (1, 1), (1, 2), (2, 1), (2, 2)]
    assert {len(dates) for dates in kyoo.fakes.simkl.entries[12]["plays"].values()} == {1}
    # Said again after something else, no episode counts twice.
    await say(kyoo, "/series/wire", status="planned")
    await say(kyoo, "/series/wire", status="completed")
    assert len(kyoo.fakes.trakt.plays) == 5
    await say(kyoo, "/series/abyss", status="completed")
    assert [entry["num_episodes_watched"] for entry in kyoo.fakes.mal.list.values()] == [2, 2]


async def test_rewatching_counts(kyoo: Tracked) -> None:
    await kyoo.link("anilist", "mal", "trakt")
    everything = [play(f"abyss-s{s}e{e}") for s in (1, 2) for e in (1, 2)]
    await record(kyoo, *everything)
    await kyoo.settled()
    await say(kyoo, "/series/abyss", status="rewatching")
    await record(kyoo, *({**one, "playedDate": None} for one in everything))
    await kyoo.settled()
    assert [entry["repeat"] for entry in kyoo.fakes.anilist.list.values()] == [1, 1]
    assert {entry["status"] for entry in kyoo.fakes.anilist.list.values()} == {"COMPLETED"}
    assert [entry["num_times_rewatched"] for entry in kyoo.fakes.mal.list.values()] == [1, 1]
    assert not any(entry["is_rewatching"] for entry in kyoo.fakes.mal.list.values())
    assert len(kyoo.fakes.trakt.plays) == 8


async def test_not_seen_is_told_only_when_that_is_wished(kyoo: Tracked) -> None:
    await kyoo.link("trakt", "mal")
    await record(kyoo, *(play(f"abyss-s{s}e{e}") for s in (1, 2) for e in (1, 2)))
    assert "sync" not in (await kyoo.api.delete("/series/abyss/seasons/2/seen")).json()
    assert len(kyoo.fakes.trakt.plays) == 4
    await kyoo.choose("trakt", unwatch=True)
    await kyoo.choose("mal", unwatch=True)
    body = (await kyoo.api.delete("/series/abyss/seasons/2/seen")).json()
    assert {said["status"] for said in body["sync"].values()} == {"synced"}
    assert {p["episode"]["season"] for p in kyoo.fakes.trakt.plays} == {1}
    assert kyoo.fakes.mal.list[41084]["num_episodes_watched"] == 0
    assert kyoo.fakes.mal.list[34599]["num_episodes_watched"] == 2


async def test_what_is_removed_here_keeps_what_was_watched_there(kyoo: Tracked) -> None:
    await kyoo.link("mal", "simkl")
    await record(kyoo, play("abyss-s1e1"))
    await kyoo.api.delete("/series/abyss/watchstatus")
    assert kyoo.fakes.mal.list[34599]["num_episodes_watched"] == 1
    await kyoo.choose("mal", unwatch=True)
    await say(kyoo, "/series/abyss", status="watching")
    await kyoo.api.delete("/series/abyss/watchstatus")
    assert kyoo.fakes.mal.list == {}


@pytest.mark.exhaustive
async def test_an_outage_is_waited_for_and_the_order_kept(kyoo: Tracked) -> None:
    await kyoo.link("trakt")
    trakt = kyoo.fakes.trakt
    trakt.faults.append(Fault("/sync", 503, "<html>down</html>", times=2))
    body = await say(kyoo, "/series/wire", status="planned")
    assert body["sync"]["trakt"]["status"] == "queued"
    assert "out of order" in body["sync"]["trakt"]["reason"]
    # What is about the same title waits behind it, what is about another does not.
    body = await say(kyoo, "/series/wire", status="dropped")
    assert body["sync"]["trakt"]["status"] == "queued"
    trakt.faults.clear()
    assert (await say(kyoo, "/movies/bubble", status="planned"))["sync"]["trakt"]["status"] == "synced"
    item = await kyoo.item("trakt")
    assert (item["queued"], item["failed"]) == (2, 0)
    page = (await kyoo.api.get(f"{ME}/trakt/outbox")).json()
    assert [(one["what"], one["show"], one["state"]) for one in page["items"]] == [("status", "wire", "waiting")] * 2
    await kyoo.settled()
    paths = [
        path for _, path, _ in trakt.writes() if "remove" not in path and ("watchlist" in path or "hidden" in path)
    ]
    assert paths == ["/sync/watchlist", "/sync/watchlist", "/sync/watchlist", "/users/hidden/dropped"]
    assert (await kyoo.item("trakt"))["queued"] == 0


async def test_a_tracker_that_hangs_delays_no_longer_than_it_may(runtime: Runtime, tmp_path: Path) -> None:
    async with tracked(runtime, tmp_path, tracker_wait=scaled(0.3), tracker_timeout=30) as kyoo:
        kyoo.fakes.trakt.add("movie", 1, "Bubble", tmdb=1)
        kyoo.fakes.simkl.add("movies", 1, "Bubble", tmdb=1)
        await kyoo.api.post("/movies", json=movie_seed("bubble", externalId=ids(themoviedatabase=1)))
        await kyoo.link("trakt", "simkl")
        kyoo.fakes.trakt.delay = 60
        async with asyncio.timeout(scaled(3)):
            body = await say(kyoo, "/movies/bubble", status="planned")
        # One that is slow delays no other.
        assert {name: said["status"] for name, said in body["sync"].items()} == {"trakt": "queued", "simkl": "synced"}


async def test_a_limit_is_heeded_by_all(kyoo: Tracked) -> None:
    await kyoo.link("trakt")
    trakt = kyoo.fakes.trakt
    trakt.faults.append(Fault("/sync/watchlist", 429, None, {"retry-after": "120"}, method="POST"))
    body = await say(kyoo, "/movies/bubble", status="planned")
    assert body["sync"]["trakt"] == {"status": "queued", "reason": "Trakt asks for a pause"}
    asked = len(trakt.log)
    body = await say(kyoo, "/series/wire", status="planned")
    assert body["sync"]["trakt"]["status"] == "queued"
    assert len(trakt.log) == asked
    await kyoo.settled()
    assert len(trakt.watchlist) == 2


@pytest.mark.parametrize(("status", "words"), [(420, "full"), (426, "VIP"), (422, "does not take")])
async def test_what_is_refused_for_good(kyoo: Tracked, status: int, words: str) -> None:
    await kyoo.link("trakt")
    kyoo.fakes.trakt.faults.append(Fault("/sync/watchlist", status))
    body = await say(kyoo, "/movies/bubble", status="planned")
    assert body["sync"]["trakt"]["status"] == "failed"
    assert words in body["sync"]["trakt"]["reason"]
    async with kyoo.app.state.context.runtime.database.connection() as connection:
        cursor = await connection.execute("select body, owner from events.log where topic = 'notices'")
        (notice,) = await cursor.fetchall()
    assert (notice["body"]["key"], notice["owner"]) == ("tracker.failed", USER)
    assert words in notice["body"]["values"]["message"]
    (letter,) = (await kyoo.api.get(f"{ME}/trakt/outbox")).json()["items"]
    assert (letter["state"], letter["nextTry"], letter["tries"]) == ("failed", None, 1)
    assert (await kyoo.api.post(f"{ME}/trakt/outbox/{letter['id']}/retry")).status_code == 202
    await kyoo.settled()
    assert (await kyoo.api.get(f"{ME}/trakt/outbox")).json()["items"] == []
    assert len(kyoo.fakes.trakt.watchlist) == 1
    assert (await kyoo.api.delete(f"{ME}/trakt/outbox/{letter['id']}")).status_code == 404


async def test_what_may_have_arrived_is_asked_about_first(kyoo: Tracked) -> None:
    """Both take a mark as often as it is told: it was done, and the answer was lost."""
    await kyoo.link("trakt", "simkl")
    for fake in (kyoo.fakes.trakt, kyoo.fakes.simkl):
        fake.faults.append(Fault("/sync/history", 502, "<html>", after=True))
    body = await record(kyoo, play("wire-s1e1"))
    assert {said["status"] for said in body["sync"].values()} == {"queued"}
    await kyoo.settled()
    assert len(kyoo.fakes.trakt.plays) == 1
    assert kyoo.fakes.simkl.entries[12]["plays"] == {(1, 1): [AT]}
    # And when it was not done, it is done now.
    for fake in (kyoo.fakes.trakt, kyoo.fakes.simkl):
        fake.faults.append(Fault("/sync/history", 502, "<html>"))
    await record(kyoo, play("wire-s1e2"))
    await kyoo.settled()
    assert len(kyoo.fakes.trakt.plays) == 2
    assert len(kyoo.fakes.simkl.entries[12]["plays"]) == 2


async def test_anilist_down_and_at_its_limit(kyoo: Tracked) -> None:
    await kyoo.link("anilist")
    anilist = kyoo.fakes.anilist
    anilist.down = True
    body = await record(kyoo, play("abyss-s1e1"))
    assert body["sync"]["anilist"] == {"status": "queued", "reason": "AniList is out of order"}
    anilist.down, anilist.remaining = False, 1
    await kyoo.settled()
    anilist.remaining = None
    await kyoo.settled()
    assert anilist.list[97986]["progress"] == 1


async def test_what_all_may_ask_together_is_kept_for_all(runtime: Runtime, tmp_path: Path) -> None:
    """AniList's limit is that of this server, whoever asks: what is over it waits."""
    async with tracked(runtime, tmp_path, limits=True, tracker_wait=0.2) as kyoo:
        films = range(1, 8)
        for number in films:
            kyoo.fakes.anilist.add(number, f"Film {number}", 1)
            external = ids(anilist=number)
            await kyoo.api.post("/movies", json=movie_seed(f"film-{number}", externalId=external))
        await kyoo.link("anilist")
        said = [(await record(kyoo, play(f"film-{number}")))["sync"]["anilist"] for number in films]
        assert [one["status"] for one in said[:3]] == ["synced"] * 3
        assert said[-1] == {"status": "queued", "reason": "AniList allows no more requests for now"}
        assert len(kyoo.fakes.anilist.log) <= 2 + 9
        assert "lastError" not in await kyoo.item("anilist")


async def test_a_season_is_told_as_one(kyoo: Tracked) -> None:
    await kyoo.link("trakt")
    body = (await kyoo.api.post("/series/wire/seasons/1/seen")).json()
    assert body["sync"]["trakt"]["status"] == "synced"
    ((_, path, sent),) = kyoo.fakes.trakt.writes()
    assert path == "/sync/history"
    assert [one["number"] for one in sent["shows"][0]["seasons"][0]["episodes"]] == [1, 2]


async def test_a_socket_scrobbles_what_it_ends(kyoo: Tracked) -> None:
    await kyoo.link("trakt", "simkl")
    video = {
        "path": "/v/bubble.mkv",
        "rendering": "a",
        "part": None,
        "version": 1,
        "guess": {"title": "bubble", "from": "test", "history": []},
        "for": [{"slug": "bubble"}],
    }
    (made,) = (await kyoo.api.post("/videos", json=[video])).json()
    context = kyoo.app.state.context
    identity = await context.runtime.authentication.verifier.verify(
        kyoo.api.headers["authorization"].removeprefix("Bearer ")
    )
    session = Session(context, identity, "")
    sent: list[str] = []

    async def send(text: str) -> None:
        sent.append(text)

    socket = Socket(context, session, browser="", write=lambda _: False, send=send, cut=lambda: None)
    frame = '{"action":"watch","entry":"bubble","videoId":"%s","percent":%d,"time":%d}'

    async def say(percent: int, time: int) -> str:
        await socket.hear(frame % (made["id"], percent, time))
        await asyncio.gather(*context.trackers.watching._tasks)
        return sent.pop()

    assert "sync" not in await say(50, 60)
    assert (kyoo.fakes.trakt.watching or {})["progress"] == 50
    assert "sync" not in await say(50, 60)
    assert [paused["progress"] for paused in kyoo.fakes.trakt.paused] == [50]
    assert "sync" not in await say(51, 65)
    assert "sync" not in await say(52, 70)
    assert '"trakt":{"status":"synced"' in await say(96, 100)
    assert [play["action"] for play in kyoo.fakes.trakt.plays] == ["scrobble"]
    assert "sync" not in await say(100, 110)
    assert len(kyoo.fakes.simkl.entries[11]["plays"][None, None]) == 1
    told = [path for _, path, _ in kyoo.fakes.trakt.writes()]
    assert told == [f"/scrobble/{action}" for action in ("start", "pause", "start", "stop")]
    await socket.close()
    assert len(kyoo.fakes.trakt.writes()) == 4


async def test_what_waits_for_hours_does_not_hold_up_what_is_due(kyoo: Tracked, queued: InMemoryConnector) -> None:
    await kyoo.link("trakt")
    delivery = kyoo.app.state.context.trackers.delivery
    async with kyoo.app.state.context.database.connection() as connection:
        (row,) = await (await connection.execute("select pk from api.trackers")).fetchall()
    for seconds in (3600, 0, 0):
        await delivery.defer(row["pk"], seconds)
    jobs = [job for job in queued.jobs.values() if job["task_name"] == "api:deliver_to_tracker"]
    assert [job["scheduled_at"] is None for job in jobs] == [False, True]
