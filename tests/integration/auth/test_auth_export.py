"""`/auth/users/me/export`: a copy of everything about the caller."""

from __future__ import annotations

from auth_client import ADMIN_KEY, ORIGIN, MakeAuth, bearer
from tests.fakes.authenticator import Authenticator

from kyoo.auth.settings import ApiKeyConfig
from kyoo.auth.tokens.claims import EVERY_PERMISSION


async def test_everything_about_a_user_and_no_secret(make_auth: MakeAuth) -> None:
    key = ApiKeyConfig(token=ADMIN_KEY, claims={"permissions": list(EVERY_PERMISSION)})
    auth = await make_auth(api_keys={"admin": key}, export_links={"history": "/api/profiles/me/history"})
    token = await auth.register("alice")
    await auth.register("bob")
    own, client = bearer(token), auth.client
    made = (await client.post("/auth/keys", json={"name": "k", "claims": {}}, headers=own)).json()
    invitation = (await client.post("/auth/invitations", json={"note": "Zoë"}, headers=own)).json()
    app_password = (await client.post("/auth/users/me/app-passwords", json={"name": "TV"}, headers=own)).json()
    options = (await client.post("/auth/users/me/passkeys/options", headers=own)).json()
    body = {"name": "Key", "credential": Authenticator(ORIGIN).create(options)}
    passkey = (await client.post("/auth/users/me/passkeys", json=body, headers=own)).json()

    response = await client.get("/auth/users/me/export", headers=own)
    assert response.status_code == 200
    assert response.headers["content-disposition"] == 'attachment; filename="account.json"'
    assert response.headers["cache-control"] == "no-store"
    export = response.json()
    assert set(export) == {
        *("exportedDate", "user", "sessions", "apiKeys", "appPasswords", "passkeys", "invitations", "audit"),
        "elsewhere",
    }
    assert (export["user"]["username"], export["user"]["email"]) == ("alice", "alice@kyoo.test")
    assert len(export["sessions"]) == 1
    assert [item["name"] for item in export["apiKeys"]] == ["k"]
    assert [item["name"] for item in export["appPasswords"]] == ["TV"]
    assert [item["id"] for item in export["passkeys"]] == [passkey["id"]]
    assert [item["note"] for item in export["invitations"]] == ["Zoë"]
    assert [entry["action"] for entry in export["audit"]] == [
        *("user.registered", "session.opened", "api_key.created"),
        *("invitation.created", "app_password.created", "passkey.added"),
    ]
    assert export["elsewhere"] == {"history": f"{ORIGIN}/api/profiles/me/history"}
    text = response.text
    for secret in (token, made["token"], app_password["password"], invitation["url"], *passkey["recoveryCodes"]):
        assert secret not in text
    assert "argon2" not in text
    assert "bob" not in text


async def test_only_users_have_something_to_export(make_auth: MakeAuth) -> None:
    key = ApiKeyConfig(token=ADMIN_KEY, claims={"permissions": list(EVERY_PERMISSION)})
    auth = await make_auth(api_keys={"admin": key}, guest_claims={"permissions": []})
    for headers, status in (({"X-Api-Key": ADMIN_KEY}, 403), ({}, 401)):
        assert (await auth.client.get("/auth/users/me/export", headers=headers)).status_code == status
