"""How many websockets the processes of the api have open."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from psycopg.types.json import Jsonb

from kyoo.core.database.postgres import Connection, execute, fetch_value


async def elsewhere(connection: Connection, owner: str, process: UUID, silence: timedelta) -> int:
    """How many of `owner` other processes have that were heard of lately."""
    query = (
        "select coalesce(sum(sockets), 0)::int from api.open_sockets "
        "where owner = %s and process <> %s and seen_at > now() - %s"
    )
    return int(await fetch_value(connection, query, [owner, process, silence]))


async def say(connection: Connection, process: UUID, open_now: Mapping[str, int]) -> None:
    """How many these owners have at `process`; nothing is kept of those who have none."""
    await execute(
        connection,
        """
        with given as (select key as owner, value::int as sockets from jsonb_each_text(%(open)s)),
        gone as (
            delete from api.open_sockets using given
            where given.owner = open_sockets.owner and process = %(process)s and given.sockets = 0
        )
        insert into api.open_sockets (owner, process, sockets)
        select owner, %(process)s, sockets from given where sockets > 0
        on conflict (owner, process) do update set sockets = excluded.sockets, seen_at = now()
        """,
        {"open": Jsonb(dict(open_now)), "process": process},
    )


async def still_here(connection: Connection, process: UUID, silence: timedelta) -> None:
    """`process` is there; what silent ones had is forgotten."""
    await execute(connection, "update api.open_sockets set seen_at = now() where process = %s", [process])
    await execute(connection, "delete from api.open_sockets where seen_at < now() - %s", [silence])


async def leave(connection: Connection, process: UUID) -> None:
    await execute(connection, "delete from api.open_sockets where process = %s", [process])
