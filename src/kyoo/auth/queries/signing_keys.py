"""SQL of auth.signing_keys."""

from __future__ import annotations

from datetime import timedelta

from psycopg.rows import DictRow

from kyoo.core.database.postgres import Connection, execute, fetch_all

#: Serialises the making of keys by all replicas (an arbitrary constant of ours).
LOCK = 7_413_882


async def lock(connection: Connection) -> None:
    await execute(connection, "select pg_advisory_xact_lock(%s)", [LOCK])


async def every(connection: Connection) -> list[DictRow]:
    """`{kid, algorithm, private_pem, signs_in}`, the newest first. `signs_in` is the time until the key may sign."""
    return await fetch_all(
        connection,
        """select kid, algorithm, private_pem, greatest(signs_from - clock_timestamp(), interval '0') as signs_in
           from auth.signing_keys order by signs_from desc, kid""",
    )


async def insert(
    connection: Connection, kid: str, algorithm: str, private_pem: str, signs_in: timedelta = timedelta(0)
) -> None:
    await execute(
        connection,
        """insert into auth.signing_keys (kid, algorithm, private_pem, signs_from)
           values (%s, %s, %s, clock_timestamp() + %s)""",
        [kid, algorithm, private_pem, signs_in],
    )


async def delete_others(connection: Connection, kid: str) -> int:
    """Remove every key but one: what the others signed is worth nothing from now on."""
    return await execute(connection, "delete from auth.signing_keys where kid <> %s", [kid])


async def delete_superseded(connection: Connection, age: timedelta) -> int:
    """Remove the keys whose successor has been signing for `age`."""
    return await execute(
        connection,
        """delete from auth.signing_keys old
           where exists (
               select from auth.signing_keys new
               where new.signs_from > old.signs_from and new.signs_from <= clock_timestamp() - %s
           )""",
        [age],
    )
