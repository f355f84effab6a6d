"""What makes or takes away a way to log in can be done just after a login only: who finds a session open, or steals it,
cannot log in by another way later."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest
from auth_client import ORIGIN, Auth, bearer
from tests.fakes.authenticator import Authenticator

from kyoo.core.database.postgres import Database, execute

ME = "/auth/users/me"
CHANGES: list[tuple[str, str, dict[str, Any] | None]] = [
    ("POST", f"{ME}/passkeys/options", None),
    ("DELETE", f"{ME}/passkeys/00000000-0000-4000-8000-000000000000", None),
    ("POST", f"{ME}/totp", None),
    ("POST", f"{ME}/recovery-codes", {"code": None}),
    ("POST", f"{ME}/app-passwords", {"name": "TV"}),
]
#: Those that clients know which know no second factor.
CHANGES_OF_THE_CONTRACT: list[tuple[str, str, dict[str, Any] | None]] = [
    ("PATCH", ME, {"email": "new@kyoo.test"}),
    ("GET", "/auth/oidc/callback/unknown?token=x", None),
]


async def minutes_pass(database: Database, minutes: float) -> None:
    async with database.connection() as connection:
        await execute(
            connection,
            "update auth.sessions set created_date = created_date - make_interval(secs => %s)",
            [minutes * 60],
        )


def is_refused(response: httpx2.Response) -> bool:
    refused = response.status_code == 403 and response.json()["details"] == {"freshLogin": True}
    assert refused or response.status_code in (200, 201, 204, 404, 409), response.text
    return refused


async def add_passkey(auth: Auth, token: str) -> None:
    options = (await auth.client.post(f"{ME}/passkeys/options", headers=bearer(token))).json()
    body = {"name": "Key", "credential": Authenticator(ORIGIN).create(options)}
    assert (await auth.client.post(f"{ME}/passkeys", json=body, headers=bearer(token))).status_code == 201


@pytest.mark.parametrize(("method", "url", "body"), CHANGES_OF_THE_CONTRACT)
async def test_what_other_clients_can_do_takes_a_login_of_who_has_a_second_factor(
    auth: Auth, database: Database, method: str, url: str, body: dict[str, Any] | None
) -> None:
    alice, bob = await auth.register("alice"), await auth.register("bob")
    await add_passkey(auth, alice)
    await minutes_pass(database, 60)
    assert is_refused(await auth.client.request(method, url, json=body, headers=bearer(alice)))
    assert not is_refused(await auth.client.request(method, url, json=body, headers=bearer(bob)))


@pytest.mark.parametrize(("method", "url", "body"), CHANGES)
async def test_a_login_is_fresh_for_ten_minutes(
    auth: Auth, database: Database, method: str, url: str, body: dict[str, Any] | None
) -> None:
    async def change(token: str) -> httpx2.Response:
        return await auth.client.request(method, url, json=body, headers=bearer(token))

    token = await auth.register("alice")
    await minutes_pass(database, 9.9)
    assert not is_refused(await change(token))
    stale = await auth.register("bob")
    await minutes_pass(database, 10)
    assert is_refused(await change(stale))
    # Another session makes none of the others fresh.
    fresh = await auth.log_in("bob")
    assert is_refused(await change(stale))
    assert not is_refused(await change(fresh))


async def test_a_passkey_counts(auth: Auth, database: Database) -> None:
    token, key = await auth.register("alice"), Authenticator(ORIGIN)
    options = (await auth.client.post(f"{ME}/passkeys/options", headers=bearer(token))).json()
    # Who takes long with the authenticator has begun in time.
    await minutes_pass(database, 11)
    body = {"name": "Key", "credential": key.create(options)}
    added = await auth.client.post(f"{ME}/passkeys", json=body, headers=bearer(token))
    assert added.status_code == 201
    url = f"{ME}/passkeys/{added.json()['id']}"
    assert is_refused(await auth.client.delete(url, headers=bearer(token)))
    begun = (await auth.client.post("/auth/passkeys/options")).json()
    answer = {"challenge": begun["challenge"], "credential": key.get(begun["publicKey"])}
    fresh = (await auth.client.post("/auth/passkeys/sessions", json=answer)).json()["token"]
    assert (await auth.client.delete(url, headers=bearer(fresh))).status_code == 204


async def test_a_device_that_was_let_in_has_proved_nothing(auth: Auth, database: Database) -> None:
    token = await auth.register("alice")
    await minutes_pass(database, 60)
    code = (await auth.client.post("/auth/device")).json()
    url = f"/auth/device/{code['userCode']}"
    assert (await auth.client.post(url, json={"approve": True}, headers=bearer(token))).status_code == 204
    let_in = await auth.client.post("/auth/device/token", json={"deviceCode": code["deviceCode"]})
    assert let_in.status_code == 201, let_in.text
    assert is_refused(await auth.client.post(f"{ME}/totp", headers=bearer(let_in.json()["token"])))


async def test_a_first_password(auth: Auth, database: Database) -> None:
    token = await auth.register("alice")
    await add_passkey(auth, token)
    async with database.connection() as connection:
        await execute(connection, "update auth.users set password = null")
    for minutes, refused in ((60, True), (-60, False)):
        await minutes_pass(database, minutes)
        body = {"oldPassword": "x", "newPassword": "correct horse"}
        assert is_refused(await auth.client.patch(f"{ME}/password", json=body, headers=bearer(token))) is refused


async def test_administrators_go_no_other_way_about_their_own_account(auth: Auth, database: Database) -> None:
    token = await auth.register("alice")
    me, other = (await auth.me(token))["id"], (await auth.me(await auth.register("bob")))["id"]
    made = await auth.client.post(f"{ME}/app-passwords", json={"name": "TV"}, headers=bearer(token))
    login = {"login": "alice", "password": made.json()["password"]}
    program = (await auth.client.post("/auth/sessions", json=login)).json()["token"]

    async def attempts(token: str, user: str) -> list[httpx2.Response]:
        url, headers = f"/auth/users/{user}", bearer(token)
        return [
            await auth.client.post(f"{url}/password-reset", headers=headers),
            await auth.client.patch(url, json={"email": f"new-{user}@kyoo.test"}, headers=headers),
            await auth.client.delete(f"{url}/second-factors", headers=headers),
        ]

    assert [answer.status_code for answer in await attempts(program, me)] == [403, 403, 403]
    assert (await auth.client.delete(f"/auth/users/{me}", headers=bearer(program))).status_code == 403
    assert not any(map(is_refused, await attempts(token, me)))
    await minutes_pass(database, 60)
    reset, email, factors = await attempts(token, me)
    assert is_refused(reset)
    assert is_refused(factors)
    # As in a client that cannot ask for a login.
    assert not is_refused(email)
    assert not any(map(is_refused, await attempts(token, other)))
    # The e-mail that it has already is no change.
    for body in ({"claims": {}}, {"email": f"new-{me}@kyoo.test"}):  # type: ignore[var-annotated]
        assert (await auth.client.patch(f"/auth/users/{me}", json=body, headers=bearer(program))).status_code == 200


async def test_everything_else_needs_no_login(auth: Auth, database: Database) -> None:
    token = await auth.register("alice")
    await minutes_pass(database, 60)
    # The e-mail that it has already is no change.
    for body in ({"username": "alicia"}, {"claims": {"settings": {}}}, {"email": "alice@kyoo.test"}):  # type: ignore[var-annotated]
        assert (await auth.client.patch(ME, json=body, headers=bearer(token))).status_code == 200
    body = {"oldPassword": "password of alice", "newPassword": "correct horse"}
    assert (await auth.client.patch(f"{ME}/password", json=body, headers=bearer(token))).status_code == 204
