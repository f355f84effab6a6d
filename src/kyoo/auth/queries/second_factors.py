"""SQL of auth.totp and auth.recovery_codes, and of which second factors a user has."""

from __future__ import annotations

from typing import LiteralString
from uuid import UUID

from psycopg.rows import DictRow

from kyoo.core.database.postgres import Connection, execute, fetch_one

#: Whether the user `u` has any second factor.
HAS_ANY: LiteralString = """(
    exists (select from auth.totp t where t.user_id = u.id and t.confirmed_date is not null)
    or exists (select from auth.passkeys p where p.user_id = u.id)
)"""


async def state(connection: Connection, user_id: UUID) -> DictRow:
    """`{totp: bool, passkeys: int, recovery_codes: int}`."""
    row = await fetch_one(
        connection,
        """select exists (select from auth.totp where user_id = %(user)s and confirmed_date is not null) as totp,
                  (select count(*) from auth.passkeys where user_id = %(user)s) as passkeys,
                  (select count(*) from auth.recovery_codes where user_id = %(user)s) as recovery_codes""",
        {"user": user_id},
    )
    assert row is not None
    return row


async def kinds(connection: Connection, user_id: UUID) -> list[str]:
    """Those of `totp` and `passkey` that a user can log in with."""
    row = await state(connection, user_id)
    return [kind for kind, there in (("totp", row["totp"]), ("passkey", row["passkeys"])) if there]


async def totp_of(connection: Connection, user_id: UUID) -> DictRow | None:
    """`{secret, confirmed_date}`."""
    return await fetch_one(connection, "select secret, confirmed_date from auth.totp where user_id = %s", [user_id])


async def begin_totp(connection: Connection, user_id: UUID, secret: bytes) -> bool:
    """Store a secret that is not confirmed, in place of another such; False when one is confirmed."""
    return (
        await execute(
            connection,
            """insert into auth.totp as t (user_id, secret) values (%s, %s)
               on conflict (user_id) do update set secret = excluded.secret where t.confirmed_date is null""",
            [user_id, secret],
        )
        == 1
    )


async def confirm_totp(connection: Connection, user_id: UUID, step: int) -> None:
    await execute(
        connection,
        "update auth.totp set confirmed_date = clock_timestamp(), last_step = %s where user_id = %s",
        [step, user_id],
    )


async def use_totp_step(connection: Connection, user_id: UUID, step: int) -> bool:
    """False when the code of this time step, or of a later one, was used."""
    return (
        await execute(
            connection,
            "update auth.totp set last_step = %s where user_id = %s and last_step < %s",
            [step, user_id, step],
        )
        == 1
    )


async def delete_totp(connection: Connection, user_id: UUID) -> None:
    await execute(connection, "delete from auth.totp where user_id = %s", [user_id])


async def replace_recovery_codes(connection: Connection, user_id: UUID, hashes: list[bytes]) -> None:
    await execute(connection, "delete from auth.recovery_codes where user_id = %s", [user_id])
    await execute(
        connection,
        "insert into auth.recovery_codes (user_id, code_hash) select %s, unnest(%s::bytea[])",
        [user_id, hashes],
    )


async def use_recovery_code(connection: Connection, user_id: UUID, code_hash: bytes) -> bool:
    return (
        await execute(
            connection, "delete from auth.recovery_codes where user_id = %s and code_hash = %s", [user_id, code_hash]
        )
        == 1
    )


async def delete_all(connection: Connection, user_id: UUID) -> None:
    await execute(connection, "delete from auth.totp where user_id = %s", [user_id])
    await execute(connection, "delete from auth.passkeys where user_id = %s", [user_id])
    await execute(connection, "delete from auth.recovery_codes where user_id = %s", [user_id])
