"""`/auth/users/me`: a user's own account."""

from __future__ import annotations

from typing import Any

from auth_client import ADMIN_KEY, Auth, MakeAuth, bearer

ADMIN = {"X-Api-Key": ADMIN_KEY}


async def patch(auth: Auth, token: str, body: dict[str, Any]) -> Any:
    return await auth.client.patch("/auth/users/me", json=body, headers=bearer(token))


async def test_settings_are_merged_at_top_level(auth: Auth) -> None:
    token = await auth.register("alice")
    settings = {"audioLanguage": "ja", "unknown": [1, {"é": None}]}
    assert (await patch(auth, token, {"claims": {"settings": settings, "other": 1}})).status_code == 200
    changed = await patch(auth, token, {"claims": {"settings": {"subtitleLanguage": None}}})
    assert changed.json()["claims"]["settings"] == {"subtitleLanguage": None}
    assert changed.json()["claims"]["other"] == 1
    assert changed.json()["oidc"] == {}
    assert await auth.me(token) == {**changed.json(), "lastSeen": (await auth.me(token))["lastSeen"]}


async def test_claims_are_bounded_together_too(auth: Auth) -> None:
    token = await auth.register("alice")
    statuses = [(await patch(auth, token, {"claims": {f"c{part}": "x" * 6000}})).status_code for part in range(4)]
    assert statuses == [200, 200, 422, 422]
    assert await auth.jwt(**bearer(token))
    assert (await patch(auth, token, {"claims": {"c0": "", "c2": "x" * 6000}})).status_code == 200


async def test_name_and_address_can_change(auth: Auth) -> None:
    token = await auth.register("alice")
    await auth.register("bob")
    changed = await patch(auth, token, {"username": "alicia", "email": "alicia@kyoo.test"})
    assert (changed.json()["username"], changed.json()["email"]) == ("alicia", "alicia@kyoo.test")
    assert (await patch(auth, token, {"username": "bob"})).status_code == 409
    assert (await patch(auth, token, {"email": "bob@kyoo.test"})).status_code == 409
    assert (await patch(auth, token, {"username": "a@b"})).status_code == 422
    assert (await patch(auth, token, {})).json()["username"] == "alicia"


async def test_protected_claims_are_not_ones_own(auth: Auth, make_auth: MakeAuth) -> None:
    await auth.register("alice")
    token = await auth.register("bob")
    assert (await patch(auth, token, {"claims": {"permissions": ["core.write"]}})).status_code == 403
    assert (await patch(auth, token, {"claims": {"verified": True, "x": 1}})).status_code == 403
    assert "x" not in (await auth.me(token))["claims"]
    stricter = await make_auth(protected_claims="plan, seats")
    assert (await patch(stricter, token, {"claims": {"seats": 4}})).status_code == 403
    assert (await patch(stricter, token, {"claims": {"permissions": []}})).status_code == 403
    assert (await patch(stricter, token, {"claims": {"verified": True}})).status_code == 403
    # What keeps films from children, they cannot take away.
    for where in (auth, stricter):
        for limit in ({"libraries": None}, {"maxAge": 99}, {"maxStreams": 9}, {"noTranscoding": False}):
            assert (await patch(where, token, {"claims": limit})).status_code == 403
            body = {"for": [{"url": "/a", "verb": "GET"}], "duration": "1h", "claims": limit}
            assert (await where.client.post("/auth/presign", json=body, headers=bearer(token))).status_code == 400


async def test_claims_named_like_those_of_the_token_do_not_get_into_it(auth: Auth) -> None:
    token = await auth.register("alice")
    me = await auth.me(token)
    forged = {"sub": "x", "sid": "x", "username": "root", "exp": 1, "presign": "[]", "presigned": 1, "aud": "presign"}
    assert (await patch(auth, token, {"claims": forged})).status_code == 200
    jwt = await auth.jwt(**bearer(token))
    assert (await auth.me(jwt))["id"] == me["id"]
    presigned = {"for": [{"url": "/a", "verb": "GET"}], "duration": "1h"}
    assert (await auth.client.post("/auth/presign", json=presigned, headers=bearer(jwt))).status_code == 200


async def test_who_has_no_account(auth: Auth, make_auth: MakeAuth) -> None:
    open_house = await make_auth(guest_claims={"permissions": []})
    for where, headers in ((open_house, {}), (auth, ADMIN)):
        for verb, path, body, expected in (
            ("GET", "/auth/users/me", None, {403}),
            ("PATCH", "/auth/users/me", {"claims": {}}, {404}),
            ("DELETE", "/auth/users/me", None, {401, 403}),
            ("PATCH", "/auth/users/me/password", {"newPassword": "correct horse"}, {401, 403}),
            ("GET", "/auth/users/me/logo", None, {404}),
            ("POST", "/auth/users/me/logo", None, {401, 403}),
            ("DELETE", "/auth/users/me/logo", None, {404}),
            ("DELETE", "/auth/sessions/current", None, {404}),
        ):
            response = await where.client.request(verb, path, json=body, headers=headers)
            assert response.status_code in expected, (verb, path, response.text)
            assert response.json()["status"] == response.status_code
        for path in ("/auth/users/me/sessions", "/auth/sessions"):
            assert (await where.client.get(path, headers=headers)).json() == []


async def test_the_account_can_be_deleted(auth: Auth) -> None:
    token = await auth.register("alice")
    jwt = await auth.jwt(**bearer(token))
    key = await auth.client.post("/auth/keys", json={"name": "k", "claims": {"permissions": []}}, headers=bearer(token))
    deleted = await auth.client.delete("/auth/users/me", headers=bearer(token))
    assert (deleted.status_code, deleted.json()["oidc"]) == (200, {})
    assert (await auth.client.delete("/auth/users/me", headers=bearer(jwt))).status_code == 403
    assert (await auth.client.get("/auth/users/me", headers=bearer(token))).status_code == 403
    of_the_user = {"X-Api-Key": key.json()["token"]}
    assert (await auth.client.get("/auth/jwt", headers=of_the_user)).status_code == 403


async def test_a_password_change(auth: Auth) -> None:
    token, other = await auth.register("alice"), await auth.log_in("alice")

    async def change(body: dict[str, Any]) -> int:
        path = "/auth/users/me/password"
        return (await auth.client.patch(path, json=body, headers=bearer(token))).status_code

    assert await change({"newPassword": "correct horse"}) == 422
    assert await change({"oldPassword": None, "newPassword": "correct horse"}) == 422
    assert await change({"oldPassword": "password of alice"}) == 422
    assert await change({"oldPassword": "wrong", "newPassword": "correct horse"}) == 403
    assert (await auth.client.get("/auth/jwt", headers=bearer(other))).status_code == 200
    assert await change({"oldPassword": "password of alice", "newPassword": "correct horse"}) == 204
    assert (await auth.client.get("/auth/jwt", headers=bearer(other))).status_code == 403
    assert (await auth.client.get("/auth/jwt", headers=bearer(token))).status_code == 200
    for password, status in (("password of alice", 403), ("correct horse", 201)):
        body = {"login": "alice", "password": password}
        assert (await auth.client.post("/auth/sessions", json=body)).status_code == status
