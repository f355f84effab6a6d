"""One connected client: what each of its messages does (docs/using/realtime.md#frames)."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Awaitable, Callable, Iterable
from math import isfinite
from typing import Any
from uuid import uuid4

import psycopg
import structlog
from pydantic import TypeAdapter, ValidationError

from kyoo.api.context import ApiContext
from kyoo.api.limits import Limits
from kyoo.api.models.socket import (
    Clock,
    Command,
    Delivered,
    Device,
    Done,
    InRoom,
    Ping,
    Refusal,
    Request,
    State,
    Steered,
    Subscribe,
    Subscribed,
    Told,
    Unsubscribe,
    Unsubscribed,
    Watch,
)
from kyoo.api.realtime.devices import named_device
from kyoo.api.realtime.outbox import Outbox
from kyoo.api.realtime.rooms import StaleError
from kyoo.api.realtime.session import Session
from kyoo.api.realtime.topics import ROOM, TOPICS, may_follow, member_of
from kyoo.api.realtime.watching import Watching
from kyoo.core.errors import ForbiddenError, KyooError, database_problem
from kyoo.core.events import Event
from kyoo.core.faults import faults_of
from kyoo.core.http.frames import Write
from kyoo.core.http.storable import is_storable
from kyoo.core.tokens import Identity

#: Exactly these bytes: the app compares the raw text.
PONG = '{"action":"ping","response":"pong"}'

#: The longest message that is read, in characters.
MAX_MESSAGE = 4096

#: A socket that has sent nothing for a while may send so many seconds' worth of messages at once.
BURST_SECONDS = 10

requests: TypeAdapter[Request] = TypeAdapter(Request)
log = structlog.get_logger()


class FloodError(KyooError):
    """A client sends more messages than it may; its socket must be closed."""

    status = 429


class UnreadableMessageError(KyooError):
    """A message makes no sense; `action` is what it seems to ask for."""

    status = 422

    def __init__(self, message: str, action: str | None = None) -> None:
        super().__init__(message)
        self.action = action


class Socket:
    """`browser` is what the client calls itself; `send` sends a text, `write` a frame at once, `cut` closes the socket
    of a client that does not read."""

    __slots__ = (
        "_allowed",
        "_browser",
        "_context",
        "_heard_at",
        "_is_device",
        "_rooms",
        "_session",
        "_watching",
        "held",
        "id",
        "origin",
        "outbox",
        "topics",
    )

    def __init__(
        self,
        context: ApiContext,
        session: Session,
        *,
        browser: str,
        send: Callable[[str], Awaitable[None]],
        write: Write,
        cut: Callable[[], None],
    ) -> None:
        self.id = uuid4()
        #: As events name it that it causes.
        self.origin = str(self.id)
        self.topics: set[str] = set()
        self.held: list[Event] | None = None
        self.outbox = Outbox(send, write, context.settings.socket_backlog * 1024, cut)
        self._context = context
        self._session = session
        self._browser = browser[:100]
        self._watching = Watching(context, self.id, named_device(self.id, Device(), self._browser))
        self._is_device = False
        #: Topics of the rooms that it has entered, followed or not.
        self._rooms: set[str] = set()
        self._allowed = context.settings.socket_messages * BURST_SECONDS
        self._heard_at = time.monotonic()

    @property
    def identity(self) -> Identity:
        return self._session.identity

    @property
    def limits(self) -> Limits:
        return self._session.limits

    async def hear(self, text: str) -> None:
        """Do what a message asks for and answer it; failures are answers, too. Raises SessionOverError and
        FloodError."""
        self._count()
        action: str | None = None
        try:
            request = read(text)
            action = request.action
            if not isinstance(request, Ping):
                await self._check_session()
            answer = await self._do(request)
        except UnreadableMessageError as error:
            answer = _refuse(error.action, error.status, error.message)
        except psycopg.Error as error:
            problem = database_problem(error)
            if problem is None:
                log.exception("a message of a socket failed", action=action)
                problem = KyooError("Something went wrong here")
            answer = _refuse(action, problem.status, problem.message)
        if answer is not None:
            await self.outbox.send(answer)

    async def check(self) -> None:
        """What has to be done from time to time. Raises SessionOverError."""
        await self._check_session()
        await self._watching.stop_if_silent(self.identity)

    async def close(self) -> None:
        """The client is gone."""
        self._context.hub.leave(self, set(self.topics))
        await self.outbox.end()
        await self._watching.stop(self.identity)
        try:
            await self._go()
            await self._leave(self._rooms)
        except psycopg.Error as error:
            # It is known to be gone a while later.
            log.info("a device that is gone is not said to be", reason=" ".join(str(error).split()))

    async def _do(self, request: Request) -> str | None:
        """The answer, None when it is on its way already."""
        try:
            match request:
                case Ping():
                    return PONG
                case Watch():
                    watched = await self._watching.report(self.identity, request)
                    return watched.model_dump_json(by_alias=True, exclude_none=True)
                case Subscribe():
                    await self._subscribe(request)
                    return None
                case Unsubscribe():
                    return await self._unsubscribe(request)
                case Clock():
                    received = self._context.clock.milliseconds()
                    return Told(
                        sent=request.sent, received=received, replied=self._context.clock.milliseconds()
                    ).model_dump_json()
                case InRoom():
                    return await self._in_room(request)
                case State() | Command():
                    return await self._steer(request)
        except StaleError as error:
            return _refuse(request.action, error.status, error.message, state=error.details)
        except KyooError as error:
            return _refuse(request.action, error.status, error.message)

    async def _check_session(self) -> None:
        """The account is the same; what it may do can have changed."""
        await self._session.check()
        lost = sorted(topic for topic in self.topics if not may_follow(self.identity, topic))
        if lost:
            self._context.hub.leave(self, lost)
            await self._leave(lost)
            self.outbox.put(_refuse("subscribe", 403, f"You may not follow any more: {', '.join(lost)}"))

    def _count(self) -> None:
        rate = self._context.settings.socket_messages
        now = time.monotonic()
        self._allowed = min(rate * BURST_SECONDS, self._allowed + (now - self._heard_at) * rate) - 1
        self._heard_at = now
        if self._allowed < 0:
            raise FloodError("Too many messages")

    async def _subscribe(self, request: Subscribe) -> None:
        """Topics that may not be followed are said; the others are followed all the same. What was missed comes after
        the answer and before what happens meanwhile."""
        hub = self._context.hub
        asked = set(request.topics)
        rooms = {topic for topic in asked if topic.startswith(ROOM)}
        unknown = sorted(asked.difference(TOPICS, rooms))
        refused = {topic for topic in asked.difference(unknown) if not may_follow(self.identity, topic)}
        refused |= rooms - refused - await self._enter(rooms - refused)
        wanted = asked.difference(unknown, refused)
        if "devices" in wanted:
            self._is_device = True
            device = request.device or Device()
            self._watching.device = named_device(self.id, device, self._browser)
            await self._context.devices.come(self.identity.subject, self.id, device, self._browser)
        position = hub.position
        hub.follow(self, wanted)
        known = {"topics": sorted(self.topics), "after": str(position)}
        if unknown:
            self.outbox.put(_refuse("subscribe", 422, f"Unknown topic: {', '.join(unknown)}", **known))
        elif refused:
            self.outbox.put(_refuse("subscribe", 403, f"You may not follow: {', '.join(sorted(refused))}", **known))
        else:
            self.outbox.put(Subscribed.model_validate(known).model_dump_json())
        if request.after is not None and wanted:
            self.held = []
            try:
                for text in await hub.missed(self, wanted, request.after, position):
                    await self.outbox.send(text)
            finally:
                await hub.release(self, position)

    async def _unsubscribe(self, request: Unsubscribe) -> str:
        left = set(request.topics) & self.topics
        self._context.hub.leave(self, left)
        await self._leave(left)
        if "devices" in request.topics:
            await self._go()
        return Unsubscribed(topics=sorted(self.topics)).model_dump_json()

    async def _steer(self, request: State | Command) -> str:
        devices, user = self._context.devices, self.identity.subject
        if isinstance(request, Command) and request.room is not None and request.version is not None:
            self._refuse_outsider(request.room)
            member, rooms = member_of(self.identity), self._context.rooms
            version = await rooms.command(request.room, member, request.version, request.command)
            return Steered(version=version).model_dump_json()
        if not may_follow(self.identity, "devices"):
            raise ForbiddenError("You have no devices")
        if isinstance(request, Command):
            assert request.device is not None
            await devices.command(user, request.device, request.command.model_dump(exclude_unset=True))
        elif self._is_device:
            await devices.say(self.id, request.state)
        else:
            raise ForbiddenError("Follow devices first: this socket is none")
        return Delivered(action=request.action).model_dump_json()

    async def _in_room(self, request: InRoom) -> str:
        self._refuse_outsider(request.room)
        rooms, member = self._context.rooms, member_of(self.identity)
        if request.ready is not None or request.buffering is not None:
            await rooms.mark(request.room, member, ready=request.ready, buffering=request.buffering)
        for kind, text in (("chat", request.chat), ("reaction", request.reaction)):
            if text is not None:
                await rooms.say(request.room, member, kind, text)
        return Done().model_dump_json()

    def _refuse_outsider(self, room: str) -> None:
        if ROOM + room not in self.topics:
            raise ForbiddenError("Follow the room first")

    async def _enter(self, topics: set[str]) -> set[str]:
        """Those of these rooms that this caller is a member of; the others of them see that they are here."""
        entered = set()
        for topic in topics:
            with contextlib.suppress(ForbiddenError):
                self._rooms.add(topic)
                await self._context.rooms.enter(topic.removeprefix(ROOM), member_of(self.identity), self.id)
                entered.add(topic)
        return entered

    async def _leave(self, topics: Iterable[str]) -> None:
        for topic in self._rooms.intersection(topics):
            self._rooms.discard(topic)
            await self._context.rooms.leave(topic.removeprefix(ROOM), self.id)

    async def _go(self) -> None:
        if self._is_device:
            self._is_device = False
            await self._context.devices.go(self.identity.subject, self.id)


def read(text: str) -> Request:
    """What a message asks for. Raises UnreadableMessageError."""
    if len(text) > MAX_MESSAGE:
        raise UnreadableMessageError("The message is too long")
    action: str | None = None
    message: Any = None
    try:
        message = json.loads(text)
        if isinstance(message, dict) and "action" in message and _storable(message["action"]):
            action = str(message["action"])[:32]
        if not _storable(message):
            raise UnreadableMessageError("Invalid message: it holds what cannot be stored", action)
        return requests.validate_python(message)
    except (ValueError, RecursionError) as error:
        raise UnreadableMessageError(_fault(error, message), action) from error


def _storable(value: Any) -> bool:
    """Whether every text in a message can be stored and sent."""
    if isinstance(value, str):
        return is_storable(value)
    if isinstance(value, float):
        return isfinite(value)
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
