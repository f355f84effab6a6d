"""The worker process: runs the jobs of every service, and the watcher of the library folders. Serves no HTTP."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import os
import threading
import time
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Status

from kyoo.core.database.postgres import Database
from kyoo.core.database.queue import Queue, pauses
from kyoo.core.database.queue_events import tell_changes
from kyoo.core.database.shares import Tenant
from kyoo.core.pauses import pause
from kyoo.core.process import stop_at_signals
from kyoo.scanner.scanning.watcher import Watcher
from kyoo.serve.backup.keeper import keep_making
from kyoo.serve.backup.stores import locations
from kyoo.serve.composition import Instance, composed, settings_of
from kyoo.serve.options import ServeOptions
from kyoo.serve.services import LANES, SERVICES, Lane

#: Jobs get this long to finish when the worker is told to stop; what is cut off is run again at the next start.
GRACE_SECONDS = 5

#: Seconds between two signs of life of a worker, and without one after which others run its jobs again; between two
#: looks for such jobs.
HEARTBEAT, STALLED, LOOK_FOR_STALLED = 5.0, 30.0, 5.0

#: Seconds before a part of the worker that failed starts again: doubled while it lasts less than LASTING.
FIRST_PAUSE, LONGEST_PAUSE, LASTING = 1.0, 60.0, 60.0

#: Between two looks at what has changed in the queue.
TELL_SECONDS = 2.0

log = structlog.get_logger()


async def work(options: ServeOptions, conninfo: str, service_key: str, *, processes: int | None = None) -> None:
    """Run jobs until a signal ends it. `processes`: how many of ours there are, when that is known: no other worker
    shares the queue then (the one-machine composition), so jobs still marked as running belong to one that died."""
    stop = asyncio.Event()
    stop_at_signals(stop.set)
    # Beside the pools: a listener of the process and one of each lane, and the lock of the watcher.
    tenant = Tenant("kyoo worker", processes=processes, held=len(LANES) + 2)
    async with composed(options, conninfo, service_key, role="worker", tenant=tenant) as instance:
        queue = instance.runtime.queue
        for name, service in SERVICES.items():
            if service.jobs is not None:
                queue.add_tasks_from(service.jobs, namespace=name)
        await take_back(queue, seconds_since_heartbeat=STALLED if processes is None else 0)
        stores = locations(settings_of(options, service_key, "worker"))
        parts = [*_background(instance, queue), ("the backups", lambda: keep_making(conninfo, stores))]
        tasks = [asyncio.create_task(kept_running(name, task)) for name, task in parts]
        await stop.wait()
        # Whatever a job does, a worker that was told to stop is gone soon: Postgres stops after it.
        threading.Timer(GRACE_SECONDS + 3, os._exit, [1]).start()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    os._exit(0)


def _background(instance: Instance, queue: Queue) -> list[tuple[str, Callable[[], Awaitable[None]]]]:
    lanes = [
        (f"the lane {lane.queues[0]}", functools.partial(run_lane, queue, instance.contexts, lane)) for lane in LANES
    ]
    watcher = Watcher(instance.contexts["scanner"])
    return [
        *lanes,
        ("the watcher", watcher.run),
        ("the look for stalled jobs", lambda: _keep_taking_back(queue)),
        ("the word of the queue", lambda: _keep_telling(instance.runtime.database)),
    ]


async def kept_running(name: str, work: Callable[[], Awaitable[None]]) -> None:
    """Do work that should never end, and again whenever it does, less and less often while it does not last; until
    cancelled. One fault ends neither the other work of this process nor the process."""
    failures = 0
    while True:
        begun = time.monotonic()
        try:
            await work()
        except (asyncio.CancelledError, KeyboardInterrupt, SystemExit):
            raise
        except BaseException:  # a panic of a library in Rust is no Exception
            log.exception("a part of the worker failed and starts again", part=name)
        failures = 1 if time.monotonic() - begun > LASTING else failures + 1
        await asyncio.sleep(pause(failures, FIRST_PAUSE, LONGEST_PAUSE))


async def run_lane(queue: Queue, contexts: dict[str, Any], lane: Lane) -> None:
    """Run jobs until cancelled, through every outage of Postgres: a worker of procrastinate ends at a statement that
    fails, and another one takes its place."""
    for seconds in pauses():
        with contextlib.suppress(ConnectorException):
            await queue.run_worker_async(
                queues=list(lane.queues),
                concurrency=lane.at_once,
                name=f"{lane.queues[0]} {os.getpid()}",
                additional_context=contexts,
                install_signal_handlers=False,
                shutdown_graceful_timeout=GRACE_SECONDS,
                delete_jobs="successful",
                fetch_job_polling_interval=10,
                update_heartbeat_interval=HEARTBEAT,
                stalled_worker_timeout=STALLED,
            )
        log.warning("the queue does not answer and is asked again", queues=lane.queues, seconds=seconds)
        await asyncio.sleep(seconds)


async def take_back(queue: Queue, *, seconds_since_heartbeat: float) -> None:
    """Put the jobs of workers that died back into the queue."""
    manager = queue.job_manager
    jobs = (
        await manager.get_stalled_jobs(seconds_since_heartbeat=seconds_since_heartbeat)
        if seconds_since_heartbeat
        else await manager.list_jobs_async(status=Status.DOING.value)
    )
    for job in jobs:
        log.info("a job cut off earlier runs again", task=job.task_name, job=job.id)
        await manager.retry_job(job)


async def _keep_telling(database: Database) -> None:
    while True:
        await asyncio.sleep(TELL_SECONDS)
        async with database.transaction() as connection:
            await tell_changes(connection)


async def _keep_taking_back(queue: Queue) -> None:
    while True:
        await asyncio.sleep(LOOK_FOR_STALLED)
        try:
            await take_back(queue, seconds_since_heartbeat=STALLED)
        except ConnectorException as error:
            log.warning("jobs cut off earlier cannot be looked for", error=str(error))
