"""Asks the worker for the pictures that seeding recorded. The download itself is a job (`kyoo.api.jobs`)."""

from __future__ import annotations

from procrastinate.exceptions import AlreadyEnqueued

from kyoo.core.database.queue import Queue

TASK = "api:download_images"


async def ask_for_downloads(queue: Queue) -> None:
    """One waiting job is enough: it takes whatever is recorded when it starts."""
    try:
        await queue.configure_task(TASK, queue="images", queueing_lock=TASK).defer_async()
    except AlreadyEnqueued:
        return
