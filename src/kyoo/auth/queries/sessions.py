"""SQL of auth.sessions. A session counts only when it was used within its lifetime; the row that goes is said to all
processes by schema/changes.sql."""

from __future__ import annotations

from datetime import timedelta
from typing import LiteralString
from uuid import UUID

from psycopg.rows import DictRow

from kyoo.auth.queries.second_factors import HAS_ANY
from kyoo.auth.tokens.lifetime import SessionLifetime
from kyoo.core.database.postgres import Connection, execute, fetch_all, fetch_one, fetch_value

COLUMNS = "id, created_date, last_used, device"

ACCOUNT: LiteralString = (
    """
    select s.id as session, s.last_used, u.id as subject, u.username, u.claims,
           s.app_password_id is not null as by_app_password,
           %(second_factor)s and not """
    + HAS_ANY
    + """ as restricted
    from auth.sessions s join auth.users u on u.id = s.user_id
    where s.last_used > clock_timestamp() - %(idle)s
      and (%(total)s::interval is null or s.created_date > clock_timestamp() - %(total)s)
      and not u.disabled and """
)


async def account_of_token(
    connection: Connection, token_hash: bytes, lifetime: SessionLifetime, *, second_factor: bool
) -> DictRow | None:
    """`{session, last_used, subject, username, claims, by_app_password, restricted}` of the live session with this
    token. `restricted`: a second factor is demanded (`second_factor`) and the user has none."""
    return await fetch_one(
        connection,
        ACCOUNT + "s.token_hash = %(token)s",
        {**lifetime._asdict(), "token": token_hash, "second_factor": second_factor},
    )


async def account_of_session(
    connection: Connection, session_id: UUID, lifetime: SessionLifetime, *, second_factor: bool
) -> DictRow | None:
    """The same by the id of the session."""
    return await fetch_one(
        connection,
        ACCOUNT + "s.id = %(session)s",
        {**lifetime._asdict(), "session": session_id, "second_factor": second_factor},
    )


async def insert(
    connection: Connection,
    user_id: UUID,
    token_hash: bytes,
    device: str | None,
    *,
    app_password: UUID | None,
    by_device_login: bool,
) -> DictRow | None:
    """None when the user is disabled. The session ends with the app password that opens it."""
    return await fetch_one(
        connection,
        f"""insert into auth.sessions (user_id, token_hash, device, app_password_id, by_device_login)
            select id, %s, %s, %s, %s from auth.users where id = %s and not disabled
            returning {COLUMNS}""",
        [token_hash, device, app_password, by_device_login, user_id],
    )


async def is_fresh(connection: Connection, session_id: UUID, age: timedelta) -> bool:
    """Whether somebody has proved, within `age`, who they are, and so opened this session."""
    return bool(
        await fetch_value(
            connection,
            """select exists (
                select from auth.sessions
                where id = %s and not by_device_login and created_date > clock_timestamp() - %s)""",
            [session_id, age],
        )
    )


async def of_user(connection: Connection, user_id: UUID, lifetime: SessionLifetime) -> list[DictRow]:
    """The live sessions of a user, the least recently used first."""
    return await fetch_all(
        connection,
        f"""select {COLUMNS} from auth.sessions
            where user_id = %(user)s and last_used > clock_timestamp() - %(idle)s
                and (%(total)s::interval is null or created_date > clock_timestamp() - %(total)s)
            order by last_used, id""",
        {**lifetime._asdict(), "user": user_id},
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


async def delete_surplus(connection: Connection, user_id: UUID, kept: int) -> int:
    """Delete all sessions of a user but the `kept` that were used last."""
    return await execute(
        connection,
        """delete from auth.sessions where id in (
               select id from auth.sessions where user_id = %s order by last_used desc, id offset %s
           )""",
        [user_id, kept],
    )


async def delete_expired(connection: Connection, lifetime: SessionLifetime) -> int:
    return await execute(
        connection,
        """delete from auth.sessions
           where last_used <= clock_timestamp() - %(idle)s
              or created_date <= clock_timestamp() - %(total)s::interval""",
        lifetime._asdict(),
    )


async def touch(connection: Connection, ids: list[UUID]) -> None:
    """Note that these sessions were used now, at most once a minute each."""
    await execute(
        connection,
        """update auth.sessions set last_used = clock_timestamp()
           where id = any(%s) and last_used < clock_timestamp() - interval '1 minute'""",
        [ids],
    )
