"""Putting the scanner's jobs into the queue. What they do is in `jobs.py`, which nothing but the worker imports."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterable

from procrastinate.exceptions import AlreadyEnqueued

from kyoo.core.database.queue import Queue

#: What a person waits for goes before all else.
URGENT = 10
#: A job that waits for its time keeps later jobs of its lock waiting, unless those have a higher priority.
SOON = 0
LATER = -5
BACKGROUND = -10

SCAN_LOCK = "scanner:scan"


async def defer(
    queue: Queue,
    task: str,
    *,
    lane: str,
    key: str,
    lock: str | None = None,
    priority: int = SOON,
    delay: float = 0,
    **arguments: object,
) -> None:
    """Put `scanner:<task>` into the lane; nothing happens when a job of that key waits already."""
    # A waiting job of that key does the same.
    with contextlib.suppress(AlreadyEnqueued):
        await queue.configure_task(
            f"scanner:{task}",
            queue=lane,
            queueing_lock=f"scanner:{key}",
            lock=lock,
            priority=priority,
            schedule_in={"seconds": delay} if delay > 0 else None,
            task_kwargs=dict(arguments),
        ).defer_async()


async def scan_all(queue: Queue, *, reconcile: bool = False, remove_missing: bool = False) -> None:
    """Scan every root. `reconcile` also compares with the api; `remove_missing` gives up what was kept as missing."""
    await defer(
        queue,
        "scan",
        lane="scan",
        key=f"scan:{reconcile}:{remove_missing}",
        lock=SCAN_LOCK,
        reconcile=reconcile,
        remove_missing=remove_missing,
    )


async def scan_paths(queue: Queue, paths: Iterable[str], *, delay: float = 0) -> None:
    """Scan these files and folders; they need not exist (any more)."""
    ordered = sorted(paths)
    digest = hashlib.blake2b("\0".join(ordered).encode("utf-8", "surrogateescape"), digest_size=16).hexdigest()
    # Two delays of one folder must not swallow each other: the later one sees what the earlier cannot.
    await defer(
        queue,
        "scan",
        lane="scan",
        key=f"scan:{digest}:{delay:g}",
        lock=SCAN_LOCK,
        priority=LATER if delay else SOON,
        delay=delay,
        paths=ordered,
    )


async def identify(queue: Queue, show_ids: Iterable[int], *, urgent: bool = False) -> None:
    """Write these shows to the api with what is known of them, now. What a person waits for (`urgent`) goes before all
    others, also before the same job that waits among them."""
    for show_id in sorted(set(show_ids)):
        await defer(
            queue,
            "identify",
            lane="identify",
            key=f"asked:{show_id}" if urgent else f"identify:{show_id}",
            lock=f"scanner:show:{show_id}",
            priority=URGENT if urgent else SOON,
            show_id=show_id,
        )


async def describe(
    queue: Queue,
    show_ids: Iterable[int],
    *,
    again: bool = False,
    urgent: bool = False,
    background: bool = False,
    delay: float = 0,
    attempt: int = 0,
) -> None:
    """Ask the providers about these shows. `again`: whether what they said still holds. A person's wish is `urgent`,
    and `background` what nobody waits for."""
    for show_id in sorted(set(show_ids)):
        await defer(
            queue,
            "describe",
            lane="describe",
            key=f"describe:{show_id}:{again}:{urgent}:{delay > 0}",
            lock=f"scanner:describe:{show_id}",
            priority=URGENT if urgent else LATER if delay else BACKGROUND if background else SOON,
            delay=delay,
            show_id=show_id,
            again=again,
            urgent=urgent,
            attempt=attempt,
        )


async def refresh(queue: Queue, show_ids: Iterable[int], *, delay: float, prune: bool = False) -> None:
    """The same later, once more has been learnt about their files. `prune`: files were taken from them; entries that
    nobody has any more go."""
    for show_id in sorted(set(show_ids)):
        await defer(
            queue,
            "refresh",
            lane="identify",
            key=f"prune:{show_id}" if prune else f"refresh:{show_id}",
            lock=f"scanner:show:{show_id}",
            priority=LATER,
            delay=delay,
            show_id=show_id,
            **({"prune": True} if prune else {}),
        )


async def anime_lists(queue: Queue) -> None:
    """Ask for the public lists of anime, if it is time."""
    await defer(queue, "anime_lists", lane="identify", key="anime_lists", lock="scanner:anime_lists", priority=SOON)


async def probe(queue: Queue, *, delay: float = 0) -> None:
    """Probe the files that were not probed yet."""
    await defer(queue, "probe", lane="probe", key=f"probe:{delay:g}", priority=BACKGROUND, delay=delay)
