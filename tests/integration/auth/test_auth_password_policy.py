"""Short and common passwords are refused wherever a new one is set; `off` refuses none."""

from __future__ import annotations

import httpx2
import pytest
from auth_client import ADMIN_KEY, Auth, MakeAuth, bearer

from kyoo.auth.factors.password_policy import common_passwords

ADMIN = {"X-Api-Key": ADMIN_KEY}
WEAK = ["", "short", "1234567", "12345678", "Password", "PASSWORD1 ", "iloveyou", "........", "alice.liddell"]


async def attempts(auth: Auth, password: str) -> list[httpx2.Response]:
    """The answers of everything that sets a password: registration, change, reset."""
    body = {"username": "alice.liddell", "email": "a@kyoo.test", "password": password}
    registered = await auth.client.post("/auth/users", json=body)
    await auth.client.post("/auth/users", json={**body, "password": "correct horse"})
    login = {"login": "alice.liddell", "password": "correct horse"}
    session = await auth.client.post("/auth/sessions", json=login)
    if registered.status_code == 201:
        session = registered
    token = session.json()["token"]
    own = (await auth.me(token))["id"]
    change = {"oldPassword": password if registered.status_code == 201 else "correct horse", "newPassword": password}
    changed = await auth.client.patch("/auth/users/me/password", json=change, headers=bearer(token))
    link = await auth.client.post(f"/auth/users/{own}/password-reset", headers=ADMIN)
    reset = httpx2.URL(link.json()["url"]).params["token"]
    return [registered, changed, await auth.client.post(f"/auth/password-resets/{reset}", json={"password": password})]


@pytest.mark.parametrize("password", WEAK)
async def test_weak_passwords_are_refused(auth: Auth, password: str) -> None:
    answers = await attempts(auth, password)
    assert [answer.status_code for answer in answers] == [422] * 3
    assert all(password not in answer.text for answer in answers if len(password) > 6 and password.islower())
    assert (await auth.client.get("/auth/info")).json()["features"]["passwordLength"] == 8


@pytest.mark.parametrize("password", ["correct horse", "пароль мой", "x9#kQ2!v", " spaces count "])
async def test_others_are_accepted(auth: Auth, password: str) -> None:
    assert [answer.status_code for answer in await attempts(auth, password)] == [201, 204, 204]


async def test_the_policy_can_be_off(make_auth: MakeAuth) -> None:
    auth = await make_auth(password_policy="off")
    body = {"username": "a", "email": "a@kyoo.test", "password": "x"}
    assert (await auth.client.post("/auth/users", json=body)).status_code == 201
    assert (await auth.client.get("/auth/info")).json()["features"]["passwordLength"] == 1


async def test_the_passwords_of_old_are_good(make_auth: MakeAuth) -> None:
    lax = await make_auth(password_policy="off")
    await lax.client.post("/auth/users", json={"username": "a", "email": "a@kyoo.test", "password": "x"})
    auth = await make_auth()
    assert (await auth.client.post("/auth/sessions", json={"login": "a", "password": "x"})).status_code == 201


def test_the_list_is_the_whole_list() -> None:
    words = common_passwords().split("\n")
    assert 10_000 < len(words) < 13_000
    assert {"password", "qwertyuiop", "iloveyou"} <= set(words)
    assert all(len(word) >= 8 and word == word.lower() for word in words if word)
