"""SQL of auth.sessions. A session counts only when it was used within its lifetime."""

from __future__ import annotations

from datetime import timedelta
from typing import LiteralString
from uuid import UUID

from psycopg.rows import DictRow

from kyoo.auth.queries.second_factors import HAS_ANY
from kyoo.core.postgres import Connection, execute, fetch_all, fetch_one

COLUMNS = "id, created_date, last_used, device"

ACCOUNT: LiteralString = (
    """
    select s.id as session, s.last_used, u.id as subject, u.username, u.claims,
           s.app_password_id is not null as by_app_password,
           %(second_factor)s and not """
    + HAS_ANY
    + """ as restricted
    from auth.sessions s join auth.users u on u.id = s.user_id
    where s.last_used > clock_timestamp() - %(lifetime)s and not u.disabled and """
)


async def account_of_token(
    connection: Connection, token_hash: bytes, lifetime: timedelta, *, second_factor: bool
) -> DictRow | None:
    """`{session, last_used, subject, username, claims, by_app_password, restricted}` of the live session with this
    token. `restricted`: a second factor is demanded (`second_factor`) and the user has none."""
    return await fetch_one(
        connection,
        ACCOUNT + "s.token_hash = %(token)s",
        {"lifetime": lifetime, "token": token_hash, "second_factor": second_factor},
    )


async def account_of_session(
    connection: Connection, session_id: UUID, lifetime: timedelta, *, second_factor: bool
) -> DictRow | None:
    """The same by the id of the session."""
    return await fetch_one(
        connection,
        ACCOUNT + "s.id = %(session)s",
        {"lifetime": lifetime, "session": session_id, "second_factor": second_factor},
    )


async def insert(
    connection: Connection, user_id: UUID, token_hash: bytes, device: str | None, app_password: UUID | None = None
) -> DictRow | None:
    """None when the user is disabled. The session ends with the app password that opens it."""
    return await fetch_one(
        connection,
        f"""insert into auth.sessions (user_id, token_hash, device, app_password_id)
            select id, %s, %s, %s from auth.users where id = %s and not disabled
            returning {COLUMNS}""",
        [token_hash, device, app_password, user_id],
    )


async def of_user(connection: Connection, user_id: UUID, lifetime: timedelta) -> list[DictRow]:
    """The live sessions of a user, the least recently used first."""
    return await fetch_all(
        connection,
        f"""select {COLUMNS} from auth.sessions
            where user_id = %s and last_used > clock_timestamp() - %s
            order by last_used, id""",
        [user_id, lifetime],
    )


async def delete(connection: Connection, session_id: UUID, user_id: UUID) -> DictRow | None:
    return await fetch_one(
        connection,
        f"delete from auth.sessions where id = %s and user_id = %s returning {COLUMNS}",
        [session_id, user_id],
    )


async def delete_all(connection: Connection, user_id: UUID) -> int:
    return await execute(connection, "delete from auth.sessions where user_id = %s", [user_id])


async def delete_others(connection: Connection, user_id: UUID, kept: UUID) -> int:
    return await execute(connection, "delete from auth.sessions where user_id = %s and id <> %s", [user_id, kept])


async def delete_expired(connection: Connection, lifetime: timedelta) -> int:
    return await execute(connection, "delete from auth.sessions where last_used <= clock_timestamp() - %s", [lifetime])


async def touch(connection: Connection, ids: list[UUID]) -> None:
    """Note that these sessions were used now, at most once a minute each."""
    await execute(
        connection,
        """update auth.sessions set last_used = clock_timestamp()
           where id = any(%s) and last_used < clock_timestamp() - interval '1 minute'""",
        [ids],
    )
