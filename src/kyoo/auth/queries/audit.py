"""SQL of auth.audit."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, LiteralString
from uuid import UUID

from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

from kyoo.core.database.postgres import Connection, execute, fetch_all

COLUMNS: LiteralString = (
    "id, date, action, actor_id, actor_name, target_kind, target_id, target_name, address, device, details"
)


async def insert(
    connection: Connection,
    *,
    action: str,
    actor: tuple[UUID | None, str | None],
    target: tuple[str | None, UUID | None, str | None],
    address: str | None,
    device: str | None,
    details: dict[str, Any],
) -> None:
    """`actor` is (id, name), `target` (kind, id, name)."""
    await execute(
        connection,
        """insert into auth.audit
               (action, actor_id, actor_name, target_kind, target_id, target_name, address, device, details)
           values (%s, %s, %s, %s, %s, %s, %s, %s, %s)""",
        [action, *actor, *target, address, device, Jsonb(details)],
    )


async def page(
    connection: Connection,
    before: tuple[datetime, UUID] | None,
    limit: int,
    *,
    user: UUID | str | None = None,
    action: str | None = None,
) -> list[DictRow]:
    """The newest entries first, from the one after (date, id) `before`; those of one action, and those by or about one
    account, by its id or the name it had."""
    conditions: list[LiteralString] = ["true"]
    values: list[Any] = []
    if before is not None:
        conditions.append("(date, id) < (%s, %s)")
        values += before
    if isinstance(user, UUID):
        conditions.append("(actor_id = %s or target_id = %s)")
        values += [user, user]
    elif user is not None:
        conditions.append("(actor_name = %s or (target_kind = 'user' and target_name = %s))")
        values += [user, user]
    if action is not None:
        conditions.append("action = %s")
        values.append(action)
    return await fetch_all(
        connection,
        f"select {COLUMNS} from auth.audit where {' and '.join(conditions)} order by date desc, id desc limit %s",
        [*values, limit],
    )


async def about(connection: Connection, user_id: UUID) -> list[DictRow]:
    """Every entry by or about a user, the oldest first."""
    return await fetch_all(
        connection,
        f"select {COLUMNS} from auth.audit where actor_id = %s or target_id = %s order by date, id",
        [user_id, user_id],
    )


async def delete_older(connection: Connection, age: timedelta) -> int:
    return await execute(connection, "delete from auth.audit where date < clock_timestamp() - %s", [age])
