"""All of trackers as one thing that handlers and jobs are given."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from kyoo.api.queries import trackers as queries
from kyoo.api.trackers.delivery import Delivery
from kyoo.api.trackers.linking import Linking
from kyoo.api.trackers.live import NowWatching
from kyoo.api.trackers.outbox import Outgoing
from kyoo.api.trackers.sealing import Seal
from kyoo.api.trackers.services import Services
from kyoo.api.trackers.sessions import Sessions
from kyoo.api.trackers.settings import TrackerSettings
from kyoo.api.trackers.wire import Outside
from kyoo.core.postgres import Database
from kyoo.core.queue import Queue


class Trackers:
    """`database` as nobody limits it: what is told was written by its owner."""

    def __init__(self, settings: TrackerSettings, database: Database, queue: Queue, public_url: str) -> None:
        self.settings = settings
        self._database = database
        self.outside = Outside(settings.tracker_timeout)
        self.seal = Seal(settings)
        self.services = Services(settings, database, self.seal)
        self.sessions = Sessions(database, self.services, self.seal, self.outside, public_url)
        self.linking = Linking(settings, database, self.services, self.sessions, seal=self.seal, public_url=public_url)
        self.watching = NowWatching(database, self.services, self.sessions)
        self.delivery = Delivery(settings, database, self.services, self.sessions, queue)

    async def close(self) -> None:
        await self.watching.close()
        await self.delivery.close()
        await self.outside.close()

    def outgoing(self, *, live: bool = False) -> Outgoing:
        return Outgoing(live=live, size=self.settings.tracker_outbox_size)

    async def items(self, user: UUID) -> list[dict[str, Any]]:
        """Each service as its owner sees it (trackers.md)."""
        offers = await self.services.offers()
        async with self._database.connection() as connection:
            linked = await queries.overview(connection, user)
        return [item(name, offer.reason, offer.tracker.title, linked.get(name)) for name, offer in offers.items()]

    async def item(self, user: UUID, service: str) -> dict[str, Any]:
        self.services.find(service)
        return next(one for one in await self.items(user) if one["service"] == service)


def item(service: str, reason: str | None, title: str, linked: Mapping[str, Any] | None) -> dict[str, Any]:
    found: dict[str, Any] = {"service": service, "title": title, "available": reason is None, "linked": False}
    if reason is not None:
        found["reason"] = reason
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
