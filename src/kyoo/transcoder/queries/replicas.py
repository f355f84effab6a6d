"""Transcoders that run beside each other, and whose the renditions of a content are. All times are of Postgres."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from psycopg.rows import DictRow

from kyoo.core.database.postgres import Connection, execute, fetch_all, fetch_one

#: Where it is said who was sent away.
SENT_AWAY = "transcoder_sent_away"


async def beat(connection: Connection, replica: UUID, address: str, key: str, load: str) -> None:
    """`replica` is there."""
    await execute(
        connection,
        """
        insert into transcoder.replicas (id, address, key, load) values (%s, %s, %s, %s)
        on conflict (id) do update set load = excluded.load, seen = now()
        """,
        [replica, address, key, load],
    )


async def present(connection: Connection, alive: float) -> list[DictRow]:
    """`{id, address, key, load, silent}` of those that were there in the last `alive` seconds; `silent` for so many."""
    return await fetch_all(
        connection,
        """
        select id, address, key, load, extract(epoch from now() - seen)::float as silent from transcoder.replicas
        where seen > now() - make_interval(secs => %s)
        """,
        [alive],
    )


async def leases(connection: Connection) -> list[DictRow]:
    """`{content_id, replica}` of all, those of the silent, too."""
    return await fetch_all(connection, "select content_id, replica from transcoder.leases")


async def claim(connection: Connection, content_id: str, replica: UUID, alive: float) -> UUID | None:
    """Whose it is, now that `replica` has asked for it: that of another one only if it was there in the last `alive`
    seconds. None when somebody else asks at this moment, or `replica` has not said yet that it is there."""
    row = await fetch_one(
        connection,
        """
        with taken as (
            insert into transcoder.leases as lease (content_id, replica)
            select %(content_id)s, id from transcoder.replicas where id = %(replica)s
            on conflict (content_id) do update set replica = excluded.replica
            where not exists (
                select from transcoder.replicas owner
                where owner.id = lease.replica and owner.seen > now() - make_interval(secs => %(alive)s)
            )
            returning replica
        )
        select replica from taken
        union all
        select replica from transcoder.leases where content_id = %(content_id)s and not exists (select from taken)
        """,
        {"content_id": content_id, "replica": replica, "alive": alive},
    )
    return None if row is None else row["replica"]


async def release(connection: Connection, replica: UUID, content_ids: Sequence[str]) -> None:
    await execute(
        connection,
        "delete from transcoder.leases where replica = %s and content_id = any(%s)",
        [replica, list(content_ids)],
    )


async def leave(connection: Connection, replica: UUID) -> None:
    """It goes, and what it has."""
    await execute(connection, "delete from transcoder.replicas where id = %s", [replica])


async def forget_silent(connection: Connection, seconds: float) -> None:
    """Those that did not say that they go."""
    await execute(
        connection, "delete from transcoder.replicas where seen < now() - make_interval(secs => %s)", [seconds]
    )


async def tell_sent_away(connection: Connection, payload: str) -> None:
    await execute(connection, "select pg_notify(%s, %s)", [SENT_AWAY, payload])
