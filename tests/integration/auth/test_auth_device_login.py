"""`/auth/device`: login of a device by a code that a user confirms elsewhere (RFC 8628)."""

from __future__ import annotations

import asyncio
from typing import Any

from auth_client import ADMIN_KEY, ORIGIN, Auth, MakeAuth, bearer

from kyoo.core.database.postgres import Database, execute, fetch_value

ADMIN = {"X-Api-Key": ADMIN_KEY}


async def begin(auth: Auth) -> dict[str, Any]:
    response = await auth.client.post("/auth/device?device=Living room TV")
    assert response.status_code == 201, response.text
    return dict(response.json())


async def token(auth: Auth, device_code: str) -> Any:
    return await auth.client.post("/auth/device/token", json={"deviceCode": device_code})


async def error(auth: Auth, device_code: str) -> str:
    response = await token(auth, device_code)
    assert response.status_code == 400, response.text
    return str(response.json()["details"]["error"])


async def decide(auth: Auth, who: str, user_code: str, *, approve: bool = True) -> int:
    url = f"/auth/device/{user_code}"
    return int((await auth.client.post(url, json={"approve": approve}, headers=bearer(who))).status_code)


async def pass_time(database: Database, seconds: int) -> None:
    async with database.connection() as connection:
        await execute(
            connection,
            """update auth.device_logins set asked_at = asked_at - make_interval(secs => %(s)s),
               expire_at = expire_at - make_interval(secs => %(s)s)""",
            {"s": seconds},
        )


async def test_a_television_logs_in(auth: Auth, database: Database) -> None:
    alice = await auth.register("alice")
    code = await begin(auth)
    assert set(code) == {
        *("deviceCode", "userCode", "verificationUri", "verificationUriComplete", "qr", "expiresIn", "interval"),
    }
    assert code["verificationUriComplete"] == f"{ORIGIN}/device?code={code['userCode']}"
    assert code["qr"].startswith("<svg")
    assert await error(auth, code["deviceCode"]) == "authorization_pending"

    typed = code["userCode"].lower().replace("-", "")
    shown = await auth.client.get(f"/auth/device/{typed}", headers=bearer(alice))
    assert set(shown.json()) == {"device", "address", "createdDate"}
    assert (shown.json()["device"], shown.json()["address"]) == ("Living room TV", "127.0.0.1")
    assert await decide(auth, alice, typed) == 204
    assert await decide(auth, alice, typed) == 404

    await pass_time(database, 6)
    session = await token(auth, code["deviceCode"])
    assert session.status_code == 201
    assert session.json()["device"] == "Living room TV"
    assert (await auth.me(session.json()["token"]))["username"] == "alice"
    assert await error(auth, code["deviceCode"]) == "expired_token"
    log = (await auth.client.get("/auth/audit?user=alice", headers=ADMIN)).json()["items"]
    assert [entry["action"] for entry in log[:2]] == ["session.opened", "device.approved"]
    assert log[0]["details"] == {"how": "device login"}


async def test_a_refused_device(auth: Auth, database: Database) -> None:
    alice = await auth.register("alice")
    code = await begin(auth)
    assert await decide(auth, alice, code["userCode"], approve=False) == 204
    assert await error(auth, code["deviceCode"]) == "access_denied"
    assert await error(auth, code["deviceCode"]) == "expired_token"


async def test_a_new_password_shuts_out_a_device_that_was_let_in_but_has_not_asked(auth: Auth) -> None:
    alice = await auth.register("alice")
    changed, reset = await begin(auth), await begin(auth)
    assert await decide(auth, alice, changed["userCode"]) == 204
    body = {"oldPassword": "password of alice", "newPassword": "correct horse"}
    path = "/auth/users/me"
    assert (await auth.client.patch(f"{path}/password", json=body, headers=bearer(alice))).status_code == 204
    assert await error(auth, changed["deviceCode"]) == "expired_token"

    assert await decide(auth, alice, reset["userCode"]) == 204
    user = (await auth.me(alice))["id"]
    link = (await auth.client.post(f"/auth/users/{user}/password-reset", headers=ADMIN)).json()["url"]
    resets = f"/auth/password-resets/{link.rpartition('=')[2]}"
    assert (await auth.client.post(resets, json={"password": "battery staple"})).status_code == 204
    assert await error(auth, reset["deviceCode"]) == "expired_token"


async def test_a_device_that_asks_too_often_has_to_wait_longer(auth: Auth, database: Database) -> None:
    code = (await begin(auth))["deviceCode"]
    assert [await error(auth, code) for _ in range(2)] == ["authorization_pending", "slow_down"]
    await pass_time(database, 7)
    assert await error(auth, code) == "slow_down"
    await pass_time(database, 16)
    assert await error(auth, code) == "authorization_pending"


async def test_codes_expire(auth: Auth, database: Database) -> None:
    alice = await auth.register("alice")
    code = await begin(auth)
    await pass_time(database, 601)
    assert await decide(auth, alice, code["userCode"]) == 404
    assert await error(auth, code["deviceCode"]) == "expired_token"
    assert await error(auth, "unknown") == "expired_token"


async def test_only_a_user_in_person_lets_a_device_in(auth: Auth) -> None:
    alice = await auth.register("alice")
    code = await begin(auth)
    url = f"/auth/device/{code['userCode']}"
    assert (await auth.client.post(url, json={"approve": True})).status_code == 401
    assert (await auth.client.post(url, json={"approve": True}, headers=ADMIN)).status_code == 403
    signature = await auth.presign(alice, {"url": url, "verb": "POST"})
    presigned = await auth.client.post(url, params={"x-presign": signature}, json={"approve": True})
    assert presigned.status_code == 403
    assert (await auth.client.get(url)).status_code == 401


async def test_of_two_who_decide_at_once_one_counts(auth: Auth, database: Database) -> None:
    alice, bob = await auth.register("alice"), await auth.register("bob")
    code = await begin(auth)
    statuses = await asyncio.gather(decide(auth, alice, code["userCode"]), decide(auth, bob, code["userCode"]))
    assert sorted(statuses) == [204, 404]
    answers = await asyncio.gather(*(token(auth, code["deviceCode"]) for _ in range(3)))
    assert sorted(answer.status_code for answer in answers) == [201, 400, 400]


async def test_codes_cannot_be_guessed_at_leisure(make_auth: MakeAuth) -> None:
    auth = await make_auth(login_attempts_per_account=3)
    alice = await auth.register("alice")
    statuses = [await decide(auth, alice, f"BBBB-BBB{letter}") for letter in "BCDF"]
    assert statuses == [404, 404, 404, 429]


async def test_an_address_cannot_fill_the_table(auth: Auth, database: Database) -> None:
    for _ in range(20):
        await begin(auth)
    assert (await auth.client.post("/auth/device")).status_code == 429
    async with database.connection() as connection:
        assert await fetch_value(connection, "select count(*) from auth.device_logins") == 20


async def test_a_disabled_user_lets_nothing_in(auth: Auth) -> None:
    alice = await auth.register("alice")
    await auth.add_administrator()
    code = await begin(auth)
    await decide(auth, alice, code["userCode"])
    me = (await auth.me(alice))["id"]
    await auth.client.patch(f"/auth/users/{me}", json={"disabled": True}, headers=ADMIN)
    assert (await token(auth, code["deviceCode"])).status_code == 403


async def test_bad_requests(auth: Auth) -> None:
    alice = await auth.register("alice")
    for body in ({}, {"deviceCode": ""}, {"deviceCode": "x" * 999}, {"deviceCode": 1}):
        assert (await auth.client.post("/auth/device/token", json=body)).status_code == 422
    for url in ("x" * 99, "%00", "nul%00"):
        assert (await auth.client.get(f"/auth/device/{url}", headers=bearer(alice))).status_code == 422
    code = (await begin(auth))["userCode"]
    assert (await auth.client.post(f"/auth/device/{code}", json={}, headers=bearer(alice))).status_code == 422
