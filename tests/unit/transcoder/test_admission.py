"""Which encoder may run, which waits, which makes way: without processes."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import pytest

from kyoo.transcoder.hls.admission import MOST_WAITING, Admission, Bound, BusyError


@dataclass(eq=False)
class Job:
    """An encoder that ends at once when it is told to."""

    admission: Admission
    user: str
    is_heavy: bool = True
    asked: float = 0.0
    unneeded_since: float | None = None
    is_read: bool = True
    is_ahead: bool = False
    stopping: bool = False

    def end(self) -> None:
        self.stopping = True
        asyncio.get_running_loop().call_soon(self.admission.leave, self)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kyoo.transcoder.hls.admission.LOOK", 0.01)


def admission(together: int = 2, each: int = 2, patience: float = 30.0) -> Admission:
    return Admission(Bound(together, each), Bound(8, 8), patience)


async def running(made: Admission, user: str, **more: object) -> Job:
    job = Job(made, user, **more)  # type: ignore[arg-type]
    await made.enter(job)
    return job


async def test_there_are_no_more_than_the_bound() -> None:
    made = admission(patience=0.05)
    first, _ = await running(made, "ada"), await running(made, "bob")
    with pytest.raises(BusyError, match="as many viewers as it can"):
        await running(made, "cid")
    made.leave(first)
    await running(made, "cid")


async def test_one_user_has_no_more_than_a_share() -> None:
    made = admission(together=4, each=2, patience=0.05)
    for _ in range(2):
        await running(made, "ada")
    with pytest.raises(BusyError, match="one account"):
        await running(made, "ada")
    for _ in range(2):
        await running(made, "bob")


async def test_it_is_crowded_where_more_than_half_of_the_room_is_taken() -> None:
    made = admission(together=4, each=4)
    crowded = []
    for number in range(4):
        await running(made, "ada", is_heavy=False)
        await running(made, "ada" if number else "bob")
        crowded.append(made.is_crowded)
    assert crowded == [False, False, True, True]


async def test_copies_count_apart() -> None:
    made = admission(together=1, each=1)
    await running(made, "ada")
    for _ in range(8):
        await running(made, "ada", is_heavy=False)


async def test_what_nobody_needs_makes_way_first_the_least_recently_asked() -> None:
    made = admission(together=4, each=4)
    busy = await running(made, "ada", is_read=False, is_ahead=True, asked=0)
    later = await running(made, "ada", is_read=False, unneeded_since=5.0, asked=2)
    sooner = await running(made, "ada", is_read=False, unneeded_since=6.0, asked=1)
    read = await running(made, "bob", unneeded_since=7.0)
    order = (sooner, later, busy)
    for place, victim in enumerate(order):
        await running(made, "cid")
        assert [job.stopping for job in order] == [True] * (place + 1) + [False] * (2 - place), victim
    assert not read.stopping


async def test_what_has_made_enough_makes_way_though_it_is_watched() -> None:
    made = admission()
    idle = await running(made, "ada", is_read=False, is_ahead=True)
    other = await running(made, "bob", is_read=False)
    await running(made, "cid")
    assert (idle.stopping, other.stopping) == (True, False)


async def test_users_take_turns_when_there_is_no_room_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kyoo.transcoder.hls.admission.TURN", 0.1)
    made = admission(together=1)
    first = await running(made, "ada", is_read=False)
    started = asyncio.get_running_loop().time()
    second = await running(made, "bob")
    assert first.stopping
    assert asyncio.get_running_loop().time() - started > 0.05
    second.is_read = False
    await running(made, "ada")
    assert second.stopping


async def test_nobody_waits_for_what_takes_no_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody else's request is never broken off for an equal."""
    made = admission(together=1, patience=0.1)
    first = await running(made, "ada")
    with pytest.raises(BusyError):
        await running(made, "bob")
    assert not first.stopping


async def test_whoever_has_most_loses_first_even_while_waiting_for_it() -> None:
    made = admission(together=3, each=3)
    tabs = [await running(made, "ada", asked=place) for place in range(3)]
    await running(made, "bob")
    assert [tab.stopping for tab in tabs] == [True, False, False]


async def test_the_next_room_is_for_the_user_who_has_least() -> None:
    made = admission(together=2, each=2)
    first, second = await running(made, "ada"), await running(made, "bob")
    greedy = asyncio.create_task(running(made, "ada"))
    await asyncio.sleep(0)
    modest = asyncio.create_task(running(made, "cid"))
    await asyncio.sleep(0)
    made.leave(second)
    await modest
    assert not greedy.done()
    made.leave(first)
    await greedy


async def test_what_no_request_waits_for_takes_nobodys_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kyoo.transcoder.hls.admission.TURN", 0.05)
    made = admission(together=1)
    idle = await running(made, "ada", is_read=False, is_ahead=True)
    with pytest.raises(BusyError):
        await running(made, "bob", is_read=False)
    assert not idle.stopping
    idle.unneeded_since = 1.0
    await running(made, "bob", is_read=False)
    assert idle.stopping


async def test_one_end_makes_room_for_one() -> None:
    made = admission(together=3, each=3)
    idle = [await running(made, "ada", is_read=False, unneeded_since=place) for place in range(3)]
    await running(made, "bob")
    assert [job.stopping for job in idle] == [True, False, False]


async def test_requests_that_wait_are_bounded_and_leave_nothing() -> None:
    made = admission(together=1, each=1)
    job = await running(made, "ada")
    waiting = [asyncio.create_task(running(made, "bob")) for _ in range(MOST_WAITING)]
    await asyncio.sleep(0)
    with pytest.raises(BusyError, match="Too many"):
        await running(made, "bob")
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    made.leave(job)
    await running(made, "bob")


async def test_nobody_runs_whose_request_was_given_up_meanwhile() -> None:
    made = admission(together=1, each=1)
    first = await running(made, "ada")
    gone = Job(made, "bob")
    waiting = asyncio.create_task(made.enter(gone))
    await asyncio.sleep(0)
    made.leave(first)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    made.leave(gone)
    await running(made, "cid")
