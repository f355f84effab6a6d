"""SQL of auth.oidc_logins (logins at providers that are under way) and auth.oidc_links (accounts there)."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from psycopg.rows import DictRow

from kyoo.core.database.postgres import Connection, execute, fetch_all, fetch_one, fetch_value


async def begin(
    connection: Connection,
    *,
    token_hash: bytes,
    browser_hash: bytes,
    provider: str,
    tenant: str,
    redirect_url: str,
    verifier: str,
    nonce: str,
) -> None:
    await execute(
        connection,
        """insert into auth.oidc_logins (token_hash, browser_hash, provider, tenant, redirect_url, verifier, nonce)
           values (%s, %s, %s, %s, %s, %s, %s)""",
        [token_hash, browser_hash, provider, tenant, redirect_url, verifier, nonce],
    )


async def waiting(connection: Connection, token_hash: bytes, provider: str) -> DictRow | None:
    """`{id, browser_hash, tenant, redirect_url, age}` of a login whose provider has not answered yet."""
    return await fetch_one(
        connection,
        """select id, browser_hash, tenant, redirect_url, clock_timestamp() - created_at as age from auth.oidc_logins
           where token_hash = %s and provider = %s and code is null""",
        [token_hash, provider],
    )


async def begun_last(connection: Connection, browser_hashes: list[bytes]) -> DictRow | None:
    """`{provider, redirect_url}` of the login that a browser began last, of those whose secrets it shows."""
    return await fetch_one(
        connection,
        """select provider, redirect_url from auth.oidc_logins
           where browser_hash = any(%s) and code is null order by created_at desc limit 1""",
        [browser_hashes],
    )


async def answer(connection: Connection, login_id: UUID, code: str, token_hash: bytes) -> bool:
    """Keep the provider's code; from now on the login is known by another token. False when there is a code already,
    or no such login any more."""
    return (
        await execute(
            connection,
            "update auth.oidc_logins set code = %s, token_hash = %s where id = %s and code is null",
            [code, token_hash, login_id],
        )
        == 1
    )


async def delete(connection: Connection, login_id: UUID) -> None:
    await execute(connection, "delete from auth.oidc_logins where id = %s", [login_id])


async def take(connection: Connection, token_hash: bytes) -> DictRow | None:
    """Remove a login and give it: `{browser_hash, provider, tenant, verifier, nonce, code, age}`."""
    return await fetch_one(
        connection,
        """delete from auth.oidc_logins where token_hash = %s
           returning browser_hash, provider, tenant, verifier, nonce, code, clock_timestamp() - created_at as age""",
        [token_hash],
    )


async def delete_older(connection: Connection, age: timedelta) -> int:
    return await execute(connection, "delete from auth.oidc_logins where created_at < clock_timestamp() - %s", [age])


async def user_of(connection: Connection, provider: str, external_id: str) -> UUID | None:
    found: UUID | None = await fetch_value(
        connection,
        "select user_id from auth.oidc_links where provider = %s and external_id = %s",
        [provider, external_id],
    )
    return found


async def link(
    connection: Connection, user_id: UUID, *, provider: str, external_id: str, username: str, profile_url: str | None
) -> None:
    """Raises psycopg.errors.UniqueViolation when either side has another link."""
    await execute(
        connection,
        """insert into auth.oidc_links (user_id, provider, external_id, username, profile_url)
           values (%s, %s, %s, %s, %s)""",
        [user_id, provider, external_id, username, profile_url],
    )


async def rename(connection: Connection, provider: str, external_id: str, username: str, url: str | None) -> None:
    """Keep up with how the account calls itself."""
    await execute(
        connection,
        "update auth.oidc_links set username = %s, profile_url = %s where provider = %s and external_id = %s",
        [username, url, provider, external_id],
    )


async def providers_of_user(connection: Connection, user_id: UUID) -> list[str]:
    """The ids of the linked providers. Locks the links until the end of the transaction."""
    rows = await fetch_all(
        connection, "select provider from auth.oidc_links where user_id = %s order by provider for update", [user_id]
    )
    return [row["provider"] for row in rows]


async def unlink(connection: Connection, user_id: UUID, provider: str) -> bool:
    return (
        await execute(
            connection, "delete from auth.oidc_links where user_id = %s and provider = %s", [user_id, provider]
        )
        == 1
    )
