"""SQL of auth.device_logins. A code counts only until it expires."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from psycopg.rows import DictRow

from kyoo.core.database.postgres import Connection, execute, fetch_one, fetch_value


async def waiting_at(connection: Connection, address: str | None) -> int:
    """How many devices of an address wait."""
    return int(
        await fetch_value(
            connection,
            "select count(*) from auth.device_logins where address = %s and expire_at > clock_timestamp()",
            [address],
        )
    )


async def insert(
    connection: Connection,
    device_code_hash: bytes,
    user_code: str,
    *,
    device: str | None,
    address: str | None,
    lifetime: timedelta,
    pause: int,
) -> bool:
    """False when the user code is taken."""
    return (
        await execute(
            connection,
            """insert into auth.device_logins (device_code_hash, user_code, device, address, expire_at, pause)
               values (%s, %s, %s, %s, clock_timestamp() + %s, %s) on conflict (user_code) do nothing""",
            [device_code_hash, user_code, device, address, lifetime, pause],
        )
        == 1
    )


async def ask(connection: Connection, device_code_hash: bytes, penalty: int) -> DictRow | None:
    """Note that the device asks: `{device, approved, user_id, username, too_fast}`. A device that asks too fast has to
    wait `penalty` seconds longer from now on. Locks the row."""
    return await fetch_one(
        connection,
        """with device as materialized (
               select device_code_hash,
                   coalesce(asked_at + make_interval(secs => pause) > clock_timestamp(), false) as too_fast
               from auth.device_logins where device_code_hash = %s and expire_at > clock_timestamp() for update
           )
           update auth.device_logins d
           set asked_at = clock_timestamp(), pause = d.pause + case when device.too_fast then %s else 0 end
           from device where d.device_code_hash = device.device_code_hash
           returning d.device, d.approved, d.user_id, device.too_fast,
               (select u.username from auth.users u where u.id = d.user_id) as username""",
        [device_code_hash, penalty],
    )


async def waiting(connection: Connection, user_code: str) -> DictRow | None:
    """`{device, address, created_date}` of a device about which nobody has decided."""
    return await fetch_one(
        connection,
        """select device, address, created_date from auth.device_logins
           where user_code = %s and approved is null and expire_at > clock_timestamp()""",
        [user_code],
    )


async def decide(connection: Connection, user_code: str, user_id: UUID, *, approve: bool) -> DictRow | None:
    """`{device, address}`; None when nothing waits (any more)."""
    return await fetch_one(
        connection,
        """update auth.device_logins set approved = %s, user_id = %s
           where user_code = %s and approved is null and expire_at > clock_timestamp()
           returning device, address""",
        [approve, user_id, user_code],
    )


async def delete(connection: Connection, device_code_hash: bytes) -> None:
    await execute(connection, "delete from auth.device_logins where device_code_hash = %s", [device_code_hash])


async def delete_of_user(connection: Connection, user_id: UUID) -> int:
    return await execute(connection, "delete from auth.device_logins where user_id = %s", [user_id])


async def delete_expired(connection: Connection) -> int:
    return await execute(connection, "delete from auth.device_logins where expire_at <= clock_timestamp()")
