"""Ending tasks that would go on for ever."""

from __future__ import annotations

import asyncio
from typing import Any

#: Seconds until a cancellation that changed nothing is said again.
AGAIN = 1


async def ended(task: asyncio.Task[Any]) -> None:
    """Cancel a task, and come back when it is over, whatever became of it. Before Python 3.12 `asyncio.wait_for` loses
    a cancellation that comes together with what it waits for: one is not enough."""
    while not task.done():
        task.cancel()
        await asyncio.wait([task], timeout=AGAIN)
    await asyncio.gather(task, return_exceptions=True)
