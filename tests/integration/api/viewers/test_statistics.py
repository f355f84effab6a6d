"""Statistics: what reports of players add up to, whose they are, in which days, and what limits hide of them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx2
import pytest
from fastapi import FastAPI
from tests.integration.api.conftest import Library, Peer
from tests.integration.api.seeds import GUEST, OTHER_USER, USER, bearer
from tests.integration.api.viewers.watching import EPISODE, LAST, SERIE, play, record, seed_abyss, seed_video

from kyoo.api.queries.viewers import forgetting
from kyoo.api.statistics.counting import Under, encoded, quarters, step
from kyoo.api.statistics.summing import add_up
from kyoo.core import events
from kyoo.core.database.postgres import Database
from kyoo.core.events import Event, Fact

ADMIN = bearer(USER, ("core.read", "core.write", "users.write"))
NOON = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0) - timedelta(days=2)

Tell = Callable[..., Awaitable[None]]


def event(kind: str, seconds: float, position: int) -> Event:
    at = NOON + timedelta(seconds=seconds)
    return Event(1, "watch", kind, {"progress": {"time": position}}, USER, None, at)


def total(*reports: tuple[str, float, int]) -> tuple[int, int]:
    """Of reports: what, when, where; seconds and ends."""
    under: Under | None = None
    seconds = finished = 0
    for report in reports:
        done = step(under, event(*report))
        under, seconds, finished = done.after, seconds + done.seconds, finished + done.finished
    return seconds, finished


@pytest.mark.parametrize(
    ("reports", "expected"),
    [
        ([("started", 0, 0), ("progress", 60, 60), ("stopped", 100, 100)], (100, 0)),
        # A pause, a leap forward, one back, twice as fast.
        ([("started", 0, 0), ("paused", 10, 10), ("resumed", 500, 10), ("stopped", 520, 30)], (30, 0)),
        ([("started", 0, 0), ("progress", 10, 4000)], (10, 0)),
        ([("started", 0, 1000), ("progress", 10, 20), ("progress", 20, 30)], (10, 0)),
        ([("started", 0, 0), ("progress", 10, 20)], (10, 0)),
        # Ends: when it was watched, not when it was marked.
        ([("started", 0, 0), ("finished", 90, 90), ("progress", 90, 90), ("stopped", 100, 100)], (100, 1)),
        ([("finished", 0, 100)], (0, 0)),
        # Days later, nobody knows what was in between; and no clock goes back.
        ([("started", 0, 0), ("progress", 10**6, 5000)], (0, 0)),
        ([("started", 100, 0), ("progress", 0, 50)], (0, 0)),
    ],
)
def test_what_reports_add_up_to(reports: list[tuple[str, float, int]], expected: tuple[int, int]) -> None:
    assert total(*reports) == expected


def test_quarters_of_an_hour() -> None:
    since = NOON + timedelta(minutes=10)
    assert list(quarters(since, since + timedelta(minutes=25))) == [
        (NOON, 300), (NOON + timedelta(minutes=15), 900), (NOON + timedelta(minutes=30), 300),
    ]  # fmt: skip
    assert list(quarters(since, since)) == []


@pytest.fixture
async def tell(database: Database) -> Tell:
    """Have an event written that happened at a moment, for an entry of the serie."""
    await add_up(database)

    async def told(kind: str, at: datetime, position: int, *, entry: Any, show: Any, user: Any = USER) -> None:
        body = {"show": show, "entry": entry, "progress": {"time": position, "percent": 1}}
        async with database.connection() as connection:
            await events.record(connection, Fact("watch", kind, body, owner=user))
            await connection.execute("update events.log set at = %s where id = (select max(id) from events.log)", [at])

    return told


async def known(api: httpx2.AsyncClient, slug: str) -> dict[str, Any]:
    answer = await api.get(f"/series/{SERIE}/entries?limit=50")
    show = (await api.get(f"/series/{SERIE}")).json()
    entry = next(one for one in answer.json()["items"] if one["slug"] == slug)
    return {
        "show": {"id": show["id"], "slug": SERIE, "kind": "serie"},
        "entry": {"id": entry["id"], "slug": slug},
    }


async def read(api: httpx2.AsyncClient, path: str = "/profiles/me/statistics", **options: Any) -> dict[str, Any]:
    answer = await api.get(path, **options)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def test_days_are_those_of_the_zone(
    api: httpx2.AsyncClient, database: Database, library: Library, tell: Tell
) -> None:
    await seed_abyss(library)
    await record(api, play(LAST, 1))
    of = await known(api, EPISODE)
    begin = NOON.replace(hour=22, minute=20)
    for kind, minutes in (("started", 0), ("progress", 30), ("stopped", 60)):
        await tell(kind, begin + timedelta(minutes=minutes), minutes * 60, **of)
    await add_up(database)
    await add_up(database)

    def of_days(found: dict[str, Any]) -> dict[str, int]:
        assert len(found["days"]) == 30
        assert sum(found["hours"]) == found["seconds"] == 3600
        return {day["day"]: day["seconds"] for day in found["days"] if day["seconds"]}

    day = begin.date()
    after = (begin + timedelta(days=1)).date()
    found = await read(api)
    assert of_days(found) == {str(day): 3600}
    assert (found["hours"][22], found["hours"][23]) == (2400, 1200)
    # In Nepal it is 5 h 45 min later: half past four in the morning.
    found = await read(api, "/profiles/me/statistics?zone=Asia/Kathmandu")
    assert of_days(found) == {str(after): 3600}
    assert (found["hours"][4], found["hours"][5]) == (3300, 300)
    local = datetime.now(ZoneInfo("Asia/Kathmandu")).date()
    assert (found["last"], found["first"]) == (str(local), str(local - timedelta(days=29)))
    assert [(one["show"]["name"], one["seconds"]) for one in found["titles"]] == [("Made In Abyss", 3600)]


async def test_what_was_played_through_the_api(
    api: httpx2.AsyncClient, database: Database, library: Library, tell: Tell
) -> None:
    """The events of real reports, not of this test: a play that ends, and a mark that is none."""
    await seed_abyss(library)
    await add_up(database)
    await record(api, play(EPISODE, 10))
    await add_up(database)
    await record(api, play(EPISODE, 99))
    await record(api, play(LAST, 100, external=True))
    await add_up(database)
    found = await read(api)
    assert (found["finished"], len(found["titles"])) == (1, 1)


async def test_whose_they_are(
    api: httpx2.AsyncClient, database: Database, library: Library, tell: Tell, peer: Peer
) -> None:
    peer.answers[f"/auth/users/{OTHER_USER}"] = lambda _: httpx2.Response(200, json={"username": "reg"})
    await seed_abyss(library)
    for headers in (bearer(), bearer(OTHER_USER)):
        await record(api, play(EPISODE, 1), headers=headers)
    of = await known(api, EPISODE)
    for user, minutes in ((USER, 10), (OTHER_USER, 20)):
        await tell("started", NOON, 0, user=user, **of)
        await tell("stopped", NOON + timedelta(minutes=minutes), minutes * 60, user=user, **of)
    await add_up(database)
    assert (await read(api))["seconds"] == 600
    assert "users" not in await read(api)
    everybody = await read(api, "/statistics", headers=ADMIN)
    assert everybody["seconds"] == 1800
    assert [(one["username"], one["seconds"]) for one in everybody["users"]] == [("reg", 1200), (None, 600)]
    assert (await read(api, f"/statistics?user={OTHER_USER}", headers=ADMIN))["seconds"] == 1200
    for headers in (bearer(), bearer(USER, ("core.read", "core.write", "users.write"), maxAge=12), GUEST):
        assert (await api.get("/statistics", headers=headers)).status_code == 403
    assert (await api.get("/profiles/me/statistics", headers=GUEST)).status_code == 403
    for wrong in ("zone=Mars/Olympus", "zone=';--", "days=0", "days=400", f"zone={'a' * 100}"):
        assert (await api.get(f"/profiles/me/statistics?{wrong}")).status_code == 422
    async with database.connection() as connection:
        await forgetting.delete_profiles(connection, [OTHER_USER])
    assert (await read(api, "/statistics", headers=ADMIN))["seconds"] == 600


async def test_limits_hide_titles_and_their_hours(
    api: httpx2.AsyncClient, database: Database, library: Library, tell: Tell
) -> None:
    await seed_abyss(library)
    await api.patch(f"/series/{SERIE}", json={"minAge": 16})
    await record(api, play(EPISODE, 1))
    of = await known(api, EPISODE)
    await tell("started", NOON, 0, **of)
    await tell("stopped", NOON + timedelta(minutes=10), 600, **of)
    await add_up(database)
    assert (await read(api))["seconds"] == 600
    child = await read(api, headers=bearer(USER, maxAge=12))
    assert (child["seconds"], child["titles"], sum(child["hours"])) == (0, [], 0)
    assert SERIE not in str(child)


async def test_they_go_along_with_a_file_that_is_of_another_title(
    api: httpx2.AsyncClient, database: Database, library: Library, tell: Tell
) -> None:
    await seed_abyss(library)
    video = await seed_video(library)
    await record(api, play(EPISODE, 50, videoId=video))
    of = await known(api, EPISODE)
    await tell("started", NOON, 0, **of)
    await tell("stopped", NOON + timedelta(minutes=10), 600, **of)
    await add_up(database)
    answer = await api.post("/videos/link", json=[{"id": video, "for": [{"slug": "bubble"}]}])
    assert answer.status_code in (200, 201), answer.text
    await api.request("DELETE", "/videos/link", json=[EPISODE])
    found = await read(api)
    assert [(one["show"]["slug"], one["seconds"]) for one in found["titles"]] == [("bubble", 600)]


async def test_what_goes_takes_its_sums(
    api: httpx2.AsyncClient, database: Database, library: Library, tell: Tell
) -> None:
    await seed_abyss(library)
    await record(api, play(EPISODE, 1))
    of = await known(api, EPISODE)
    await tell("started", NOON, 0, **of)
    await tell("progress", NOON + timedelta(minutes=10), 600, **of)
    await add_up(database)
    assert (await api.delete(f"/series/{SERIE}")).status_code < 300
    assert (await read(api))["seconds"] == 0
    # Told of late, of what is gone.
    await tell("progress", NOON + timedelta(minutes=20), 1200, **of)
    await add_up(database)
    async with database.connection() as connection:
        row = await (
            await connection.execute(
                "select (select count(*) from api.watched) + (select count(*) from api.watching) as n"
            )
        ).fetchone()
    assert row == {"n": 0}


def stream(*viewers: tuple[str, str | None, str, str], reason: str | None = "codec") -> dict[str, Any]:
    return {
        "path": "/x.mkv", "sha": "x", "duration": 100,
        "videos": [
            {"index": 0, "quality": "original", "heads": [], "reason": None, "encoders": 0, "processorSeconds": 0},
            {"index": 0, "quality": "480p", "heads": [], "reason": "quality", "encoders": 1, "processorSeconds": 1},
        ],
        "audios": [
            {"index": 0, "quality": "128k", "heads": [], "reason": reason, "encoders": 1, "processorSeconds": 0},
        ],
        "viewers": [
            {
                "clientId": client, "profileId": user, "sessionId": None, "state": state,
                "video": {"index": 0, "quality": quality, "head": 0},
                "audio": {"index": 0, "quality": "128k", "head": 0},
            }
            for client, user, state, quality in viewers
        ],
    }  # fmt: skip


def test_what_is_encoded() -> None:
    row = stream(("a", str(USER), "playing", "480p"), ("b", None, "playing", "original"), ("c", None, "paused", "480p"))
    assert encoded(row) == {"a": (str(USER), "video"), "b": (None, "audio")}
    assert encoded(stream(("b", None, "playing", "original"), reason=None)) == {}


async def test_how_much_was_encoded(api: httpx2.AsyncClient, database: Database, library: Library, tell: Tell) -> None:
    await seed_abyss(library)
    await record(api, play(EPISODE, 1))
    one, two = ("a", str(USER), "playing", "480p"), ("b", None, "playing", "original")
    for kind, minutes, row in (
        ("started", 0, stream(one)),
        ("changed", 20, stream(one, two)),
        ("changed", 30, stream(("a", str(USER), "paused", "480p"), two)),
        ("ended", 50, stream()),
    ):
        async with database.connection() as connection:
            await events.record(connection, Fact("streams", kind, {"stream": row}))
            await connection.execute(
                "update events.log set at = %s where id = (select max(id) from events.log)",
                [NOON + timedelta(minutes=minutes)],
            )
    await add_up(database)
    assert (await read(api))["encoded"] == {"video": 1800, "audio": 0}
    assert (await read(api, "/statistics", headers=ADMIN))["encoded"] == {"video": 1800, "audio": 1800}


async def test_what_was_played_before_is_counted_once(
    database: Database, app: FastAPI, api: httpx2.AsyncClient, library: Library
) -> None:
    """The migration of a database that has a history."""
    from pathlib import Path

    import kyoo.api

    await seed_abyss(library)
    await record(api, play(EPISODE, 99, playedDate=NOON.isoformat().replace("+00:00", "Z")))
    migration = Path(kyoo.api.__file__).with_name("migrations") / "0017_pre_statistics.sql"
    backfill = migration.read_text().partition("insert into api.watched")
    async with database.connection() as connection:
        await connection.execute("insert into api.watched" + backfill[2])
    found = await read(api)
    assert (found["seconds"], found["finished"]) == (990, 1)
    assert {day["day"]: day["seconds"] for day in found["days"] if day["seconds"]} == {str(NOON.date()): 990}
