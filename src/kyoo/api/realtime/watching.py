"""What a socket reports of what it plays: recorded, told to other screens, and the next video made ready."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

import httpx2
import psycopg
import structlog

from kyoo.api import facts, history
from kyoo.api.context import ApiContext
from kyoo.api.facts import Moment
from kyoo.api.limits import limits_of, within
from kyoo.api.models.profile import SeedHistory
from kyoo.api.models.socket import HistoryCounts, Watch, Watched
from kyoo.api.realtime.playing import PlayerReport, Playing
from kyoo.core.errors import ForbiddenError, KyooError, UnauthorizedError
from kyoo.core.http.permissions import refuse_unverified
from kyoo.core.tokens import Identity

log = structlog.get_logger()

#: A report that passes one of these percentages has the next video prepared.
PREPARE_AT = (50, 75)


class Watching:
    """Of one socket, whose id is `origin`. `device` is what it plays on."""

    def __init__(self, context: ApiContext, origin: UUID, device: dict[str, str]) -> None:
        self._context = context
        self.device = device
        self._origin = str(origin)
        self._playing = Playing()
        self._percent: dict[str, int] = {}
        self._background: set[asyncio.Task[None]] = set()

    async def report(self, identity: Identity, request: Watch) -> Watched:
        """Raises KyooError when this caller may not, or nothing is known of the entry."""
        _authorise(identity, f"watch/{request.entry}")
        play = SeedHistory(
            entry=request.entry,
            video_id=request.video_id,
            percent=request.percent,
            time=request.time,
            played_date=None,
        )
        plays = await self._context.durations.within([play])
        report = PlayerReport(request.entry, request.video_id, request.percent, plays[0].time, request.state)
        if self._playing.other(report):
            await self.stop(identity)
        moment = Moment(self._playing.hear(report), self._origin, self.device)
        trackers = self._context.trackers
        outgoing = trackers.outgoing(live=True)
        inserted = await self._context.write(
            lambda connection: history.record(connection, identity.subject, plays, moment, outgoing)
        )
        if not outgoing.due:
            trackers.watching.show(identity.subject, moment.type, request.entry, request.percent)
        self._prepare_next(str(request.video_id), request.percent)
        counts = HistoryCounts(created=inserted, updated=1 - inserted, existing=0)
        sync = await trackers.delivery.settle(outgoing)
        return Watched.model_validate({"inserted": inserted, "history": counts, "sync": sync or None})

    async def stop_if_silent(self, identity: Identity) -> None:
        if self._playing.is_silent:
            await self.stop(identity)

    async def stop(self, identity: Identity) -> None:
        """What was played is not played any more; nobody waits to hear of it."""
        last = self._playing.stop()
        if last is None:
            return
        self._context.trackers.watching.show(identity.subject, "stopped", last.entry, last.percent)
        try:
            with within(limits_of(identity.limits)):
                await self._context.write(
                    lambda connection: facts.stopped(connection, identity.subject, last, self._origin, self.device),
                    at_once=True,
                )
        except (psycopg.Error, KyooError) as error:
            log.warning("the end of a play is not recorded", reason=" ".join(str(error).split()))

    def _prepare_next(self, video: str, percent: int) -> None:
        """Have the next video prepared when `percent` passes a mark; nobody waits for it."""
        before = self._percent.get(video, 0)
        self._percent = {video: percent}
        if any(before < mark <= percent for mark in PREPARE_AT):
            task = asyncio.create_task(self._prepare_after(video))
            self._background.add(task)
            task.add_done_callback(self._background.discard)

    async def _prepare_after(self, video: str) -> None:
        peer = self._context.runtime.peer
        try:
            answer = await peer.get(f"/api/videos/{video}", params={"with": "next"})
            following: dict[str, Any] | None = answer.json().get("next") if answer.status_code == 200 else None
            if following and following.get("video"):
                await peer.get(f"/api/videos/{following['video']}/prepare")
        except (httpx2.HTTPError, ValueError) as error:
            log.info("the next video is not prepared", error=str(error))


def _authorise(identity: Identity, route: str) -> None:
    if identity.is_guest:
        raise UnauthorizedError("Log in to keep your progress")
    refuse_unverified(identity)
    if "core.read" not in identity.permissions:
        raise ForbiddenError("Missing permission: core.read")
    allowed = identity.claims.get("wsRoutes")
    if allowed is not None and (not isinstance(allowed, list) or route not in allowed):
        raise ForbiddenError("This token does not allow that")
