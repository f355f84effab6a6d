"""Rooms in which several people watch the same video: who is in, who may steer, whom a play waits for.

Source: docs/using/realtime.md#watching-together."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import AsyncIterator
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import structlog

from kyoo.api.models.rooms import NewRoom
from kyoo.api.models.socket import Ordered
from kyoo.api.queries.realtime import rooms as queries
from kyoo.api.realtime.clock import ServerClock
from kyoo.api.realtime.invitations import Invitations, secret_of, skeleton
from kyoo.api.realtime.playback import PATIENCE
from kyoo.api.realtime.room_state import (
    Row,
    buffers,
    ordered,
    playback_of,
    shown_member,
    shown_state,
    waiting_for,
    was_here,
)
from kyoo.api.realtime.topics import member_of
from kyoo.api.settings import ApiSettings
from kyoo.core import events
from kyoo.core.database.postgres import Connection, Database
from kyoo.core.errors import ConflictError, ForbiddenError, InvalidError, KyooError, NotFoundError
from kyoo.core.events import Fact
from kyoo.core.tasks import ended
from kyoo.core.tokens import Identity

log = structlog.get_logger()

#: Seconds between two looks for what is due, and how many looks between saying that the sockets are there.
LOOK, SAY_EVERY = 1.0, 10
SILENCE = timedelta(seconds=45)
#: A host who is away for longer is replaced by whoever has been there longest; an empty room ends.
HOST_AWAY, EMPTY = timedelta(seconds=15), timedelta(minutes=10)
#: Messages of a room that are kept.
KEPT = 100


class StaleError(ConflictError):
    """A command was given for a state that is not the present one, which `details` has."""


class TooManyError(KyooError):
    status = 429


def topic_of(room: UUID) -> str:
    return f"room:{room}"


class Rooms:
    def __init__(self, settings: ApiSettings, database: Database, clock: ServerClock, invitations: Invitations) -> None:
        self._settings = settings
        self._database = database
        self._clock = clock
        self._invitations = invitations
        self._process = uuid4()
        #: Who is here by a socket of this process: the room by its name there, and the socket.
        self._here: dict[tuple[str, UUID], UUID] = {}

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        looking = asyncio.create_task(self._look_for_ever())
        try:
            async with self._clock.running():
                yield
        finally:
            await ended(looking)

    # ------------------------------------------------------------------------------------------------ coming and going

    async def create(self, identity: Identity, video: Row, wanted: NewRoom) -> UUID:
        """A room for a video that the caller may see; the caller hosts it."""
        async with self._database.transaction() as connection:
            # Whoever asks for many at once does not get more than one by one.
            await queries.one_by_one(connection, identity.subject)
            if await queries.count_of(connection, identity.subject) >= self._settings.rooms_per_user:
                raise TooManyError(f"You have {self._settings.rooms_per_user} rooms already: end one")
            host = member_of(identity)
            room = await queries.create(
                connection,
                {
                    "slug": "".join(secrets.choice("abcdefghjkmnpqrstuvwxyz23456789") for _ in range(10)),
                    "link": secrets.token_urlsafe(24),
                    "video_pk": video["pk"],
                    "guests": wanted.guests,
                    "control": wanted.control,
                    "owner": identity.subject,
                    "host": host,
                    "limits": identity.limits,
                    "at": self._clock.now(),
                },
            )
            await queries.join(connection, room, host, identity.username, None)
        return room

    async def find(self, name: str) -> Row:
        """Raises NotFoundError."""
        async with self._database.connection() as connection:
            return await self._found(connection, name)

    async def join(self, identity: Identity, name: str) -> Row:
        """An account comes in: the row of the room. Whether it may see the video is the caller's to check before."""
        async with self._database.transaction() as connection:
            room = await self._found(connection, name, hold=True)
            if member_of(identity) in room["removed"]:
                raise ForbiddenError("The host has sent you away from this room")
            await self._admit(connection, room, member_of(identity), identity.username, None)
        return room

    async def invite(
        self, name: str, guest: str, link: str | None, *, known: str | None = None
    ) -> tuple[Row, str, str]:
        """A guest comes in by a link, or because they are in already, as the member `known`: the row of the room, what
        the guest is called in it, and their credential. Raises NotFoundError for a wrong link, as for a room that there
        is not."""
        async with self._database.transaction() as connection:
            room = await queries.find(connection, name, hold=True)
            secret = room["link"] if room else ""
            invited = secrets.compare_digest(secret_of(link or "").encode(), secret.encode())
            if not room or not (invited or await self._is_in(connection, room, known)):
                raise NotFoundError("There is no such room, or the link is not its own")
            if not room["guests"]:
                raise ForbiddenError("This room is for accounts only")
            await self._refuse_guest(connection, room, guest)
            pictures = await queries.pictures(connection, room["video_pk"])
        member = f"guest-{uuid4()}"
        key, signature = await self._invitations.make(room, member, guest, pictures)
        try:
            async with self._database.transaction() as connection:
                room = await self._found(connection, name, hold=True)
                await self._refuse_guest(connection, room, guest)
                await queries.note_key(connection, key)
                if known is not None:
                    await self._forget(connection, room, known)
                await self._admit(connection, room, member, guest, key)
        except BaseException:
            await self._invitations.take_back([key])
            raise
        return room, member, signature

    async def answer(self, name: str, member: str) -> Row:
        """A room as its members see it. Raises NotFoundError for others."""
        async with self._database.connection() as connection:
            room = await self._found(connection, name)
            members = await queries.members(connection, room["id"])
            if all(one["id"] != member for one in members):
                raise NotFoundError(f"No room {name}")
            return {
                "id": str(room["id"]),
                "slug": room["slug"],
                "link": None if member.startswith("guest-") else self._invitations.link_of(room),
                "video": {"id": str(room["video_id"]), "slug": room["video_slug"]},
                "control": room["control"],
                "guests": room["guests"],
                "host": room["host"],
                "members": [shown_member(one) for one in members],
                "state": shown_state(playback_of(room), members),
                "messages": await queries.messages(connection, room["id"]),
            }

    async def end(self, name: str, by: str, *, administrator: bool) -> None:
        """Raises ForbiddenError for whoever is neither host nor administrator."""
        async with self._database.connection() as connection:
            room = await self._found(connection, name)
            members = await queries.members(connection, room["id"])
        if not administrator and by != room["host"]:
            if all(one["id"] != by for one in members):
                raise NotFoundError(f"No room {name}")
            raise ForbiddenError("Only the host ends a room")
        await self._end(room["id"])

    async def remove(self, name: str, member: str, by: str) -> None:
        """The host sends a member away. A guest loses what was lent, and the room has another link; an account is kept
        out. Raises ForbiddenError for whoever is not the host, NotFoundError for who is not in the room."""
        async with self._database.transaction() as connection:
            room = await self._found(connection, name, hold=True)
            members = await queries.members(connection, room["id"])
            if all(one["id"] != by for one in members):
                raise NotFoundError(f"No room {name}")
            if by != room["host"]:
                raise ForbiddenError("Only the host sends somebody away")
            found = next((one for one in members if one["id"] == member), None)
            if found is None:
                raise NotFoundError("Nobody of that id is in this room")
            if member == by:
                raise InvalidError("Leave the room, or end it", {"in": "member"})
            link = secrets.token_urlsafe(24) if found["key"] is not None else None
            await queries.remove(connection, room["id"], member, link)
            await self._record(connection, room["id"], "member", member=None, host=room["host"], removed=member)
            await self._settle(connection, room, None)
        await self._invitations.take_back_lost()

    async def enter(self, room: str, member: str, socket: UUID) -> None:
        """A member is connected. Raises ForbiddenError for who is none."""
        async with self._database.transaction() as connection:
            found = await queries.find(connection, room, hold=True)
            members = [] if found is None else await queries.members(connection, found["id"])
            if found is None or all(one["id"] != member for one in members):
                raise ForbiddenError("You are not in this room")
            await queries.enter(connection, found["id"], member, socket=socket, process=self._process)
            await self._tell(connection, found, "member", member=member)
            self._here[room, socket] = found["id"]

    async def leave(self, room: str, socket: UUID) -> None:
        # First: should the database be away, this process does not go on saying that the member is here.
        self._here.pop((room, socket), None)
        async with self._database.transaction() as connection:
            found = await queries.find(connection, room, hold=True)
            if found is not None and (member := await queries.leave(connection, found["id"], socket)) is not None:
                await self._settle(connection, found, "member", member=member)

    # -------------------------------------------------------------------------------------------------------- steering

    async def command(self, room: str, member: str, version: int, order: Ordered) -> int:
        """The version that it leads to. Raises StaleError for an order that was given for an older one."""
        following = await self._following(room) if order.name == "next" else None
        now = self._clock.now()
        async with self._database.transaction() as connection:
            found, members, me = await self._held(connection, room, member)
            if found["control"] == "host" and member != found["host"]:
                raise ForbiddenError("Only the host steers this room")
            before = playback_of(found)
            if version != before.version:
                raise StaleError("Somebody was faster", shown_state(before, members))
            more: Row = {}
            if following is not None:
                more["video"] = {"id": str(following["id"])}
                await queries.change_video(connection, found["id"], following["pk"])
                members = await queries.members(connection, found["id"])
            after = ordered(before, order, now, me["name"], waits=bool(waiting_for(members)))
            await queries.save(connection, found["id"], asdict(after))
            await self._record(connection, found["id"], "state", state=shown_state(after, members), **more)
            return after.version

    async def mark(self, room: str, member: str, *, ready: bool | None, buffering: bool | None) -> None:
        async with self._database.transaction() as connection:
            found, _, _ = await self._held(connection, room, member)
            await queries.mark(connection, found["id"], member, ready=ready, buffering=buffering)
            await self._settle(connection, found, "member", member=member)

    async def say(self, room: str, member: str, kind: str, text: str) -> None:
        async with self._database.transaction() as connection:
            found, _, me = await self._held(connection, room, member)
            await queries.say(connection, found["id"], me, kind, text, kept=KEPT)
            await self._record(connection, found["id"], kind, by=me["name"], byId=me["id"], text=text)

    # ------------------------------------------------------------------------------------------------------------ time

    async def _look_for_ever(self) -> None:
        looks = 0
        while True:
            await asyncio.sleep(LOOK)
            try:
                if looks % SAY_EVERY == 0:
                    async with self._database.transaction() as connection:
                        here = [(room, socket) for (_, socket), room in self._here.items()]
                        await queries.still_here(connection, here, SILENCE)
                await self.look()
            except (psycopg.Error, KyooError) as error:
                log.info("rooms cannot be looked after", reason=" ".join(str(error).split()))
            looks += 1

    async def look(self) -> None:
        """Do what is due: plays that have waited enough, hosts who are away, rooms that nobody is in, credentials of
        guests who are in no room any more, whatever became of it."""
        now = self._clock.now()
        async with self._database.connection() as connection:
            due = await queries.due(connection, now, PATIENCE, HOST_AWAY)
            over = await queries.empty(connection, now - EMPTY)
        for room in due:
            async with self._database.transaction() as connection:
                found = await queries.find(connection, str(room), hold=True)
                if found is not None:
                    await self._replace_host(connection, found, now)
                    await self._settle(connection, found, None)
        for room in over:
            try:
                await self._end(room)
            except KyooError as error:
                log.info("a room cannot be ended", reason=error.message)
        await self._invitations.take_back_lost()

    async def _replace_host(self, connection: Connection, room: Row, now: datetime) -> None:
        members = await queries.members(connection, room["id"])
        host = next((one for one in members if one["id"] == room["host"]), None)
        if host is not None and (host["socket"] is not None or (host["left_at"] or now) > now - HOST_AWAY):
            return
        heir = next((one for one in members if one["socket"] is not None), None)
        if heir is not None:
            room["host"] = heir["id"]
            await queries.set_host(connection, room["id"], heir["id"])
            await self._tell(connection, room, "member", member=heir["id"])

    async def _end(self, room: UUID) -> None:
        async with self._database.connection() as connection:
            keys = [one["key"] for one in await queries.members(connection, room) if one["key"] is not None]
        # The credentials first: a room whose guests could go on would be no room that has ended.
        await self._invitations.take_back(keys)
        async with self._database.transaction() as connection:
            await queries.delete(connection, room)
            await queries.forget_keys(connection, keys)
            await self._record(connection, room, "state", state=None, ended=True)
        # Of whoever came in meanwhile, too.
        await self._invitations.take_back_lost()

    # --------------------------------------------------------------------------------------------------------- telling

    async def _found(self, connection: Connection, name: str, *, hold: bool = False) -> Row:
        room = await queries.find(connection, name, hold=hold)
        if room is None:
            raise NotFoundError(f"No room {name}")
        return room

    async def _held(self, connection: Connection, name: str, member: str) -> tuple[Row, list[Row], Row]:
        """The room, its members and this one of them, nobody else changing them. Raises NotFoundError for others."""
        room = await self._found(connection, name, hold=True)
        members = await queries.members(connection, room["id"])
        me = next((one for one in members if one["id"] == member), None)
        if me is None:
            raise NotFoundError(f"No room {name}")
        return room, members, me

    async def _admit(self, connection: Connection, room: Row, member: str, name: str, key: UUID | None) -> None:
        members = await queries.members(connection, room["id"])
        is_full = all(one["id"] != member for one in members) and len(members) >= self._settings.room_members
        # A guest who comes back is another one: those who are gone keep nobody out.
        if is_full and not await queries.drop_guest(connection, room["id"], HOST_AWAY):
            raise TooManyError("The room is full")
        await queries.join(connection, room["id"], member, name, key)

    async def _forget(self, connection: Connection, room: Row, member: str) -> None:
        """A guest comes in anew, as another member: the others are told that the former one is gone."""
        members = await queries.members(connection, room["id"])
        await queries.forget_member(connection, room["id"], member)
        for gone in [one for one in members if one["id"] == member]:
            state = shown_state(playback_of(room), [one for one in members if one is not gone])
            about = shown_member(gone) | {"here": False, "ready": False, "buffering": False}
            await self._record(connection, room["id"], "member", member=about, host=room["host"], state=state)
        await self._settle(connection, room, None)

    async def _is_in(self, connection: Connection, room: Row, member: str | None) -> bool:
        return any(one["id"] == member for one in await queries.members(connection, room["id"]))

    async def _refuse_guest(self, connection: Connection, room: Row, name: str) -> None:
        """Raises ForbiddenError when nobody with an account is there, whose guest one would be, and InvalidError for
        the name of an account that is in the room."""
        members = await queries.members(connection, room["id"])
        since = self._clock.now() - EMPTY
        if not any(one["key"] is None and was_here(one, since) for one in members):
            raise ForbiddenError("Nobody is in this room who could let you in")
        # Guests come in anew for each video, by the name that they have: only those of accounts are kept from them.
        if any(skeleton(one["name"]) == skeleton(name) and one["key"] is None for one in members):
            raise InvalidError("Somebody in this room has that name: take another one", {"in": "name"})

    async def _settle(self, connection: Connection, room: Row, what: str | None, **more: str) -> None:
        """Hold or go on, as who is there and ready wants it; `what` happened is told in any case."""
        members = await queries.members(connection, room["id"])
        before = playback_of(room)
        # Only who buffers stops those who play; a play that is held waits for who is not ready, too.
        waiting = waiting_for(members) if before.paused else [one["name"] for one in members if buffers(one)]
        after = before.settled(self._clock.now(), waits=bool(waiting))
        if after is not before:
            await queries.save(connection, room["id"], asdict(after))
            room |= asdict(after)
        if what is not None:
            await self._tell(connection, room, what, **more)
        elif after is not before:
            await self._record(connection, room["id"], "state", state=shown_state(after, members))

    async def _tell(self, connection: Connection, room: Row, what: str, *, member: str) -> None:
        members = await queries.members(connection, room["id"])
        about = next((shown_member(one) for one in members if one["id"] == member), None)
        await self._record(
            connection, room["id"], what, member=about, host=room["host"], state=shown_state(playback_of(room), members)
        )

    async def _record(self, connection: Connection, room: UUID, what: str, **body: Any) -> None:
        await events.record(connection, Fact(topic_of(room), what, {"room": str(room), **body}))

    async def _following(self, room: str) -> Row:
        """The video after that of a room. Raises InvalidError for the last one."""
        following = await self._invitations.next_of((await self.find(room))["video_id"])
        if following is None:
            raise InvalidError("Nothing comes after this")
        return following
