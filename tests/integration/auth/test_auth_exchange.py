"""`ANY /auth/jwt`: every credential, the JWT it gives, renewal, and when a credential ends."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from auth_client import ADMIN_KEY, ORIGIN, Auth, MakeAuth, bearer, running
from joserfc import jwt as jose
from joserfc.jwk import KeySet
from tests.waiting import PATIENCE, until

from kyoo.core.database.postgres import Connection, Database, execute, fetch_one
from kyoo.core.tokens import NIL_UUID, JwksUrl, Verifier


async def claims_of(auth: Auth, token: str) -> dict[str, Any]:
    keys = KeySet.import_key_set((await auth.client.get("/.well-known/jwks.json")).json())
    return dict(jose.decode(token, keys, algorithms=["EdDSA"]).claims)


async def status(auth: Auth, path: str = "/auth/jwt", **headers: str) -> int:
    return (await auth.client.get(path, headers=headers)).status_code


async def test_the_token_of_a_session(auth: Auth) -> None:
    token = await auth.register("alice")
    me = await auth.me(token)
    session = (await auth.client.get("/auth/sessions", headers=bearer(token))).json()[0]
    claims = await claims_of(auth, await auth.jwt(**bearer(token)))
    assert claims["sub"] == me["id"]
    assert claims["sid"] == session["id"]
    assert claims["username"] == "alice"
    assert UUID(claims["jti"])  # type: ignore[truthy-bool]
    assert claims["iss"] == ORIGIN
    assert claims["exp"] - claims["iat"] == 3600
    assert abs(claims["iat"] - time.time()) < 5
    assert claims["permissions"] == me["claims"]["permissions"]
    assert claims["verified"] is True


async def test_the_answer_is_for_the_gateway_too(auth: Auth) -> None:
    response = await auth.client.get("/auth/jwt", headers=bearer(await auth.register()))
    assert response.headers["Authorization"] == f"Bearer {response.json()['token']}"
    assert set(response.json()) == {"token"}


async def test_other_services_verify_the_token_with_the_published_keys(auth: Auth) -> None:
    token = await auth.jwt(**bearer(await auth.register("alice")))
    verifier = Verifier(JwksUrl(auth.client, "/.well-known/jwks.json"), issuer=ORIGIN)
    identity = await verifier.verify(token)
    assert identity.username == "alice"
    assert "core.read" in identity.permissions


async def test_any_verb_and_any_suffix(auth: Auth) -> None:
    headers = {"X-Api-Key": ADMIN_KEY}
    verbs = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND", "PURGE", "QUERY")
    paths = ("/auth/jwt", "/auth/jwt/api/shows", "/auth/jwt/video/x/y?z=1")
    for verb, path in itertools.product(verbs, paths):
        response = await auth.client.request(verb, path, headers=headers)
        assert (response.status_code, "Authorization" in response.headers) == (200, True)


async def test_a_body_is_neither_read_nor_waited_for(auth: Auth) -> None:
    """Some gateways ask with the headers of a request, but without its body."""

    async def that_never_comes() -> AsyncIterator[bytes]:
        await asyncio.Event().wait()
        yield b""

    headers = {**bearer(await auth.register()), "Content-Type": "application/json"}
    for path in ("/auth/jwt", "/auth/jwt/api/movies"):
        for content in (that_never_comes(), b"no json", b'{"a": "\\u0000"}', b"x" * 1024 * 1024):
            async with asyncio.timeout(PATIENCE):
                assert (await auth.client.post(path, content=content, headers=headers)).status_code == 200


async def test_where_a_session_token_can_be(auth: Auth) -> None:
    token = await auth.register("alice")
    for headers in (
        {"Authorization": f"Bearer {token}"},
        {"Authorization": f"bearer {token}"},
        {"Cookie": f"other=1; X-Bearer={token}"},
        {"Sec-WebSocket-Protocol": f"kyoo, Bearer {token}"},
        {"Sec-WebSocket-Protocol": f"kyoo,Bearer {token}"},
        {"Sec-WebSocket-Protocol": "kyoo", "Cookie": f"X-Bearer={token}"},
    ):
        assert (await claims_of(auth, await auth.jwt(**headers)))["username"] == "alice"
    two_lines = [("Sec-WebSocket-Protocol", "kyoo"), ("Sec-WebSocket-Protocol", f"Bearer {token}")]
    assert (await auth.client.get("/auth/jwt", headers=two_lines)).status_code == 200


async def test_the_first_credential_decides(auth: Auth) -> None:
    alice, bob = await auth.register("alice"), await auth.register("bob")
    signature = await auth.presign(bob, {"prefix": "/api/", "verb": "GET"})

    async def name(**headers: str) -> str:
        return str((await claims_of(auth, await auth.jwt(**headers)))["username"])

    both = {**bearer(alice), "Cookie": f"X-Bearer={bob}"}
    assert await name(**both) == "alice"
    assert await name(**both, **{"X-Api-Key": ADMIN_KEY}) == "admin"
    forwarded = {"X-Forwarded-Uri": f"/api/shows?a=1&x-presign={signature}", "X-Forwarded-Method": "GET"}
    assert await name(**both, **{"X-Api-Key": ADMIN_KEY}, **forwarded) == "bob"
    assert await name(**bearer(alice), **{"X-Api-Key": ""}) == "alice"


async def test_a_bad_credential_is_not_skipped(auth: Auth) -> None:
    token = await auth.register()
    assert await status(auth, **bearer("not-a-token")) == 403
    assert await status(auth, **bearer("not.a.jwt")) == 403
    assert await status(auth, **bearer("x" * 5000)) == 403
    assert await status(auth, **{"X-Api-Key": "wrong"}, **bearer(token)) == 403
    assert await status(auth, Authorization="Basic abc", Cookie=f"X-Bearer={token}") == 401
    assert await status(auth, Authorization="Bearer", Cookie=f"X-Bearer={token}") == 401


async def test_nothing_is_a_guest_if_there_are_guests(auth: Auth, make_auth: MakeAuth) -> None:
    assert await status(auth) == 401
    assert await status(auth, Cookie="X-Bearer=") == 401
    open_house = await make_auth(guest_claims={"permissions": ["core.read"], "verified": True})
    claims = await claims_of(open_house, await open_house.jwt())
    assert claims["username"] == "guest"
    assert claims["sub"] == claims["sid"] == str(NIL_UUID)
    assert claims["permissions"] == ["core.read"]


async def test_the_token_of_an_api_key(auth: Auth) -> None:
    claims = await claims_of(auth, await auth.jwt(**{"x-aPI-kEY": ADMIN_KEY}))
    assert claims["username"] == "admin"
    assert claims["sub"] == claims["sid"] != str(NIL_UUID)


async def test_a_token_is_renewed_with_its_id(auth: Auth) -> None:
    token = await auth.register("alice")
    first = await auth.jwt(**bearer(token))
    second = await auth.jwt(**bearer(first))
    assert (await claims_of(auth, second))["jti"] == (await claims_of(auth, first))["jti"]
    changed = await auth.client.patch("/auth/users/me", json={"claims": {"a": 1}}, headers=bearer(token))
    assert changed.status_code == 200
    third = await claims_of(auth, await auth.jwt(**bearer(first)))
    assert third["a"] == 1
    assert third["jti"] == (await claims_of(auth, first))["jti"]


async def test_the_token_of_an_api_key_cannot_be_renewed(auth: Auth) -> None:
    assert await status(auth, **bearer(await auth.jwt(**{"X-Api-Key": ADMIN_KEY}))) == 403


async def test_the_token_of_a_guest_is_renewed_while_there_are_guests(auth: Auth, make_auth: MakeAuth) -> None:
    open_house = await make_auth(guest_claims={"permissions": []})
    token = await open_house.jwt()
    assert await status(open_house, **bearer(token)) == 200
    assert await status(auth, **bearer(token)) == 401


async def test_tokens_of_other_issuers_and_of_the_past_are_refused(auth: Auth, make_auth: MakeAuth) -> None:
    token = await auth.register("alice")
    keys = auth.app.state.context.keys
    fine = await claims_of(auth, await auth.jwt(**bearer(token)))
    for claims in (
        {**fine, "exp": int(time.time()) - 1},
        {name: value for name, value in fine.items() if name != "exp"},
        {**fine, "sid": "no uuid"},
        {name: value for name, value in fine.items() if name != "jti"},
        {**fine, "sid": str(uuid4())},
    ):
        assert await status(auth, **bearer(keys.sign(claims))) == 403
    expired = keys.sign({**fine, "exp": int(time.time()) - 1})
    assert await status(auth, "/auth/users/me", **bearer(expired)) == 401
    unsigned, odd = "eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.", "eyJhbGciOiJFZERTQSIsImNyaXQiOjV9.e30.c2ln"
    for rubbish in (unsigned, odd):
        assert await status(auth, **bearer(rubbish)) == 403
        assert await status(auth, f"/auth/jwt?x-presign={rubbish}") == 403
        assert await status(auth, "/auth/users/me", Cookie=f"X-Bearer={rubbish}") == 401


async def test_the_end_of_a_session_ends_what_came_from_it(auth: Auth) -> None:
    token = await auth.register("alice")
    other = await auth.log_in("alice")
    jwt = await auth.jwt(**bearer(token))
    signature = await auth.presign(token, {"prefix": "/api/", "verb": "GET"})
    forwarded = {"X-Forwarded-Uri": f"/api/shows?x-presign={signature}"}
    assert await status(auth, **forwarded) == 200
    closed = await auth.client.delete("/auth/sessions", headers=bearer(token))
    assert closed.status_code == 200
    assert await status(auth, **bearer(token)) == 403
    assert await status(auth, **bearer(jwt)) == 403
    assert await status(auth, "/auth/users/me", **bearer(jwt)) == 403
    assert await status(auth, **forwarded) == 403
    assert await status(auth, **bearer(other)) == 200


class CountingDatabase(Database):
    """Counts the connections taken; the exchange runs one query on each."""

    taken = 0

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        self.taken += 1
        async with super().connection() as connection:
            yield connection


@pytest.fixture
async def counting(conninfo: str) -> AsyncIterator[CountingDatabase]:
    database = CountingDatabase(conninfo, max_size=4)
    await database.open()
    yield database
    await database.close()


async def test_an_exchange_costs_one_query_and_then_none(counting: CountingDatabase) -> None:
    async with running(counting, exchange_cache_seconds=60) as auth:
        token = await auth.register()
        before = counting.taken
        first = await auth.jwt(**bearer(token))
        assert counting.taken - before == 1
        assert {await auth.jwt(**bearer(token)) for _ in range(5)} == {first}
        assert counting.taken - before == 1


async def test_without_memory_each_exchange_asks(counting: CountingDatabase) -> None:
    async with running(counting, exchange_cache_seconds=0) as auth:
        token = await auth.register()
        before = counting.taken
        await auth.jwt(**bearer(token))
        await auth.jwt(**bearer(token))
        assert counting.taken - before == 2


async def test_a_lookup_that_began_before_a_change_is_not_remembered(auth: Auth) -> None:
    token = await auth.register()
    user = UUID((await auth.me(token))["id"])
    principals = auth.app.state.context.principals
    principals.forget(user)
    for _ in range(10):
        lookup = asyncio.create_task(principals.of_session_token(token))
        await asyncio.sleep(0)
        principals.forget(user)
        await lookup
        taken = auth.app.state.context.database
        async with taken.connection() as connection:
            await execute(connection, "update auth.users set claims = claims || '{\"n\": 1}'")
        assert (await principals.of_session_token(token)).claims["n"] == 1
        async with taken.connection() as connection:
            await execute(connection, "update auth.users set claims = claims - 'n'")
        principals.forget(user)


async def test_uses_are_noted_at_most_once_a_minute(auth: Auth, database: Database) -> None:
    token = await auth.register()
    activity = auth.app.state.context.activity

    async def last_used(age: str) -> float:
        """Seconds since the session was used, after an exchange that came `age` after the use before."""
        async with database.connection() as connection:
            await execute(connection, f"update auth.sessions set last_used = now() - interval '{age}'")
            await execute(connection, f"update auth.users set last_seen = now() - interval '{age}'")
        auth.app.state.context.principals.forget_all()
        await auth.jwt(**bearer(token))
        await activity.flush()
        async with database.connection() as connection:
            row = await fetch_one(
                connection,
                """select extract(epoch from now() - last_used)::float8 as used,
                          extract(epoch from now() - last_seen)::float8 as seen
                   from auth.sessions join auth.users u on u.id = user_id""",
            )
        assert row is not None
        assert abs(row["used"] - row["seen"]) < 2
        return float(row["used"])

    assert await last_used("30 seconds") > 29
    assert await last_used("5 minutes") < 10


async def test_what_another_replica_noted_is_not_noted_again(auth: Auth, database: Database) -> None:
    await auth.register()
    query = "select id, user_id, last_used from auth.sessions"
    async with database.connection() as connection:
        before = await fetch_one(connection, query)
        assert before is not None
        activity = auth.app.state.context.activity
        activity.session_used(before["id"], before["user_id"], before["last_used"] - timedelta(hours=1))
        await activity.flush()
        assert await fetch_one(connection, query) == before


async def test_uses_are_noted_without_being_asked(auth: Auth, database: Database) -> None:
    token = await auth.register()
    async with database.connection() as connection:
        await execute(connection, "update auth.sessions set last_used = now() - interval '1 day'")
    await auth.jwt(**bearer(token))

    async def is_noted() -> bool:
        (session,) = (await auth.client.get("/auth/sessions", headers=bearer(token))).json()
        return bool(session["lastUsed"] > session["createdDate"])

    await until(is_noted)


async def test_a_session_ends_after_thirty_days_without_use(auth: Auth, database: Database) -> None:
    old, young = await auth.register("alice"), await auth.log_in("alice")
    async with database.connection() as connection:
        await execute(
            connection,
            "update auth.sessions set last_used = now() - interval '30 days 1 minute' "
            "where created_date = (select min(created_date) from auth.sessions)",
        )
    assert await status(auth, **bearer(old)) == 403
    listed = await auth.client.get("/auth/sessions", headers=bearer(young))
    assert [session["current"] for session in listed.json()] == [True]


async def test_a_replica_accepts_what_another_gave(auth: Auth, make_auth: MakeAuth) -> None:
    replica = await make_auth()
    token = await auth.register("alice")
    jwt = await auth.jwt(**bearer(token))
    assert await status(replica, **bearer(token)) == 200
    assert await status(replica, **bearer(jwt)) == 200
    assert await claims_of(auth, await replica.jwt(**bearer(token)))
