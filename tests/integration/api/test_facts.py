"""What becomes an event: what is watched, said, hidden, added, edited and removed, and nothing that failed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import httpx2
import psycopg
import pytest
from tests.integration.api.conftest import Library
from tests.integration.api.seeds import OTHER_USER, USER, bearer, episode_seed, image_url, texts
from tests.integration.api.viewers.watching import EPISODE, LAST, SERIE, play, record, seed_abyss, seed_video

from kyoo.api import facts, history
from kyoo.api.facts import Moment
from kyoo.api.models.profile import SeedHistory
from kyoo.core import events
from kyoo.core.database.postgres import Database
from kyoo.core.events import Event

Told = Callable[[], Awaitable[list[Event]]]


@pytest.fixture
async def told(database: Database) -> Told:
    """What was told since it was asked last."""
    seen = 0

    async def ask() -> list[Event]:
        nonlocal seen
        async with database.connection() as connection:
            found = await events.since(connection, seen)
        seen = found[-1].id if found else seen
        return found

    return ask


@pytest.fixture
async def abyss(library: Library, told: Told) -> dict[str, Any]:
    seeded = await seed_abyss(library)
    await told()
    return seeded


def types(found: list[Event]) -> list[str]:
    return [f"{event.topic} {event.type}" for event in found]


async def test_plays(api: httpx2.AsyncClient, library: Library, abyss: dict[str, Any], told: Told) -> None:
    video = await seed_video(library)
    await told()
    await record(api, play(EPISODE, 10, videoId=video))
    (event,) = await told()
    assert (event.topic, event.type, event.owner) == ("watch", "progress", USER)
    assert event.body["show"] == {"id": abyss["id"], "slug": SERIE, "kind": "serie"}
    assert event.body["entry"]["slug"] == EPISODE
    progress = event.body["progress"]
    assert {**progress, "playedDate": progress["playedDate"][-1]} == {
        "percent": 10, "time": 100, "videoId": video, "playedDate": "Z",
    }  # fmt: skip
    assert event.body["watchStatus"]["status"] == "watching"
    await record(api, play(EPISODE, 20, videoId=video))
    (event,) = await told()
    assert (event.type, event.body["progress"]["percent"], "watchStatus" in event.body) == ("progress", 20, False)
    await record(api, play(EPISODE, 96, videoId=video))
    (event,) = await told()
    assert (event.type, event.body["watchStatus"]["seenCount"]) == ("finished", 1)
    await record(api, play(EPISODE, 97, videoId=video))
    assert types(await told()) == ["watch progress"]


async def test_what_a_socket_says_of_a_play(database: Database, abyss: dict[str, Any], told: Told) -> None:
    seed = SeedHistory(entry=EPISODE, video_id=None, percent=97, time=970, played_date=None)
    async with database.transaction() as connection:
        await history.record(connection, USER, [seed], Moment("stopped", "this socket"))
    found = await told()
    assert [(event.type, event.origin) for event in found] == [("finished", "this socket"), ("stopped", "this socket")]


async def test_an_import_tells_of_shows(api: httpx2.AsyncClient, library: Library, told: Told) -> None:
    await library.serie("long", entries=[episode_seed(1, n, order=n) for n in range(1, facts.SINGLY + 2)])
    await told()
    await record(api, *(play(f"long-s1e{n}", 100, external=True) for n in range(1, facts.SINGLY + 2)))
    (event,) = await told()
    assert (event.type, event.body["entry"], event.body["show"]["slug"]) == ("status", None, "long")
    assert event.body["watchStatus"]["seenCount"] == facts.SINGLY + 1


@pytest.mark.parametrize(
    ("verb", "path", "body", "expected"),
    [
        ("POST", "/movies/bubble/watchstatus", {"status": "planned"}, ["watch status"]),
        ("PUT", "/movies/bubble/score", {"score": 70}, ["watch score"]),
        ("POST", f"/series/{SERIE}/seen", None, ["watch finished"] * 4 + ["watch status"]),
        ("PUT", f"/series/{SERIE}/hidden", {"rows": ["news"]}, ["watch hidden"]),
        ("PATCH", "/movies/bubble", {"runtime": 90}, ["catalogue changed"]),
        ("PATCH", "/movies/bubble", {}, []),
        ("PATCH", f"/entries/{LAST}", {"runtime": 24}, ["catalogue changed"]),
        ("DELETE", "/movies/bubble", None, ["catalogue removed"]),
        ("DELETE", "/movies/none", None, []),
        ("PUT", "/movies/none/score", {"score": 70}, []),
        ("PUT", "/movies/bubble/score", {"score": None}, []),
    ],
)
async def test_what_is_said_and_edited(
    api: httpx2.AsyncClient, abyss: dict[str, Any], told: Told, verb: str, path: str, body: Any, expected: list[str]
) -> None:
    await api.request(verb, path, json=body)
    assert types(await told()) == expected


async def test_what_is_taken_back(api: httpx2.AsyncClient, abyss: dict[str, Any], told: Told) -> None:
    await api.post("/movies/bubble/watchstatus", json={"status": "completed"})
    await api.put("/movies/bubble/hidden", json={"rows": ["news", "random"]})
    assert (await told())[-1].body["hiddenFrom"] == ["news", "random"]
    await api.delete("/movies/bubble/watchstatus")
    await api.delete("/movies/bubble/hidden")
    removed, shown = await told()
    assert (removed.type, removed.body["watchStatus"]) == ("status", None)
    assert (shown.type, shown.body["hiddenFrom"]) == ("hidden", [])
    await record(api, play(EPISODE, 10))
    await told()
    await api.delete(f"/profiles/me/nextup/{EPISODE}")
    await api.delete(f"/series/{SERIE}/seen")
    aside, unseen = await told()
    assert (aside.type, aside.body["nextUp"]) == ("hidden", False)
    assert (unseen.type, unseen.body["watchStatus"]["status"]) == ("status", "planned")


async def test_titles_come_change_and_go(api: httpx2.AsyncClient, library: Library, told: Told) -> None:
    collection = {
        "slug": "abysses", "originalLanguage": "en", "genres": [], "rating": {}, "externalId": {},
        "translations": {"en": texts("Abysses")},
    }  # fmt: skip
    await library.movie("bubble", collection=collection)
    (event,) = await told()
    assert (event.topic, event.type, event.owner) == ("catalogue", "added", None)
    assert [(item["kind"], item["slug"]) for item in event.body["items"]] == [
        ("movie", "bubble"), ("collection", "abysses"),
    ]  # fmt: skip
    await library.movie("bubble", collection=collection)
    assert types(await told()) == ["catalogue changed"]
    await library.video("/films/bubble.mkv", **{"for": [{"slug": "bubble"}]})
    (event,) = await told()
    assert event.body["items"][0]["fields"] == ["videos"]
    await api.request("DELETE", "/videos", json=["/films/bubble.mkv"])
    assert types(await told()) == ["catalogue changed"]
    await api.patch("/collections/abysses", json={"genres": ["drama"]})
    (event,) = await told()
    assert event.body["items"][0] == {**event.body["items"][0], "kind": "collection", "fields": ["genres"]}
    await api.delete("/movies/bubble")
    (event,) = await told()
    assert event.body["items"][0]["seen"] == [{"libraries": [], "minAge": None}]


async def test_a_picture_that_is_ready(database: Database, library: Library, told: Told) -> None:
    await library.movie("bubble", translations={"en": texts("Bubble", poster=image_url("bubble"))})
    await told()
    async with database.transaction() as connection:
        row = await (await connection.execute("select id from api.images")).fetchone()
        assert row is not None
        await facts.picture_ready(connection, row["id"])
    (event,) = await told()
    assert [(item["slug"], item["fields"]) for item in event.body["items"]] == [("bubble", ["pictures"])]


async def test_a_hundred_titles_at_most(database: Database, library: Library, told: Told) -> None:
    async with database.transaction() as connection:
        await connection.execute(
            "insert into api.shows (kind, slug, original_language) select 'collection', 'c' || n, 'en' "
            "from generate_series(1, 120) n"
        )
        rows = await (await connection.execute("select pk from api.shows")).fetchall()
        await facts.changed(connection, [row["pk"] for row in rows])
        await facts.changed(connection, [-1])
        await facts.changed(connection, [])
    (event,) = await told()
    assert (len(event.body["items"]), event.body["more"]) == (100, True)


async def test_readers_with_limits_tell_of_what_they_watch(
    api: httpx2.AsyncClient, library: Library, abyss: dict[str, Any], told: Told
) -> None:
    await api.patch("/movies/bubble", json={"minAge": 6})
    await told()
    child = bearer(OTHER_USER, maxAge=12)
    response = await api.post("/movies/bubble/watchstatus", json={"status": "planned"}, headers=child)
    assert response.status_code == 200, response.text
    (event,) = await told()
    assert (event.owner, event.body["show"]["slug"]) == (OTHER_USER, "bubble")


async def test_nothing_is_told_of_what_was_undone(database: Database, abyss: dict[str, Any], told: Told) -> None:
    seed = SeedHistory(entry=EPISODE, video_id=None, percent=97, time=970, played_date=None)
    async with database.connection() as connection:
        with pytest.raises(psycopg.Error):
            await _fail(connection, seed)
    assert await told() == []


async def _fail(connection: Any, seed: SeedHistory) -> None:
    async with connection.transaction():
        await history.record(connection, USER, [seed])
        await connection.execute("select 1 / 0")
