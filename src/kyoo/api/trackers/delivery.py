"""Sending the outbox: one sender an account at a time, in order, again until it is done or refused for good."""

from __future__ import annotations

import asyncio
import contextlib
import math
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import structlog
from cachetools import LRUCache
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException
from psycopg.errors import ForeignKeyViolation
from psycopg_pool import PoolTimeout

from kyoo.api.queries.trackers import accounts
from kyoo.api.queries.trackers import bases as bases_of
from kyoo.api.queries.trackers import outbox as queries
from kyoo.api.queries.trackers.accounts import Linked
from kyoo.api.queries.trackers.outbox import Waiting
from kyoo.api.trackers.base import LaterError, Order, Outcome, RefusedError, TrackerError, What, readable
from kyoo.api.trackers.counting import Counting
from kyoo.api.trackers.moments import iso, moment
from kyoo.api.trackers.outbox import Outgoing
from kyoo.api.trackers.registry import Services
from kyoo.api.trackers.sessions import Opened, Sessions
from kyoo.api.trackers.settings import TrackerSettings
from kyoo.core import events
from kyoo.core.database.postgres import Connection, Database
from kyoo.core.database.queue import Queue
from kyoo.core.events import Fact
from kyoo.core.pauses import pause
from kyoo.core.tasks import ended

log = structlog.get_logger()

#: The first pause after a failure, in seconds; doubled each time.
FIRST_PAUSE = 15.0
#: Failures that say that it is not the order's fault, and do not count as a try.
WAITING = ("busy", "limited", "application", "unlinked")
#: Failures that are over when the service is itself again.
PASSING_BY_THEMSELVES = ("busy", "limited", "down", "unreachable", "no_answer", "nonsense", "too_large")
#: Seconds that one job sends for one account before others have their turn.
TURN = 20.0
#: Seconds after which a sender that no longer says anything is taken for dead.
LEASE = 12.0
#: Notes that are kept for answers.
NOTES = 1000
#: Seconds between two looks at what somebody else is sending.
LOOK = 0.05
#: What has waited for longer than this may be older than what was changed there meanwhile: who was away listens first.
LATE = timedelta(minutes=2)
LATE_KINDS = ("status", "score", "removed")
#: A play that ended longer ago is no longer one that ends before our eyes.
JUST_NOW = timedelta(minutes=10)

Listen = Callable[[Linked], Awaitable[None]]


class Delivery:
    """`listen`: reads what changed at a tracker."""

    def __init__(
        self,
        settings: TrackerSettings,
        database: Database,
        services: Services,
        sessions: Sessions,
        queue: Queue,
        *,
        listen: Listen,
    ) -> None:
        self._settings, self._database, self._listen = settings, database, listen
        self._services, self._sessions, self._queue = services, sessions, queue
        self._running: dict[int, asyncio.Task[None]] = {}
        #: What services do not hold of what was done, by order; for the answers that wait.
        self._notes: LRUCache[int, str] = LRUCache(NOTES)

    async def close(self) -> None:
        for task in list(self._running.values()):
            task.cancel()
        await asyncio.gather(*self._running.values(), return_exceptions=True)

    # --- for whoever waits

    async def settle(self, outgoing: Outgoing) -> dict[str, dict[str, Any]]:
        """After the write: what became of its orders within the time that an answer may wait, by service. Whatever
        happens here, the write stands."""
        if not outgoing.due:
            return {}
        until = time.monotonic() + self._settings.tracker_wait
        for tracker in outgoing.due:
            self.soon(tracker)
        try:
            async with asyncio.timeout(self._settings.tracker_wait):
                await asyncio.gather(*(self._settle(pk, rows, until) for pk, rows in outgoing.due.items()))
        except (TimeoutError, psycopg.Error, PoolTimeout):
            pass
        try:
            async with asyncio.timeout(1), self._database.connection() as connection:
                left = await queries.states(connection, [row for rows in outgoing.due.values() for row in rows])
        except (TimeoutError, psycopg.Error, PoolTimeout):
            waiting = {"status": "queued", "reason": "It is told in a moment"}
            return {outgoing.services[pk]: waiting for pk in outgoing.due}
        return {
            outgoing.services[pk]: self._said([left[row] for row in rows if row in left], rows)
            for pk, rows in outgoing.due.items()
        }

    def _said(self, left: Sequence[Any], rows: Sequence[int]) -> dict[str, Any]:
        """Of the orders of one write, of which `left` are not done: the worst of it."""
        failed = next((row for row in left if row["state"] == "failed"), None)
        if failed is not None:
            return {"status": "failed", "reason": failed["reason"]}
        if left:
            reason = next((row["reason"] for row in left if row["reason"]), None)
            return {"status": "queued", "reason": reason or "It has not answered yet"}
        notes = [note for row in rows if (note := self._notes.pop(row, None))]
        return {"status": "synced", **({"reason": notes[0]} if notes else {}), "at": iso(datetime.now(UTC))}

    async def _settle(self, tracker: int, rows: Sequence[int], until: float) -> None:
        """Send, or wait for whoever is sending."""
        while time.monotonic() < until:
            await asyncio.shield(self.soon(tracker))
            async with self._database.connection() as connection:
                left = await queries.states(connection, rows)
            if not any(row["state"] == "waiting" and row["reason"] is None for row in left.values()):
                return
            await asyncio.sleep(LOOK)

    def soon(self, tracker: int) -> asyncio.Task[None]:
        """The task that sends what is due to an account; it goes on when nobody waits any more."""
        task = self._running.get(tracker)
        if task is None:
            task = asyncio.create_task(self._quietly(tracker))
            self._running[tracker] = task
            task.add_done_callback(lambda _: self._running.pop(tracker, None))
        return task

    async def _quietly(self, tracker: int) -> None:
        try:
            await self.deliver(tracker, hurried=True)
        except (psycopg.Error, PoolTimeout, ConnectorException) as error:
            log.warning("trackers are updated later", reason=" ".join(str(error).split()))
        except Exception:  # whatever it is, nobody else's write fails of it
            log.exception("telling a tracker failed", tracker=tracker)

    # --- for the queue

    async def deliver(self, tracker: int, *, hurried: bool) -> None:
        """Send what is due to an account, for as long as it is our turn."""
        async with self._turn(tracker) as ours:
            if not ours:
                return
            async with self._database.connection() as connection:
                linked = await accounts.linked(connection, tracker)
            if linked is None or linked.mode not in ("both", "out"):
                return
            if linked.error_code == "unlinked":
                await self._put_off(linked)
                return
            await self._deliver(linked, hurried=hurried)
        async with self._database.connection() as connection:
            seconds = await queries.next_due(connection, tracker)
        if seconds is not None:
            await self.defer(tracker, max(1.0, seconds))

    @asynccontextmanager
    async def _turn(self, tracker: int) -> AsyncIterator[bool]:
        """Whether nobody else sends to the account; nobody does until the end, or until a moment after we died."""
        async with self._database.connection() as connection:
            if not await accounts.take_turn(connection, tracker, LEASE):
                yield False
                return

        async def keep() -> None:
            while True:
                await asyncio.sleep(LEASE / 4)
                with contextlib.suppress(psycopg.Error, PoolTimeout):
                    async with self._database.connection() as connection:
                        await accounts.keep_turn(connection, tracker, LEASE)

        keeping = asyncio.create_task(keep())
        try:
            yield True
        finally:
            await ended(keeping)
            async with self._database.connection() as connection:
                await accounts.end_turn(connection, tracker)

    async def _put_off(self, linked: Linked) -> None:
        """What is due waits until the account is linked anew, and says so."""
        title = self._services.find(linked.service).title
        async with self._database.connection() as connection:
            rows = await queries.due(connection, linked.pk, 1000)
            await queries.postpone(
                connection,
                [row.pk for row in rows if row.sent_at is None],
                seconds=0,
                code="unlinked",
                reason=f"The account has to be linked to {title} anew",
                arrived=False,
                tried=True,
            )

    async def defer(self, tracker: int, seconds: float) -> None:
        """Have the worker send later."""
        task = self._queue.configure_task(
            "api:deliver_to_tracker",
            queue="trackers",
            schedule_in={"seconds": math.ceil(seconds)} if seconds else None,
            # A job for later does not stand in the way of one for now.
            queueing_lock=f"api:deliver_to_tracker:{tracker}{':later' if seconds else ''}",
        )
        with contextlib.suppress(AlreadyEnqueued):
            await task.defer_async(tracker=tracker)

    async def defer_due(self) -> None:
        """Have the worker send to every account that has something due, those first that were served least lately."""
        async with self._database.connection() as connection:
            found = await queries.trackers_due(connection)
        for tracker in found:
            await self.defer(tracker, 0)

    async def _deliver(self, linked: Linked, *, hurried: bool) -> None:
        begun = time.monotonic()
        patience = self._settings.tracker_wait if hurried else TURN / 2
        opened: Opened | None = None
        listened = not linked.activities or linked.mode != "both"
        while hurried or time.monotonic() - begun < TURN:
            async with self._database.connection() as connection:
                limit = self._services.find(linked.service).batch
                rows = together(await queries.due(connection, linked.pk, 4 * limit), limit)
                if not rows:
                    return
                listens = not listened and any(_is_late(row) for row in rows)
                if not listens:
                    await queries.sending(connection, [row.pk for row in rows])
            try:
                if opened is None:
                    opened = await self._sessions.open(linked, patience=patience, hurried=hurried)
                if listens:
                    listened = True
                    await self._listen(linked)
                    continue
                outcomes = await self._tell(opened, rows)
            except TrackerError as error:
                if opened is None or len(rows) == 1 or not isinstance(error, RefusedError):
                    if not await self._failed(linked, rows, error):
                        return
                    continue
                # It refuses all of them together: each by itself, so that one does not take the others with it.
                if not await self._singly(linked, opened, rows):
                    return
                continue
            await self._record(linked, rows, outcomes)

    async def _singly(self, linked: Linked, opened: Opened, rows: Sequence[Waiting]) -> bool:
        """Whether to go on."""
        for position, row in enumerate(rows):
            try:
                outcomes = await self._tell(opened, [row])
            except RefusedError as error:
                outcomes = [Outcome(error)]
            except TrackerError as error:
                return await self._failed(linked, rows[position:], error)
            await self._record(linked, [row], outcomes)
        return True

    async def _failed(self, linked: Linked, rows: Sequence[Waiting], error: TrackerError) -> bool:
        """What a failure means for orders; whether to go on with others."""
        if isinstance(error, RefusedError):
            await self._record(linked, rows, [Outcome(error)] * len(rows))
            return True
        later = error if isinstance(error, LaterError) else LaterError(error.code, error.message, after=0)
        await self._later(linked, rows, later)
        return False

    async def _tell(self, opened: Opened, rows: Sequence[Waiting]) -> list[Outcome]:
        async with self._database.connection() as connection:
            shows = {row.show_pk for row in rows if row.show_pk is not None}
            bases = await bases_of.of_shows(connection, opened.linked.pk, shows)
        orders = [_order(row, bases.get(row.show_pk or 0, {})) for row in rows]
        with readable(opened.tracker.title):
            if orders[0].again and await opened.tracker.known(opened.session, orders[0]):
                return [Outcome()]
            return await opened.tracker.tell(opened.session, orders)

    async def _record(self, linked: Linked, rows: Sequence[Waiting], outcomes: Sequence[Outcome]) -> None:
        refusals = [(row, out.refused) for row, out in zip(rows, outcomes, strict=True) if out.refused]
        done = [row.pk for row, out in zip(rows, outcomes, strict=True) if not out.refused]
        self._notes.update((row.pk, out.note) for row, out in zip(rows, outcomes, strict=True) if out.note)
        async with self._database.transaction() as connection:
            await queries.done(connection, done)
            for row, outcome in zip(rows, outcomes, strict=True):
                if not outcome.refused and row.show_pk is not None:
                    await self._agree(connection, linked, row, outcome)
            for row, refusal in refusals:
                await queries.refused(connection, row.pk, refusal.code, refusal.message)
            if refusals:
                _, last = refusals[-1]
                await self._say(connection, linked, last.code, last.message)
            elif done:
                await accounts.went_well(connection, linked.pk)

    async def _agree(self, connection: Connection, linked: Linked, row: Waiting, outcome: Outcome) -> None:
        """What was told is what both sides agree on now."""
        tracker, order = self._services.find(linked.service), _order(row, {})
        assert row.show_pk is not None

        def changed(before: bases_of.Bases) -> bases_of.Bases:
            if outcome.held or isinstance(tracker, Counting):
                return {**before, **{key: {**before.get(key, {}), **held} for key, held in outcome.held.items()}}
            return {key: {**base, **tracker.told(order, base)} for key, base in before.items()}

        with contextlib.suppress(ForeignKeyViolation):
            async with connection.transaction():
                await bases_of.change(connection, linked.pk, row.show_pk, changed)

    async def _later(self, linked: Linked, rows: Sequence[Waiting], error: LaterError) -> None:
        tried = error.code not in WAITING
        tries = max(row.tries for row in rows) + 1
        usual = pause(tries, FIRST_PAUSE, self._settings.tracker_longest_pause)
        seconds = error.after if error.after is not None else usual * random.uniform(0.8, 1.2)  # noqa: S311
        async with self._database.transaction() as connection:
            await queries.postpone(
                connection,
                [row.pk for row in rows],
                seconds=seconds,
                code=error.code,
                reason=error.message,
                arrived=error.sent or any(row.sent_at is not None for row in rows),
                tried=tried,
            )
            if error.code != "busy":
                await self._say(connection, linked, error.code, error.message)

    async def _say(self, connection: Connection, linked: Linked, code: str, message: str) -> None:
        """Keep what went wrong, and let its owner know of what will not pass by itself, once."""
        other = await accounts.went_wrong(connection, linked.pk, code, message)
        if other and code not in PASSING_BY_THEMSELVES:
            title = self._services.find(linked.service).title
            values = {"service": linked.service, "title": title, "code": code, "message": message}
            body = {"key": "tracker.failed", "values": values, "link": "/settings/trackers"}
            await events.record(connection, Fact("notices", "notice", body, owner=linked.user))


def together(rows: Sequence[Waiting], limit: int) -> list[Waiting]:
    """What goes out as one: orders of one kind. What may have arrived already is asked about first, by itself."""
    if not rows:
        return []
    first = rows[0]
    if first.sent_at is not None or first.facts.get("live"):
        return [first]
    return [row for row in rows if row.what == first.what and row.sent_at is None and not row.facts.get("live")][:limit]


def _is_late(row: Waiting) -> bool:
    return row.what in LATE_KINDS and datetime.now(UTC) - row.created_at > LATE


def _order(row: Waiting, bases: bases_of.Bases) -> Order:
    what: What = row.what  # type: ignore[assignment]
    at = moment(row.facts.get("at"))
    # What is told later than it ended is no scrobble: those are dated when they are told.
    live = bool(row.facts.get("live")) and at is not None and abs(datetime.now(UTC) - at) < JUST_NOW
    live = live or (row.sent_at is not None and bool(row.facts.get("live")))
    return Order(row.pk, what, row.facts, live, again=row.sent_at is not None, sent_at=row.sent_at, bases=bases)
