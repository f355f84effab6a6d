"""Showing trackers what somebody watches right now: start, pause, stop. Nobody waits for it, and what fails is not
tried again: it would be untrue by then."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any
from uuid import UUID
from weakref import WeakValueDictionary

import psycopg
import structlog
from psycopg_pool import PoolTimeout

from kyoo.api.queries.trackers import accounts
from kyoo.api.queries.trackers import facts as facts_of
from kyoo.api.queries.viewers.history import as_uuid
from kyoo.api.trackers.base import Action, Live, TrackerError, readable
from kyoo.api.trackers.outbox import may_know
from kyoo.api.trackers.registry import Services
from kyoo.api.trackers.sessions import Sessions
from kyoo.api.watchlist import FINISHED
from kyoo.core.database.postgres import Database

log = structlog.get_logger()

#: What happens to a play, as trackers know it.
ACTIONS: Mapping[str, Action] = {"started": "start", "resumed": "start", "paused": "pause", "stopped": "stop"}
#: What is under way for all users; more is not shown.
AT_ONCE = 200


class NowWatching:
    def __init__(self, database: Database, services: Services, sessions: Sessions) -> None:
        self._database, self._services, self._sessions = database, services, sessions
        self._tasks: set[asyncio.Task[None]] = set()
        self._turns: WeakValueDictionary[UUID, asyncio.Lock] = WeakValueDictionary()

    async def close(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def show(self, user: UUID, happens: str, entry: str, percent: int) -> None:
        action = ACTIONS.get(happens)
        # What has ended is told by its mark (outbox.py).
        if action is None or percent >= FINISHED or len(self._tasks) >= AT_ONCE:
            return
        task = asyncio.create_task(self._show(user, action, entry, percent))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _show(self, user: UUID, action: Action, entry: str, percent: int) -> None:
        turn = self._turns.setdefault(user, asyncio.Lock())
        # One after the other: a pause must not overtake its start.
        async with turn:
            try:
                async with self._database.connection() as connection:
                    linked = await accounts.live_of(connection, user)
                    facts = await facts_of.playing(connection, entry, as_uuid(entry)) if linked else None
                if facts is not None:
                    await asyncio.gather(*(self._one(pk, action, facts, percent) for pk in linked))
            except (psycopg.Error, PoolTimeout) as error:
                log.info("trackers are not shown what is watched", reason=" ".join(str(error).split()))

    async def _one(self, pk: int, action: Action, facts: dict[str, Any], percent: int) -> None:
        async with self._database.connection() as connection:
            linked = await accounts.linked(connection, pk)
        if linked is None or not may_know(linked.service, facts):
            return
        tracker = self._services.find(linked.service)
        if not isinstance(tracker, Live):
            return
        try:
            opened = await self._sessions.open(linked, patience=2, hurried=True)
            with readable(tracker.title):
                await tracker.scrobble(opened.session, action, facts, float(percent))
        except TrackerError as error:
            log.info("a tracker is not shown what is watched", tracker=linked.service, reason=error.code)
