"""Tasks end when they are told to."""

from __future__ import annotations

import asyncio
import contextlib
import threading

import pytest
from tests.waiting import until

from kyoo.core import tasks


async def test_a_task_that_misses_its_cancellation_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "AGAIN", 0.05)

    async def inattentive() -> None:
        for _ in range(3):
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.sleep(60)
        await asyncio.sleep(60)

    task = asyncio.create_task(inattentive())
    await asyncio.sleep(0)
    async with asyncio.timeout(5):
        await tasks.ended(task)
    assert task.cancelled()


async def test_what_a_task_fails_with_is_nobodys_concern() -> None:
    async def failing() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            raise ValueError

    task = asyncio.create_task(failing())
    await asyncio.sleep(0)
    await tasks.ended(task)
    await tasks.ended(task)
    assert isinstance(task.exception(), ValueError)


async def test_what_a_thread_makes_for_a_task_that_is_ended_is_undone() -> None:
    go_on, undone = threading.Event(), threading.Event()

    def make() -> str:
        go_on.wait(30)
        return "made"

    async def work() -> str:
        return await tasks.made_in_thread(make, lambda made: undone.set() if made == "made" else None)

    task = asyncio.create_task(work())
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert task.cancelled()
    go_on.set()
    await until(undone.is_set)
