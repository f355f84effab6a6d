"""Nobody acts on an account, a key or an invitation of who can do or see more, whatever the action; and the last
administrator stays one."""

from __future__ import annotations

import asyncio
import io
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from auth_client import ADMIN_KEY, SLOW, Auth, MakeAuth, bearer
from PIL import Image

from kyoo.auth.queries import sessions, users
from kyoo.auth.tokens.claims import EVERY_PERMISSION
from kyoo.auth.tokens.opaque import hash_secret, new_secret
from kyoo.core.database.postgres import Database, execute, fetch_value

ADMIN = {"X-Api-Key": ADMIN_KEY}
#: What a helper holds who manages users, but not everything.
HELPER = ["core.read", "core.play", "users.read", "users.write", "users.delete", "apikeys.write"]

#: Every way to act on an account: a name, the verb, the path below the user, the body.
ACTIONS: list[tuple[str, str, str, Any]] = [
    ("demote", "PATCH", "", {"claims": {"permissions": []}}),
    ("promote", "PATCH", "", {"claims": {"permissions": ["core.read"]}}),
    ("limit", "PATCH", "", {"claims": {"libraries": []}}),
    ("limit by age", "PATCH", "", {"claims": {"maxAge": 6}}),
    ("lock out", "PATCH", "", {"claims": {"verified": False}}),
    ("decorate", "PATCH", "", {"claims": {"settings": {"x": 1}}}),
    ("rename", "PATCH", "", {"username": "mallory"}),
    ("take the mail", "PATCH", "", {"email": "mallory@kyoo.test"}),
    ("disable", "PATCH", "", {"disabled": True}),
    ("enable", "PATCH", "", {"disabled": False}),
    ("touch", "PATCH", "", {}),
    ("reset", "POST", "/password-reset", None),
    ("end a session", "DELETE", "/sessions/{session}", None),
    ("second factors", "DELETE", "/second-factors", None),
    ("picture", "DELETE", "/logo", None),
    ("delete", "DELETE", "", None),
]


async def user(auth: Auth, name: str, claims: dict[str, Any] | None = None) -> tuple[str, str]:
    """The id and the session token of a new user with these claims. No password: hashing many takes long."""
    token = new_secret()
    async with auth.app.state.context.database.transaction() as connection:
        row = await users.insert(
            connection,
            username=name,
            email=f"{name}@kyoo.test",
            password=None,
            claims=claims or {"permissions": ["core.read", "core.play"]},
        )
        await sessions.insert(
            connection, row["id"], hash_secret(token), "test", app_password=None, by_device_login=False
        )
    return str(row["id"]), token


async def first_user(auth: Auth) -> tuple[str, str]:
    return await user(auth, "first", {"permissions": list(EVERY_PERMISSION)})


async def act(auth: Auth, action: tuple[str, str, str, Any], on: str, token: str, headers: dict[str, str]) -> int:
    _, verb, path, body = action
    if "{session}" in path:
        listed = await auth.client.get("/auth/sessions", headers=bearer(token))
        path = path.format(session=listed.json()[0]["id"])
    url = f"/auth/users/{on}{path}"
    return (await auth.client.request(verb, url, json=body, headers=headers)).status_code


async def picture(auth: Auth, token: str) -> None:
    data = io.BytesIO()
    Image.new("RGB", (4, 4)).save(data, "PNG")
    answer = await auth.client.post(
        "/auth/users/me/logo", files={"logo": ("x.png", data.getvalue(), "image/png")}, headers=bearer(token)
    )
    assert answer.status_code == 204, answer.text


@pytest.mark.parametrize(
    ("superior", "actor"),
    [
        pytest.param({"permissions": [*HELPER, "core.write"]}, {}, id="permissions"),
        pytest.param({}, {"libraries": ["films"]}, id="libraries"),
        pytest.param({"libraries": ["films", "series"]}, {"libraries": ["films"]}, id="other libraries"),
        pytest.param({}, {"maxAge": 12}, id="age"),
        pytest.param({"maxAge": 13, "libraries": []}, {"maxAge": 12, "libraries": []}, id="a higher age"),
        pytest.param({"verified": True}, {"verified": False}, id="not let in"),
    ],
)
async def test_nobody_acts_on_who_can_do_or_see_more(
    auth: Auth, superior: dict[str, Any], actor: dict[str, Any]
) -> None:
    await first_user(auth)
    on, victim = await user(auth, "victim", {"permissions": HELPER, **superior})
    helper, token = await user(auth, "helper", {"permissions": HELPER, **actor})
    await picture(auth, victim)
    before = await auth.me(victim)
    for action in ACTIONS:
        assert await act(auth, action, on, victim, bearer(token)) == 403, action
    assert (await auth.me(victim)) == {**before, "lastSeen": (await auth.me(victim))["lastSeen"]}
    # Nor by a key that they make, which has no wider limits.
    body = {"name": "key", "claims": {"permissions": ["users.write"]}}
    key = (await auth.client.post("/auth/keys", json=body, headers=bearer(token))).json()["token"]
    assert await act(auth, ACTIONS[0], on, victim, {"X-Api-Key": key}) == 403
    assert helper != on


async def test_everybody_acts_on_who_can_do_as_much_or_less(auth: Auth) -> None:
    """The check above would pass for a rule that refuses everybody."""
    await first_user(auth)
    _, token = await user(auth, "helper", {"permissions": HELPER, "libraries": ["films"], "maxAge": 12})
    claims = {"permissions": HELPER, "libraries": ["films"], "maxAge": 12}
    for number, action in enumerate(ACTIONS):
        on, victim = await user(auth, f"victim{number}", claims)
        await picture(auth, victim)
        assert await act(auth, action, on, victim, bearer(token)) in (200, 201, 204), action


async def test_nobody_gives_more_than_they_have(auth: Auth) -> None:
    await first_user(auth)
    claims = {"permissions": HELPER, "libraries": ["films"], "maxAge": 12, "verified": True}
    on, _ = await user(auth, "victim", claims)
    helper, token = await user(auth, "helper", claims)
    for given in (
        {"permissions": ["core.write"]},
        {"libraries": None},
        {"libraries": ["films", "series"]},
        {"libraries": "films"},
        {"maxAge": None},
        {"maxAge": 13},
        {"maxAge": True},
    ):
        for target in (on, helper):
            answer = await auth.client.patch(f"/auth/users/{target}", json={"claims": given}, headers=bearer(token))
            assert answer.status_code == 403, given


async def test_what_counts_is_what_the_actor_may_do_now(auth: Auth, make_auth: MakeAuth, database: Database) -> None:
    """Not what a process remembers, nor what a token says."""
    await first_user(auth)
    on, _ = await user(auth, "victim")
    helper, token = await user(auth, "helper", {"permissions": HELPER})
    replica = await make_auth(**SLOW)
    path = f"/auth/users/{on}"
    assert (await replica.client.patch(path, json={}, headers=bearer(token))).status_code == 200
    async with database.connection() as connection:
        # No news of it reaches anybody.
        await execute(connection, "alter table auth.users disable trigger user")
        await execute(connection, "update auth.users set claims = claims - 'permissions' where id = %s", [helper])
    assert (await replica.client.patch(path, json={}, headers=bearer(token))).status_code == 403


async def test_keys_are_of_who_made_them(auth: Auth) -> None:
    _, first = await first_user(auth)
    _, token = await user(auth, "helper", {"permissions": HELPER})

    async def make(name: str, permissions: list[str], headers: dict[str, str]) -> str:
        body = {"name": name, "claims": {"permissions": permissions}}
        answer = await auth.client.post("/auth/keys", json=body, headers=headers)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    async def delete(key: str, headers: dict[str, str]) -> int:
        return (await auth.client.delete(f"/auth/keys/{key}", headers=headers)).status_code

    strong = await make("strong", ["core.write"], ADMIN)
    of_superior = await make("ofsuperior", ["core.read"], bearer(first))
    of_nobody = await make("ofnobody", ["core.read"], ADMIN)
    own = await make("own", ["core.read"], bearer(token))
    assert await delete(strong, bearer(token)) == 403
    assert await delete(of_superior, bearer(token)) == 403
    assert await delete(of_nobody, bearer(token)) == 200
    assert await delete(own, bearer(token)) == 200
    assert await delete(of_superior, bearer(first)) == 200
    assert await delete(strong, ADMIN) == 200


async def test_a_taken_name_of_a_key_is_said_first(auth: Auth) -> None:
    """409, whatever the caller may not give (the order of Kyoo's checks)."""
    await first_user(auth)
    _, token = await user(auth, "helper", {"permissions": HELPER})
    body = {"name": "taken", "claims": {"permissions": ["core.read"]}}
    assert (await auth.client.post("/auth/keys", json=body, headers=ADMIN)).status_code == 201
    for name, status in ("taken", 409), ("admin", 409), ("free", 403):
        body = {"name": name, "claims": {"permissions": ["core.write"]}}
        assert (await auth.client.post("/auth/keys", json=body, headers=bearer(token))).status_code == status


async def test_invitations_are_of_who_invites(auth: Auth) -> None:
    _, first = await first_user(auth)
    _, token = await user(auth, "helper", {"permissions": HELPER})

    async def invite(permissions: list[str], headers: dict[str, str]) -> str:
        body = {"claims": {"permissions": permissions}}
        answer = await auth.client.post("/auth/invitations", json=body, headers=headers)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    async def withdraw(invitation: str) -> int:
        return (await auth.client.delete(f"/auth/invitations/{invitation}", headers=bearer(token))).status_code

    assert await withdraw(await invite(["core.write"], ADMIN)) == 403
    assert await withdraw(await invite(["core.read"], bearer(first))) == 403
    assert await withdraw(await invite(["core.read"], ADMIN)) == 204
    assert await withdraw(await invite(["core.read"], bearer(token))) == 204
    assert await withdraw(str(uuid4())) == 404


async def test_what_every_new_user_gets_sets_nobody_above_an_administrator(make_auth: MakeAuth) -> None:
    """Permissions for other programs, which the first user has not: those of the catalogue count as ever."""
    extra = {"permissions": ["core.read", "core.play", "downloads.start"]}
    auth = await make_auth(extra_claims=extra)
    _, first = await first_user(auth)
    number = 0

    async def statuses(claims: dict[str, Any], token: str) -> set[int]:
        nonlocal number
        found = set()
        for action in ACTIONS:
            number += 1
            on, victim = await user(auth, f"victim{number}", claims)
            await picture(auth, victim)
            found.add(await act(auth, action, on, victim, bearer(token)))
        return found

    assert await statuses(extra, first) <= {200, 201, 204}
    assert await statuses({"permissions": ["core.read", "uploads.start"]}, first) == {403}
    _, bot = await user(auth, "bot", {"permissions": ["core.read", "users.write", "users.delete"]})
    assert await statuses(extra, bot) == {403}, "it cannot play"
    on, _ = await user(auth, "old")
    body = {"claims": {"permissions": ["core.read", "downloads.start"]}}
    assert (await auth.client.patch(f"/auth/users/{on}", json=body, headers=bearer(first))).status_code == 200


@pytest.mark.parametrize(
    "change",
    [
        {"claims": {"permissions": ["core.read"]}},
        {"claims": {"libraries": []}},
        {"claims": {"maxAge": 12}},
        {"claims": {"verified": False}},
        {"disabled": True},
    ],
)
async def test_the_last_administrator_stays_one(auth: Auth, change: dict[str, Any]) -> None:
    """Nobody demotes, limits or disables it, not even a key that can do everything; it can delete itself."""
    on, token = await first_user(auth)
    await user(auth, "second", {"permissions": [p for p in EVERY_PERMISSION if p != "users.write"]})
    disabled, _ = await user(auth, "third", {"permissions": list(EVERY_PERMISSION)})
    await auth.client.patch(f"/auth/users/{disabled}", json={"disabled": True}, headers=ADMIN)
    for headers in (ADMIN, bearer(token)):
        answer = await auth.client.patch(f"/auth/users/{on}", json=change, headers=headers)
        assert answer.status_code == 403, answer.text
    assert (await auth.client.patch(f"/auth/users/{on}", json={"username": "best"}, headers=ADMIN)).status_code == 200
    # With another one it can.
    assert (await auth.client.patch(f"/auth/users/{disabled}", json={"disabled": False}, headers=ADMIN)).is_success
    assert (await auth.client.patch(f"/auth/users/{on}", json=change, headers=ADMIN)).status_code == 200


async def test_the_last_administrator_deletes_itself(auth: Auth) -> None:
    _, token = await first_user(auth)
    assert (await auth.client.delete("/auth/users/me", headers=bearer(token))).status_code == 200


async def test_of_administrators_who_demote_each_other_at_once_one_is_left(make_auth: MakeAuth) -> None:
    replicas = [await make_auth(exchange_cache_seconds=60) for _ in range(2)]
    (one, first), (other, second) = await first_user(replicas[0]), await user(replicas[0], "second")
    everything = {"claims": {"permissions": list(EVERY_PERMISSION)}}
    answer = await replicas[0].client.patch(f"/auth/users/{other}", json=everything, headers=bearer(first))
    assert answer.status_code == 200

    async def demote(auth: Auth, on: str, token: str) -> httpx2.Response:
        body = {"claims": {"permissions": []}}  # type: ignore[var-annotated]
        return await auth.client.patch(f"/auth/users/{on}", json=body, headers=bearer(token))

    answers = await asyncio.gather(demote(replicas[0], other, first), demote(replicas[1], one, second))
    assert sorted(answer.status_code for answer in answers) == [200, 403]


async def test_what_is_of_another_is_not_there(auth: Auth) -> None:
    """Ids of sessions, app passwords and passkeys of somebody else: 404, and they stay."""
    _, mine = await first_user(auth)
    other, theirs = await user(auth, "other")
    made = await auth.client.post("/auth/users/me/app-passwords", json={"name": "tv"}, headers=bearer(theirs))
    async with auth.app.state.context.database.connection() as connection:
        passkey = await fetch_value(
            connection,
            """insert into auth.passkeys (user_id, credential_id, public_key, sign_count, name)
               values (%s, 'id', 'key', 0, 'phone') returning id""",
            [other],
        )
    session = (await auth.client.get("/auth/sessions", headers=bearer(theirs))).json()[0]["id"]
    paths = (
        f"/auth/sessions/{session}",
        f"/auth/users/me/app-passwords/{made.json()['id']}",
        f"/auth/users/me/passkeys/{passkey}",
    )
    for path in paths:
        assert (await auth.client.delete(path, headers=bearer(mine))).status_code == 404, path
    for path in reversed(paths):
        assert (await auth.client.delete(path, headers=bearer(theirs))).is_success, path
