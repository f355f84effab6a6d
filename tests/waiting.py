"""Waiting for what happens by itself, as long as a busy machine may need: only a test that fails waits to the end."""

from __future__ import annotations

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable

#: In seconds.
PATIENCE = 120.0


async def until(condition: Callable[[], object | Awaitable[object]], every: float = 0.02) -> None:
    """Return once `condition` is true; it may be a coroutine function."""
    deadline = time.monotonic() + PATIENCE
    while True:
        answer = condition()
        if inspect.isawaitable(answer):
            answer = await answer
        if answer:
            return
        assert time.monotonic() < deadline, f"it does not happen within {PATIENCE:.0f} s"
        await asyncio.sleep(every)


def wait_until(condition: Callable[[], object], every: float = 0.1) -> None:
    """The same for tests without a loop of their own."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, f"it does not happen within {PATIENCE:.0f} s"
        time.sleep(every)
