"""SQL of auth.api_keys (the keys given by the configuration are not in the database)."""

from __future__ import annotations

from typing import Any, LiteralString
from uuid import UUID

from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

from kyoo.core.database.postgres import Connection, execute, fetch_all, fetch_one

COLUMNS: LiteralString = "id, name, created_at as create_at, last_used, claims"

#: The keys of a disabled user do not work. `maker_claims` is null when no user made it.
USABLE: LiteralString = """
    select k.id, k.name, k.last_used, k.claims, u.claims as maker_claims
    from auth.api_keys k left join auth.users u on u.id = k.created_by
    where not coalesce(u.disabled, false) and """

#: The user who `%(caller)s` is, or who made the API key that it is; null: a key of the configuration.
USER_BEHIND: LiteralString = """coalesce(
    (select id from auth.users where id = %(caller)s), (select created_by from auth.api_keys where id = %(caller)s))"""


async def by_token(connection: Connection, token_hash: bytes) -> DictRow | None:
    """`{id, name, last_used, claims, maker_claims}`."""
    return await fetch_one(connection, USABLE + "k.token_hash = %s", [token_hash])


async def by_id(connection: Connection, key_id: UUID) -> DictRow | None:
    return await fetch_one(connection, USABLE + "k.id = %s", [key_id])


async def lock(connection: Connection, key_id: UUID) -> DictRow | None:
    """`{claims, created_by, maker_claims}`, locked until the end of the transaction."""
    return await fetch_one(
        connection,
        """select k.claims, k.created_by, u.claims as maker_claims
           from auth.api_keys k left join auth.users u on u.id = k.created_by where k.id = %s for update of k""",
        [key_id],
    )


async def every(connection: Connection) -> list[DictRow]:
    """All keys, the least recently used first."""
    return await fetch_all(connection, f"select {COLUMNS} from auth.api_keys order by last_used, id")


async def of_creator(connection: Connection, user_id: UUID) -> list[DictRow]:
    return await fetch_all(
        connection, f"select {COLUMNS} from auth.api_keys where created_by = %s order by created_at, id", [user_id]
    )


async def names_among(connection: Connection, names: list[str]) -> list[str]:
    rows = await fetch_all(connection, "select name from auth.api_keys where name = any(%s) order by name", [names])
    return [row["name"] for row in rows]


async def insert(
    connection: Connection, *, name: str, token_hash: bytes, claims: dict[str, Any], caller: UUID
) -> DictRow:
    """The key is of the user behind `caller`. Raises psycopg.errors.UniqueViolation when the name is taken."""
    row = await fetch_one(
        connection,
        f"""insert into auth.api_keys (name, token_hash, claims, created_by)
            values (%(name)s, %(token_hash)s, %(claims)s, {USER_BEHIND})
            returning {COLUMNS}""",
        {"name": name, "token_hash": token_hash, "claims": Jsonb(claims), "caller": caller},
    )
    assert row is not None
    return row


async def delete(connection: Connection, key_id: UUID) -> DictRow | None:
    return await fetch_one(connection, f"delete from auth.api_keys where id = %s returning {COLUMNS}", [key_id])


async def touch(connection: Connection, ids: list[UUID]) -> None:
    """Note that these keys were used now, at most once a minute each."""
    await execute(
        connection,
        """update auth.api_keys set last_used = clock_timestamp()
           where id = any(%s) and last_used < clock_timestamp() - interval '1 minute'""",
        [ids],
    )
