"""SQL of auth.deletions: users that are gone."""

from __future__ import annotations

from uuid import UUID

from psycopg.rows import DictRow

from kyoo.core.database.postgres import Connection, execute, fetch_all

#: Serialises deletions until they are committed, so that nobody sees a number before a smaller one (arbitrary).
LOCK = 7_413_884


async def insert(connection: Connection, user_id: UUID) -> None:
    """Run it in the transaction that deletes the user."""
    await execute(connection, "select pg_advisory_xact_lock(%s)", [LOCK])
    await execute(connection, "insert into auth.deletions (user_id) values (%s)", [user_id])


async def after(connection: Connection, number: int, limit: int) -> list[DictRow]:
    """`{number, id, date}` of the deletions since one, the oldest first."""
    return await fetch_all(
        connection,
        "select number, user_id as id, date from auth.deletions where number > %s order by number limit %s",
        [number, limit],
    )
