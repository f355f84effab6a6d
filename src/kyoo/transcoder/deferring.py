"""How jobs of the transcoder are queued, by name."""

from __future__ import annotations

from procrastinate.exceptions import AlreadyEnqueued

from kyoo.core.database.queue import Queue

QUEUE = "probe"


async def defer_unless_queued(queue: Queue, task: str, path: str, lock: str, *, priority: int = 0) -> None:
    """Queue `task` for `path` unless the same is queued already."""
    job = queue.configure_task(task, queue=QUEUE, queueing_lock=f"{task}:{lock}", priority=priority)
    try:
        await job.defer_async(path=path)
    except AlreadyEnqueued:
        return
