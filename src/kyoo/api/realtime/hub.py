"""The sockets of this process, and the events that each is told: in order, once, and no more than it may know."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterable
from datetime import UTC
from typing import Protocol
from uuid import UUID

import psycopg
import structlog

from kyoo.api.limits import Limits
from kyoo.api.realtime.outbox import Outbox
from kyoo.api.realtime.topics import ONLY_OWN, ROOM, concerns, member_of
from kyoo.api.realtime.visibility import seen_by, without_secrets
from kyoo.core import events
from kyoo.core.database.postgres import Database
from kyoo.core.errors import KyooError
from kyoo.core.events import Event
from kyoo.core.events.feed import Feed
from kyoo.core.http.frames import frame_of
from kyoo.core.tasks import ended
from kyoo.core.tokens import Identity

log = structlog.get_logger()

#: A client that has missed more than this is told to fetch anew.
MISSED = 500
#: And one for whom more would have to be looked at, of others, too: anybody may ask for it all day.
MOST_LOOKED = 10_000


Key = tuple[str, UUID | None]


class Subscriber(Protocol):
    """A socket, as the hub sees it. `held`: what happens while it is told of what it has missed, else None."""

    id: UUID
    origin: str
    topics: set[str]
    outbox: Outbox
    held: list[Event] | None

    @property
    def identity(self) -> Identity: ...
    @property
    def limits(self) -> Limits: ...


class Hub:
    """`position` is the event up to which all followers were told; who begins to follow is told from there on."""

    def __init__(self, database: Database, limited: Database) -> None:
        self._database = database
        self._limited = limited
        self._feed = Feed(database)
        #: By what an event has to be for them: see _key.
        self._following: dict[Key, set[Subscriber]] = defaultdict(set)
        self._arrived: asyncio.Queue[list[Event]] = asyncio.Queue()
        self._position: int | None = None

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        self._feed.follow(self._arrived.put_nowait)
        telling = asyncio.create_task(self._tell_for_ever())
        try:
            async with self._feed.running():
                yield
        finally:
            await ended(telling)

    def listen(self, follower: Callable[[list[Event]], None]) -> None:
        """Have `follower` hear of all events of this process, too; it must not wait."""
        self._feed.follow(follower)

    @property
    def position(self) -> int:
        """Raises KyooError 503 while the database is out of reach since the start."""
        position = self._feed.seen if self._position is None else self._position
        if position is None:
            raise KyooError("Events cannot be read at the moment", status=503)
        return position

    def follow(self, socket: Subscriber, topics: Iterable[str]) -> None:
        for topic in topics:
            socket.topics.add(topic)
            self._following[_key(topic, socket.identity.subject)].add(socket)

    def leave(self, socket: Subscriber, topics: Iterable[str]) -> None:
        for topic in list(topics):
            socket.topics.discard(topic)
            key = _key(topic, socket.identity.subject)
            self._following[key].discard(socket)
            if not self._following[key]:
                del self._following[key]

    async def missed(self, socket: Subscriber, topics: set[str], after: str, until: int) -> list[str]:
        """What this socket was not told of these topics between two events, as texts; or that it has to fetch anew.
        Commands were for that moment."""
        reload = [json.dumps({"action": "reload", "topics": sorted(topics)})]
        if not (after.isascii() and after.isdigit() and len(after) < 19):
            return reload
        found: list[Event] = []
        async with self._database.connection() as connection:
            if not await events.has_all_since(connection, int(after)):
                return reload
            start = int(after)
            looked = 0
            while batch := await events.since(connection, start, topics, limit=MISSED):
                start = batch[-1].id
                looked += len(batch)
                found += [
                    event
                    for event in batch
                    if event.id <= until and event.type != "command" and _is_for(socket, event, topics)
                ]
                if len(found) > MISSED or looked > MOST_LOOKED:
                    return reload
                if start >= until:
                    break
        if socket.limits.any:
            found = await seen_by(self._limited, socket.limits, found)
        return [text_of(event) for event in found]

    async def _tell_for_ever(self) -> None:
        while True:
            batch = await self._arrived.get()
            left = await self._left_for_limited(batch)
            # At once: whoever begins to follow does so before or after the whole batch.
            try:
                self._tell(batch, left)
            except Exception:
                log.exception("events are not told")
            self._position = batch[-1].id

    async def _left_for_limited(self, batch: list[Event]) -> dict[Limits, dict[int, Event]]:
        """What readers with limits may know of these events, for all limits of those who follow."""
        keys = {_key(event.topic, event.owner) for event in batch}
        wanted = {socket.limits for key in keys for socket in self._following.get(key, ()) if socket.limits.any}
        left: dict[Limits, dict[int, Event]] = {}
        for limits in wanted:
            try:
                left[limits] = {event.id: event for event in await seen_by(self._limited, limits, batch)}
            except (psycopg.Error, KyooError) as error:
                log.warning("it cannot be asked what readers with limits may know", reason=str(error))
        return left

    def _tell(self, batch: list[Event], left: dict[Limits, dict[int, Event]]) -> None:
        for event in batch:
            text = frame = None
            for socket in list(self._following.get(_key(event.topic, event.owner), ())):
                if event.topic.startswith(ROOM) and event.body.get("removed") == member_of(socket.identity):
                    self.leave(socket, [event.topic])
                    socket.outbox.put(text_of(event))
                    continue
                if not _is_for(socket, event, socket.topics):
                    continue
                if socket.held is not None:
                    if len(socket.held) < MISSED:
                        socket.held.append(event)
                    else:
                        socket.outbox.overflow()
                elif not socket.limits.any:
                    if text is None:
                        text = text_of(event)
                        frame = frame_of(text)
                    socket.outbox.put(text, frame)
                elif (known := left.get(socket.limits)) is None:
                    socket.outbox.put(json.dumps({"action": "reload", "topics": [event.topic]}))
                elif (one := known.get(event.id)) is not None:
                    socket.outbox.put(text_of(one))

    async def release(self, socket: Subscriber, until: int) -> None:
        """Tell a socket what was held while it was told of what it has missed."""
        while socket.held:
            held, socket.held = socket.held, []
            new = [event for event in held if event.id > until]
            if socket.limits.any:
                new = await seen_by(self._limited, socket.limits, new)
            for event in new:
                socket.outbox.put(text_of(event))
        socket.held = None


def _key(topic: str, of: UUID | None) -> Key:
    """What the followers of a topic are found by; those who follow their own affairs alone by who they are, too."""
    return topic, of if topic in ONLY_OWN else None


def _is_for(socket: Subscriber, event: Event, topics: set[str]) -> bool:
    return event.topic in topics and event.origin != socket.origin and concerns(socket.identity, event)


def text_of(event: Event) -> str:
    """An event as it is sent."""
    body = event.body
    if event.topic == "catalogue":
        body = {**body, "items": without_secrets(body["items"])}
    at = event.at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    head = {"action": "event", "id": str(event.id), "topic": event.topic, "type": event.type, "at": at}
    return json.dumps({**body, **head}, separators=(",", ":"))
