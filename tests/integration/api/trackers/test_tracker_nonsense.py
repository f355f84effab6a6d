"""What a tracker answers may be anything: no import hangs, no request fails, nothing that cannot be stored is kept."""

from __future__ import annotations

import json
import random
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from tests.fakes.trackers.mdblist import KEY
from tests.fakes.trackers.service import Fault
from tests.integration.api.trackers.test_tracker_imports import AT, take_in
from tests.integration.api.trackers.test_tracker_imports import kyoo as filled
from tests.integration.api.trackers.test_tracker_orders import play, record
from tests.integration.api.trackers.tracked import ME, Doubles, Tracked, tracked
from tests.samples import sampled
from tests.wrong import WRONG, places, with_wrong

from kyoo.core.http.service import Runtime

__all__ = ["filled"]

SERVICES = ("trakt", "simkl", "mal", "anilist", "mdblist")


class Spoiled(Doubles):
    """Doubles of which one answer, the `number`th of those that are JSON, is `body`."""

    number, body = -1, b""

    def begin(self, number: int = -1, body: bytes = b"") -> None:
        self.number, self.body = number, body
        self.answers: list[Any] = []

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        answer = await super().handle_async_request(request)
        content = await answer.aread()
        try:
            self.answers.append(json.loads(content))
        except ValueError:
            return answer
        if len(self.answers) - 1 != self.number:
            return answer
        return httpx2.Response(answer.status_code, content=self.body, headers={"content-type": "application/json"})


def spoiled(answers: list[Any], seed: str, most: int) -> Iterator[tuple[int, bytes]]:
    """So many of the answers with something wrong in each of their places."""
    found = [(number, place, wrong) for number, one in enumerate(answers) for place in places(one) for wrong in WRONG]
    chosen = random.Random(seed).sample(found, min(most, len(found)))
    for number, place, wrong in chosen:
        yield number, with_wrong(answers[number], place, wrong)


@pytest.fixture
async def kyoo(runtime: Runtime, tmp_path: Path) -> AsyncIterator[Tracked]:
    async with tracked(runtime, tmp_path) as running:
        yield running


async def spoil(kyoo: Tracked) -> Spoiled:
    outside = kyoo.app.state.context.trackers.outside
    await outside.client.aclose()
    doubles = Spoiled(kyoo.fakes)
    doubles.begin()
    outside.client = httpx2.AsyncClient(transport=doubles)
    return doubles


async def read_all_of(kyoo: Tracked, service: str, most: int) -> None:
    await kyoo.link(service)
    fakes = kyoo.fakes
    fakes.trakt.play("movie", 9, AT)
    fakes.trakt.play("show", 20, AT, 1, 1)
    fakes.trakt.ratings["movie", 1] = (8, "2025-05-01T20:00:00.000Z")
    fakes.simkl.watch(20, AT, 1, 1)
    fakes.mal.entry(34599, status="watching", num_episodes_watched=1, score=8)
    fakes.mdblist.add("movie", 101, "Film 1")
    fakes.mdblist.add("show", 72636, "Abyss", seasons={1: 2, 2: 2})
    fakes.mdblist.watch(101, AT)
    fakes.mdblist.watch(72636, AT, 1, 1)
    fakes.mdblist.ratings[101] = (8, "2025-05-01T20:00:00.000Z")
    fakes.mdblist.dropped[72636] = "2025-05-01T20:00:00.000Z"
    fakes.mdblist.watchlist[101] = "2025-05-01T20:00:00.000Z"
    fakes.anilist.entry(97986, status="CURRENT", progress=1, score=80)
    doubles = await spoil(kyoo)
    assert (await take_in(kyoo, service, "merge"))["state"] == "done"
    answers, states = doubles.answers, []
    assert answers
    for number, body in spoiled(answers, service, most):
        doubles.begin(number, body)
        report = await take_in(kyoo, service, "merge")
        assert report["state"] in ("done", "failed"), (report, number, body[:300])
        states.append(report["state"])
        doubles.begin()
        async with kyoo.app.state.context.runtime.database.connection() as connection:
            # SIMKL allows a thousand requests a day.
            await connection.execute("delete from api.tracker_budgets")
    assert "done" in states
    assert (await take_in(kyoo, service, "merge"))["state"] == "done"


@pytest.mark.parametrize("service", sampled(SERVICES, {"trakt", "anilist"}.__contains__))
async def test_an_import_of_nonsense_ends(filled: Tracked, service: str) -> None:
    await read_all_of(filled, service, 25)


@pytest.mark.exhaustive
@pytest.mark.parametrize("service", SERVICES)
async def test_an_import_of_much_nonsense_ends(filled: Tracked, service: str) -> None:
    await read_all_of(filled, service, 1000)


@pytest.mark.parametrize("service", [service for service in SERVICES if service != "mdblist"])
async def test_linking_by_nonsense_is_no_error_of_ours(kyoo: Tracked, service: str) -> None:
    doubles = await spoil(kyoo)
    begun = await kyoo.api.post(f"{ME}/{service}", json={"redirect": "/settings"})
    assert (await kyoo.come_back(begun)).endswith("result=linked")
    for number, body in spoiled(doubles.answers, service, 25):
        begun = await kyoo.api.post(f"{ME}/{service}", json={"redirect": "/settings"})
        doubles.begin(number, body)
        assert (await kyoo.come_back(begun)).rpartition("=")[2] in ("linked", "failed"), body[:300]
        doubles.begin()
        answer = await kyoo.api.get(ME)
        assert answer.status_code == 200, body[:300]


async def test_a_key_answered_by_nonsense_is_no_error_of_ours(kyoo: Tracked) -> None:
    doubles = await spoil(kyoo)
    await kyoo.link("mdblist")
    for number, body in spoiled(doubles.answers, "mdblist", 20):
        doubles.begin(number, body)
        answer = await kyoo.api.post(f"{ME}/mdblist", json={"key": KEY})
        assert answer.status_code in (200, 502), (answer.text, body[:300])
        assert (await kyoo.api.get(ME)).status_code == 200


@pytest.mark.parametrize("service", ["trakt", "simkl"])
async def test_a_code_of_nonsense_is_no_error_of_ours(kyoo: Tracked, service: str) -> None:
    doubles = await spoil(kyoo)
    assert (await kyoo.api.post(f"{ME}/{service}", json={})).status_code == 200
    for number, body in spoiled(doubles.answers, service, 40):
        doubles.begin(number, body)
        answer = await kyoo.api.post(f"{ME}/{service}", json={})
        assert answer.status_code in (200, 502), (answer.text, body[:300])


@pytest.mark.parametrize("service", SERVICES)
async def test_telling_who_answers_nonsense_is_no_error_of_ours(filled: Tracked, service: str) -> None:
    await filled.link(service)
    fake = filled.fakes.every()[service]
    for body in ([5], 5, {"data": [5]}, {"data": 5}, {"added": 5}, {"not_found": [5]}, {"data": {"Media": [5]}}):
        fake.faults.append(Fault("/", 200, body))
        await record(filled, play("abyss-s1e1"))
        fake.faults.clear()
    await filled.settled()
    assert (await filled.item(service))["queued"] == 0


async def test_logins_of_one_user_are_bounded_and_leave_others_alone(kyoo: Tracked) -> None:
    first = await kyoo.api.post(f"{ME}/trakt", json={"redirect": "/settings"})
    second = await kyoo.api.post(f"{ME}/trakt", json={"redirect": "/settings"})
    jar = "; ".join(f"{name}={value}" for begun in (first, second) for name, value in begun.cookies.items())
    back = await kyoo.api.get("/trackers/trakt/callback", headers={"Cookie": f"{jar}; kyoo-tracker-[x]=1"})
    assert back.status_code == 302
    assert not set(first.cookies) & {cookie.split("=")[0] for cookie in back.headers.get_list("set-cookie")}
    assert (await kyoo.come_back(second)).endswith("result=linked")
    for _ in range(30):
        await kyoo.api.post(f"{ME}/trakt", json={"redirect": "/settings"})
    async with kyoo.app.state.context.runtime.database.connection() as connection:
        row = await (await connection.execute("select count(*) as rows from api.tracker_logins")).fetchone()
    assert row["rows"] == 20
