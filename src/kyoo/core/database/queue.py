"""The job queue: procrastinate in the schema `queue` of the same Postgres. What the jobs do lives in each service."""

from __future__ import annotations

import asyncio
import datetime
import itertools
import re
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import procrastinate
import psycopg
from procrastinate.connector import LISTEN_TIMEOUT, Notify
from procrastinate.exceptions import ConnectorException, UniqueViolation
from procrastinate.jobs import Job, Status
from procrastinate.manager import QUEUEING_LOCK_CONSTRAINT, JobManager
from procrastinate.retry import BaseRetryStrategy, RetryDecision
from procrastinate.schema import SchemaManager
from psycopg import sql

from kyoo.core.database.keepalives import TELL, configuration, with_keepalives
from kyoo.core.database.migrations import LOCK
from kyoo.core.errors import database_problem
from kyoo.core.pauses import pause

SCHEMA = "queue"

Queue = procrastinate.App
#: Seconds between two attempts while Postgres is away.
FIRST_PAUSE, LONGEST_PAUSE = 0.25, 5.0
VERSION_PREFIX = re.compile(r"(\d+\.\d+\.\d+)_")


@dataclass(frozen=True)
class BackOff(BaseRetryStrategy):
    """Again after 2, 4, 8 … seconds, at most `longest`; at once when it was cut off because the worker has to stop."""

    attempts: int = 12
    longest: int = 300

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        if isinstance(exception, asyncio.CancelledError):
            return RetryDecision(retry_in={"seconds": 0})
        if job.attempts >= self.attempts:
            return None
        return RetryDecision(retry_in={"seconds": int(pause(job.attempts + 1, 2, self.longest))})


def pauses() -> Iterator[float]:
    """The seconds between attempts while Postgres is away: short at first, as most outages are restarts of it."""
    return (pause(failures, FIRST_PAUSE, LONGEST_PAUSE) for failures in itertools.count(1))


class PatientConnector(procrastinate.PsycopgConnector):
    """Goes on listening after an outage of Postgres (the base class gives up at the first connection it cannot make,
    and a worker ends with its listener), and has the worker look for jobs whenever it begins to listen: what was
    asked for before was said to nobody."""

    async def listen_notify(self, on_notification: Notify, channels: Iterable[str]) -> None:
        for seconds in pauses():
            try:
                await super().listen_notify(on_notification, channels)
            except ConnectorException as error:
                if database_problem(error) is None:
                    raise
            await asyncio.sleep(seconds)

    async def _loop_notify(
        self,
        on_notification: Notify,
        connection: psycopg.AsyncConnection,
        timeout: float = LISTEN_TIMEOUT,  # noqa: ASYNC109 (the base class has it)
    ) -> None:
        await on_notification(channel="", payload='{"type": "job_inserted"}')
        await super()._loop_notify(on_notification, connection, timeout)


class Manager(JobManager):
    """What became of a job is written down, however long Postgres is away: else it would be running for ever in the
    eyes of the queue, and hold its lock.

    Of the jobs with one `queueing_lock` only one may wait. A job that is put back while another one waits is therefore
    dropped; without that, too, it would be running for ever, and a worker could not take it back."""

    async def finish_job_by_id_async(self, job_id: int, status: Status, delete_job: bool) -> None:
        finish = super().finish_job_by_id_async
        await _written(lambda: finish(job_id, status, delete_job))

    async def retry_job_by_id_async(
        self,
        job_id: int,
        retry_at: datetime.datetime,
        priority: int | None = None,
        queue: str | None = None,
        lock: str | None = None,
    ) -> None:
        retry = super().retry_job_by_id_async
        try:
            await _written(lambda: retry(job_id, retry_at, priority, queue, lock))
        except UniqueViolation as error:
            if error.constraint_name != QUEUEING_LOCK_CONSTRAINT:
                raise
            # The one that waits does the same work.
            await self.finish_job_by_id_async(job_id, Status.ABORTED, delete_job=True)


async def _written(write: Callable[[], Awaitable[None]]) -> None:
    """Write, and again until Postgres has answered."""
    again = False
    for seconds in pauses():
        try:
            return await write()
        except ConnectorException as error:
            if again and isinstance(error.__cause__, psycopg.errors.RaiseException):
                # "Not found": it was written before the answer was lost.
                return None
            if database_problem(error) is None:
                raise
        again = True
        await asyncio.sleep(seconds)
    return None


#: The queue's schema comes first, where procrastinate looks for its tables.
SEARCH_PATH = f"{SCHEMA}, public"


async def _configure(connection: psycopg.AsyncConnection[Any]) -> None:
    await connection.execute(TELL, configuration(connection, search_path=SEARCH_PATH))
    await connection.commit()


def make_queue(conninfo: str, *, patience: float = 30, max_size: int = 4) -> Queue:
    """A queue that is opened with `open_async`; jobs are deferred by name, so callers need not import them. `patience`
    is how many seconds to wait for a connection."""
    connector = PatientConnector(
        conninfo=with_keepalives(conninfo),
        configure=_configure,
        min_size=0,
        max_size=max_size,
        max_idle=30,
        timeout=patience,
        # The pauses between its attempts double until it gives up; whoever comes then has it begin again.
        reconnect_timeout=LONGEST_PAUSE,
        kwargs={"application_name": "kyoo queue"},
    )
    queue = procrastinate.App(connector=connector)
    queue.job_manager = Manager(connector)
    return queue


#: To take a job takes as long with 50,000 waiting as with ten. Postgres does not know yet how many there are when a
#: first scan has put thousands into an empty queue: it sorted all of them, and looked through all for each of them for
#: an earlier one of the same lock (with 7,000 four seconds a job, 2 ms now). A function that is replaced loses its
#: settings, so this follows every migration of procrastinate.
QUICK_TO_TAKE = r"""
do $$
declare
    taking regprocedure;
begin
    -- To ask Postgres to make it "if not exists" would stop all who write jobs at every start.
    if to_regclass('queue.kyoo_jobs_by_lock') is null then
        create index kyoo_jobs_by_lock on queue.procrastinate_jobs (lock, status) where status in ('todo', 'doing');
    end if;
    for taking in
        select oid::regprocedure from pg_proc
        where pronamespace = 'queue'::regnamespace and proname like 'procrastinate\_fetch\_job%' and proconfig is null
    loop
        execute format(
            'alter function %s set enable_sort = off set enable_seqscan = off set enable_bitmapscan = off '
            'set plan_cache_mode = force_custom_plan',
            taking
        );
    end loop;
end
$$;
"""


#: The index of what waits in some queues, in the order in which it is taken.
INDEX_OF_LANE = """
create index {name} on queue.procrastinate_jobs (priority desc, id) where status = 'todo' and ({in_lane})
"""


def migrate_queue(conninfo: str, lanes: Iterable[Sequence[str]] = ()) -> None:
    """Create procrastinate's tables, or bring them to the installed release with its own migration files. `lanes`: the
    queues that a worker takes from together; it then passes over no job of the others, however many wait there."""
    manager_version = procrastinate.__version__
    with psycopg.connect(with_keepalives(conninfo)) as connection, connection.transaction():
        connection.execute(TELL, configuration(connection, search_path=SEARCH_PATH))
        connection.execute("select pg_advisory_xact_lock(%s)", [LOCK])
        connection.execute(f"create schema if not exists {SCHEMA}")
        connection.execute("create table if not exists queue.release (version text not null)")
        row = connection.execute("select version from queue.release").fetchone()
        if row is None:
            connection.execute(SchemaManager.get_schema())
            connection.execute("insert into queue.release values (%s)", [manager_version])
        elif row[0] != manager_version:
            for path in _newer_migrations(Path(SchemaManager.get_migrations_path()), since=row[0]):
                connection.execute(path.read_text())
            connection.execute("update queue.release set version = %s", [manager_version])
        connection.execute(QUICK_TO_TAKE)
        for queues in lanes:
            name = "_".join(["kyoo_jobs", *queues])
            # As above: not "if not exists".
            if connection.execute("select to_regclass(%s)", [f"{SCHEMA}.{name}"]).fetchone() == (None,):
                # A list would come back from a dump in other words.
                in_lane = sql.SQL(" or ").join(
                    sql.SQL("queue_name = {}").format(sql.Literal(queue)) for queue in queues
                )
                connection.execute(sql.SQL(INDEX_OF_LANE).format(name=sql.Identifier(name), in_lane=in_lane))


def _newer_migrations(folder: Path, since: str) -> list[Path]:
    def version(path: Path) -> tuple[int, ...] | None:
        match = VERSION_PREFIX.match(path.name)
        return tuple(map(int, match[1].split("."))) if match else None

    floor = tuple(int(part) for part in since.split(".")[:3])
    return [path for path in sorted(folder.glob("*.sql")) if (found := version(path)) and found > floor]
