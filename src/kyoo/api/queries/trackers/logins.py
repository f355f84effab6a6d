"""The SQL of links to trackers under way, and of the administrator's applications with which they are made."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from psycopg.rows import DictRow

from kyoo.core.database.postgres import Connection, execute, fetch_all, fetch_one, fetch_value

# Links under way.


#: Logins of one user at one service that may be under way at once.
KEPT_LOGINS = 20


async def begin_login(
    connection: Connection,
    profile: int,
    service: str,
    *,
    state_hash: bytes,
    browser_hash: bytes,
    redirect: str,
    secrets: bytes,
    lasts: timedelta,
) -> None:
    """One device login of a service at a time; those by redirect are one a browser and state."""
    await execute(connection, "delete from api.tracker_logins where expires_at < now() - interval '1 day'")
    await execute(
        connection,
        """
        delete from api.tracker_logins where profile_pk = %(profile)s and service = %(service)s and state_hash not in (
            select state_hash from api.tracker_logins where profile_pk = %(profile)s and service = %(service)s
            order by expires_at desc limit %(kept)s
        )
        """,
        {"profile": profile, "service": service, "kept": KEPT_LOGINS - 1},
    )
    await execute(
        connection,
        """
        insert into api.tracker_logins
            (state_hash, profile_pk, service, browser_hash, redirect, secrets, expires_at)
        values (%(state)s, %(profile)s, %(service)s, %(browser)s, %(redirect)s, %(secrets)s, now() + %(lasts)s)
        """,
        {
            "state": state_hash,
            "profile": profile,
            "service": service,
            "browser": browser_hash,
            "redirect": redirect,
            "secrets": secrets,
            "lasts": lasts,
        },
    )


async def forget_logins(connection: Connection, profile: int, service: str) -> None:
    await execute(
        connection,
        "delete from api.tracker_logins where profile_pk = %(profile)s and service = %(service)s",
        {"profile": profile, "service": service},
    )


async def take_login(connection: Connection, state_hash: bytes, service: str) -> DictRow | None:
    """A login by redirect, which is good once."""
    return await fetch_one(
        connection,
        """
        delete from api.tracker_logins login using api.profiles profile
        where login.state_hash = %(state)s and login.service = %(service)s and profile.pk = login.profile_pk
        returning login.profile_pk, profile.id as user, login.browser_hash, login.redirect, login.secrets,
            login.expires_at < now() as over
        """,
        {"state": state_hash, "service": service},
    )


async def device_login(connection: Connection, user: UUID, service: str) -> DictRow | None:
    """The newest login by device of a user, and the seconds until it may be asked about again."""
    return await fetch_one(
        connection,
        """
        select login.state_hash, login.profile_pk, login.secrets, login.expires_at < now() as over,
            extract(epoch from login.poll_at - now())::double precision as wait
        from api.tracker_logins login join api.profiles profile on profile.pk = login.profile_pk
        where profile.id = %(user)s and login.service = %(service)s and login.browser_hash = ''
        order by login.expires_at desc limit 1
        """,
        {"user": user, "service": service},
    )


async def claim_poll(connection: Connection, state_hash: bytes, seconds: float) -> bool:
    """Whether it may be asked about now; the next time not for so many seconds."""
    return bool(
        await fetch_value(
            connection,
            """
            update api.tracker_logins set poll_at = now() + make_interval(secs => %(seconds)s)
            where state_hash = %(state)s and poll_at <= now() returning true
            """,
            {"state": state_hash, "seconds": seconds},
        )
    )


async def delay_poll(connection: Connection, state_hash: bytes, seconds: float) -> None:
    await execute(
        connection,
        """
        update api.tracker_logins set poll_at = now() + make_interval(secs => %(seconds)s)
        where state_hash = %(state)s
        """,
        {"state": state_hash, "seconds": seconds},
    )


# Applications.


async def applications(connection: Connection) -> dict[str, DictRow]:
    rows = await fetch_all(connection, "select service, client_id, client_secret from api.tracker_applications")
    return {row["service"]: row for row in rows}


async def keep_application(connection: Connection, service: str, client_id: str, client_secret: bytes | None) -> None:
    await execute(
        connection,
        """
        insert into api.tracker_applications (service, client_id, client_secret)
        values (%(service)s, %(id)s, %(secret)s)
        on conflict (service) do update set
            client_id = excluded.client_id, client_secret = excluded.client_secret, updated_at = now()
        """,
        {"service": service, "id": client_id, "secret": client_secret},
    )


async def forget_application(connection: Connection, service: str) -> bool:
    return bool(await execute(connection, "delete from api.tracker_applications where service = %(s)s", {"s": service}))
