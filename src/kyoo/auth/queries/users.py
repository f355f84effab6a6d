"""SQL of auth.users."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

from kyoo.core.database.postgres import Connection, execute, fetch_all, fetch_one, fetch_value

#: Serialises registrations while there is no user yet (an arbitrary constant of ours).
FIRST_USER_LOCK = 7_413_881

#: The columns of a user on the wire; the password itself never leaves this table but to be verified.
COLUMNS = """
    id, username, email, password is not null as has_password, created_date, last_seen, claims, disabled,
    (select '/auth/users/' || user_id || '/logo?v=' || etag from auth.pictures where user_id = users.id) as logo,
    (select coalesce(jsonb_object_agg(l.provider, jsonb_build_object(
         'id', l.external_id, 'username', l.username, 'profile_url', l.profile_url)), '{}')
     from auth.oidc_links l where l.user_id = users.id) as oidc"""


async def any_exists(connection: Connection) -> bool:
    return bool(await fetch_value(connection, "select exists (select from auth.users)"))


async def lock_first_registration(connection: Connection) -> None:
    """Wait, until the end of the transaction, for every other registration into the empty table."""
    await execute(connection, "select pg_advisory_xact_lock(%s)", [FIRST_USER_LOCK])


async def insert(
    connection: Connection, *, username: str, email: str, password: str | None, claims: dict[str, Any]
) -> DictRow:
    """Raises psycopg.errors.UniqueViolation when the username or the e-mail is taken."""
    row = await fetch_one(
        connection,
        f"insert into auth.users (username, email, password, claims) values (%s, %s, %s, %s) returning {COLUMNS}",
        [username, email, password, Jsonb(claims)],
    )
    assert row is not None
    return row


async def insert_as(
    connection: Connection,
    identifier: UUID,
    *,
    username: str,
    email: str,
    password: str | None,
    claims: dict[str, Any],
    created: datetime,
    seen: datetime,
) -> None:
    """An account with an id of its own, from elsewhere."""
    await execute(
        connection,
        """
        insert into auth.users (id, username, email, password, claims, created_date, last_seen)
        values (%s, %s, %s, %s, %s, %s, %s)
        """,
        [identifier, username, email, password, Jsonb(claims), created, seen],
    )


async def exists(connection: Connection, identifier: UUID) -> bool:
    return await fetch_value(connection, "select true from auth.users where id = %s", [identifier]) is True


async def named(connection: Connection, username: str, email: str) -> UUID | None:
    """The account with both this name and this e-mail."""
    found: UUID | None = await fetch_value(
        connection,
        "select id from auth.users where username = %s and lower(email) = lower(%s)",
        [username, email],
    )
    return found


async def taken(connection: Connection, username: str, email: str) -> str | None:
    """The name of the constraint that `insert` would violate."""
    found: str | None = await fetch_value(
        connection,
        """select case when exists (select from auth.users where username = %(username)s) then 'users_username'
                       when exists (select from auth.users where lower(email) = lower(%(email)s)) then 'users_email'
                  end""",
        {"username": username, "email": email},
    )
    return found


async def by_id(connection: Connection, user_id: UUID) -> DictRow | None:
    return await fetch_one(connection, f"select {COLUMNS} from auth.users where id = %s", [user_id])


async def by_username(connection: Connection, username: str) -> DictRow | None:
    return await fetch_one(connection, f"select {COLUMNS} from auth.users where username = %s", [username])


async def lock(connection: Connection, user_id: UUID) -> DictRow | None:
    """`{username, claims, disabled}`, locked until the end of the transaction."""
    return await fetch_one(
        connection, "select username, claims, disabled from auth.users where id = %s for update", [user_id]
    )


async def claims_of_enabled(connection: Connection, user_id: UUID) -> dict[str, Any] | None:
    row = await fetch_one(connection, "select claims from auth.users where id = %s and not disabled", [user_id])
    return None if row is None else dict(row["claims"])


async def credentials_of_login(connection: Connection, login: str) -> DictRow | None:
    """`{id, username, password}` of the account with this username (exact) or e-mail (any case)."""
    return await fetch_one(
        connection,
        "select id, username, password from auth.users where username = %(login)s or lower(email) = lower(%(login)s)",
        {"login": login},
    )


async def password_of(connection: Connection, user_id: UUID) -> DictRow | None:
    return await fetch_one(connection, "select password from auth.users where id = %s", [user_id])


async def page(
    connection: Connection, after: tuple[datetime, UUID] | None, limit: int, *, verified: bool | None = None
) -> list[DictRow]:
    """Users by creation, from the one after (created_date, id) `after`; `verified`: only who is let in, or is not."""
    return await fetch_all(
        connection,
        f"""select {COLUMNS} from auth.users
            where (%(date)s::timestamptz is null or (created_date, id) > (%(date)s, %(id)s::uuid))
                and (%(verified)s::boolean is null
                     or (claims -> 'verified' is distinct from 'false') = %(verified)s::boolean)
            order by created_date, id limit %(limit)s""",
        {"date": after and after[0], "id": after and after[1], "verified": verified, "limit": limit},
    )


async def update(
    connection: Connection,
    user_id: UUID,
    *,
    username: str | None,
    email: str | None,
    claims: dict[str, Any],
    disabled: bool | None,
) -> DictRow | None:
    """Replace what is given and merge `claims` at top level. Raises UniqueViolation like `insert`."""
    return await fetch_one(
        connection,
        f"""update auth.users
            set username = coalesce(%s, username), email = coalesce(%s, email), claims = claims || %s,
                disabled = coalesce(%s, disabled)
            where id = %s
            returning {COLUMNS}""",
        [username, email, Jsonb(claims), disabled, user_id],
    )


async def set_password(connection: Connection, user_id: UUID, password: str) -> None:
    await execute(connection, "update auth.users set password = %s where id = %s", [password, user_id])


async def replace_password_hash(connection: Connection, user_id: UUID, old: str, new: str) -> None:
    """Store another hash of the same password, unless the password was changed meanwhile."""
    await execute(
        connection, "update auth.users set password = %s where id = %s and password = %s", [new, user_id, old]
    )


async def delete(connection: Connection, user_id: UUID) -> DictRow | None:
    return await fetch_one(connection, f"delete from auth.users where id = %s returning {COLUMNS}", [user_id])


async def touch(connection: Connection, ids: list[UUID]) -> None:
    """Note that these users were seen now, at most once a minute each."""
    await execute(
        connection,
        """update auth.users set last_seen = clock_timestamp()
           where id = any(%s) and last_seen < clock_timestamp() - interval '1 minute'""",
        [ids],
    )
