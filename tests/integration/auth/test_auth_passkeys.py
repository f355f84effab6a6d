"""Passkeys: registering them, and logging in with one, alone or as the second factor."""

from __future__ import annotations

import copy
from typing import Any
from uuid import uuid4

import pytest
from auth_client import ADMIN_KEY, ORIGIN, Auth, MakeAuth, bearer
from tests.fakes.authenticator import Authenticator, encode

from kyoo.auth.factors.passkeys import relying_party
from kyoo.core.database.postgres import Database, execute

ADMIN = {"X-Api-Key": ADMIN_KEY}


async def post(auth: Auth, path: str, token: str = "", **body: Any) -> Any:
    return await auth.client.post(path, json=body, headers=bearer(token) if token else {})


async def options(auth: Auth, token: str) -> dict[str, Any]:
    response = await post(auth, "/auth/users/me/passkeys/options", token)
    assert response.status_code == 200, response.text
    return dict(response.json())


async def add(auth: Auth, token: str, key: Authenticator, name: str = "Key") -> dict[str, Any]:
    credential = key.create(await options(auth, token))
    response = await post(auth, "/auth/users/me/passkeys", token, name=name, credential=credential)
    assert response.status_code == 201, response.text
    return dict(response.json())


async def log_in(auth: Auth, key: Authenticator) -> Any:
    begun = (await post(auth, "/auth/passkeys/options")).json()
    credential = key.get(begun["publicKey"])
    return await post(auth, "/auth/passkeys/sessions", challenge=begun["challenge"], credential=credential)


async def challenge_of(auth: Auth) -> str:
    response = await post(auth, "/auth/sessions?device=TV", login="alice", password="password of alice")
    assert response.status_code == 403
    assert "passkey" in response.json()["details"]["secondFactor"]
    return str(response.json()["details"]["challenge"])


async def test_a_login_with_nothing_but_a_passkey(auth: Auth) -> None:
    assert (await auth.client.get("/auth/info")).json()["features"]["passkeys"] is True
    token, key = await auth.register("alice"), Authenticator(ORIGIN)
    added = await add(auth, token, key, "My key")
    assert set(added) == {"id", "name", "createdDate", "lastUsed", "recoveryCodes"}
    assert len(added["recoveryCodes"]) == 10
    assert (await auth.me(token))["secondFactors"]["passkeys"] == 1

    begun = (await post(auth, "/auth/passkeys/options")).json()
    assert begun["publicKey"]["userVerification"] == "required"
    body = {"challenge": begun["challenge"], "credential": key.get(begun["publicKey"])}
    session = await auth.client.post("/auth/passkeys/sessions?device=Phone", json=body)
    assert session.status_code == 201
    assert session.json()["device"] == "Phone"
    assert (await auth.me(session.json()["token"]))["username"] == "alice"
    again = await auth.client.post("/auth/passkeys/sessions", json=body)
    assert again.status_code in (403, 422)
    listed = (await auth.client.get("/auth/users/me/passkeys", headers=bearer(token))).json()
    assert [(item["name"], item["lastUsed"] is not None) for item in listed] == [("My key", True)]
    assert set(listed[0]) == {"id", "name", "createdDate", "lastUsed"}


async def test_an_assertion_cannot_be_replayed_even_without_counter(auth: Auth) -> None:
    token, key = await auth.register("alice"), Authenticator(ORIGIN, counts=False)
    await add(auth, token, key)
    begun = (await post(auth, "/auth/passkeys/options")).json()
    body = {"challenge": begun["challenge"], "credential": key.get(begun["publicKey"])}
    statuses = [(await auth.client.post("/auth/passkeys/sessions", json=body)).status_code for _ in range(2)]
    assert statuses == [201, 403]
    assert (await log_in(auth, key)).status_code == 201


async def test_a_cloned_key_is_noticed(auth: Auth) -> None:
    token, key = await auth.register("alice"), Authenticator(ORIGIN)
    await add(auth, token, key)
    clone = copy.copy(key)
    assert (await log_in(auth, key)).status_code == 201
    assert (await log_in(auth, clone)).status_code == 422


async def test_a_passkey_as_second_factor(auth: Auth) -> None:
    token, key = await auth.register("alice"), Authenticator(ORIGIN, verifies=False)
    codes = (await add(auth, token, key))["recoveryCodes"]
    challenge = await challenge_of(auth)
    early = await post(
        auth, "/auth/sessions/second-factor", challenge=challenge, credential=key.get({"rpId": "x", "challenge": ""})
    )
    assert early.status_code == 403
    asked = (await post(auth, "/auth/sessions/second-factor/options", challenge=challenge)).json()["publicKey"]
    assert [item["id"] for item in asked["allowCredentials"]] == [encode(key.credential_id)]
    assert asked["allowCredentials"][0]["transports"] == ["usb"]
    body = {"challenge": challenge, "credential": key.get(asked)}
    session = await post(auth, "/auth/sessions/second-factor", **body)  # type: ignore[arg-type]
    assert session.status_code == 201
    assert session.json()["device"] == "TV"
    assert (await post(auth, "/auth/sessions/second-factor", **body)).status_code == 403  # type: ignore[arg-type]
    # Without a PIN it is one factor: not enough alone.
    assert (await log_in(auth, key)).status_code == 422
    recovered = await post(auth, "/auth/sessions/second-factor", challenge=await challenge_of(auth), code=codes[0])
    assert recovered.status_code == 201


async def test_the_second_factor_of_another_is_of_no_use(auth: Auth) -> None:
    alice, bob = await auth.register("alice"), await auth.register("bob")
    await add(auth, alice, Authenticator(ORIGIN))
    others = Authenticator(ORIGIN)
    await add(auth, bob, others)
    challenge = await challenge_of(auth)
    for expected in [None] * 5 + [{"challengeExpired": True}]:
        asked = await post(auth, "/auth/sessions/second-factor/options", challenge=challenge)
        options_given = asked.json()["publicKey"] if asked.status_code == 200 else {"rpId": "x", "challenge": ""}
        answer = await post(
            auth, "/auth/sessions/second-factor", challenge=challenge, credential=others.get(options_given)
        )
        assert (answer.status_code, answer.json()["details"]) == (403, expected)


async def test_phishing_and_other_lies(auth: Auth) -> None:
    token = await auth.register("alice")
    phished = Authenticator("https://kyoo.test.evil.example")
    credential = phished.create(await options(auth, token))
    refused = await post(auth, "/auth/users/me/passkeys", token, name="x", credential=credential)
    assert refused.status_code == 422

    key = Authenticator(ORIGIN)
    await add(auth, token, key)
    key.origin = phished.origin
    assert (await log_in(auth, key)).status_code == 422
    key.origin = ORIGIN
    key.user_handle = encode(uuid4().bytes)
    assert (await log_in(auth, key)).status_code == 403
    assert (await log_in(auth, Authenticator(ORIGIN))).status_code == 403
    stranger = Authenticator(ORIGIN, credential_id=key.credential_id)
    assert (await log_in(auth, stranger)).status_code == 422
    begun = (await post(auth, "/auth/passkeys/options")).json()
    session_token = await post(
        auth,
        "/auth/passkeys/sessions",
        challenge=await auth.jwt(**bearer(token)),
        credential=key.get(begun["publicKey"]),
    )
    assert session_token.status_code == 403


async def test_registration_is_for_who_began_it_and_once(auth: Auth, database: Database) -> None:
    alice, bob = await auth.register("alice"), await auth.register("bob")
    credential = Authenticator(ORIGIN).create(await options(auth, alice))
    path = "/auth/users/me/passkeys"
    assert (await post(auth, path, bob, name="x", credential=credential)).status_code == 403
    assert (await post(auth, path, alice, name="x", credential=credential)).status_code == 403
    key = Authenticator(ORIGIN)
    await add(auth, alice, key)
    known = await options(auth, alice)
    assert [item["id"] for item in known["excludeCredentials"]] == [encode(key.credential_id)]
    twice = await post(auth, path, alice, name="x", credential=key.create(known))
    assert twice.status_code == 409
    late = key.create(await options(auth, alice))
    async with database.connection() as connection:
        await execute(connection, "update auth.challenges set expire_at = now()")
    assert (await post(auth, path, alice, name="x", credential=late)).status_code == 403


async def test_a_second_passkey_brings_no_codes_and_the_last_one_takes_them_along(auth: Auth) -> None:
    token = await auth.register("alice")
    first = await add(auth, token, Authenticator(ORIGIN))
    second = await add(auth, token, Authenticator(ORIGIN))
    assert second["recoveryCodes"] is None
    bob = await auth.register("bob")
    url = f"/auth/users/me/passkeys/{first['id']}"
    assert (await auth.client.delete(url, headers=bearer(bob))).status_code == 404
    for passkey, left in ((first, 10), (second, 0)):
        gone = await auth.client.delete(f"/auth/users/me/passkeys/{passkey['id']}", headers=bearer(token))
        assert gone.status_code == 204
        assert (await auth.me(token))["secondFactors"]["recoveryCodes"] == left
    assert await auth.log_in("alice")
    log = (await auth.client.get("/auth/audit?user=alice", headers=ADMIN)).json()["items"]
    assert [entry["action"] for entry in log[1:5]] == ["passkey.removed"] * 2 + ["passkey.added"] * 2


async def test_a_disabled_user_gets_in_with_no_passkey(auth: Auth) -> None:
    token, key = await auth.register("alice"), Authenticator(ORIGIN)
    await auth.add_administrator()
    await add(auth, token, key)
    me = (await auth.me(token))["id"]
    await auth.client.patch(f"/auth/users/{me}", json={"disabled": True}, headers=ADMIN)
    assert (await log_in(auth, key)).status_code == 403


async def test_a_passkey_satisfies_a_server_that_demands_a_second_factor(make_auth: MakeAuth) -> None:
    auth = await make_auth(require_second_factor=True)
    token = await auth.register("alice")
    assert (await auth.client.get("/auth/users", headers=bearer(token))).status_code == 403
    await add(auth, token, Authenticator(ORIGIN))
    assert (await auth.client.get("/auth/users", headers=bearer(token))).status_code == 200


async def test_malformed_credentials(auth: Auth) -> None:
    token = await auth.register("alice")
    good = Authenticator(ORIGIN).create(await options(auth, token))
    bad: list[Any] = [{}, [], "x", {"rawId": 1, "response": {}}, {"rawId": "x", "response": []}, {"x": "y" * 70_000}]
    bad += [{**good, "response": {**good["response"], "clientDataJSON": text}} for text in ("", "!", "e30", "W10", 5)]
    for credential in bad:
        body = {"name": "x", "credential": credential}
        refused = await auth.client.post("/auth/users/me/passkeys", json=body, headers=bearer(token))
        assert refused.status_code == 422, credential
        begun = (await post(auth, "/auth/passkeys/options")).json()["challenge"]
        refused = await post(auth, "/auth/passkeys/sessions", challenge=begun, credential=credential)
        assert refused.status_code in (403, 422), credential
    for field in ("attestationObject", "clientDataJSON"):
        credential = {**good, "response": {**good["response"], field: encode(b"\xff" * 40)}}
        refused = await post(auth, "/auth/users/me/passkeys", token, name="x", credential=credential)
        assert refused.status_code == 422, field


@pytest.mark.parametrize(
    ("url", "party"),
    [
        ("https://films.example", ("films.example", "https://films.example")),
        ("https://films.example:8443", ("films.example", "https://films.example:8443")),
        ("http://localhost:8901", ("localhost", "http://localhost:8901")),
        ("http://films.example", None),
        ("https://192.0.2.1", None),
        ("http://127.0.0.1:8901", None),
        ("https://[::1]:8901", None),
        ("", None),
    ],
)
def test_where_browsers_offer_passkeys(url: str, party: tuple[str, str] | None) -> None:
    assert relying_party(url) == party


async def test_a_server_without_a_name_says_so(make_auth: MakeAuth) -> None:
    auth = await make_auth(public_url="http://192.0.2.7:8901")
    assert (await auth.client.get("/auth/info")).json()["features"]["passkeys"] is False
    token = await auth.register("alice")
    assert (await post(auth, "/auth/users/me/passkeys/options", token)).status_code == 422
    assert (await post(auth, "/auth/passkeys/options")).status_code == 422
