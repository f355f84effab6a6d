"""Passwords wait for their turn, but not without end, and stand back for requests."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest
from argon2 import extract_parameters
from argon2.profiles import RFC_9106_LOW_MEMORY

from kyoo.auth.factors import passwords
from kyoo.auth.factors.passwords import Passwords
from kyoo.auth.factors.turns import BusyError

pytestmark = pytest.mark.usefixtures("real_passwords")


async def test_a_hash_takes_the_work_that_rfc_9106_wants_where_memory_is_scarce() -> None:
    assert extract_parameters(await Passwords(1).hash("x")) == RFC_9106_LOW_MEMORY


async def test_a_flood_is_refused_and_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "MAX_WAITING", 3)
    known = Passwords(1)
    hashed = await known.hash("right")
    flood = await asyncio.gather(*(known.verify("right", hashed) for _ in range(10)), return_exceptions=True)
    assert [answer for answer in flood if not isinstance(answer, BusyError)] == [True] * 4
    assert await known.verify("right", hashed)
    assert not await known.verify("wrong", hashed)


async def test_who_does_not_wait_any_more_leaves_the_turn_to_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "MAX_WAITING", 1)
    known = Passwords(1)
    running = asyncio.create_task(known.hash("a"))
    await asyncio.sleep(0)
    waiting = asyncio.create_task(known.hash("b"))
    await asyncio.sleep(0)
    with pytest.raises(BusyError):
        await known.hash("c")
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    assert await asyncio.gather(running, known.hash("d"))


async def test_hashing_stands_back_for_requests() -> None:
    ours = os.nice(0)
    known = Passwords(1)
    await known.hash("x")
    threads = {os.getpriority(os.PRIO_PROCESS, int(thread.name)) for thread in Path("/proc/self/task").iterdir()}
    assert min(ours + 5, 19) in threads
    assert os.nice(0) == ours


def test_a_server_that_stands_back_itself_hashes_passwords() -> None:
    hashing = (
        "import asyncio, os; from kyoo.auth.factors.passwords import Passwords; os.nice(18); "
        "print(asyncio.run(Passwords(1).hash('x')))"
    )
    command = [sys.executable, "-c", hashing]
    assert "$argon2id$" in subprocess.run(command, check=True, capture_output=True, text=True).stdout
