"""All of trackers as one thing that handlers and jobs are given."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from procrastinate.exceptions import AlreadyEnqueued

from kyoo.api.queries.trackers import accounts as queries
from kyoo.api.queries.trackers import reading
from kyoo.api.queries.trackers.accounts import Linked
from kyoo.api.trackers.delivery import Delivery
from kyoo.api.trackers.importing import Importing
from kyoo.api.trackers.linking import Linking
from kyoo.api.trackers.live import NowWatching
from kyoo.api.trackers.outbox import Outgoing
from kyoo.api.trackers.registry import NAMES, Offer, Services
from kyoo.api.trackers.sessions import Sessions
from kyoo.api.trackers.settings import TrackerSettings
from kyoo.api.trackers.wire import Outside
from kyoo.core.database.postgres import Database
from kyoo.core.database.queue import Queue
from kyoo.core.errors import NotFoundError
from kyoo.core.sealing import Seal


class Trackers:
    """`database` as nobody limits it: what is told was written by its owner."""

    def __init__(self, settings: TrackerSettings, database: Database, queue: Queue, public_url: str) -> None:
        self.settings = settings
        self._database, self._queue = database, queue
        self.outside = Outside(settings.tracker_timeout)
        self.seal = Seal(settings)
        self.services = Services(settings, database, self.seal)
        self.sessions = Sessions(database, self.services, self.seal, self.outside, public_url)
        self.linking = Linking(settings, database, self.services, self.sessions, seal=self.seal, public_url=public_url)
        self.importing = Importing(settings, database, self.sessions)
        self.watching = NowWatching(database, self.services, self.sessions)
        listen = self.importing.listen
        self.delivery = Delivery(settings, database, self.services, self.sessions, queue, listen=listen)

    async def close(self) -> None:
        await self.watching.close()
        await self.delivery.close()
        await self.outside.close()

    def outgoing(self, *, live: bool = False) -> Outgoing:
        return Outgoing(live=live, size=self.settings.tracker_outbox_size)

    async def begin_import(self, user: UUID, service: str, rule: str, *, dry_run: bool) -> UUID:
        """Have the worker import; NotFoundError when the account is not linked."""
        linked = await self._mine(user, service)
        async with self._database.connection() as connection:
            made = await reading.add_import(connection, linked.pk, rule, dry_run=dry_run)
        await self._queue.configure_task("api:import_from_tracker", queue="trackers").defer_async(identifier=str(made))
        return made

    async def take_in(self, identifier: UUID) -> None:
        tracker = await self.importing.run(identifier)
        if tracker is not None:
            await self.delivery.defer(tracker, 0)

    async def look_soon(self, user: UUID, service: str) -> None:
        """Have the worker read what changed at a tracker, and what was removed from it."""
        await self._look((await self._mine(user, service)).pk, thorough=True)

    async def look_at_due(self) -> None:
        async with self._database.connection() as connection:
            due = await queries.due_to_look(connection, NAMES)
        for tracker in due:
            await self._look(tracker)

    async def _look(self, tracker: int, *, thorough: bool = False) -> None:
        name = "api:look_at_tracker"
        task = self._queue.configure_task(name, queue="trackers", queueing_lock=f"{name}:{tracker}")
        with contextlib.suppress(AlreadyEnqueued):
            await task.defer_async(tracker=tracker, **({"thorough": True} if thorough else {}))

    async def _mine(self, user: UUID, service: str) -> Linked:
        title = self.services.find(service).title
        async with self._database.connection() as connection:
            linked = await queries.linked_to(connection, user, service)
        if linked is None:
            raise NotFoundError(f"{title} is not linked")
        return linked

    async def items(self, user: UUID) -> list[dict[str, Any]]:
        """Each service as its owner sees it."""
        offers = await self.services.offers()
        async with self._database.connection() as connection:
            linked = await queries.overview(connection, user)
        return [item(name, offer, linked.get(name)) for name, offer in offers.items()]

    async def item(self, user: UUID, service: str) -> dict[str, Any]:
        self.services.find(service)
        return next(one for one in await self.items(user) if one["service"] == service)


def item(service: str, offer: Offer, linked: Mapping[str, Any] | None) -> dict[str, Any]:
    found: dict[str, Any] = {
        "service": service,
        "title": offer.tracker.title,
        "by_key": "key" in offer.flows,
        "available": offer.reason is None,
        "linked": False,
    }
    if offer.reason is not None:
        found["reason"] = offer.reason
    if linked is None:
        return {**found, "mode": "off", "scrobble": True, "unwatch": False, "scores": True, "queued": 0, "failed": 0}
    found |= {
        "linked": True,
        "since": linked["since"],
        "mode": linked["mode"],
        "scrobble": linked["scrobble"],
        "unwatch": linked["unwatch"],
        "scores": linked["scores"],
        "queued": linked["queued"],
        "failed": linked["failed"],
    }
    if linked["account"] is not None:
        found["account"] = linked["account"]
    if linked["last_sync"] is not None:
        found["last_sync"] = linked["last_sync"]
    if linked["error_code"] is not None:
        found["last_error"] = {"at": linked["error_at"], "code": linked["error_code"], "message": linked["error"]}
    return found
