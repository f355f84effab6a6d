"""What Kyoo's own tests assert of the auth service, one test per file of theirs, with its CI settings."""

from __future__ import annotations

import pytest
from auth_client import Auth, MakeAuth, bearer

from kyoo.auth.settings import ApiKeyConfig

KEY = {"X-API-KEY": "1234apikey"}


@pytest.fixture
async def kyoo(make_auth: MakeAuth) -> Auth:
    key = ApiKeyConfig(token="1234apikey", claims={"permissions": ["apikeys.read", "apikeys.write"]})
    return await make_auth(first_user_claims={"permissions": ["users.read"]}, api_keys={"hurl": key})


async def test_basic(kyoo: Auth) -> None:
    for _ in range(2):
        response = await kyoo.client.post("/auth/sessions", json={"login": "nobody", "password": "x"})
        assert response.status_code == 404
    assert (await kyoo.client.get("/auth/users/me")).status_code == 401


async def test_users(kyoo: Auth) -> None:
    token = await kyoo.register("alice")
    assert await kyoo.jwt(**bearer(token))
    me = await kyoo.me(token)
    assert "users.read" in me["claims"]["permissions"]
    same_name = {"username": "alice", "email": "other@kyoo.test", "password": "correct horse"}
    assert (await kyoo.client.post("/auth/users", json=same_name)).status_code == 409
    same_email = {"username": "other", "email": "alice@kyoo.test", "password": "correct horse"}
    assert (await kyoo.client.post("/auth/users", json=same_email)).status_code == 409
    assert (await kyoo.client.get("/auth/users/dont-exist", headers=bearer(token))).status_code == 404
    by_id = await kyoo.client.get(f"/auth/users/{me['id']}", headers=bearer(token))
    assert (by_id.status_code, by_id.json()["username"]) == (200, "alice")
    by_name = await kyoo.client.get("/auth/users/alice", headers=bearer(token))
    assert (by_name.status_code, by_name.json()["id"]) == (200, me["id"])
    assert (await kyoo.client.delete("/auth/users/me", headers=bearer(token))).status_code == 200


async def test_invalid_password(kyoo: Auth) -> None:
    token = await kyoo.register("alice")
    jwt = await kyoo.jwt(**bearer(token))
    me = await kyoo.me(jwt)
    assert (await kyoo.client.delete("/auth/sessions/current", headers=bearer(jwt))).status_code == 200
    again = await kyoo.log_in("alice")
    assert (await kyoo.me(again))["id"] == me["id"]
    wrong = await kyoo.client.post("/auth/sessions", json={"login": "alice", "password": "wrong"})
    assert wrong.status_code == 403
    assert (await kyoo.client.delete("/auth/users/me", headers=bearer(again))).status_code == 200


async def test_change_password(kyoo: Auth) -> None:
    first = await kyoo.register("alice")
    second = await kyoo.log_in("alice")
    jwt = await kyoo.jwt(**bearer(second))
    body = {"oldPassword": "wrong", "newPassword": "battery staple"}
    wrong = await kyoo.client.patch("/auth/users/me/password", json=body, headers=bearer(jwt))
    assert wrong.status_code == 403
    body["oldPassword"] = "password of alice"
    right = await kyoo.client.patch("/auth/users/me/password", json=body, headers=bearer(jwt))
    assert right.status_code == 204
    assert (await kyoo.client.post("/auth/jwt", headers=bearer(first))).status_code == 403
    assert (await kyoo.client.delete("/auth/users/me", headers=bearer(jwt))).status_code == 200


async def test_edit_settings(kyoo: Auth) -> None:
    token = await kyoo.register("alice")
    response = await kyoo.client.patch(
        "/auth/users/me", json={"claims": {"preferOriginal": True}}, headers=bearer(token)
    )
    assert response.status_code == 200
    assert response.json()["claims"]["preferOriginal"] is True
    assert response.json()["username"] == "alice"
    assert await kyoo.jwt(**bearer(token))


async def test_sessions(kyoo: Auth) -> None:
    alice, bob = await kyoo.register("alice"), await kyoo.register("bob")
    response = await kyoo.client.get("/auth/sessions", headers=bearer(alice))
    assert response.status_code == 200
    assert response.json()[0]["id"]
    others = await kyoo.client.get("/auth/users/alice/sessions", headers=bearer(bob))
    assert others.status_code == 403


async def test_apikey(kyoo: Auth) -> None:
    body = {"name": "dryflower", "claims": {"permissions": ["apikeys.read"]}}
    assert (await kyoo.client.post("/auth/keys", json=body)).status_code == 401
    created = await kyoo.client.post("/auth/keys", json=body, headers=KEY)
    assert created.status_code == 201
    key = created.json()
    jwt = await kyoo.jwt(**{"X-API-KEY": key["token"]})
    assert (await kyoo.client.post("/auth/keys", json=body, headers=KEY)).status_code == 409
    listed = await kyoo.client.get("/auth/keys", headers=bearer(jwt))
    assert listed.status_code == 200
    assert listed.json()["items"][0]["id"] == key["id"]
    assert listed.json()["items"][0]["claims"]["permissions"] == ["apikeys.read"]
    refused = await kyoo.client.delete(f"/auth/keys/{key['id']}", headers={"X-API-KEY": key["token"]})
    assert refused.status_code == 403
    assert (await kyoo.client.delete(f"/auth/keys/{key['id']}", headers=KEY)).status_code == 200


async def test_external_auth_with_an_api_key(kyoo: Auth) -> None:
    exchanged = await kyoo.client.get("/auth/jwt", headers=KEY)
    replayed = {"Authorization": exchanged.headers["Authorization"]}
    assert (await kyoo.client.get("/auth/keys", headers=replayed)).status_code == 200


async def test_external_auth_as_a_user(kyoo: Auth) -> None:
    token = await kyoo.register("alice")
    with_bearer = await kyoo.client.post("/auth/jwt/api/movies", headers=bearer(token))
    with_cookie = await kyoo.client.delete("/auth/jwt/toto", headers={"Cookie": f"X-Bearer={token}"})
    for exchanged in (with_bearer, with_cookie):
        assert exchanged.status_code == 200
        replayed = {"Authorization": exchanged.headers["Authorization"]}
        assert (await kyoo.client.get("/auth/users/me", headers=replayed)).status_code == 200
    assert (await kyoo.client.delete("/auth/users/me", headers=bearer(token))).status_code == 200


async def test_presign(kyoo: Auth) -> None:
    rules = [
        {"prefix": "https://kyoo.test/api/videos/bubble", "verb": "GET"},
        {"url": "/api/images/abc?size=high", "verb": "get"},
    ]
    body = {"for": rules, "duration": "24h"}
    assert (await kyoo.client.post("/auth/presign", json=body)).status_code == 401
    headers = bearer(await kyoo.register("alice"))
    for invalid in ({"duration": "24h"}, {"for": rules}, {**body, "for": [{"url": "/api/images/abc"}]}):
        assert (await kyoo.client.post("/auth/presign", json=invalid, headers=headers)).status_code == 422
    presigned = await kyoo.client.post("/auth/presign", json=body, headers=headers)
    assert presigned.status_code == 200
    assert presigned.json()["for"][0]["prefix"] == "/api/videos/bubble"
    assert presigned.json()["for"][1]["url"] == "/api/images/abc"
    assert presigned.json()["expireAt"]
    signature = presigned.json()["signature"]

    async def exchanged(uri: str, verb: str = "GET", signature: str = signature) -> int:
        forwarded = {"X-Forwarded-Uri": uri, "X-Forwarded-Method": verb}
        response = await kyoo.client.get("/auth/jwt", params={"x-presign": signature}, headers=forwarded)
        assert ("token" in response.json()) == (response.status_code == 200)
        return response.status_code

    assert await exchanged("/api/videos/bubble/master.m3u8?clientId=1") == 200
    assert await exchanged("/api/images/abc") == 200
    assert await exchanged("/api/movies") == 403
    assert await exchanged("/api/images/abc", "DELETE") == 403
    assert await exchanged("/api/images/abcd") == 403
    assert await exchanged("/api/images/abc", signature="garbage") == 403

    socket = {"for": [{"url": "/api/ws", "verb": "GET"}], "duration": "24h", "claims": {"wsRoutes": ["watch/1"]}}
    presigned = await kyoo.client.post("/auth/presign", json=socket, headers=headers)
    assert presigned.status_code == 200
    assert presigned.json()["claims"] == {"wsRoutes": ["watch/1"]}
    assert await exchanged("/api/ws", signature=presigned.json()["signature"]) == 200
    protected = {**socket, "claims": {"permissions": ["core.write"]}}
    assert (await kyoo.client.post("/auth/presign", json=protected, headers=headers)).status_code == 400
