"""The SQL of rooms: their state, members and messages."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from kyoo.core.database.postgres import Connection, execute, fetch_all, fetch_one, fetch_value

Row = dict[str, Any]

#: Of the making of rooms, by owner.
OWNERS_LOCK = 5190526


async def database_time(connection: Connection) -> float:
    return float(await fetch_value(connection, "select extract(epoch from clock_timestamp())::float8"))


async def one_by_one(connection: Connection, owner: UUID) -> None:
    """Let nobody else make a room for this owner until the transaction ends."""
    await execute(connection, "select pg_advisory_xact_lock(%s, hashtext(%s))", [OWNERS_LOCK, str(owner)])


async def count_of(connection: Connection, owner: UUID) -> int:
    return int(await fetch_value(connection, "select count(*) from api.rooms where owner = %s", [owner]))


async def create(connection: Connection, room: Row) -> UUID:
    row = await fetch_one(
        connection,
        """
        insert into api.rooms (slug, link, video_pk, guests, control, owner, host, limits, at)
        values (%(slug)s, %(link)s, %(video_pk)s, %(guests)s, %(control)s, %(owner)s, %(host)s, %(limits)s, %(at)s)
        returning id
        """,
        {**room, "limits": Jsonb(room["limits"])},
    )
    assert row is not None
    return UUID(str(row["id"]))


async def find(connection: Connection, name: str, *, hold: bool = False) -> Row | None:
    """By its id or slug; `hold` it until the transaction ends."""
    return await fetch_one(
        connection,
        f"""
        select room.*, video.id as video_id, video.path, (
            select link.slug from api.entry_videos link where link.video_pk = video.pk order by link.slug limit 1
        ) as video_slug
        from api.rooms room join api.videos video on video.pk = room.video_pk
        where room.id::text = %(name)s or room.slug = %(name)s
        {"for update of room" if hold else ""}
        """,
        {"name": name},
    )


async def save(connection: Connection, room: UUID, state: Row) -> None:
    await execute(
        connection,
        """
        update api.rooms set paused = %(paused)s, position = %(position)s, rate = %(rate)s, at = %(at)s, by = %(by)s,
            version = %(version)s, wanted = %(wanted)s, waits_since = %(waits_since)s
        where id = %(room)s
        """,
        {**state, "room": room},
    )


async def change_video(connection: Connection, room: UUID, video_pk: int) -> None:
    await execute(connection, "update api.rooms set video_pk = %s where id = %s", [video_pk, room])
    await execute(connection, "update api.room_members set ready = false, buffering = false where room = %s", [room])


async def delete(connection: Connection, room: UUID) -> None:
    await execute(connection, "delete from api.rooms where id = %s", [room])


async def members(connection: Connection, room: UUID) -> list[Row]:
    """Those who have been there longest first."""
    return await fetch_all(connection, "select * from api.room_members where room = %s order by joined_at, id", [room])


async def join(connection: Connection, room: UUID, member: str, name: str, key: UUID | None) -> None:
    await execute(
        connection,
        """
        insert into api.room_members (room, id, name, key) values (%s, %s, %s, %s)
        on conflict (room, id) do update set name = excluded.name
        """,
        [room, member, name, key],
    )


async def enter(connection: Connection, room: UUID, member: str, *, socket: UUID, process: UUID) -> None:
    """A member is connected."""
    await execute(
        connection,
        """
        update api.room_members set socket = %s, process = %s, seen_at = now(), left_at = null, buffering = false
        where room = %s and id = %s
        """,
        [socket, process, room, member],
    )
    await execute(connection, "update api.rooms set empty_since = null where id = %s", [room])


async def leave(connection: Connection, room: UUID, socket: UUID) -> str | None:
    """A member's socket is gone: who that was, None when it was nobody's (any more)."""
    row = await fetch_one(
        connection,
        """
        update api.room_members set socket = null, process = null, left_at = now(), ready = false, buffering = false
        where room = %s and socket = %s returning id
        """,
        [room, socket],
    )
    await note_empty(connection, room)
    return None if row is None else str(row["id"])


async def note_empty(connection: Connection, room: UUID) -> None:
    await execute(
        connection,
        """
        update api.rooms set empty_since = now() where id = %(room)s and empty_since is null
            and not exists (select from api.room_members where room = %(room)s and socket is not null)
        """,
        {"room": room},
    )


async def mark(connection: Connection, room: UUID, member: str, *, ready: bool | None, buffering: bool | None) -> None:
    await execute(
        connection,
        """
        update api.room_members set ready = coalesce(%s, ready), buffering = coalesce(%s, buffering)
        where room = %s and id = %s
        """,
        [ready, buffering, room, member],
    )


async def drop_guest(connection: Connection, room: UUID, away: timedelta) -> bool:
    """Forget the guest who has been away longest; False: no guest is away."""
    query = """
        delete from api.room_members where room = %(room)s and id = (
            select id from api.room_members
            where room = %(room)s and key is not null and socket is null
                and coalesce(left_at, joined_at) < now() - %(away)s
            order by coalesce(left_at, joined_at) limit 1
        )
    """
    return await execute(connection, query, {"room": room, "away": away}) > 0


async def note_key(connection: Connection, key: UUID) -> None:
    """A key that stands for a guest: it is known for as long as it is good, whatever becomes of the room."""
    await execute(connection, "insert into api.room_keys (key) values (%s)", [key])


async def lost_keys(connection: Connection) -> list[UUID]:
    """Keys of guests who are in no room."""
    query = """
        select key from api.room_keys known
        where not exists (select from api.room_members member where member.key = known.key) limit 100
    """
    return [row["key"] for row in await fetch_all(connection, query)]


async def forget_keys(connection: Connection, keys: Collection[UUID]) -> None:
    await execute(connection, "delete from api.room_keys where key = any(%s)", [list(keys)])


async def set_host(connection: Connection, room: UUID, member: str) -> None:
    await execute(connection, "update api.rooms set host = %s where id = %s", [member, room])


async def remove(connection: Connection, room: UUID, member: str, link: str | None) -> None:
    """Forget a member. `link`: the new one of the room, for a guest; an account is kept out by its id."""
    await execute(connection, "delete from api.room_members where room = %s and id = %s", [room, member])
    await execute(
        connection,
        """
        update api.rooms set link = coalesce(%(link)s, link),
            removed = case when %(link)s::text is null then array_append(removed, %(member)s) else removed end
        where id = %(room)s
        """,
        {"room": room, "member": member, "link": link},
    )
    await note_empty(connection, room)


async def forget_member(connection: Connection, room: UUID, member: str) -> None:
    """A guest who has come in anew; the key goes with the others that are lost."""
    await execute(connection, "delete from api.room_members where room = %s and id = %s", [room, member])


async def say(connection: Connection, room: UUID, by: Row, kind: str, text: str, *, kept: int) -> None:
    """The last `kept` messages of a room are kept. `by` is a member."""
    query = "insert into api.room_messages (room, by, by_id, kind, text) values (%s, %s, %s, %s, %s)"
    await execute(connection, query, [room, by["name"], by["id"], kind, text])
    await execute(
        connection,
        """
        delete from api.room_messages where room = %(room)s and pk <= (
            select pk from api.room_messages where room = %(room)s order by pk desc offset %(kept)s limit 1
        )
        """,
        {"room": room, "kept": kept},
    )


async def messages(connection: Connection, room: UUID) -> list[Row]:
    query = """
        select kind, by, by_id as "byId", text, api.iso(at) as at from api.room_messages where room = %s order by pk
    """
    return await fetch_all(connection, query, [room])


async def still_here(connection: Connection, here: Sequence[tuple[UUID, UUID]], silent_for: timedelta) -> None:
    """These sockets are in these rooms, `(room, socket)`; those of which nobody says so any more are not."""
    await execute(
        connection,
        """
        update api.room_members set seen_at = now()
        from unnest(%(rooms)s::uuid[], %(sockets)s::uuid[]) as here (room, socket)
        where room_members.room = here.room and room_members.socket = here.socket
        """,
        {"rooms": [room for room, _ in here], "sockets": [socket for _, socket in here]},
    )
    await execute(
        connection,
        """
        with gone as (
            update api.room_members set socket = null, process = null, left_at = now(), ready = false, buffering = false
            where socket is not null and seen_at < now() - %(silent)s returning room
        )
        update api.rooms set empty_since = now() where id in (select room from gone) and empty_since is null
            and not exists (
                select from api.room_members m
                where m.room = rooms.id and m.socket is not null and m.seen_at >= now() - %(silent)s
            )
        """,
        {"silent": silent_for},
    )


async def due(connection: Connection, now: datetime, patience: timedelta, host_away: timedelta) -> list[UUID]:
    """Rooms in which something has to be decided: a play has waited long enough, or the host is away."""
    rows = await fetch_all(
        connection,
        """
        select room.id from api.rooms room where room.waits_since <= %(late)s
        union
        select room.id from api.rooms room
        left join api.room_members host on host.room = room.id and host.id = room.host
        where (host.id is null or host.socket is null and host.left_at <= %(away)s)
            and exists (select from api.room_members m where m.room = room.id and m.socket is not null)
        """,
        {"late": now - patience, "away": now - host_away},
    )
    return [row["id"] for row in rows]


async def empty(connection: Connection, since: datetime) -> list[UUID]:
    """Rooms that nobody has been in for a while."""
    rows = await fetch_all(connection, "select id from api.rooms where empty_since <= %s", [since])
    return [row["id"] for row in rows]


async def pictures(connection: Connection, video_pk: int) -> list[str]:
    """The ids of the pictures that the player of a video shows."""
    rows = await fetch_all(
        connection,
        """
        select distinct place.image_id from api.entry_videos link
        join api.entries entry on entry.pk = link.entry_pk
        join api.image_places place on (place.owner = 'show' and place.owner_pk = entry.show_pk)
            or (place.owner = 'entry' and place.owner_pk = entry.pk)
        where link.video_pk = %s
        """,
        [video_pk],
    )
    return [row["image_id"] for row in rows]
