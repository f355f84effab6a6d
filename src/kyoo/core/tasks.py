"""Tasks that are ended: those that would go on for ever, and what a thread still makes for one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")

#: Seconds until a cancellation that changed nothing is said again.
AGAIN = 1


async def ended(task: asyncio.Task[Any]) -> None:
    """Cancel a task, and come back when it is over, whatever became of it. Before Python 3.12 `asyncio.wait_for` loses
    a cancellation that comes together with what it waits for: one is not enough."""
    while not task.done():
        task.cancel()
        await asyncio.wait([task], timeout=AGAIN)
    await asyncio.gather(task, return_exceptions=True)


async def made_in_thread(make: Callable[[], T], undo: Callable[[T], object]) -> T:
    """What `make` gives in a thread. A thread cannot be cancelled: what it makes for a task that is ended meanwhile is
    undone."""
    making = asyncio.ensure_future(asyncio.to_thread(make))
    try:
        return await asyncio.shield(making)
    except asyncio.CancelledError:
        making.add_done_callback(lambda done: None if done.exception() else undo(done.result()))
        raise
