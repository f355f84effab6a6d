"""Login throttling: per account and per address, shared by replicas, the same for accounts that do not exist."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

import httpx2
import pytest
from argon2 import PasswordHasher, extract_parameters
from auth_client import ORIGIN, Auth, MakeAuth, bearer
from hypothesis import given
from hypothesis import strategies as st
from starlette.types import Scope

from kyoo.auth.routes.remembered import remembered_exchange
from kyoo.auth.settings import ApiKeyConfig
from kyoo.auth.throttle import network_of
from kyoo.core.database.postgres import Database, execute
from kyoo.core.http.forwarded import Forwarded


async def log_in(auth: Auth, login: str, password: str, address: str = "192.0.2.1") -> httpx2.Response:
    transport = httpx2.ASGITransport(app=auth.app, client=(address, 1))
    async with httpx2.AsyncClient(transport=transport, base_url=ORIGIN) as client:
        return await client.post("/auth/sessions", json={"login": login, "password": password})


async def test_an_account_locks_after_its_failures_and_says_until_when(make_auth: MakeAuth) -> None:
    auth = await make_auth(login_attempts_per_account=3, login_attempts_per_address=0)
    await auth.register("alice")
    await auth.register("bob")
    for attempt in range(3):
        assert (await log_in(auth, "alice", "wrong", f"192.0.2.{attempt}")).status_code == 403
    refused = await log_in(auth, "ALICE@kyoo.test", "password of alice", "192.0.2.77")
    assert refused.status_code == 429
    assert refused.json()["status"] == 429
    # One attempt comes back after a third of a quarter of an hour.
    assert 290 <= int(refused.headers["retry-after"]) <= 300
    assert (await log_in(auth, "bob", "password of bob")).status_code == 201


async def test_an_unknown_account_locks_in_the_same_way(make_auth: MakeAuth) -> None:
    auth = await make_auth(login_attempts_per_account=2, login_attempts_per_address=0)
    statuses = [(await log_in(auth, "nobody", "x")).status_code for _ in range(3)]
    assert statuses == [404, 404, 429]


async def test_a_stolen_session_does_not_help_to_guess_the_password(make_auth: MakeAuth) -> None:
    auth = await make_auth(login_attempts_per_account=2)
    headers = bearer(await auth.register("alice"))

    async def change(old: str) -> int:
        body = {"oldPassword": old, "newPassword": "battery staple"}
        return (await auth.client.patch("/auth/users/me/password", json=body, headers=headers)).status_code

    assert [await change("wrong"), await change("wrong"), await change("password of alice")] == [403, 403, 429]
    # Logins are counted apart.
    for _ in range(2):
        assert (await log_in(auth, "alice", "wrong")).status_code == 403
    await auth.register("bob")
    headers = bearer(await auth.log_in("bob"))
    assert await change("password of bob") == 204


async def test_an_address_locks_whatever_accounts_it_tries(make_auth: MakeAuth) -> None:
    auth = await make_auth(login_attempts_per_account=0, login_attempts_per_address=3)
    await auth.register("alice")
    for number in range(3):
        assert (await log_in(auth, f"user{number}", "x", f"2001:db8::{number + 1}")).status_code == 404
    assert (await log_in(auth, "alice", "password of alice", "2001:db8::ffff")).status_code == 429
    assert (await log_in(auth, "alice", "password of alice", "2001:db8:0:1::1")).status_code == 201


async def test_replicas_count_together(make_auth: MakeAuth) -> None:
    one, other = [await make_auth(login_attempts_per_account=2) for _ in range(2)]
    await one.register("alice")
    assert (await log_in(one, "alice", "wrong")).status_code == 403
    assert (await log_in(other, "alice", "wrong")).status_code == 403
    assert (await log_in(one, "alice", "password of alice")).status_code == 429


async def test_attempts_made_at_once_are_counted_one_by_one(make_auth: MakeAuth) -> None:
    auth = await make_auth(login_attempts_per_account=3, password_concurrency=4)
    await auth.register("alice")
    answers = await asyncio.gather(*(log_in(auth, "alice", "wrong") for _ in range(12)))
    assert sorted(answer.status_code for answer in answers) == [403] * 3 + [429] * 9


async def test_right_passwords_are_not_counted(make_auth: MakeAuth) -> None:
    auth = await make_auth(login_attempts_per_account=3, login_attempts_per_address=3)
    await auth.register("alice")
    answers = await asyncio.gather(*(log_in(auth, "alice", "password of alice") for _ in range(8)))
    assert [answer.status_code for answer in answers] == [201] * 8
    assert (await log_in(auth, "alice", "wrong")).status_code == 403
    assert (await log_in(auth, "alice", "password of alice")).status_code == 201


async def test_failures_are_forgiven_in_time(make_auth: MakeAuth, database: Database) -> None:
    auth = await make_auth(login_attempts_per_account=3, login_attempts_per_address=0)
    await auth.register("alice")
    for _ in range(3):
        assert (await log_in(auth, "alice", "wrong")).status_code == 403
    assert (await log_in(auth, "alice", "wrong")).status_code == 429
    async with database.connection() as connection:
        await execute(connection, "update auth.attempts set until = until - interval '5 minutes'")
    # A third of the time gives back a third of the attempts.
    assert (await log_in(auth, "alice", "wrong")).status_code == 403
    assert (await log_in(auth, "alice", "wrong")).status_code == 429


async def test_unknown_accounts_take_as_long_as_known_ones(
    make_auth: MakeAuth, monkeypatch: pytest.MonkeyPatch
) -> None:
    auth = await make_auth()
    await auth.register("alice")
    hashes: list[str] = []
    verify = PasswordHasher.verify

    def verify_and_note(hasher: PasswordHasher, hashed: str, password: str) -> bool:
        hashes.append(hashed)
        return verify(hasher, hashed, password)

    monkeypatch.setattr(PasswordHasher, "verify", verify_and_note)
    for login in ("alice", "nobody"):
        await log_in(auth, login, "wrong")
    # The work of argon2 follows from these parameters, and is all that takes time.
    known, unknown = (extract_parameters(hashed) for hashed in hashes)
    assert known == unknown


@given(st.ip_addresses(v=6))
def test_an_ipv6_customer_is_a_64_network(address: object) -> None:
    network = network_of(str(address))
    assert network_of(f"{address}%eth0") == network
    assert network == network_of(network.partition("/")[0])


async def register(auth: Auth, name: str, address: str, **changes: str) -> httpx2.Response:
    body = {"username": name, "email": f"{name}@kyoo.test", "password": f"password of {name}", **changes}
    transport = httpx2.ASGITransport(app=auth.app, client=(address, 1))
    async with httpx2.AsyncClient(transport=transport, base_url=ORIGIN) as client:
        return await client.post("/auth/users", json=body)


@pytest.mark.usefixtures("real_passwords")
async def test_a_flood_of_registrations_keeps_nobody_from_logging_in(make_auth: MakeAuth) -> None:
    auth = await make_auth(registrations_per_address=0)
    await auth.register("alice")
    begun = time.monotonic()
    await auth.register("bob")
    one = time.monotonic() - begun
    flood = [asyncio.create_task(register(auth, f"flood{number}", f"198.51.100.{number}")) for number in range(90)]
    await asyncio.sleep(one)
    begun = time.monotonic()
    assert (await log_in(auth, "alice", "password of alice")).status_code == 201
    taken = time.monotonic() - begun
    assert sum(task.done() for task in flood) < 60, "the flood lasts"
    assert taken < 8 * one
    for task in flood:
        task.cancel()
    await asyncio.gather(*flood, return_exceptions=True)


async def test_one_address_makes_so_many_accounts_an_hour(make_auth: MakeAuth, database: Database) -> None:
    auth = await make_auth(registrations_per_address=3)
    assert (await register(auth, "a", "2001:db8::1")).status_code == 201
    assert (await register(auth, "b", "2001:db8::2")).status_code == 201
    assert (await register(auth, "a", "2001:db8::3")).status_code == 409
    refused = await register(auth, "c", "2001:db8::4")
    assert refused.status_code == 429
    assert 1190 <= int(refused.headers["retry-after"]) <= 1200
    assert (await register(auth, "c", "2001:db8:0:1::4")).status_code == 201
    # Logins are counted apart.
    assert (await log_in(auth, "a", "password of a", "2001:db8::1")).status_code == 201
    async with database.connection() as connection:
        await execute(connection, "update auth.attempts set until = until - interval '21 minutes'")
    assert (await register(auth, "d", "2001:db8::4")).status_code == 201


async def test_forged_forwarding_headers_pass_no_limit(make_auth: MakeAuth) -> None:
    """As advisories of this field have it: a new X-Forwarded-For for each guess. Behind a gateway that is trusted, the
    address before it counts, whatever the client wrote before that."""
    auth = await make_auth(login_attempts_per_account=0, login_attempts_per_address=3, registrations_per_address=3)
    app = Forwarded(auth.app, ORIGIN, trusted="127.0.0.1")

    async def statuses(client: str, path: str, forwarded: str) -> list[int]:
        transport = httpx2.ASGITransport(app=app, client=(client, 1))
        found = []
        async with httpx2.AsyncClient(transport=transport, base_url=ORIGIN) as visitor:
            for number in range(4):
                name = f"{client}-{number}".replace(".", "-")
                body = {"username": name, "email": f"{name}@kyoo.test", "login": name, "password": "correct horse"}
                address = forwarded.format(number)
                headers = {"X-Forwarded-For": address, "X-Real-IP": address, "Forwarded": f"for={address}"}
                found.append((await visitor.post(path, json=body, headers=headers)).status_code)
        return found

    assert await statuses("203.0.113.9", "/auth/sessions", "192.0.2.{}") == [404, 404, 404, 429]
    assert await statuses("203.0.113.9", "/auth/users", "192.0.2.{}") == [201, 201, 201, 429]
    assert await statuses("127.0.0.1", "/auth/sessions", "192.0.2.{}, 203.0.113.10") == [404, 404, 404, 429]
    assert await statuses("127.0.0.1", "/auth/users", "192.0.2.{}, 203.0.113.10") == [201, 201, 201, 429]
    assert 429 not in await statuses("127.0.0.1", "/auth/sessions", "198.51.100.{}"), "other clients of the gateway"


async def test_thirty_registrations_an_hour_from_one_address_are_nothing_special(make_auth: MakeAuth) -> None:
    assert (await make_auth()).app.state.context.settings.registrations_per_address >= 30


async def test_a_taken_name_costs_no_hash(auth: Auth, monkeypatch: pytest.MonkeyPatch) -> None:
    await auth.register("alice")

    async def never(*_: object, **__: object) -> str:
        raise AssertionError("a password is hashed")

    monkeypatch.setattr(auth.app.state.context.registrations._passwords, "hash", never)
    assert (await register(auth, "alice", "192.0.2.1", email="x@kyoo.test")).status_code == 409
    assert (await register(auth, "bob", "192.0.2.1", email="ALICE@kyoo.test")).status_code == 409
    body = {"username": "bob", "email": "bob@kyoo.test", "password": "password of bob"}
    answer = await auth.client.post("/auth/users?invitation=made-up", json=body)
    assert answer.status_code == 403


async def with_key(auth: Auth, key: str, address: str, path: str = "/auth/jwt") -> httpx2.Response:
    transport = httpx2.ASGITransport(app=auth.app, client=(address, 1))
    async with httpx2.AsyncClient(transport=transport, base_url=ORIGIN) as client:
        return await client.get(path, headers={"X-Api-Key": key})


async def test_wrong_api_keys_are_counted_and_noted(make_auth: MakeAuth) -> None:
    claims = {"permissions": ["users.read"]}
    keys = {
        "short": ApiKeyConfig(token="1234apikey", claims=claims),
        "long": ApiKeyConfig(token="k" * 40, claims=claims),
    }
    one, other = [await make_auth(api_keys=keys, login_attempts_per_address=3) for _ in range(2)]
    for number, (auth, path) in enumerate(((one, "/auth/jwt"), (other, "/auth/users"), (one, "/auth/users"))):
        assert (await with_key(auth, f"guess {number}", f"2001:db8::{number + 1}", path)).status_code == 403
    for auth in (one, other):
        refused = await with_key(auth, "guess", "2001:db8::9")
        assert refused.status_code == 429
        assert int(refused.headers["retry-after"]) > 0
        assert (await with_key(auth, "x" * 40, "2001:db8::9")).status_code == 429
        assert (await with_key(auth, "1234apikey", "2001:db8::9")).status_code == 429, "a guess that is right"
        assert (await with_key(auth, "k" * 40, "2001:db8::9")).status_code == 200, "nobody guesses this one"
        assert (await with_key(auth, "1234apikey", "2001:db8:0:1::9")).status_code == 200
    for auth in (one, other):
        # The gateway of `kyoo serve` looks here first.
        at_gateway = remembered_exchange(auth.app.state.context)

        def known(key: str, address: str, ask: Callable[[Scope], str | None] = at_gateway) -> bool:
            headers = [(b"x-api-key", key.encode())]
            scope = {"type": "http", "query_string": b"", "headers": headers, "client": (address, 1)}
            return ask(scope) is not None

        assert not known("1234apikey", "2001:db8::9"), "a guess that is right"
        assert known("k" * 40, "2001:db8::9")
        assert known("1234apikey", "2001:db8:0:1::9")
    entries = (await with_key(one, "k" * 40, "192.0.2.1", "/auth/audit?action=api_key.refused")).json()["items"]
    assert [entry["address"] for entry in entries] == ["2001:db8::3", "2001:db8::2", "2001:db8::1"]
    assert "guess" not in str(entries)
    # Logins are counted apart.
    assert (await log_in(one, "nobody", "x", "2001:db8::9")).status_code == 404
