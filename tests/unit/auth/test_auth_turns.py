"""Turns: each lane and each address has its share, and nobody is lost."""

from __future__ import annotations

import asyncio
import random

import pytest
from tests.waiting import PATIENCE

from kyoo.auth.factors.turns import BusyError, Turns


class Work:
    """Notes whose turn it was, in order."""

    def __init__(self, turns: Turns) -> None:
        self.turns = turns
        self.done: list[str] = []

    async def do(self, lane: int, address: str, name: str = "") -> None:
        async with self.turns.turn(lane, address):
            await asyncio.sleep(0)
            self.done.append(name or address)

    async def all(self, *asked: tuple[int, str]) -> list[str]:
        await asyncio.gather(*(self.do(lane, address) for lane, address in asked))
        return self.done


async def test_a_full_lane_keeps_nobody_out_of_another() -> None:
    work = Work(Turns(1, 2, 64))
    done = await work.all(*[(1, f"flood {number}") for number in range(50)], (0, "one"), (0, "two"))
    assert done.index("one") <= 2
    assert done.index("two") <= 4


async def test_addresses_take_turns() -> None:
    work = Work(Turns(1, 1, 64))
    done = await work.all(*[(0, "greedy")] * 40, (0, "one"), (0, "two"), (0, "one"))
    assert done[:4].count("greedy") <= 2
    assert {"one", "two"} <= set(done[:4])


async def test_when_no_place_is_left_the_greediest_goes() -> None:
    turns = Turns(1, 1, 4)
    work = Work(turns)
    async with turns.turn(0, "first"):
        tasks = [asyncio.create_task(work.do(0, "greedy")) for _ in range(4)]
        tasks += [asyncio.create_task(work.do(0, name)) for name in ("one", "two")]
        await asyncio.sleep(0)
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert [isinstance(result, BusyError) for result in results] == [False, False, True, True, False, False]
    flood = [asyncio.create_task(work.do(0, f"address {number}")) for number in range(5)]
    await asyncio.sleep(0)
    with pytest.raises(BusyError):
        await work.do(0, "address 4")
    await asyncio.gather(*flood)


@pytest.mark.parametrize("seed", range(20))
async def test_whoever_stops_waiting_takes_no_turn_along(seed: int) -> None:
    chance = random.Random(seed)
    turns = Turns(2, 3, 16)
    work = Work(turns)
    tasks = []
    for _ in range(60):
        tasks.append(asyncio.create_task(work.do(chance.randrange(3), str(chance.randrange(5)))))
        if chance.random() < 0.5:
            await asyncio.sleep(0)
        if chance.random() < 0.4:
            chance.choice(tasks).cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    async with asyncio.timeout(PATIENCE), turns.turn(0, "a"), turns.turn(1, "b"):
        pass
