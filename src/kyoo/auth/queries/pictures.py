"""SQL of auth.pictures: which picture each user uploaded; the bytes are in the picture store."""

from __future__ import annotations

from uuid import UUID

from psycopg.rows import DictRow

from kyoo.core.database.postgres import Connection, fetch_one, fetch_value


async def of_user(connection: Connection, user_id: UUID) -> DictRow | None:
    """`{object, content_type, etag}`."""
    return await fetch_one(
        connection, "select object, content_type, etag from auth.pictures where user_id = %s", [user_id]
    )


async def replace(connection: Connection, user_id: UUID, name: str, content_type: str, etag: str) -> str | None:
    """Make `name` the picture of a user; gives the object it replaces. Run it in a transaction."""
    await fetch_one(connection, "select id from auth.users where id = %s for update", [user_id])
    replaced = await fetch_value(connection, "select object from auth.pictures where user_id = %s", [user_id])
    await connection.execute(
        """insert into auth.pictures (user_id, object, content_type, etag) values (%s, %s, %s, %s)
           on conflict (user_id) do update
           set object = excluded.object, content_type = excluded.content_type, etag = excluded.etag,
               created_at = clock_timestamp()""",
        [user_id, name, content_type, etag],
    )
    return None if replaced is None else str(replaced)


async def delete(connection: Connection, user_id: UUID) -> str | None:
    """Forget the picture of a user; gives its object."""
    removed = await fetch_value(connection, "delete from auth.pictures where user_id = %s returning object", [user_id])
    return None if removed is None else str(removed)
