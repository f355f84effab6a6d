"""What browsers and caches are told is the same behind every gateway, for every kind of answer."""

from __future__ import annotations

import pytest

from kyoo.core.http.security_headers import NO_PAGE
from kyoo.serve.http.web import SECURITY_HEADERS
from tests.gateways.conftest import Site, bearer

pytestmark = pytest.mark.asyncio(loop_scope="module")

#: All that is looked at; null where it must not be.
COMPARED = (
    *SECURITY_HEADERS,
    *("cache-control", "access-control-allow-origin", "access-control-allow-credentials", "x-frame-options"),
    *("strict-transport-security", "set-cookie"),
)
SERVICE = {
    "content-security-policy": NO_PAGE,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cache-control": "private",
}
AUTH = {**SERVICE, "cache-control": "no-store"}
CORS = {"access-control-allow-origin": "*"}
PAGE = {**SECURITY_HEADERS, "cache-control": "no-cache"}


async def test_headers_are_the_same_behind_every_gateway(site: Site) -> None:
    token = await site.register()
    link = await site.presign(token, {"verb": "GET", "url": "/api/x"})
    me = bearer(token)
    cast = {"Origin": "https://cast.example"}
    answers = [
        ("GET", "/api/x", me | cast, 200, SERVICE | CORS),
        ("POST", "/api/x", me | cast, 200, SERVICE | CORS),
        ("GET", f"/api/x?x-presign={link}", cast, 200, SERVICE | CORS),
        ("GET", "/video/film", me | cast, 200, SERVICE | CORS),
        ("GET", "/scanner/x", me, 200, SERVICE),
        ("GET", "/api/health", {}, 200, SERVICE),
        ("GET", "/api/crash", me | cast, 500, SERVICE | CORS),
        # Of the auth service, whoever asked it.
        ("GET", "/scanner/x", {}, 401, AUTH),
        ("GET", "/scanner/x", bearer("made-up"), 403, AUTH),
        ("GET", "/auth/users/me", me | cast, 200, AUTH),
        ("GET", "/auth/users/me", {}, 401, AUTH),
        ("GET", "/auth/nothing", {}, 404, AUTH),
        ("GET", "/auth/jwt", me, 200, AUTH),
        ("GET", "/.well-known/jwks.json", {}, 200, AUTH),
        ("GET", "/", {}, 200, PAGE),
        ("GET", "/movies/some-film", cast, 200, PAGE),
        ("GET", "/index.html", {}, 200, PAGE),
        ("GET", "/assets/app-1a2b.js", {}, 200, PAGE | {"cache-control": "public, max-age=31536000, immutable"}),
        ("GET", "/assets/gone.js", {}, 404, SECURITY_HEADERS),
    ]
    for method, path, headers, status, expected in answers:
        answer = await site.client.request(method, path, headers=headers)
        assert answer.status_code == status, (path, answer.text)
        found = {name: ", ".join(answer.headers.get_list(name)) for name in COMPARED if name in answer.headers}
        assert found == expected, (site.name, method, path, status)


async def test_the_documentation_is_shown_behind_every_gateway(site: Site) -> None:
    """Its pages run a script of their own, which their policy names; the browser runs them in tests/e2e."""
    for path in ("/api/swagger", "/api/redoc", "/auth/swagger"):
        answer = await site.client.get(path)
        policy = answer.headers["content-security-policy"]
        assert "script-src 'self' 'sha256-" in policy
        assert "frame-ancestors 'none'" in policy
        for name in ("x-content-type-options", "referrer-policy", "permissions-policy", "cross-origin-opener-policy"):
            assert answer.headers[name] == SECURITY_HEADERS[name]
