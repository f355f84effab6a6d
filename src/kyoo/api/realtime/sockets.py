"""What each message of a websocket does, who may do it, and when its session is over (api.md §11, realtime.md)."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import httpx2
import psycopg
import structlog
from pydantic import TypeAdapter, ValidationError

from kyoo.api import facts, history
from kyoo.api.context import ApiContext
from kyoo.api.facts import Moment
from kyoo.api.limits import Limits, limits_of, within
from kyoo.api.models.profile import SeedHistory
from kyoo.api.models.socket import (
    HistoryCounts,
    Ping,
    Refusal,
    Request,
    Subscribe,
    Subscribed,
    Unsubscribe,
    Unsubscribed,
    Watch,
    Watched,
)
from kyoo.api.realtime.outbox import Outbox
from kyoo.api.realtime.playing import Playing, Report
from kyoo.api.realtime.topics import TOPICS, may_follow
from kyoo.core.errors import ForbiddenError, KyooError, UnauthorizedError, database_problem
from kyoo.core.events import Event
from kyoo.core.faults import faults_of
from kyoo.core.permissions import refuse_unverified
from kyoo.core.storable import is_storable
from kyoo.core.tokens import Identity

#: Exactly these bytes: the app compares the raw text.
PONG = '{"action":"ping","response":"pong"}'

#: A session that ended closes its sockets within this time, in seconds.
SESSION_CHECK = 15

#: A report that passes one of these percentages has the next video prepared.
PREPARE_AT = (50, 75)

#: The longest message that is read, in characters.
MAX_MESSAGE = 4096

#: A socket that has sent nothing for a while may send so many seconds' worth of messages at once.
BURST_SECONDS = 10

requests: TypeAdapter[Request] = TypeAdapter(Request)
log = structlog.get_logger()


class SessionOverError(KyooError):
    """The session behind a socket has ended; the socket must be closed."""

    status = 401


class FloodError(KyooError):
    """A client sends more messages than it may; its socket must be closed."""

    status = 429


class Socket:
    """One connected client. `token` is its JWT, as the gateway gave it; `send` sends a text, `cut` closes the socket of
    a client that does not read."""

    def __init__(
        self,
        context: ApiContext,
        identity: Identity,
        token: str,
        send: Callable[[str], Awaitable[None]],
        cut: Callable[[], None],
    ) -> None:
        self.id = str(uuid4())
        self.identity = identity
        self.limits: Limits = limits_of(identity.limits)
        self.topics: set[str] = set()
        self.held: list[Event] | None = None
        self.outbox = Outbox(send, context.settings.socket_backlog * 1024, cut)
        self._context = context
        self._token = token
        self._checked_at = time.monotonic()
        self._playing = Playing()
        self._percent: dict[str, int] = {}
        self._background: set[asyncio.Task[None]] = set()
        self._allowed = context.settings.socket_messages * BURST_SECONDS
        self._heard_at = time.monotonic()

    async def hear(self, text: str) -> None:
        """Do what a message asks for and answer it; failures are answers, too. Raises SessionOverError and
        FloodError."""
        self._count()
        answer = await self.answer(text)
        if answer is not None:
            await self.outbox.send(answer)

    async def answer(self, text: str) -> str | None:
        """The answer to a message, None when it is on its way already. Raises SessionOverError."""
        action: str | None = None
        message: Any = None
        try:
            if len(text) > MAX_MESSAGE:
                return _refuse(None, 422, "The message is too long")
            message = json.loads(text)
            if not _storable(message):
                return _refuse(None, 422, "Invalid message: it holds what cannot be stored")
            action = str(message["action"])[:32] if isinstance(message, dict) and "action" in message else None
            request = requests.validate_python(message)
        except (ValueError, RecursionError) as error:
            return _refuse(action, 422, _fault(error, message))
        if isinstance(request, Ping):
            return PONG
        await self.check_session()
        try:
            match request:
                case Watch():
                    return await self._watch(request)
                case Subscribe():
                    await self._subscribe(request)
                    return None
                case Unsubscribe():
                    self._context.hub.leave(self, set(request.topics) & self.topics)
                    return Unsubscribed(topics=sorted(self.topics)).model_dump_json()
        except KyooError as error:
            return _refuse(action, error.status, error.message)
        except psycopg.Error as error:
            problem = database_problem(error)
            if problem is None:
                log.exception("a message of a socket failed", action=action)
                problem = KyooError("Something went wrong here")
            return _refuse(action, problem.status, problem.message)

    async def check(self) -> None:
        """What has to be done from time to time. Raises SessionOverError."""
        await self.check_session()
        if self._playing.is_silent:
            await self._stop()

    async def close(self) -> None:
        """The client is gone."""
        self._context.hub.leave(self, self.topics)
        await self.outbox.end()
        await self._stop()

    async def check_session(self) -> None:
        """Have auth renew the token every SESSION_CHECK seconds. Raises SessionOverError when it refuses."""
        expires = float(self.identity.claims.get("exp", 0))
        if self._is_api_key:
            # The JWT of an API key cannot be renewed (auth.md §3.5); it lasts as long as it says.
            if expires <= time.time():
                raise SessionOverError("The token has expired")
            return
        if time.monotonic() - self._checked_at < SESSION_CHECK:
            return
        self._checked_at = time.monotonic()
        # An empty X-Api-Key counts as none: the renewal is the caller's, not the service's.
        headers = {"Authorization": f"Bearer {self._token}", "X-Api-Key": ""}
        try:
            answer = await self._context.runtime.peer.get("/auth/jwt", headers=headers)
            if answer.status_code in (401, 403):
                raise SessionOverError("The session has ended")
            answer.raise_for_status()
            self._token = str(answer.json()["token"])
            verifier = self._context.runtime.authentication.verifier
            if verifier is not None:
                self._become(await verifier.verify(self._token))
        except (httpx2.HTTPError, ValueError, KeyError) as error:
            # Auth may be restarting: the token decides until then.
            log.warning("a socket's session cannot be checked", error=str(error))
            if expires <= time.time():
                raise SessionOverError("The token has expired") from error

    def _become(self, identity: Identity) -> None:
        """The account is the same; what it may do can have changed."""
        self.identity, self.limits = identity, limits_of(identity.limits)
        lost = sorted(topic for topic in self.topics if not may_follow(identity, topic))
        if lost:
            self._context.hub.leave(self, lost)
            self.outbox.put(_refuse("subscribe", 403, f"You may not follow any more: {', '.join(lost)}"))

    @property
    def _is_api_key(self) -> bool:
        return self.identity.subject == self.identity.session and not self.identity.is_guest

    def _count(self) -> None:
        rate = self._context.settings.socket_messages
        now = time.monotonic()
        self._allowed = min(rate * BURST_SECONDS, self._allowed + (now - self._heard_at) * rate) - 1
        self._heard_at = now
        if self._allowed < 0:
            raise FloodError("Too many messages")

    # ------------------------------------------------------------------------------------------------------ topics

    async def _subscribe(self, request: Subscribe) -> None:
        """Topics that may not be followed are said; the others are followed all the same. What was missed comes after
        the answer and before what happens meanwhile."""
        hub = self._context.hub
        asked = set(request.topics)
        unknown = sorted(asked.difference(TOPICS))
        refused = sorted(topic for topic in asked.intersection(TOPICS) if not may_follow(self.identity, topic))
        wanted = asked.difference(unknown, refused)
        position = hub.position
        hub.follow(self, wanted)
        known = {"topics": sorted(self.topics), "after": str(position)}
        if unknown:
            self.outbox.put(_refuse("subscribe", 422, f"Unknown topic: {', '.join(unknown)}", **known))
        elif refused:
            self.outbox.put(_refuse("subscribe", 403, f"You may not follow: {', '.join(refused)}", **known))
        else:
            self.outbox.put(Subscribed.model_validate(known).model_dump_json())
        if request.after is not None and wanted:
            self.held = []
            try:
                for text in await hub.missed(self, wanted, request.after, position):
                    await self.outbox.send(text)
            finally:
                await hub.release(self, position)

    # ---------------------------------------------------------------------------------------------------- watching

    async def _watch(self, request: Watch) -> str:
        self._authorise(f"watch/{request.entry}")
        play = SeedHistory(
            entry=request.entry,
            video_id=request.video_id,
            percent=request.percent,
            time=request.time,
            played_date=None,
        )
        plays = await self._context.durations.within([play])
        report = Report(request.entry, request.video_id, request.percent, plays[0].time, request.state)
        if self._playing.other(report):
            await self._stop()
        moment = Moment(self._playing.hear(report), self.id)
        inserted = await self._context.write(
            lambda connection: history.record(connection, self.identity.subject, plays, moment)
        )
        self._prepare_next(str(request.video_id), request.percent)
        counts = HistoryCounts(created=inserted, updated=1 - inserted, existing=0)
        return Watched(inserted=inserted, history=counts).model_dump_json(by_alias=True)

    async def _stop(self) -> None:
        """What was played is not played any more; nobody waits to hear of it."""
        last = self._playing.stop()
        if last is None:
            return
        user, limits = self.identity.subject, self.limits
        try:
            with within(limits):
                await self._context.write(
                    lambda connection: facts.stopped(connection, user, last, self.id), at_once=True
                )
        except (psycopg.Error, KyooError) as error:
            log.warning("the end of a play is not told", reason=" ".join(str(error).split()))

    def _authorise(self, route: str) -> None:
        if self.identity.is_guest:
            raise UnauthorizedError("Log in to keep your progress")
        refuse_unverified(self.identity)
        if "core.read" not in self.identity.permissions:
            raise ForbiddenError("Missing permission: core.read")
        allowed = self.identity.claims.get("wsRoutes")
        if allowed is not None and (not isinstance(allowed, list) or route not in allowed):
            raise ForbiddenError("This token does not allow that")

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


def _storable(value: Any) -> bool:
    """Whether every text in a message can be stored and sent."""
    if isinstance(value, str):
        return is_storable(value)
    if isinstance(value, dict):
        return all(is_storable(key) and _storable(item) for key, item in value.items())
    return not isinstance(value, list) or all(map(_storable, value))


def _fault(error: Exception, message: Any) -> str:
    if not isinstance(error, ValidationError):
        return "Invalid message: not JSON"
    faults = faults_of(
        ({**fault, "loc": ("message", *fault["loc"])} for fault in error.errors()), message, of="message"
    )
    return f"Invalid {'; '.join(map(str, faults[:3]))}"


def _refuse(action: str | None, status: int, message: str, **more: Any) -> str:
    refusal = Refusal(action=action, status=status, message=message, **more)
    return refusal.model_dump_json(by_alias=True, exclude_none=True)
