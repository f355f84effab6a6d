"""Rows of a tracker's lists that are not as they should be: ids that are none, dates that cannot be, rows that come
twice. Each costs itself what it says, and nothing else."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from itertools import cycle
from pathlib import Path
from typing import Any

import httpx2
import pytest
from tests.integration.api.trackers.test_tracker_conformance import AT, Kept
from tests.integration.api.trackers.tracked import Doubles, many_films, tracked
from tests.trackers.subjects import SUBJECTS

from kyoo.core.http.service import Runtime

#: What is no id.
IDS = ("1.5", 1.5, None, "", "0", 0, -1, True, [1], {"tmdb": 1}, "١", "1; drop", 10**40)
#: What is no time at which somebody watched something.
TEXTS = (
    "0000-00-00T00:00:00.000Z", "0001-01-01T00:00:00.000+14:00", "0001-01-01", "1887-12-31T00:00:00Z",
    "1970-01-01T00:00:01Z", "9999-12-31T23:59:59.999-14:00", "9999-12-31", "2025-02-30", "", "soon", 5, 1.5, None, True,
    [], {},
)  # fmt: skip
#: The same where a day has parts.
DAYS = (
    *({"year": year, "month": 12, "day": 31} for year in (0, 1, -1, 1800, 9999, 10**30, 2025.5, "2025", None, True)),
    {"year": 2025, "month": 2, "day": 30}, {"year": 2025, "month": 13, "day": 1}, {"year": 2025}, {}, None, [], 5, "",
)  # fmt: skip
#: And where a time is a number.
NUMBERS = (0, 1, -1, 2**31, 2**63, 10**30, 1.5, None, True, "", "2025", [], {})
ROWS = 20


class Changed(Doubles):
    """Doubles of whose answers all but logins are `changed`."""

    changed: Callable[[Any], Any] = staticmethod(lambda body: body)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        answer = await super().handle_async_request(request)
        try:
            body = json.loads(await answer.aread())
        except ValueError:
            return answer
        headers = {key: value for key, value in answer.headers.items() if key != "content-length"}
        return httpx2.Response(answer.status_code, content=json.dumps(self.changed(body)), headers=headers)


def walked(body: Any, change: Callable[[str, Any], Any]) -> Any:
    """A body with other values under its keys."""
    if isinstance(body, list):
        return [walked(one, change) for one in body]
    if not isinstance(body, dict):
        return body
    return {key: change(key, walked(value, change)) for key, value in body.items()}


@pytest.fixture(params=SUBJECTS, ids=lambda subject: subject.name)
async def kept(request: pytest.FixtureRequest, runtime: Runtime, tmp_path: Path) -> AsyncIterator[Kept]:
    """An account with films, which the catalogue has, too."""
    async with tracked(runtime, tmp_path) as kyoo:
        there = request.param(kyoo.fakes.every()[request.param.name])
        there.many(ROWS, AT)
        await many_films(kyoo, ROWS)
        await kyoo.link(there.name)
        yield Kept(kyoo, there)


async def change(kept: Kept, changed: Callable[[Any], Any]) -> None:
    outside = kept.kyoo.app.state.context.trackers.outside
    await outside.client.aclose()
    doubles = Changed(kept.kyoo.fakes)
    doubles.changed = changed
    outside.client = httpx2.AsyncClient(transport=doubles)


async def years(kept: Kept) -> list[int]:
    """Of all that is kept of when something was watched."""
    async with kept.kyoo.app.state.context.runtime.database.connection() as connection:
        cursor = await connection.execute(
            """
            select extract(year from at)::integer as year from (
                select played_date as at from api.history
                union all select unnest(array[started_at, completed_at, last_played_at]) from api.watchlist
            ) found where at is not null
            """
        )
        return [row["year"] for row in await cursor.fetchall()]


async def test_what_is_no_id_is_no_title(kept: Kept) -> None:
    odd = cycle(IDS)
    own = {"id", "tmdb", "idMal", "trakt", "simkl"}
    await change(kept, lambda body: walked(body, lambda key, value: next(odd) if key in own else value))
    report = await kept.take_in()
    assert (report["state"], report["counts"]["added"]) == ("done", 0), report
    assert await years(kept) == []


async def test_a_time_that_cannot_be_is_none(kept: Kept) -> None:
    texts, days, numbers = cycle(TEXTS), cycle(DAYS), cycle(NUMBERS)

    def other(key: str, value: Any) -> Any:
        if isinstance(value, dict) and value.keys() == {"year", "month", "day"}:
            return next(days)
        if key == "updatedAt":
            return next(numbers)
        return next(texts) if key.endswith(("_at", "_date")) else value

    await change(kept, lambda body: walked(body, other))
    report = await kept.take_in()
    # Each film was seen, whenever that was.
    assert (report["state"], report["counts"]["added"]) == ("done", ROWS), report
    found = await years(kept)
    assert len(found) >= ROWS
    assert all(2000 <= year <= 2100 for year in found), sorted(set(found))
    again = await kept.take_in()
    assert (again["counts"]["added"], again["counts"]["changed"], again["counts"]["removed"]) == (0, 0, 0), again
    assert kept.there.fake.writes() == []


async def test_rows_that_come_twice_say_nothing_twice(kept: Kept) -> None:
    def doubled(key: str, value: Any) -> Any:
        return [*value, *value] if isinstance(value, list) else value

    await change(kept, lambda body: [*body, *body] if isinstance(body, list) else walked(body, doubled))
    for added in (ROWS, 0):
        report = await kept.take_in()
        assert (report["state"], report["counts"]["added"]) == ("done", added), report
    assert len(await kept.plays_here("film-1", None)) == 1
    assert kept.there.fake.writes() == []
