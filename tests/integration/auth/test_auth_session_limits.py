"""How long sessions live and how many there are, by the settings."""

from __future__ import annotations

from auth_client import Auth, MakeAuth, bearer

from kyoo.auth.queries import sessions
from kyoo.core.database.postgres import Database, execute, fetch_value


async def age(database: Database, column: str, days: int) -> None:
    assert column in ("created_date", "last_used")
    async with database.connection() as connection:
        await execute(connection, f"update auth.sessions set {column} = now() - make_interval(days => %s)", [days])


async def status(auth: Auth, token: str) -> int:
    return (await auth.client.get("/auth/jwt", headers=bearer(token))).status_code


async def test_the_idle_time_is_configurable_and_slides(make_auth: MakeAuth, database: Database) -> None:
    auth = await make_auth(session_days=2, exchange_cache_seconds=0)
    token = await auth.register("alice")
    await age(database, "created_date", 400)
    await age(database, "last_used", 1)
    assert await status(auth, token) == 200
    await age(database, "last_used", 3)
    assert await status(auth, token) == 403


async def test_sessions_can_have_a_greatest_age(make_auth: MakeAuth, database: Database) -> None:
    auth = await make_auth(session_max_days=90, exchange_cache_seconds=0)
    token = await auth.register("alice")
    jwt = await auth.jwt(**bearer(token))
    await age(database, "created_date", 89)
    assert await status(auth, token) == await status(auth, jwt) == 200
    assert len((await auth.client.get("/auth/sessions", headers=bearer(token))).json()) == 1
    await age(database, "created_date", 91)
    assert await status(auth, token) == await status(auth, jwt) == 403
    fresh = await auth.log_in("alice")
    assert len((await auth.client.get("/auth/sessions", headers=bearer(fresh))).json()) == 1
    async with database.connection() as connection:
        assert await sessions.delete_expired(connection, auth.app.state.context.settings.session_lifetime) == 1


async def test_without_a_greatest_age_the_job_keeps_old_sessions(auth: Auth, database: Database) -> None:
    await auth.register("alice")
    await age(database, "created_date", 4000)
    async with database.connection() as connection:
        assert await sessions.delete_expired(connection, auth.app.state.context.settings.session_lifetime) == 0


async def test_a_login_too_many_ends_the_session_unused_for_longest(make_auth: MakeAuth, database: Database) -> None:
    auth = await make_auth(sessions_per_user=2)
    bob = await auth.register("bob")
    first, second = await auth.register("alice"), await auth.log_in("alice")
    assert await status(auth, first) == 200
    async with database.connection() as connection:
        await execute(
            connection,
            """update auth.sessions set last_used = now() - interval '1 hour'
               where id = (select id from auth.sessions order by created_date desc limit 1)""",
        )
    third = await auth.log_in("alice")
    assert [await status(auth, token) for token in (first, second, third, bob)] == [200, 403, 200, 200]
    async with database.connection() as connection:
        assert await fetch_value(connection, "select count(*) from auth.sessions") == 3
