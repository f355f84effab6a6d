"""SQL of auth.invitations. An invitation counts only until it expires; a used one is gone."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

from kyoo.auth.queries.api_keys import USER_BEHIND
from kyoo.core.database.postgres import Connection, execute, fetch_all, fetch_one

COLUMNS = "id, claims, note, created_date, expire_at"


async def insert(
    connection: Connection,
    token_hash: bytes,
    *,
    claims: dict[str, Any],
    note: str | None,
    caller: UUID | None,
    lifetime: timedelta,
) -> DictRow:
    """The invitation is of the user behind `caller`."""
    row = await fetch_one(
        connection,
        f"""insert into auth.invitations (token_hash, claims, note, created_by, expire_at)
            values (%(token_hash)s, %(claims)s, %(note)s, {USER_BEHIND}, clock_timestamp() + %(lifetime)s)
            returning {COLUMNS}""",
        {
            "token_hash": token_hash,
            "claims": Jsonb(claims),
            "note": note,
            "caller": caller,
            "lifetime": lifetime,
        },
    )
    assert row is not None
    return row


async def page(connection: Connection, before: tuple[datetime, UUID] | None, limit: int) -> list[DictRow]:
    """The newest first, from the one after (created_date, id) `before`."""
    return await fetch_all(
        connection,
        f"""select {COLUMNS} from auth.invitations
            where expire_at > clock_timestamp()
                and (%(date)s::timestamptz is null or (created_date, id) < (%(date)s, %(id)s::uuid))
            order by created_date desc, id desc limit %(limit)s""",
        {"date": before and before[0], "id": before and before[1], "limit": limit},
    )


async def of_creator(connection: Connection, user_id: UUID) -> list[DictRow]:
    return await fetch_all(
        connection,
        f"select {COLUMNS} from auth.invitations where created_by = %s order by created_date, id",
        [user_id],
    )


async def by_token(connection: Connection, token_hash: bytes) -> DictRow | None:
    """`{expire_at, note}` of an invitation whose creator is not disabled."""
    return await fetch_one(
        connection,
        """select i.expire_at, i.note from auth.invitations i left join auth.users u on u.id = i.created_by
           where i.token_hash = %s and i.expire_at > clock_timestamp() and not coalesce(u.disabled, false)""",
        [token_hash],
    )


async def take(connection: Connection, token_hash: bytes) -> DictRow | None:
    """Use up an invitation: `{id, claims, inviter_claims, inviter_disabled}`; no inviter: null claims, not disabled."""
    return await fetch_one(
        connection,
        """delete from auth.invitations i
           where i.token_hash = %s and i.expire_at > clock_timestamp()
           returning i.id, i.claims,
               (select u.claims from auth.users u where u.id = i.created_by) as inviter_claims,
               exists (select from auth.users u where u.id = i.created_by and u.disabled) as inviter_disabled""",
        [token_hash],
    )


async def lock(connection: Connection, invitation: UUID) -> DictRow | None:
    """`{claims, created_by, maker_claims}`, locked until the end of the transaction."""
    return await fetch_one(
        connection,
        """select i.claims, i.created_by, u.claims as maker_claims
           from auth.invitations i left join auth.users u on u.id = i.created_by where i.id = %s for update of i""",
        [invitation],
    )


async def delete(connection: Connection, invitation: UUID) -> DictRow | None:
    return await fetch_one(connection, f"delete from auth.invitations where id = %s returning {COLUMNS}", [invitation])


async def delete_expired(connection: Connection) -> int:
    return await execute(connection, "delete from auth.invitations where expire_at <= clock_timestamp()")
