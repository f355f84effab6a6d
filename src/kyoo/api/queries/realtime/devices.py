"""The SQL of connected devices. Each statement that changes them tells of it by an event."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from kyoo.core.database.postgres import Connection, execute, fetch_all, fetch_value

_DEVICE = "jsonb_build_object('id', id, 'name', name, 'client', client)"


async def come(connection: Connection, owner: UUID, device: dict[str, str], *, socket: UUID, process: UUID) -> None:
    """A device is there; the socket that it had before, after a break, is not its any more."""
    await execute(
        connection,
        f"""
        with here as (
            insert into api.devices (owner, id, socket, process, name, client)
            values (%(owner)s, %(id)s, %(socket)s, %(process)s, %(name)s, %(client)s)
            on conflict (owner, id) do update set
                socket = excluded.socket, process = excluded.process, name = excluded.name,
                client = excluded.client, seen_at = now()
            returning *
        )
        select events.record(
            'devices', 'online', owner, null, null, jsonb_build_object('device', {_DEVICE}, 'state', state)
        ) from here
        """,
        {"owner": owner, **device, "socket": socket, "process": process},
    )


async def say(connection: Connection, socket: UUID, state: dict[str, Any]) -> None:
    """What a device is doing. Of each, the last word is kept."""
    await execute(
        connection,
        f"""
        with here as (
            update api.devices set state = %(state)s, seen_at = now() where socket = %(socket)s returning *
        )
        select events.record(
            'devices', 'state', owner, 'device ' || owner || ' ' || id, null,
            jsonb_build_object('device', {_DEVICE}, 'state', state)
        ) from here
        """,
        {"socket": socket, "state": Jsonb(state)},
    )


async def go(connection: Connection, owner: UUID, socket: UUID) -> None:
    """The device of a socket is gone, unless it has another socket by now."""
    await execute(
        connection,
        f"""
        with gone as (delete from api.devices where owner = %(owner)s and socket = %(socket)s returning *)
        select events.record(
            'devices', 'offline', owner, null, null, jsonb_build_object('device', {_DEVICE})
        ) from gone
        """,
        {"owner": owner, "socket": socket},
    )


async def still_here(connection: Connection, sockets: Collection[UUID], silent_for: timedelta) -> None:
    """These sockets are there; those of which nobody says so any more are not."""
    await execute(connection, "update api.devices set seen_at = now() where socket = any(%s)", [list(sockets)])
    await execute(
        connection,
        f"""
        with gone as (delete from api.devices where seen_at < now() - %(silent)s returning *)
        select events.record(
            'devices', 'offline', owner, null, null, jsonb_build_object('device', {_DEVICE})
        ) from gone
        """,
        {"silent": silent_for},
    )


async def leave_all(connection: Connection, process: UUID) -> None:
    """A process ends, and with it its sockets."""
    await execute(
        connection,
        f"""
        with gone as (delete from api.devices where process = %(process)s returning *)
        select events.record(
            'devices', 'offline', owner, null, null, jsonb_build_object('device', {_DEVICE})
        ) from gone
        """,
        {"process": process},
    )


async def is_there(connection: Connection, owner: UUID, device: str) -> bool:
    found: bool = await fetch_value(
        connection, "select exists (select from api.devices where owner = %s and id = %s)", [owner, device]
    )
    return found


async def of(connection: Connection, owner: UUID) -> list[dict[str, Any]]:
    """`{id, name, client, state, since}` of each, the first to come first."""
    return await fetch_all(
        connection,
        "select id, name, client, state, api.iso(since) as since from api.devices where owner = %s order by since, id",
        [owner],
    )
