"""Trackers that attack or break, and what happens beside them: endless answers, other hosts, odd rows, what is deleted
or linked anew meanwhile."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import httpx2
import pytest
from tests.fakes.trackers.service import Fault
from tests.integration.api.seeds import USER
from tests.integration.api.trackers.test_tracker_imports import AT, look, plays_of, status, take_in
from tests.integration.api.trackers.test_tracker_imports import kyoo as filled
from tests.integration.api.trackers.test_tracker_orders import play, record, say
from tests.integration.api.trackers.tracked import ME, Doubles, Fakes, Tracked
from tests.machine import scaled

from kyoo.api.queries.viewers import forgetting
from kyoo.api.trackers import wire

__all__ = ["filled"]

FILM = "/movies/film-1"


class Pouring(httpx2.AsyncByteStream):
    """A body that does not end: `block` again and again, each after `pause` seconds."""

    def __init__(self, block: bytes, pause: float) -> None:
        self._block, self._pause, self.poured, self.closed = block, pause, 0, False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while True:
            await asyncio.sleep(self._pause)
            self.poured += len(self._block)
            yield self._block

    async def aclose(self) -> None:
        self.closed = True


class Meanwhile(Doubles):
    """Doubles beside which something happens once, before a request whose path begins with `path` is answered."""

    def __init__(self, fakes: Fakes) -> None:
        super().__init__(fakes)
        self.body: Pouring | None = None
        self.happens: Callable[[], Awaitable[Any]] | None = None
        self.path = "/"

    def begin(self, path: str, happens: Callable[[], Awaitable[Any]]) -> None:
        self.path, self.happens = path, happens

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        if self.body is not None:
            return httpx2.Response(200, stream=self.body, headers={"content-type": "application/json"})
        if self.happens is not None and request.url.path.startswith(self.path):
            happens, self.happens = self.happens, None
            await happens()
        return await super().handle_async_request(request)


@pytest.fixture
async def doubles(filled: Tracked) -> Meanwhile:
    outside = filled.app.state.context.trackers.outside
    await outside.client.aclose()
    made = Meanwhile(filled.fakes)
    outside.client = httpx2.AsyncClient(transport=made)
    return made


async def rows(kyoo: Tracked, query: str) -> list[Any]:
    async with kyoo.app.state.context.runtime.database.connection() as connection:
        found: list[Any] = await (await connection.execute(query)).fetchall()
    return found


@pytest.mark.parametrize(
    ("pause", "code"), [(0.01, "no_answer"), (0.0, "too_large")], ids=["byte by byte", "without an end"]
)
async def test_an_answer_that_does_not_end_is_cut_off(
    filled: Tracked, doubles: Meanwhile, monkeypatch: pytest.MonkeyPatch, pause: float, code: str
) -> None:
    await filled.link("trakt")
    monkeypatch.setattr(wire, "MAX_BYTES", 2**20)
    outside = filled.app.state.context.trackers.outside
    outside._timeout = 0.5 if pause else 60.0
    doubles.body = Pouring(b"[" if pause else b"[" * 65536, pause)
    answer = await record(filled, play("film-1"))
    assert answer["sync"]["trakt"]["status"] == "queued"
    assert doubles.body.closed
    assert doubles.body.poured <= 2**20 + 65536
    item = await filled.item("trakt")
    assert (item["lastError"]["code"], item["queued"]) == (code, 1)
    doubles.body = None
    await filled.settled()
    assert len(filled.fakes.trakt.plays) == 1


async def test_nobody_is_led_to_another_host(filled: Tracked) -> None:
    await filled.link("trakt")
    trakt = filled.fakes.trakt
    trakt.faults.append(Fault("/sync/history", 307, headers={"location": "http://127.0.0.1:1/latest/meta-data"}))
    # Doubles know no other host: to be led there would be an error of ours.
    answer = await record(filled, play("film-1"))
    assert answer["sync"]["trakt"]["status"] == "queued"
    assert (await filled.item("trakt"))["lastError"]["code"] == "down"
    await filled.settled()
    assert len(trakt.plays) == 1


async def test_what_waits_behind_another_thing_is_answered_at_once(filled: Tracked) -> None:
    """It may not overtake it, so that nobody has to wait for what is not sent now."""
    await filled.link("trakt")
    filled.fakes.trakt.faults.append(Fault("/sync/history", times=1))
    assert (await record(filled, play("film-1")))["sync"]["trakt"]["status"] == "queued"
    begun = time.monotonic()
    answer = await filled.api.put(f"{FILM}/score", json={"score": 80})
    assert time.monotonic() - begun < scaled(2)
    item = await filled.item("trakt")
    assert answer.json()["sync"]["trakt"] == {"status": "queued", "reason": item["lastError"]["message"]}
    await filled.settled()
    assert (await filled.item("trakt"))["queued"] == 0
    assert [rating for rating, _ in filled.fakes.trakt.ratings.values()] == [8]


async def test_two_tabs_that_link_at_once_make_one_link(filled: Tracked) -> None:
    first, second = [await filled.api.post(f"{ME}/trakt", json={"redirect": "/settings"}) for _ in range(2)]
    ends = await asyncio.gather(filled.come_back(first), filled.come_back(second))
    assert [end.rpartition("=")[2] for end in ends] == ["linked", "linked"]
    assert len(await rows(filled, "select from api.trackers")) == 1
    await record(filled, play("film-1"))
    await filled.settled()
    assert len(filled.fakes.trakt.plays) == 1


async def test_what_is_unlinked_during_an_import_brings_nothing(filled: Tracked, doubles: Meanwhile) -> None:
    await filled.link("trakt")
    filled.fakes.trakt.play("movie", 1, AT)
    begun = (await filled.api.post(f"{ME}/trakt/import", json={"rule": "merge"})).json()
    doubles.begin("/sync/history", lambda: filled.api.delete(f"{ME}/trakt"))
    await filled.app.state.context.trackers.take_in(begun["id"])
    assert doubles.happens is None
    assert await plays_of(filled, "film-1") == []
    assert (await filled.item("trakt"))["linked"] is False
    assert await rows(filled, "select from api.tracker_bases") == []


async def test_a_user_who_is_deleted_during_an_import_does_not_come_back(filled: Tracked, doubles: Meanwhile) -> None:
    await filled.link("trakt")
    filled.fakes.trakt.play("movie", 1, AT)
    begun = (await filled.api.post(f"{ME}/trakt/import", json={"rule": "merge"})).json()

    async def delete() -> None:
        async with filled.app.state.context.runtime.database.connection() as connection:
            assert await forgetting.delete_profiles(connection, [USER]) == 1

    doubles.begin("/sync/history", delete)
    await filled.app.state.context.trackers.take_in(begun["id"])
    assert doubles.happens is None
    for table in ("profiles", "history", "watchlist", "trackers", "tracker_imports", "tracker_outbox"):
        assert await rows(filled, f"select from api.{table}") == [], table


async def test_what_is_deleted_here_while_it_waits_is_told_all_the_same(filled: Tracked) -> None:
    await filled.link("trakt")
    trakt = filled.fakes.trakt
    trakt.faults.append(Fault("/sync/history", times=3))
    assert (await record(filled, play("film-1")))["sync"]["trakt"]["status"] == "queued"
    gone = await filled.api.delete(FILM)
    assert gone.status_code == 200, gone.text
    trakt.faults.clear()
    await filled.settled()
    assert [one["movie"]["ids"]["tmdb"] for one in trakt.plays] == [101]
    assert (await filled.item("trakt"))["queued"] == 0


async def test_another_account_under_one_link_loses_nothing(filled: Tracked) -> None:
    """What was agreed on with the first account is nothing that the second one could have lost, and what was taken off
    the list of the first is nothing to take off the second's."""
    await filled.link("trakt")
    trakt = filled.fakes.trakt
    trakt.watchlist["movie", 1] = trakt.watchlist["movie", 2] = "2025-05-01T20:00:00.000Z"
    await take_in(filled, "trakt", "merge")
    trakt.faults.append(Fault("/sync", times=1000, method="POST"))
    assert (await filled.api.delete("/movies/film-2/watchstatus")).status_code == 200
    await say(filled, "/movies/film-3", status="planned")
    assert (await filled.item("trakt"))["queued"] == 2
    # The browser is logged in as somebody else there now.
    trakt.faults.clear()
    trakt.account = "another"
    trakt.watchlist.clear()
    trakt.watchlist["movie", 2] = "2024-05-01T20:00:00.000Z"
    await filled.link("trakt")
    assert (await filled.item("trakt"))["account"] == "another"
    await filled.settled()
    await look(filled, "trakt")
    assert (await status(filled, FILM))["status"] == "planned"
    # Merged: what was taken off the first list is still on the second, and so here again.
    assert {number for _, number in trakt.watchlist} == {1, 2, 3}
    assert (await status(filled, "/movies/film-2"))["status"] == "planned"
