"""Tasks that are ended: those that would go on for ever, and threads that nobody waits for any more."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Any, TypeVar

Result = TypeVar("Result")

#: Seconds until a cancellation that changed nothing is said again.
AGAIN = 1


async def ended(task: asyncio.Task[Any]) -> None:
    """Cancel a task, and come back when it is over, whatever became of it. Before Python 3.12 `asyncio.wait_for` loses
    a cancellation that comes together with what it waits for: one is not enough."""
    while not task.done():
        task.cancel()
        await asyncio.wait([task], timeout=AGAIN)
    await asyncio.gather(task, return_exceptions=True)


async def apart(work: Callable[[], Result]) -> Result:
    """Do `work` in a thread that nobody waits for at the end of the program: a network share may never answer."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[Result] = loop.create_future()

    def run() -> None:
        try:
            result = work()
        except BaseException as error:  # noqa: BLE001 (raised where it is awaited)
            failure = error
            tell(lambda: done.set_exception(failure))
        else:
            tell(lambda: done.set_result(result))

    def tell(end: Callable[[], None]) -> None:
        try:
            loop.call_soon_threadsafe(lambda: None if done.done() else end())
        except RuntimeError:
            return  # the program has ended meanwhile

    threading.Thread(target=run, daemon=True).start()
    return await done


async def made_in_thread(make: Callable[[], Result], undo: Callable[[Result], object]) -> Result:
    """What `make` gives in a thread. A thread cannot be cancelled: what it makes for a task that is ended meanwhile is
    undone."""
    making = asyncio.ensure_future(asyncio.to_thread(make))
    try:
        return await asyncio.shield(making)
    except asyncio.CancelledError:
        making.add_done_callback(lambda done: None if done.exception() else undo(done.result()))
        raise
