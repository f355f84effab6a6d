"""Whatever a request holds, the answer is the error object with a client's status; nothing is stored and nothing leaks
(docs/protocol/README.md#errors)."""

from __future__ import annotations

import base64
import json
from typing import Any
from urllib.parse import quote
from uuid import uuid4

from auth_client import ADMIN_KEY, Auth, MakeAuth, bearer

from kyoo.auth.settings import ApiKeyConfig
from kyoo.auth.tokens.claims import EVERY_PERMISSION
from kyoo.core.database.postgres import Database, fetch_all
from kyoo.core.http.permissions import declared_routes

JSON = "application/json"

DEEP = "[" * 5000 + "]" * 5000

#: (content type, body)
RAW = [
    (JSON, b""),
    (JSON, b"{"),
    (JSON, b"null"),
    (JSON, b"[]"),
    (JSON, b'"x"'),
    (JSON, b"1e999"),
    (JSON, b"\xff\xfe"),
    (JSON, DEEP.encode()),
    (JSON, b'{"claims": ' + DEEP.encode() + b"}"),
    ("text/plain", b"{}"),
    ("application/x-www-form-urlencoded", b"login=a&password=b"),
    ("multipart/form-data; boundary=x", b"--x\r\n\r\n"),
    ("multipart/form-data", b"x"),
]

#: In place of each string of a good body.
STRINGS: list[Any] = ["\ud800", "\x00", "x" * 100_000, 5, None, [], {}, True]

#: A good body of each route that takes one.
BODIES: dict[str, dict[str, Any]] = {
    "POST /auth/presign": {"for": [{"url": "/a", "verb": "GET"}], "duration": "1h", "claims": {"a": "b"}},
    "POST /auth/users": {"username": "new", "email": "new@kyoo.test", "password": "correct horse"},
    "PATCH /auth/users/{user_id}": {"username": "new", "email": "new@kyoo.test", "claims": {"a": "b"}},
    "PATCH /auth/users/me": {"username": "new", "email": "new@kyoo.test", "claims": {"a": "b"}},
    "PATCH /auth/users/me/password": {"oldPassword": "x", "newPassword": "correct horse"},
    "POST /auth/sessions": {"login": "alice", "password": "x"},
    "POST /auth/sessions/second-factor": {"challenge": "x", "code": "123456"},
    "POST /auth/sessions/second-factor/options": {"challenge": "x"},
    "POST /auth/keys": {"name": "new", "claims": {"a": "b"}},
    "POST /auth/invitations": {"claims": {"a": "b"}, "note": "x"},
    "POST /auth/password-resets": {"login": "x"},
    "POST /auth/password-resets/{token}": {"password": "correct horse"},
    "POST /auth/users/me/totp/confirm": {"code": "123456"},
    "POST /auth/users/me/recovery-codes": {"code": "123456"},
    "POST /auth/users/me/app-passwords": {"name": "x"},
    "POST /auth/users/me/passkeys": {"name": "x", "credential": {"id": "x", "rawId": "x", "response": {}}},
    "POST /auth/passkeys/sessions": {"challenge": "x", "credential": {"id": "x", "rawId": "x", "response": {"a": "b"}}},
    "POST /auth/device/token": {"deviceCode": "x"},
    "POST /auth/device/{user_code}": {"approve": True},
}

#: Routes that need no body: what is sent to them does not matter.
WITHOUT_BODY = {
    "POST /auth/sessions/cookie",
    "POST /auth/users/me/totp",
    "POST /auth/users/{user_id}/password-reset",
    "POST /auth/users/me/passkeys/options",
    "POST /auth/passkeys/options",
    "POST /auth/device",
}
#: A form: its own tests are in test_auth_logos.py.
FORMS = {"POST /auth/users/me/logo"}


def variants(body: Any) -> list[Any]:
    """`body` with one of its strings replaced at a time."""
    if isinstance(body, str):
        return list(STRINGS)
    if isinstance(body, dict):
        return [{**body, key: other} for key, value in body.items() for other in variants(value)]
    if isinstance(body, list):
        return [
            [*body[:index], other, *body[index + 1 :]] for index, value in enumerate(body) for other in variants(value)
        ]
    return []


def routes_with_bodies(auth: Auth) -> set[str]:
    found = set()
    for path, methods, _ in declared_routes(auth.app):
        if not path.startswith("/auth/jwt"):
            found |= {f"{verb} {path}" for verb in methods & {"POST", "PUT", "PATCH"}}
    return found


async def test_every_route_that_takes_a_body_is_tried(auth: Auth) -> None:
    unknown = routes_with_bodies(auth) - BODIES.keys() - WITHOUT_BODY - FORMS
    assert not {route for route in unknown if "oidc" not in route and "federation" not in route}


async def test_bad_bodies(make_auth: MakeAuth, database: Database) -> None:
    key = ApiKeyConfig(token=ADMIN_KEY, claims={"permissions": list(EVERY_PERMISSION)})
    auth = await make_auth(api_keys={"admin": key}, login_attempts_per_account=0, login_attempts_per_address=0)
    token = await auth.register("alice")

    async def tried(route: str, content: bytes, content_type: str) -> int:
        """The status; unless it is a success, the answer is the error object and nothing is stored."""
        verb, path = route.split(" ")
        url = path.replace("{user_id}", str(uuid4())).replace("{token}", "x").replace("{user_code}", "BBBB-BBBB")
        headers = {"Content-Type": content_type, **bearer(token)}
        before = await stored(database)
        response = await auth.client.request(verb, url, content=content, headers=headers)
        told = (route, content[:80], response.text[:200])
        if response.status_code >= 300:
            assert response.status_code in (400, 401, 403, 404, 409, 413, 422), told
            answer = response.json()
            assert set(answer) == {"status", "message", "details"}, told
            assert answer["status"] == response.status_code, told
            assert "Traceback" not in response.text, told
            assert "/kyoo/" not in response.text, told
            assert await stored(database) == before, told
        return response.status_code

    for route, body in BODIES.items():
        for content_type, content in RAW:
            status = await tried(route, content, content_type)
            # Every part of an invitation has a default.
            assert status == 422 or (route == "POST /auth/invitations" and content in (b"", b"{}")), (route, content)
        for variant in variants(body):
            # Some of the other values are as good as the first: any JSON in a claim, null for what may be left out.
            await tried(route, json.dumps(variant).encode(), JSON)


async def stored(database: Database) -> list[Any]:
    """The rows that people make, without what an attempt to log in leaves."""
    async with database.connection() as connection:
        return await fetch_all(
            connection,
            """select (select json_agg(u.username order by u.username) from auth.users u)::text,
                      (select count(*) from auth.sessions), (select count(*) from auth.api_keys),
                      (select count(*) from auth.invitations), (select count(*) from auth.app_passwords),
                      (select count(*) from auth.passkeys), (select count(*) from auth.totp)""",
        )


def compact(header: Any, payload: Any) -> str:
    """A token of these parts, whose signature is nobody's."""
    parts = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in (header, payload)]
    return ".".join([*parts, "c2ln"])


#: What no client means. Each goes into every place that a credential, or what a gateway says of a request, can be in.
NONSENSE = [
    *(b"", b" ", b".", b"..", b"a.b.c", b"a.b.c.d.e", b"\xff\xfe", b"\xc3\xa9", b"%ff", b"%00", b'"', b"x" * 9000),
    *(b"Bearer", b"Bearer  ", b"Basic YTpi", b"kyoo", b"a=b;;=;X-Bearer", b"http://[", b"//", b"/%ff?x-presign=%ff"),
    *(  # type: ignore[var-annotated]
        compact(header, payload).encode()
        for header in ({}, [], 5, None, {"alg": None}, {"alg": ["EdDSA"]}, {"alg": "none"}, {"alg": "EdDSA", "crit": 5})
        for payload in ({}, 5)
    ),
]
HEADERS = [
    *("Authorization", "X-Api-Key", "Cookie", "Sec-WebSocket-Protocol", "X-Forwarded-Uri", "X-Forwarded-Method"),
    *("X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-For", "If-None-Match", "User-Agent", "Origin", "Range"),
]


async def test_bad_headers_cookies_and_tokens(make_auth: MakeAuth) -> None:
    auth = await make_auth(login_attempts_per_address=0)
    token = await auth.register("alice")

    async def tried(path: str, headers: list[tuple[bytes, bytes]], *, alone: bool) -> None:
        """`alone`: it is all that says who sends the request, so it lets nobody in."""
        response = await auth.client.get(path, headers=headers)
        told = (path, headers, response.text[:200])
        if alone:
            assert response.status_code in (401, 403), told
        assert response.status_code < 500, told
        if response.status_code >= 400:
            assert set(response.json()) == {"status", "message", "details"}, told
            assert response.json()["status"] == response.status_code, told

    for nonsense in NONSENSE:
        for path in ("/auth/jwt", "/auth/users/me"):
            for name in HEADERS:
                await tried(path, [(name.encode(), nonsense)], alone=True)
                await tried(
                    path, [(name.encode(), nonsense), (b"Authorization", b"Bearer " + token.encode())], alone=False
                )
            for place in (b"X-Bearer=", b"other=1; X-Bearer="):
                await tried(path, [(b"Cookie", place + nonsense)], alone=True)
            await tried(path, [(b"Authorization", b"Bearer " + nonsense)], alone=True)
            await tried(path, [(b"Sec-WebSocket-Protocol", b"kyoo, Bearer " + nonsense)], alone=True)
            await tried(f"{path}?x-presign={quote(nonsense)}", [], alone=True)


async def test_bad_paths_and_queries(auth: Auth) -> None:
    token = await auth.register("alice")
    values = ["%00", "%ff", "%ed%a0%80", "%2e%2e", "a%2Fb", "a;b", "%", "-1", "9" * 40, "1e9", "NaN", "x" * 9000, "%0a"]
    paths = [
        *("users/{}", "users/{}/logo", "users/{}/sessions", "sessions/{}", "keys/{}", "invitations/{}", "device/{}"),
        *("oidc/login/{}", "oidc/logged/{}", "oidc/callback/{}", "password-resets/{}", "users/{}/password-reset"),
        *(
            "users?after={}",
            "audit?after={}",
            "audit?user={}",
            "audit?action={}",
            "deletions?after={}",
            "jwt?x-presign={}",
        ),
        *("invitations?after={}", "invitations/check?token={}", "oidc/logged/x?state={}", "oidc/callback/x?token={}"),
        *("oidc/login/x?redirectUrl={}", "oidc/login/federation?redirectUrl=http://localhost&tenant={}"),
        *("federation/authorize?client_id={}", "federation/picture?token={}", "device?device={}"),
    ]
    for path in paths:
        for value in values:
            for verb in ("GET", "POST", "PATCH", "DELETE"):
                url = f"/auth/{path.format(value)}"
                response = await auth.client.request(verb, url, headers=bearer(token))
                told = (verb, url[:80], response.text[:200])
                assert response.status_code < 500, told
                if response.status_code >= 400:
                    assert set(response.json()) == {"status", "message", "details"}, told
                    assert "Traceback" not in response.text, told
