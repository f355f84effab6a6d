"""`/auth/invitations`: single-use links to register with."""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

from auth_client import ADMIN_KEY, ORIGIN, Auth, MakeAuth, bearer

from kyoo.auth.settings import ApiKeyConfig
from kyoo.auth.tokens.claims import EVERY_PERMISSION
from kyoo.core.database.postgres import Database, execute, fetch_value

ADMIN = {"X-Api-Key": ADMIN_KEY}


async def invite(auth: Auth, headers: dict[str, str] | None = None, **body: Any) -> Any:
    return await auth.client.post("/auth/invitations", json=body, headers=headers or ADMIN)


async def invited(auth: Auth, **body: Any) -> str:
    """The token of a new invitation."""
    response = await invite(auth, **body)
    assert response.status_code == 201, response.text
    return parse_qs(urlsplit(response.json()["url"]).query)["invitation"][0]  # type: ignore[no-any-return]


async def register(auth: Auth, name: str, invitation: str) -> Any:
    body = {"username": name, "email": f"{name}@kyoo.test", "password": "correct horse"}
    return await auth.client.post("/auth/users", params={"invitation": invitation}, json=body)


async def test_an_invitation_opens_a_closed_server_once(make_auth: MakeAuth) -> None:
    key = ApiKeyConfig(token=ADMIN_KEY, claims={"permissions": list(EVERY_PERMISSION)})
    auth = await make_auth(disable_registration=True, api_keys={"admin": key})
    response = await invite(auth, claims={"permissions": ["core.read"], "plan": 1}, expiresIn=3600, note="for Bob")
    assert set(response.json()) == {"id", "url", "createdDate", "expireAt", "claims", "note"}
    assert response.json()["url"].startswith(f"{ORIGIN}/register?invitation=")
    token = parse_qs(urlsplit(response.json()["url"]).query)["invitation"][0]
    check = await auth.client.get("/auth/invitations/check", params={"token": token})
    assert check.json() == {"expireAt": response.json()["expireAt"], "note": "for Bob"}

    assert (await register(auth, "mallory", "x")).status_code == 403
    assert (await register(auth, "mallory", "")).status_code == 403
    first = await register(auth, "bob", token)
    assert first.status_code == 201
    assert (await auth.me(first.json()["token"]))["claims"]["plan"] == 1
    assert (await register(auth, "carol", token)).status_code == 403
    assert (await auth.client.get("/auth/invitations/check", params={"token": token})).status_code == 404
    log = (await auth.client.get("/auth/audit?action=user.registered", headers=ADMIN)).json()["items"]
    assert log[0]["details"] == {"invitation": response.json()["id"]}


async def test_two_who_share_an_invitation_at_once(auth: Auth) -> None:
    await auth.register("root")
    token = await invited(auth)
    answers = await asyncio.gather(*(register(auth, f"user{number}", token) for number in range(4)))
    assert sorted(answer.status_code for answer in answers) == [201, 403, 403, 403]


async def test_a_failed_registration_does_not_use_it_up(auth: Auth) -> None:
    await auth.register("root")
    token = await invited(auth, claims={"permissions": ["core.play"]})
    assert (await register(auth, "root", token)).status_code == 409
    second = await register(auth, "bob", token)
    assert (await auth.me(second.json()["token"]))["claims"]["permissions"] == ["core.play"]


async def test_nobody_gives_what_they_do_not_hold(make_auth: MakeAuth) -> None:
    auth = await make_auth(first_user_claims={"permissions": ["users.write", "core.play"]})
    root = await auth.register("root")
    assert (await invite(auth, bearer(root), claims={"permissions": ["core.write"]})).status_code == 403
    allowed = await invite(auth, bearer(root), claims={"permissions": ["core.play", "users.write"]})
    assert allowed.status_code == 201


async def test_permissions_follow_who_invites(auth: Auth) -> None:
    root = await auth.register("root")
    await auth.add_administrator()
    me = (await auth.me(root))["id"]
    demoted = await invite(auth, bearer(root), claims={"permissions": ["core.read", "core.write"]})
    token = parse_qs(urlsplit(demoted.json()["url"]).query)["invitation"][0]
    other = parse_qs(urlsplit((await invite(auth, bearer(root))).json()["url"]).query)["invitation"][0]
    change = {"claims": {"permissions": ["core.read"]}}
    await auth.client.patch(f"/auth/users/{me}", json=change, headers=ADMIN)
    guest = await register(auth, "bob", token)
    assert (await auth.me(guest.json()["token"]))["claims"]["permissions"] == ["core.read"]
    await auth.client.patch(f"/auth/users/{me}", json={"disabled": True}, headers=ADMIN)
    assert (await register(auth, "carol", other)).status_code == 403
    assert (await auth.client.get("/auth/invitations/check", params={"token": other})).status_code == 404
    await auth.client.delete(f"/auth/users/{me}", headers=ADMIN)
    assert (await auth.client.get("/auth/invitations", headers=ADMIN)).json()["items"] == []


async def test_lists_hide_the_links_and_invitations_can_be_withdrawn(auth: Auth, database: Database) -> None:
    await auth.register("root")
    ids = [(await invite(auth, note=f"n{number}")).json()["id"] for number in range(23)]
    seen: list[Any] = []
    url = f"{ORIGIN}/auth/invitations"
    while url:
        page = (await auth.client.get(url, headers=ADMIN)).json()
        seen += page["items"]
        url = page["next"]
    assert [item["id"] for item in seen] == ids[::-1]
    assert {item["url"] for item in seen} == {None}
    assert (await auth.client.delete(f"/auth/invitations/{ids[0]}", headers=ADMIN)).status_code == 204
    assert (await auth.client.delete(f"/auth/invitations/{ids[0]}", headers=ADMIN)).status_code == 404
    assert (await auth.client.delete(f"/auth/invitations/{uuid4()}", headers=ADMIN)).status_code == 404
    async with database.connection() as connection:
        text = await fetch_value(connection, "select json_agg(i)::text from auth.invitations i")
    token = await invited(auth)
    assert token not in text


async def test_expired_invitations_are_of_no_use(auth: Auth, database: Database) -> None:
    await auth.register("root")
    token = await invited(auth, expiresIn=60)
    async with database.connection() as connection:
        await execute(connection, "update auth.invitations set expire_at = now()")
    assert (await register(auth, "bob", token)).status_code == 403
    assert (await auth.client.get("/auth/invitations/check", params={"token": token})).status_code == 404
    assert (await auth.client.get("/auth/invitations", headers=ADMIN)).json()["items"] == []


async def test_what_is_no_invitation(auth: Auth) -> None:
    for body in ({"expiresIn": 1}, {"expiresIn": 10**9}, {"claims": {"permissions": "x"}}, {"note": "nul\0"}):
        assert (await invite(auth, **body)).status_code == 422
    assert (await auth.client.get("/auth/invitations/check")).status_code == 422
    assert (await auth.client.get("/auth/invitations/check", params={"token": "x" * 999})).status_code == 422
