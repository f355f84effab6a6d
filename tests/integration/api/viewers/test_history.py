"""Plays: what is recorded, what goes on, and what becomes of the watch list (docs/protocol/api.md#plays)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from fastapi import FastAPI
from pydantic import TypeAdapter
from tests.integration.api.conftest import Library, Peer
from tests.integration.api.seeds import GUEST, OTHER_USER, READ, USER, USERS, bearer
from tests.integration.api.viewers.watching import (
    EPISODE,
    FILM,
    SPECIAL,
    ago,
    items,
    next_up,
    play,
    record,
    seed_abyss,
    seed_video,
    watch_status,
)

from kyoo.api.models.entry import Entry
from kyoo.api.models.show import EntryWithShow
from kyoo.api.realtime.session import Session
from kyoo.api.realtime.sockets import Socket
from kyoo.api.watchlist import FINISHED
from kyoo.core.database.postgres import Database
from kyoo.core.http.pages import Page

WEB = Path(__file__).parents[4] / "web/src/lib/finished.ts"


async def test_rules_database_and_pages_agree_on_what_has_ended(database: Database) -> None:
    async with database.connection() as connection:
        cursor = await connection.execute(
            "select array_agg(api.is_finished(percent, false) order by percent) as here,"
            " bool_and(api.is_finished(percent, true)) as elsewhere from generate_series(0, 100) percent"
        )
        row = await cursor.fetchone()
    assert row == {"here": [percent >= FINISHED for percent in range(101)], "elsewhere": True}
    assert f"export const finishedAt = {FINISHED};" in WEB.read_text()


@pytest.fixture
async def abyss(library: Library) -> dict[str, Any]:
    return await seed_abyss(library)


@pytest.fixture
async def video(library: Library, abyss: dict[str, Any]) -> str:
    """The id of the file of the first episode."""
    return await seed_video(library)


async def test_plays_are_listed_newest_first_with_their_show(
    api: httpx2.AsyncClient, abyss: dict[str, Any], video: str
) -> None:
    assert await items(api, "/profiles/me/history") == []
    inserted = await record(
        api,
        play(EPISODE, 58, videoId=video, time=1692, playedDate="2025-02-01"),
        play("bubble", 100, time=120, playedDate="2025-02-02"),
    )
    assert inserted == 2
    movie, episode = await items(api, "/profiles/me/history")
    assert (movie["slug"], movie["kind"], movie["show"]["slug"], movie["show"]["kind"]) == (
        "bubble",
        "movie",
        "bubble",
        "movie",
    )
    assert movie["progress"] == {
        "percent": 100,
        "time": 120,
        "playedDate": "2025-02-02T00:00:00.000Z",
        "videoId": None,
    }
    assert (episode["slug"], episode["seasonNumber"], episode["episodeNumber"]) == (EPISODE, 1, 13)
    assert episode["progress"] == {
        "percent": 58,
        "time": 1692,
        "playedDate": "2025-02-01T00:00:00.000Z",
        "videoId": video,
    }
    assert [link["slug"] for link in episode["videos"]] == [EPISODE]
    assert episode["show"]["watchStatus"]["status"] == "watching"


async def test_a_second_play_on_another_day_is_another_item(
    api: httpx2.AsyncClient, abyss: dict[str, Any], video: str
) -> None:
    await record(api, play(EPISODE, 58, videoId=video, playedDate="2025-02-01"))
    assert await record(api, play(EPISODE, 100, videoId=video, playedDate="2025-02-02")) == 1
    shown = await items(api, "/profiles/me/history")
    assert [item["progress"]["percent"] for item in shown] == [100, 58]
    entries = await items(api, "/series/made-in-abyss/entries")
    assert [entry["progress"]["percent"] for entry in entries] == [100, 0, 0, 0]
    (news,) = await items(api, "/news")
    assert news["progress"] == {
        "percent": 100,
        "time": 1000,
        "playedDate": "2025-02-02T00:00:00.000Z",
        "videoId": video,
    }


async def test_the_watch_list_after_plays(api: httpx2.AsyncClient, abyss: dict[str, Any], video: str) -> None:
    await record(
        api,
        play(EPISODE, 58, videoId=video, playedDate="2025-02-01"),
        play("bubble", 100, playedDate="2025-02-02"),
        play(EPISODE, 100, videoId=video, playedDate="2025-02-03"),
    )
    serie, movie = await items(api, "/profiles/me/watchlist")
    assert (serie["kind"], movie["kind"]) == ("serie", "movie")
    assert serie["watchStatus"] == {
        "status": "watching",
        "score": None,
        "startedAt": "2025-02-01T00:00:00.000Z",
        "completedAt": None,
        "seenCount": 1,
    }
    assert movie["watchStatus"] == {
        "status": "completed",
        "score": None,
        "completedAt": "2025-02-02T00:00:00.000Z",
        "percent": 100,
    }


async def test_reports_while_playing_go_on_with_one_play(
    api: httpx2.AsyncClient, abyss: dict[str, Any], video: str
) -> None:
    assert await record(api, play(EPISODE, 1, videoId=video)) == 1
    assert await record(api, play(EPISODE, 2, videoId=video)) == 0
    # The entry does not matter then: the play stays where it was.
    assert await record(api, play("bubble", 3, videoId=video)) == 0
    (shown,) = await items(api, "/profiles/me/history")
    assert (shown["slug"], shown["progress"]["percent"], shown["progress"]["time"]) == (EPISODE, 3, 30)


async def test_watching_again_after_a_day_keeps_the_old_play(
    api: httpx2.AsyncClient, abyss: dict[str, Any], video: str
) -> None:
    await record(api, play(EPISODE, 100, videoId=video, playedDate=ago(days=20)))
    await record(api, play(EPISODE, 97, videoId=video, playedDate=ago(days=2)))
    assert await record(api, play(EPISODE, 5, videoId=video)) == 1
    assert await record(api, play(EPISODE, 6, videoId=video)) == 0
    assert [item["progress"]["percent"] for item in await items(api, "/profiles/me/history")] == [6, 97, 100]


async def test_an_old_play_told_today_does_not_touch_the_play_of_today(
    api: httpx2.AsyncClient, abyss: dict[str, Any], video: str
) -> None:
    await record(api, play(EPISODE, 40, videoId=video))
    assert await record(api, play(EPISODE, 100, videoId=video, playedDate="2020-01-01")) == 1
    assert [item["progress"]["percent"] for item in await items(api, "/profiles/me/history")] == [40, 100]
    serie = await watch_status(api, "series/made-in-abyss")
    assert (serie["seenCount"], serie["startedAt"]) == (1, "2020-01-01T00:00:00.000Z")
    (following,) = await items(api, "/profiles/me/nextup")
    assert following["slug"] == EPISODE


async def test_a_report_that_comes_late_moves_nobody_back(
    api: httpx2.AsyncClient, abyss: dict[str, Any], video: str
) -> None:
    """A device that had no network tells where it was, when another one is further."""
    await record(api, play(EPISODE, 58, videoId=video, time=800))
    assert await record(api, play(EPISODE, 20, videoId=video, time=300, playedDate=ago(minutes=10))) == 0
    (shown,) = await items(api, "/profiles/me/history")
    assert (shown["progress"]["percent"], shown["progress"]["time"]) == (58, 800)
    # That it was seen to its end is news at any time.
    assert await record(api, play(EPISODE, 100, videoId=video, time=1400, playedDate=ago(minutes=20))) == 0
    (shown,) = await items(api, "/profiles/me/history")
    assert shown["progress"]["percent"] == 100


async def test_a_report_that_is_sent_again_is_one_play(
    api: httpx2.AsyncClient, abyss: dict[str, Any], video: str
) -> None:
    """Whoever kept it without a network may not have heard that it arrived, and another tab may have sent it, too."""
    for file in (video, None, str(uuid4())):
        kept = play(EPISODE, 58, videoId=file, playedDate=ago(days=3))
        older = play(EPISODE, 97, playedDate=ago(days=9))
        sent = await asyncio.gather(*(record(api, kept, older) for _ in range(3)))
        assert sorted(sent) == [0, 0, 2]
        # What is new of that time is told.
        assert await record(api, {**kept, "percent": 59}) == 1


async def test_reports_of_one_video_in_one_batch_are_one_play(
    api: httpx2.AsyncClient, abyss: dict[str, Any], video: str
) -> None:
    assert await record(api, play(EPISODE, 10, videoId=video), play(EPISODE, 20, videoId=video)) == 1
    (shown,) = await items(api, "/profiles/me/history")
    assert shown["progress"]["percent"] == 20


async def test_reports_at_the_same_time_are_one_play(
    api: httpx2.AsyncClient, abyss: dict[str, Any], video: str
) -> None:
    new = await asyncio.gather(*(record(api, play(EPISODE, percent, videoId=video)) for percent in range(60, 68)))
    assert sum(new) == 1
    assert len(await items(api, "/profiles/me/history")) == 1


async def test_an_unknown_video_is_recorded_without_it(api: httpx2.AsyncClient, abyss: dict[str, Any]) -> None:
    unknown = str(uuid4())
    assert await record(api, play(EPISODE, 10, videoId=unknown)) == 1
    (shown,) = await items(api, "/profiles/me/history")
    assert shown["progress"]["videoId"] is None


async def test_entries_are_named_by_id_too(api: httpx2.AsyncClient, abyss: dict[str, Any]) -> None:
    assert await record(api, play(abyss["entries"][0]["id"], 10)) == 1
    assert [item["slug"] for item in await items(api, "/profiles/me/history")] == [EPISODE]


@pytest.mark.parametrize("unknown", ["nothing", "0190a3f4-5b6c-7d8e-9f00-112233445566", "no slug!"])
async def test_an_unknown_entry_undoes_the_batch(api: httpx2.AsyncClient, abyss: dict[str, Any], unknown: str) -> None:
    response = await api.post("/profiles/me/history", json=[play(EPISODE, 10), play(unknown, 10)])
    assert (response.status_code, response.json()["status"]) == (404, 404)
    assert await items(api, "/profiles/me/history") == []
    assert await items(api, "/profiles/me/watchlist") == []


@pytest.mark.parametrize("percent", [100, 40, 0])
async def test_what_was_seen_elsewhere_counts_but_is_not_shown(
    api: httpx2.AsyncClient, abyss: dict[str, Any], percent: int
) -> None:
    """It is seen, whatever percent a client gives with it: the next entry is the one after it, a movie is completed."""
    await record(api, play(EPISODE, percent, time=0, external=True), play("bubble", percent, time=0, external=True))
    assert await items(api, "/profiles/me/history") == []
    assert (await watch_status(api, "series/made-in-abyss"))["seenCount"] == 1
    assert (await items(api, "/series/made-in-abyss/entries"))[0]["progress"]["percent"] == 100
    assert await next_up(api) == [FILM]
    bubble = await watch_status(api, "movies/bubble")
    assert (bubble["status"], bubble["percent"]) == ("completed", 100)


async def test_a_play_survives_its_file(api: httpx2.AsyncClient, abyss: dict[str, Any], video: str) -> None:
    await record(api, play(EPISODE, 50, videoId=video))
    assert (await api.request("DELETE", "/videos", json=[f"/library/{EPISODE}.mkv"])).status_code == 200
    (shown,) = await items(api, "/profiles/me/history")
    assert (shown["progress"]["percent"], shown["progress"]["videoId"]) == (50, None)


@pytest.mark.parametrize(
    "wrong",
    [
        {"percent": 101},
        {"percent": -1},
        {"percent": 5.5},
        {"percent": None},
        {"time": -1},
        {"videoId": "no-uuid"},
        {"playedDate": "yesterday"},
        {"entry": 5},
    ],
)
async def test_invalid_plays(api: httpx2.AsyncClient, abyss: dict[str, Any], wrong: dict[str, Any]) -> None:
    response = await api.post("/profiles/me/history", json=[{**play(EPISODE, 10), **wrong}])
    assert (response.status_code, response.json()["status"]) == (422, 422)


@pytest.mark.parametrize("missing", ["entry", "videoId", "percent", "time", "playedDate"])
async def test_all_but_external_must_be_present(api: httpx2.AsyncClient, abyss: dict[str, Any], missing: str) -> None:
    body = play(EPISODE, 10)
    del body[missing]
    assert (await api.post("/profiles/me/history", json=[body])).status_code == 422


async def test_guests_have_no_history(api: httpx2.AsyncClient, abyss: dict[str, Any]) -> None:
    response = await api.post("/profiles/me/history", json=[play(EPISODE, 10)], headers=GUEST)
    assert (response.status_code, response.json()["status"]) == (401, 401)
    for path in ("history", "watchlist", "nextup"):
        assert await items(api, f"/profiles/me/{path}", headers=GUEST) == []


async def test_people_do_not_share_their_history(api: httpx2.AsyncClient, abyss: dict[str, Any], video: str) -> None:
    await record(api, play(EPISODE, 50, videoId=video))
    other = bearer(OTHER_USER)
    assert await items(api, "/profiles/me/history", headers=other) == []
    assert await record(api, play(EPISODE, 10, videoId=video), headers=other) == 1
    assert (await items(api, "/series/made-in-abyss/entries"))[0]["progress"]["percent"] == 50


async def test_the_pages_of_the_history_follow_one_another(
    api: httpx2.AsyncClient, abyss: dict[str, Any], video: str
) -> None:
    for day in range(1, 8):
        await record(api, play(EPISODE, day, videoId=video, playedDate=f"2025-02-0{1 + day // 3}"))
    for sort in ("", "sort=playedDate&", "sort=order&", "sort=-airDate&", "query=episode&"):
        seen: list[int] = []
        url: str | None = f"/profiles/me/history?{sort}limit=2"
        while url:
            page = (await api.get(url)).json()
            seen += [item["progress"]["percent"] for item in page["items"]]
            url = page["next"]
        assert sorted(seen) == [1, 2, 3, 4, 5, 6, 7], sort


async def test_the_history_is_filtered(api: httpx2.AsyncClient, abyss: dict[str, Any]) -> None:
    await record(
        api, play(EPISODE, 100, playedDate="2025-02-01"), play("bubble", 100, playedDate="2025-02-05T10:00:00Z")
    )
    for text, expected in {
        "kind eq movie": ["bubble"],
        "seasonNumber eq 1": [EPISODE],
        "playedDate lt 2025-02-03": [EPISODE],
        "isAvailable eq true": [],
    }.items():
        shown = await items(api, "/profiles/me/history", params={"filter": text})
        assert [item["slug"] for item in shown] == expected, text


async def test_the_shape_of_the_history(api: httpx2.AsyncClient, abyss: dict[str, Any], video: str, peer: Peer) -> None:
    peer.answers["/auth/users/tester"] = lambda _: httpx2.Response(200, json={"id": str(USER)})
    await record(
        api,
        play(EPISODE, 10, videoId=video),
        play("bubble", 10),
        play(SPECIAL, 10),
        play(FILM, 10),
    )
    mine = TypeAdapter(Page[EntryWithShow]).validate_json(
        (await api.get("/profiles/me/history")).content, extra="forbid"
    )
    assert len(mine.items) == 4
    other = TypeAdapter(Page[Entry]).validate_json((await api.get("/profiles/tester/history")).content, extra="forbid")
    assert len(other.items) == 4


async def test_the_history_of_somebody_else(api: httpx2.AsyncClient, abyss: dict[str, Any], peer: Peer) -> None:
    peer.answers["/auth/users/jane"] = lambda _: httpx2.Response(200, json={"id": str(OTHER_USER)})
    await record(api, play("bubble", 30))
    await record(api, play(EPISODE, 80), headers=bearer(OTHER_USER))
    (shown,) = await items(api, "/profiles/jane/history")
    assert (shown["slug"], shown["progress"]["percent"]) == (EPISODE, 80)
    assert "show" not in shown
    # The auth service is asked as the caller, not as the service itself.
    assert peer.requests[-1].headers["authorization"] == api.headers["authorization"]
    assert "x-api-key" not in peer.requests[-1].headers


@pytest.mark.parametrize(("status", "expected"), [(401, 401), (403, 403), (404, 404), (500, 502), (200, 502)])
@pytest.mark.parametrize("page", ["history", "watchlist"])
async def test_what_auth_refuses_is_refused(
    api: httpx2.AsyncClient, peer: Peer, page: str, status: int, expected: int
) -> None:
    peer.answers["/auth/users/jane"] = lambda _: httpx2.Response(status, json={"status": status, "message": "no"})
    response = await api.get(f"/profiles/jane/{page}")
    assert (response.status_code, response.json()["status"]) == (expected, expected)


async def test_the_watch_list_of_somebody_else_needs_users_read(api: httpx2.AsyncClient, peer: Peer) -> None:
    response = await api.get("/profiles/jane/watchlist", headers=bearer(USER, (READ,)))
    assert response.status_code == 403
    assert response.json()["details"]["required"] == [READ, USERS]
    assert peer.requests == []


def lasting(seconds: object) -> Callable[[httpx2.Request], httpx2.Response]:
    return lambda _request: httpx2.Response(200, json={"duration": seconds})


async def progress_time(api: httpx2.AsyncClient) -> int:
    (item,) = await items(api, "/profiles/me/history")
    return int(item["progress"]["time"])


async def test_a_time_beyond_the_end_is_what_the_percentage_says(
    api: httpx2.AsyncClient, abyss: dict[str, Any], video: str, peer: Peer
) -> None:
    """Clients carry the time of one video over to the next."""
    peer.answers[f"/api/videos/{video}/info"] = lasting(1400.2)
    for given, percent, stored in ((5400, 25, 350), (1401, 100, 1401), (2**31 - 1, 1, 14), (700, 50, 700), (0, 3, 0)):
        await record(api, play(EPISODE, percent, videoId=video, time=given))
        assert await progress_time(api) == stored, given
    # Known from then on.
    assert len(peer.requests) == 1


async def test_a_socket_reports_no_time_beyond_the_end(
    app: FastAPI, api: httpx2.AsyncClient, abyss: dict[str, Any], video: str, peer: Peer
) -> None:
    peer.answers[f"/api/videos/{video}/info"] = lasting(1400)
    context = app.state.context
    identity = await context.runtime.authentication.verifier.verify(bearer()["Authorization"].removeprefix("Bearer "))
    report = {"action": "watch", "entry": EPISODE, "videoId": video, "percent": 10, "time": 5000}
    sent: list[str] = []

    async def send(text: str) -> None:
        sent.append(text)

    session = Session(context, identity, "")
    await Socket(context, session, browser="", write=lambda _: False, send=send, cut=lambda: None).hear(
        json.dumps(report)
    )
    (answer,) = map(json.loads, sent)
    assert answer["status"] == 201, answer
    assert await progress_time(api) == 140


@pytest.mark.parametrize("seconds", [None, 0, -1, "long", [1], {}], ids=str)
async def test_a_video_whose_end_nobody_knows_has_none(
    api: httpx2.AsyncClient, abyss: dict[str, Any], video: str, peer: Peer, seconds: object
) -> None:
    peer.answers[f"/api/videos/{video}/info"] = lasting(seconds)
    await record(api, play(EPISODE, 50, videoId=video, time=5000))
    assert await progress_time(api) == 5000


async def test_a_transcoder_that_does_not_answer_holds_up_no_play(
    api: httpx2.AsyncClient, abyss: dict[str, Any], video: str, peer: Peer
) -> None:
    def down(request: httpx2.Request) -> httpx2.Response:
        raise httpx2.ConnectError("down", request=request)

    peer.answers[f"/api/videos/{video}/info"] = down
    await record(api, play(EPISODE, 50, videoId=video, time=5000))
    assert await progress_time(api) == 5000


@pytest.mark.parametrize("time", ["-1", "NaN", "Infinity", "1e400", "2147483648", "1.5"])
async def test_a_time_that_is_none_is_refused_and_nothing_is_kept(
    api: httpx2.AsyncClient, abyss: dict[str, Any], time: str
) -> None:
    body = json.dumps([play(EPISODE, 50, time=0)]).replace('"time": 0', f'"time": {time}')
    answer = await api.post("/profiles/me/history", content=body, headers={"content-type": "application/json"})
    assert answer.status_code in (400, 422), answer.text
    assert await items(api, "/profiles/me/history") == []
