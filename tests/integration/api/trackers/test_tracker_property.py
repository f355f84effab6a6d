"""Whatever happens here and at a tracker, in whatever order, with whatever failures: both sides end alike, in what the
service can hold, by the rule that was chosen; no date is lost, and no rewatch."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from tests.integration.api.trackers.test_tracker_conformance import Kept
from tests.integration.api.trackers.test_tracker_orders import play
from tests.integration.api.trackers.tracked import tracked
from tests.trackers.subjects import SUBJECTS, Account
from tests.trackers.world import FILM, PLACES, Place, Title, path_of, seed, slug_of

from kyoo.api.trackers.base import Tracker
from kyoo.api.trackers.merging import SAME_PLAY, steps
from kyoo.api.trackers.moments import moment
from kyoo.api.trackers.registry import SERVICES
from kyoo.core.http.service import Runtime

START = datetime(2025, 1, 1, 12, tzinfo=UTC)
STATUSES = ("planned", "watching", "dropped", "completed")

what = st.sampled_from([None, *PLACES])
days = st.integers(0, 300)
#: Of the film or of the serie.
film = st.booleans()
score = st.sampled_from([None, 10, 70, 100])
step = st.one_of(
    st.tuples(st.just("watch here"), what, days),
    st.tuples(st.just("watch there"), what, days),
    st.tuples(st.just("say here"), film, st.sampled_from(STATUSES)),
    st.tuples(st.just("say there"), film, st.sampled_from(("planned", "dropped"))),
    st.tuples(st.just("score here"), film, score),
    st.tuples(st.just("score there"), film, score),
    st.tuples(st.just("remove here"), film),
    st.tuples(st.just("fail"), st.sampled_from([503, 429, 502]), st.booleans()),
    st.tuples(st.just("send")),
    st.tuples(st.just("look"), st.booleans()),
    st.tuples(st.just("import")),
    st.tuples(st.just("wait")),
)
#: A sequence, and the rule of the import at its end.
sequences = st.tuples(st.lists(step, min_size=1, max_size=12), st.sampled_from(["merge", "theirs", "ours"]))


class World:
    """An account and its double, empty before each sequence."""

    def __init__(self, kept: Kept, kind: type[Tracker]) -> None:
        self.kept, self.there, self.kind = kept, kept.there, kind
        self.fake: Any = kept.there.fake
        self.days: set[int] = set()

    async def begin(self) -> None:
        async with self.kept.kyoo.app.state.context.runtime.database.connection() as connection:
            await connection.execute("delete from api.profiles")
            await connection.execute("delete from api.tracker_budgets")
        self.fake.__init__()
        self.there.learn()
        self.days.clear()
        await self.kept.kyoo.link(self.kept.service)
        await self.kept.take_in("merge")

    def at(self, day: int) -> datetime:
        """No two plays at once: it is not for us to say whether those are one."""
        while day in self.days:
            day += 1
        self.days.add(day)
        return START + timedelta(days=day)

    def title(self, film: bool) -> Title:
        return FILM if film else self.there.serie

    async def take(self, name: str, *args: Any) -> None:
        kyoo = self.kept.kyoo
        match name, args:
            case "watch here", (place, day):
                title = FILM if place is None else self.there.serie
                said = self.at(day).strftime("%Y-%m-%dT%H:%M:%S.000Z")
                answer = await kyoo.api.post("/profiles/me/history", json=[play(slug_of(title, place), at=said)])
                assert answer.status_code == 201, answer.text
            case "watch there", (place, day):
                self.there.watch(FILM if place is None else self.there.serie, place, self.at(day))
            case "say here", (film, status):
                path = f"{path_of(self.title(film))}/watchstatus"
                assert (await kyoo.api.post(path, json={"status": status})).status_code == 200
            case "say there", (film, status):
                self.there.say(self.title(film), status)
            case "score here", (film, value):
                path = f"{path_of(self.title(film))}/score"
                assert (await kyoo.api.put(path, json={"score": value})).status_code in (200, 404)
            case "score there", (film, value):
                self.there.rate(self.title(film), value and value // 10)
            case "remove here", (film,):
                path = f"{path_of(self.title(film))}/watchstatus"
                assert (await kyoo.api.delete(path)).status_code in (200, 404)
            case "fail", (status, after):
                done = after and status == 502
                self.fake.faults = [self.there.fault(status, "<html>", after=done, headers={"retry-after": "60"})]
            case "send", ():
                self.fake.faults.clear()
                await kyoo.settled()
            case "look", (thorough,):
                self.fake.faults.clear()
                await kyoo.unblock()
                await self.kept.look(thorough=thorough)
            case "import", ():
                self.fake.faults.clear()
                await kyoo.unblock()
                await self.kept.take_in("merge")
            case "wait", ():
                # What waits to be told is late from now on.
                self.fake.ahead += timedelta(seconds=2)
                async with kyoo.app.state.context.runtime.database.connection() as connection:
                    await connection.execute("update api.tracker_outbox set created_at = now() - interval '1 hour'")
        # Of everything later than what came before it, also where a service counts in seconds.
        self.fake.ahead += timedelta(seconds=1)

    async def run(self, steps: list[tuple[Any, ...]], rule: str) -> None:
        await self.begin()
        for one in steps:
            await self.take(*one)
        await self.end(rule)

    async def end(self, rule: str) -> None:
        self.fake.faults.clear()
        await self.kept.kyoo.settled()
        before = await self.plays()
        await self.kept.look(thorough=True)
        assert self.lost(before, await self.plays()) == []
        report = await self.kept.take_in(rule)
        assert report["state"] == "done", report
        if rule != "theirs":
            assert self.lost(before, await self.plays()) == []
        item = await self.kept.kyoo.item(self.kept.service)
        assert (item["queued"], item["failed"]) == (0, 0)
        for title in (FILM, self.there.serie):
            await self.same(title, rule)
        writes = len(self.fake.writes())
        again = await self.kept.take_in(rule)
        assert (again["counts"]["added"], again["counts"]["changed"], again["counts"]["removed"]) == (0, 0, 0), again
        assert self.fake.writes()[writes:] == []

    async def plays(self) -> dict[tuple[Title, Place], list[datetime]]:
        places: list[tuple[Title, Place]] = [(FILM, None), *((self.there.serie, place) for place in PLACES)]
        return {(title, place): await self.kept.plays_here(title, place) for title, place in places}

    @staticmethod
    def lost(before: dict[Any, list[datetime]], after: dict[Any, list[datetime]]) -> list[Any]:
        return [(where, at) for where, dates in before.items() for at in dates if at not in after[where]]

    async def same(self, title: Title, rule: str) -> None:
        here, there = await self.kept.here(title), self.there
        seen = False
        places: tuple[Place, ...] = (None,) if title == FILM else PLACES
        for place in places:
            ours, theirs = await self.kept.plays_here(title, place), there.times(title, place)
            seen = seen or theirs > 0
            where = (title, place, ours, theirs)
            if not there.dated:
                assert bool(ours) == bool(theirs) or (rule == "ours" and theirs), where
                continue
            dates = sorted(at for text in there.dates(title, place) if (at := moment(text)))
            if not there.each:
                ours, dates = ours[-1:], dates[-1:]
            if rule == "ours" and theirs and not ours:
                continue
            missing = [at for at in dates if not any(abs(at - one) < SAME_PLAY for one in ours)]
            untold = [at for at in ours if not any(abs(at - one) < SAME_PLAY for one in dates)]
            assert untold == [], where
            assert rule == "ours" or missing == [], where
        kind = "movie" if title == FILM else "serie"
        held, status = (self.kind.held(kind, one, seen=seen) for one in (here["status"], there.status(title)))
        unknown = status is None and there.score(title) is None and not seen
        # Off the list here, and watched there: that is not taken away.
        kept = rule != "theirs" and here["status"] is None and seen
        if not (rule == "theirs" and unknown) and not (status == "planned" and seen) and not kept:
            assert held == status or (title != FILM and not there.dated and seen), (title, here, status)
        if not (rule == "theirs" and there.score(title) is None):
            assert steps(here["score"]) == there.score(title), (title, here, there.score(title))


@pytest.fixture(params=SUBJECTS, ids=lambda subject: subject.name)
async def world(request: pytest.FixtureRequest, runtime: Runtime, tmp_path: Path) -> AsyncIterator[World]:
    async with tracked(runtime, tmp_path) as kyoo:
        there: Account = request.param(kyoo.fakes.every()[request.param.name])
        await seed(kyoo.api)
        kind = next(kind for kind in SERVICES if kind.name == there.name)
        yield World(Kept(kyoo, there), kind)


async def check(world: World, examples: int) -> None:
    loop = asyncio.get_running_loop()

    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=examples < 50,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate, Phase.shrink] if examples >= 50 else [Phase.generate],
    )
    @given(sequences)
    def sequence(drawn: tuple[list[tuple[Any, ...]], str]) -> None:
        try:
            asyncio.run_coroutine_threadsafe(world.run(*drawn), loop).result()
        except AssertionError as error:
            # Hypothesis shows nothing of what it draws in a thread.
            raise AssertionError(f"{drawn}: {error}") from error

    await asyncio.to_thread(sequence)


async def test_both_sides_end_alike(world: World) -> None:
    await check(world, 3)


@pytest.mark.exhaustive
async def test_both_sides_end_alike_of_many_sequences(world: World) -> None:
    await check(world, 150)


#: Sequences that once ended otherwise here than there, the rule, and what the film or the serie is here at their end.
FOUND: tuple[tuple[list[tuple[Any, ...]], str, dict[bool, str]], ...] = (
    # A serie that is only said to be watched: some services have no list of such.
    ([("say here", False, "watching")], "merge", {False: "watching"}),
    # A film that was seen and is watched again.
    ([("say here", True, "completed"), ("say here", True, "watching")], "merge", {True: "watching"}),
    # A score that was told before anything was read of the title, and taken back there.
    ([("watch there", (2, 1), 1), ("score here", False, 100), ("score there", False, None)], "merge", {}),
    # A serie that comes back into the list by its score there.
    ([("watch there", (1, 1), 1), ("import",), ("score there", False, 10), ("remove here", False)], "merge", {}),
    # A film that is off the list here, and was watched there by its score.
    ([("score here", True, 70), ("remove here", True)], "ours", {}),
    # What is off the list here, and was watched there; a serie comes back by what is counted there.
    ([("watch here", None, 0), ("remove here", True)], "merge", {}),
    ([("watch here", (2, 2), 0), ("remove here", False)], "merge", {}),
    (
        [("watch here", (1, 2), 0), ("watch there", (2, 2), 0), ("remove here", False), ("watch there", (1, 1), 0)],
        "theirs",
        {},
    ),
    # A serie that is planned again, and a play of before that is told later: Trakt takes it off the watchlist.
    (
        [("watch here", (1, 1), 1), ("say here", False, "planned"), ("watch here", (1, 1), 0)],
        "merge",
        {False: "planned"},
    ),
    # One that is seen whole by what comes from there.
    ([("say here", False, "completed"), ("watch here", (1, 1), 0), ("watch there", (1, 1), 0)], "merge", {}),
    ([("say here", False, "completed"), ("watch here", (1, 2), 0), ("watch there", (1, 1), 0)], "theirs", {}),
    # A serie that its last entry completes: no part of it that nobody saw is completed there.
    ([("say here", False, "watching"), ("watch here", (2, 2), 5)], "merge", {False: "completed"}),
    # A serie that comes back by a play there, before its removal could be told.
    *(
        (
            [
                *(("say here", False, "planned"), ("fail", 503, False), ("remove here", False)),
                *(("watch there", (1, 1), 0), ("import",), *further),
            ],
            rule,
            {},
        )
        for further in ((), (("say here", False, "planned"),))
        for rule in ("merge", "theirs", "ours")
    ),
    # One that comes back by its score there, before it could be told what it was here.
    *(
        (
            [
                *(("score there", False, 10), ("fail", 503, False), ("say here", False, "planned")),
                *(("remove here", False), ("import",)),
            ],
            rule,
            {},
        )
        for rule in ("merge", "theirs", "ours")
    ),
    # A serie that was dropped there after it was seen whole, and is completed here again.
    *(
        (
            [*before, ("say there", False, word), ("look", True), ("say here", False, "completed")],
            rule,
            {False: "completed"},
        )
        for before in ([("say here", False, "completed"), ("send",)], [("score here", False, 100)])
        for word in ("dropped", "planned")
        for rule in ("merge", "ours")
    ),
)


async def test_both_sides_end_alike_where_they_once_did_not(world: World) -> None:
    for sequence, rule, expected in FOUND:
        await world.run(sequence, rule)
        for film, status in expected.items():
            assert (await world.kept.here(world.title(film)))["status"] == status, sequence
