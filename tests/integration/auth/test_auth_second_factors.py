"""TOTP, recovery codes and app passwords: setting them up, and logging in with them."""

from __future__ import annotations

import asyncio
import time
from base64 import b32decode
from typing import Any
from uuid import uuid4

import pytest
from auth_client import ADMIN_KEY, ORIGIN, SLOW, Auth, MakeAuth, bearer
from tests.waiting import until

from kyoo.auth.factors.totp import code_at
from kyoo.core.database.postgres import Database, execute, fetch_all, fetch_value

ADMIN = {"X-Api-Key": ADMIN_KEY}


def code_of(secret: str, ahead: int = 0) -> str:
    return code_at(b32decode(secret), int(time.time()) // 30 + ahead)


async def post(auth: Auth, path: str, token: str = "", **body: Any) -> Any:
    return await auth.client.post(path, json=body, headers=bearer(token) if token else {})


async def set_up(auth: Auth, token: str) -> tuple[str, list[str]]:
    """TOTP for a user: the secret and the recovery codes. The code of the step before is used up."""
    begun = await post(auth, "/auth/users/me/totp", token)
    assert begun.status_code == 201, begun.text
    secret = str(begun.json()["secret"])
    confirmed = await post(auth, "/auth/users/me/totp/confirm", token, code=code_of(secret, -1))
    assert confirmed.status_code == 200, confirmed.text
    return secret, confirmed.json()["recoveryCodes"]


async def first_step(auth: Auth, name: str = "alice") -> str:
    """The challenge after the right password."""
    response = await post(auth, "/auth/sessions", login=name, password=f"password of {name}")
    assert response.status_code == 403, response.text
    assert set(response.json()) == {"status", "message", "details"}
    return str(response.json()["details"]["challenge"])


async def second_step(auth: Auth, challenge: str, code: str) -> Any:
    return await post(auth, "/auth/sessions/second-factor", challenge=challenge, code=code)


async def test_a_login_with_totp(auth: Auth) -> None:
    token = await auth.register("alice")
    assert (await auth.me(token))["secondFactors"] == {
        "totp": False,
        "passkeys": 0,
        "recoveryCodes": 0,
        "required": False,
    }
    secret, recovery_codes = await set_up(auth, token)
    assert len(set(recovery_codes)) == 10
    assert (await auth.me(token))["secondFactors"]["totp"] is True

    refused = await post(auth, "/auth/sessions?device=TV", login="alice", password="password of alice")
    assert refused.status_code == 403
    assert refused.json()["details"]["secondFactor"] == ["totp"]
    challenge = refused.json()["details"]["challenge"]
    assert (await second_step(auth, challenge, "000000")).status_code == 403
    session = await second_step(auth, challenge, code_of(secret))
    assert session.status_code == 201
    assert session.json()["device"] == "TV"
    assert (await auth.me(session.json()["token"]))["username"] == "alice"
    # Neither the challenge nor the code works twice.
    assert (await second_step(auth, challenge, code_of(secret, 1))).json()["details"] == {"challengeExpired": True}
    assert (await second_step(auth, await first_step(auth), code_of(secret))).status_code == 403


async def test_a_wrong_password_tells_nothing_of_second_factors(auth: Auth) -> None:
    await set_up(auth, await auth.register("alice"))
    wrong = await post(auth, "/auth/sessions", login="alice", password="wrong")
    assert (wrong.status_code, wrong.json()["details"]) == (403, None)


async def test_set_up_counts_only_when_confirmed(auth: Auth) -> None:
    token = await auth.register("alice")
    assert (await post(auth, "/auth/users/me/totp/confirm", token, code="123456")).status_code == 404
    first = (await post(auth, "/auth/users/me/totp", token)).json()
    assert set(first) == {"secret", "uri", "qr"}
    second = (await post(auth, "/auth/users/me/totp", token)).json()
    assert first["secret"] != second["secret"]
    assert await auth.log_in("alice")
    stale = await post(auth, "/auth/users/me/totp/confirm", token, code=code_of(first["secret"]))
    assert stale.status_code == 403
    right = await post(auth, "/auth/users/me/totp/confirm", token, code=f" {code_of(second['secret'])} ")
    assert right.status_code == 200
    assert (await post(auth, "/auth/users/me/totp", token)).status_code == 409
    assert (await post(auth, "/auth/users/me/totp/confirm", token, code="123456")).status_code == 404


async def test_a_recovery_code_works_once(auth: Auth) -> None:
    token = await auth.register("alice")
    secret, codes = await set_up(auth, token)
    typed = codes[0].upper().replace("-", " ")
    assert (await second_step(auth, await first_step(auth), typed)).status_code == 201
    assert (await second_step(auth, await first_step(auth), typed)).status_code == 403
    assert (await auth.me(token))["secondFactors"]["recoveryCodes"] == 9
    log = (await auth.client.get("/auth/audit?action=recovery_code.used", headers=ADMIN)).json()["items"]
    assert [entry["target"]["name"] for entry in log] == ["alice"]

    assert (await post(auth, "/auth/users/me/recovery-codes", token)).status_code == 403
    renewed = await post(auth, "/auth/users/me/recovery-codes", token, code=code_of(secret))
    assert renewed.status_code == 201
    assert (await second_step(auth, await first_step(auth), codes[1])).status_code == 403
    assert (await second_step(auth, await first_step(auth), renewed.json()["recoveryCodes"][0])).status_code == 201


async def test_of_two_who_answer_at_once_one_gets_in(auth: Auth) -> None:
    secret, codes = await set_up(auth, await auth.register("alice"))
    challenge = await first_step(auth)
    answers = await asyncio.gather(*(second_step(auth, challenge, code) for code in (code_of(secret), codes[0])))
    assert sorted(answer.status_code for answer in answers) == [201, 403]
    challenges = [await first_step(auth), await first_step(auth)]
    answers = await asyncio.gather(*(second_step(auth, challenge, codes[1]) for challenge in challenges))
    assert sorted(answer.status_code for answer in answers) == [201, 403]


async def test_guesses_are_limited(make_auth: MakeAuth) -> None:
    auth = await make_auth(login_attempts_per_account=7)
    secret, codes = await set_up(auth, await auth.register("alice"))
    challenge = await first_step(auth)
    for _ in range(5):
        assert (await second_step(auth, challenge, "abc")).json()["details"] is None
    assert (await second_step(auth, challenge, code_of(secret))).json()["details"] == {"challengeExpired": True}
    challenge = await first_step(auth)
    statuses = [(await second_step(auth, challenge, "abc")).status_code for _ in range(3)]
    assert statuses == [403, 403, 429]
    assert (await second_step(auth, challenge, codes[0])).status_code == 429


async def test_what_expires(auth: Auth, database: Database) -> None:
    _, codes = await set_up(auth, await auth.register("alice"))
    challenge = await first_step(auth)
    async with database.connection() as connection:
        await execute(connection, "update auth.challenges set expire_at = now()")
    assert (await second_step(auth, challenge, codes[0])).json()["details"] == {"challengeExpired": True}
    assert (await second_step(auth, "unknown", codes[0])).status_code == 403


async def test_totp_is_removed_with_a_code_only(auth: Auth, database: Database) -> None:
    token = await auth.register("alice")
    secret, _ = await set_up(auth, token)

    async def remove(code: str) -> int:
        response = await auth.client.request(
            "DELETE", "/auth/users/me/totp", json={"code": code}, headers=bearer(token)
        )
        return int(response.status_code)

    assert await remove("abc") == 403
    assert await remove(code_of(secret)) == 204
    assert await remove(code_of(secret)) == 404
    assert await auth.log_in("alice")
    async with database.connection() as connection:
        assert await fetch_value(connection, "select count(*) from auth.recovery_codes") == 0


async def test_no_code_and_no_app_password_is_stored(auth: Auth, database: Database) -> None:
    token = await auth.register("alice")
    _, codes = await set_up(auth, token)
    secret = (await post(auth, "/auth/users/me/app-passwords", token, name="Old TV")).json()["password"]
    challenge = await first_step(auth)
    async with database.connection() as connection:
        for table in ("recovery_codes", "app_passwords", "challenges", "audit"):
            text = str(await fetch_all(connection, f"select t::text from auth.{table} t"))
            for known in (*codes, secret, challenge):
                assert known not in text
                assert known.encode().hex() not in text


async def test_an_administrator_helps_who_lost_everything(auth: Auth) -> None:
    await auth.register("root")
    token = await auth.register("alice")
    me = (await auth.me(token))["id"]
    await set_up(auth, token)
    url = f"/auth/users/{me}/second-factors"
    assert (await auth.client.delete(url, headers=bearer(token))).status_code == 403
    assert (await auth.client.delete(f"/auth/users/{uuid4()}/second-factors", headers=ADMIN)).status_code == 404
    assert (await auth.client.delete(url, headers=ADMIN)).status_code == 204
    assert await auth.log_in("alice")


async def test_an_app_password_is_for_programs_that_know_no_second_factor(auth: Auth) -> None:
    token = await auth.register("alice")
    await set_up(auth, token)
    made = await post(auth, "/auth/users/me/app-passwords", token, name="Old TV")
    assert made.status_code == 201
    assert set(made.json()) == {"id", "name", "createdDate", "lastUsed", "password"}
    secret, app_password = made.json()["password"], made.json()["id"]

    opened = await post(auth, "/auth/sessions", login="alice@kyoo.test", password=secret)
    assert opened.status_code == 201
    typed = secret.replace("-", "").upper()
    assert (await post(auth, "/auth/sessions", login="alice", password=typed)).status_code == 201
    await auth.register("bob")
    assert (await post(auth, "/auth/sessions", login="bob", password=secret)).status_code == 403
    assert (await post(auth, "/auth/sessions", login="nobody", password=secret)).status_code == 404
    listed = (await auth.client.get("/auth/users/me/app-passwords", headers=bearer(token))).json()
    assert [(item["name"], item["lastUsed"] is not None) for item in listed] == [("Old TV", True)]
    assert "password" not in listed[0]

    session = opened.json()["token"]
    assert (await auth.me(session))["username"] == "alice"
    jwt = await auth.jwt(**bearer(session))
    assert (await auth.me(jwt))["username"] == "alice"
    for credential in (session, jwt):
        for path in ("app-passwords", "totp"):
            assert (await post(auth, f"/auth/users/me/{path}", credential, name="x")).status_code == 403
        for path, body in (
            ("/password", {"oldPassword": "password of alice", "newPassword": "correct horse"}),
            ("", {"email": "thief@kyoo.test"}),
        ):
            refused = await auth.client.patch(f"/auth/users/me{path}", json=body, headers=bearer(credential))
            assert refused.status_code == 403
        settings = {"claims": {"settings": {"audioLanguage": "ja"}}}
        assert (await auth.client.patch("/auth/users/me", json=settings, headers=bearer(credential))).is_success
        assert (await auth.client.delete("/auth/users/me", headers=bearer(credential))).status_code == 403

    url = f"/auth/users/me/app-passwords/{app_password}"
    bob = await auth.log_in("bob")
    assert (await auth.client.delete(url, headers=bearer(bob))).status_code == 404
    assert (await auth.client.delete(url, headers=bearer(token))).status_code == 204
    assert (await auth.client.delete(url, headers=bearer(token))).status_code == 404
    assert (await auth.client.get("/auth/jwt", headers=bearer(session))).status_code == 403
    assert (await post(auth, "/auth/sessions", login="alice", password=secret)).status_code == 403


async def test_only_users_in_person_decide_how_they_log_in(auth: Auth) -> None:
    token = await auth.register("alice")
    path = "/auth/users/me/app-passwords"
    signature = await auth.presign(token, {"url": path, "verb": "POST"})
    presigned = await auth.client.post(path, params={"x-presign": signature}, json={"name": "x"})
    assert presigned.status_code == 403
    assert (await auth.client.post(path, json={"name": "x"}, headers=ADMIN)).status_code == 403
    assert (await auth.client.post(path, json={"name": "x"})).status_code == 401


async def test_a_server_that_demands_a_second_factor(make_auth: MakeAuth) -> None:
    auth, replica = await make_auth(require_second_factor=True), await make_auth(require_second_factor=True, **SLOW)
    assert (await auth.client.get("/auth/info")).json()["features"]["secondFactorRequired"] is True
    token = await auth.register("alice")
    me = await auth.me(token)
    assert me["secondFactors"]["required"] is True
    assert me["claims"]["permissions"]
    refused = await auth.client.get("/auth/users", headers=bearer(token))
    assert (refused.status_code, refused.json()["details"]) == (403, {"secondFactorRequired": True})
    for verb, path in (("PATCH", "users/me"), ("GET", "sessions"), ("POST", "presign"), ("POST", "keys")):
        body = {"for": [{"url": "/", "verb": "GET"}], "duration": "1h", "name": "x", "claims": {}}
        response = await auth.client.request(verb, f"/auth/{path}", json=body, headers=bearer(token))
        assert response.status_code == 403, path
    assert (await post(auth, "/auth/users/me/app-passwords", token, name="x")).status_code == 403
    assert await permissions(auth, token) == await permissions(replica, token) == []

    await set_up(auth, token)
    assert (await auth.client.get("/auth/users", headers=bearer(token))).status_code == 200
    assert "users.read" in await permissions(auth, token)
    await until(lambda: permissions(replica, token))


async def test_before_it_is_set_up_nothing_is_linked_or_lent(make_auth: MakeAuth) -> None:
    auth = await make_auth(require_second_factor=True, federation_offer=["https://away.example"])
    token = await auth.register("alice")
    callback = "/auth/oidc/callback/unknown?token=x"
    linked = await auth.client.get(callback, headers=bearer(token))
    assert (linked.status_code, linked.json()["details"]) == (403, {"secondFactorRequired": True})
    consent = {
        "client_id": "https://away.example",
        "redirect_uri": "https://away.example/auth/oidc/logged/home",
        "response_type": "code",
        "scope": "openid",
        "code_challenge": "x" * 43,
        "code_challenge_method": "S256",
        "allow": "true",
    }
    of_browser = {"Cookie": f"X-Bearer={token}", "Origin": ORIGIN}
    lent = await auth.client.post("/auth/federation/authorize", data=consent, headers=of_browser)
    assert lent.status_code == 403
    assert "Set up a second factor first" in lent.text
    await set_up(auth, token)
    assert (await auth.client.get(callback, headers=bearer(token))).status_code == 404
    lent = await auth.client.post("/auth/federation/authorize", data=consent, headers=of_browser)
    assert lent.headers["location"].startswith("https://away.example/auth/oidc/logged/home?code=")


async def permissions(auth: Auth, token: str) -> list[str]:
    """Those in the JWT that other services get."""
    from joserfc import jwt as jose

    keys = auth.app.state.context.keys._keys
    claims = jose.decode(await auth.jwt(**bearer(token)), keys, algorithms=["EdDSA"]).claims
    return list(claims["permissions"])


async def test_sessions_without_second_factor_can_log_out(make_auth: MakeAuth) -> None:
    auth = await make_auth(require_second_factor=True)
    token = await auth.register("alice")
    assert (await auth.client.delete("/auth/sessions/current", headers=bearer(token))).status_code == 200


@pytest.mark.parametrize("body", [{}, {"code": ""}, {"code": "x" * 999}, {"code": "nul\0"}, {"code": 5}])
async def test_what_is_no_code(auth: Auth, body: dict[str, Any]) -> None:
    token = await auth.register("alice")
    response = await auth.client.post("/auth/users/me/totp/confirm", json=body, headers=bearer(token))
    assert response.status_code == 422
    response = await auth.client.post("/auth/sessions/second-factor", json={"challenge": "x", **body})
    assert response.status_code == 422
