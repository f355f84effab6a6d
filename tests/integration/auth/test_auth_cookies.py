"""The cookie of our own page, and what a request with a cookie may do for a page of another site."""

from __future__ import annotations

from http.cookies import Morsel, SimpleCookie

import httpx2
import pytest
from auth_client import ADMIN_KEY, ORIGIN, Auth, MakeAuth, bearer
from joserfc import jwt as jose
from joserfc.jwk import KeySet

from kyoo.core.tokens import BY_COOKIE

EVIL = "https://evil.example"
OURS = "__Host-kyoo"


def set_cookie(answer: httpx2.Response) -> dict[str, Morsel[str]]:
    found: SimpleCookie = SimpleCookie()
    for line in answer.headers.get_list("set-cookie"):
        found.load(line)
    return dict(found)


async def by_cookie(auth: Auth, **headers: str) -> bool:
    keys = KeySet.import_key_set((await auth.client.get("/.well-known/jwks.json")).json())
    return BY_COOKIE in jose.decode(await auth.jwt(**headers), keys, algorithms=["EdDSA"]).claims


async def test_a_page_has_its_session_in_a_cookie_that_no_script_reads(auth: Auth) -> None:
    token = await auth.register()
    registered = await auth.client.post("/auth/sessions", json={"login": "alice", "password": "password of alice"})
    # Nobody who does not ask for one gets any, and nobody gets the one of Kyoo's page.
    assert "set-cookie" not in registered.headers
    kept = await auth.client.post("/auth/sessions/cookie", headers=bearer(token))
    assert kept.status_code == 200
    assert token not in kept.text
    (name, cookie), *others = set_cookie(kept).items()
    assert (name, cookie.value, others) == (OURS, token, [])
    assert cookie["secure"]
    assert cookie["httponly"]
    assert (cookie["path"], cookie["domain"], cookie["samesite"]) == ("/", "", "strict")
    assert int(cookie["max-age"]) > 300 * 24 * 3600
    me = {"Cookie": f"{OURS}={token}", "Origin": ORIGIN}
    assert (await auth.client.get("/auth/users/me", headers=me)).json()["username"] == "alice"
    sessions = (await auth.client.get("/auth/sessions", headers=me)).json()
    assert [one["id"] for one in sessions if one["current"]] == [kept.json()["id"]]
    renewed = await auth.client.post("/auth/sessions/cookie", headers=me)
    assert set_cookie(renewed)[OURS].value == token


@pytest.mark.parametrize("path", ["/auth/sessions/current", "/auth/sessions", "/auth/sessions/{id}", "/auth/users/me"])
async def test_the_cookie_goes_with_the_session(auth: Auth, path: str) -> None:
    token = await auth.register()
    me = {"Cookie": f"{OURS}={token}", "Origin": ORIGIN}
    session = (await auth.client.get("/auth/sessions", headers=me)).json()[0]["id"]
    ended = await auth.client.delete(path.format(id=session), headers=me)
    assert ended.status_code == 200
    cookie = set_cookie(ended)[OURS]
    assert (cookie.value, cookie["max-age"], cookie["path"], cookie["secure"]) == ("", "0", "/", True)
    # What is left of a session that ended elsewhere.
    forgotten = await auth.client.delete("/auth/sessions/cookie", headers=me)
    assert (forgotten.status_code, set_cookie(forgotten)[OURS]["max-age"]) == (204, "0")
    assert "set-cookie" not in (await auth.client.delete("/auth/sessions/cookie")).headers


async def test_another_session_that_ends_leaves_the_cookie(auth: Auth) -> None:
    token = await auth.register()
    await auth.log_in()
    me = {"Cookie": f"{OURS}={token}", "Origin": ORIGIN}
    other = next(one for one in (await auth.client.get("/auth/sessions", headers=me)).json() if not one["current"])
    assert "set-cookie" not in (await auth.client.delete(f"/auth/sessions/{other['id']}", headers=me)).headers


async def test_only_a_session_can_be_kept(auth: Auth, make_auth: MakeAuth) -> None:
    token = await auth.register()
    jwt = await auth.jwt(**bearer(token))
    link = await auth.presign(token, {"verb": "POST", "url": "/auth/sessions/cookie"})
    for headers in (bearer(jwt), {"X-Api-Key": ADMIN_KEY}, {"X-Api-Key": ADMIN_KEY, "Cookie": f"{OURS}={token}"}):
        assert (await auth.client.post("/auth/sessions/cookie", headers=headers)).status_code == 403
    assert (await auth.client.post(f"/auth/sessions/cookie?x-presign={link}")).status_code == 403
    assert (await auth.client.post("/auth/sessions/cookie")).status_code == 401
    house = await make_auth(guest_claims={"permissions": []})
    assert (await house.client.post("/auth/sessions/cookie")).status_code == 403


@pytest.mark.parametrize(
    ("public_url", "asked", "origin", "name"),
    [
        ("http://localhost:8901", "http://localhost:8901", "", "kyoo-8901"),
        ("http://localhost:8902", "http://192.168.1.5:8902", "", "kyoo-8902"),
        ("https://films.example", "https://films.example", "", "__Host-kyoo"),
        ("https://films.example:8443", "https://films.example:8443", "", "__Host-kyoo-8443"),
        # A gateway that does not say that there is TLS before it: the page does.
        ("http://localhost:8901", "http://films.example", "https://films.example", "__Host-kyoo-8901"),
    ],
)
async def test_its_name(make_auth: MakeAuth, public_url: str, asked: str, origin: str, name: str) -> None:
    """Under TLS it is one that no other host can set; instances at several ports of one host have their own."""
    auth = await make_auth(public_url=public_url)
    headers = bearer(await auth.register()) | ({"Origin": origin} if origin else {})
    kept = await auth.client.post(f"{asked}/auth/sessions/cookie", headers=headers)
    assert [*set_cookie(kept)] == [name]
    assert bool(set_cookie(kept)[name]["secure"]) == name.startswith("__Host-")


async def test_a_token_says_that_it_comes_from_a_cookie(auth: Auth) -> None:
    token = await auth.register()
    for name in (OURS, "kyoo", "X-Bearer"):
        assert await by_cookie(auth, Cookie=f"{name}={token}")
    jwt = await auth.jwt(Cookie=f"X-Bearer={token}")
    assert await by_cookie(auth, **bearer(jwt))
    assert await by_cookie(auth, Cookie=f"X-Bearer={await auth.jwt(**bearer(token))}")
    link = await auth.presign(token, {"verb": "GET", "prefix": "/"})
    for headers in (
        bearer(token),
        {**bearer(token), "Cookie": f"X-Bearer={token}"},
        {"X-Api-Key": ADMIN_KEY, "Cookie": f"X-Bearer={token}"},
        {"Sec-WebSocket-Protocol": f"kyoo, Bearer {token}", "Cookie": f"X-Bearer={token}"},
        {"X-Forwarded-Uri": f"/x?x-presign={link}", "Cookie": f"X-Bearer={token}"},
    ):
        assert not await by_cookie(auth, **headers)
    # Ours comes first.
    assert await by_cookie(auth, Cookie=f"X-Bearer=a.b.c; {OURS}={token}")


FOREIGN: list[dict[str, str]] = [
    {"Origin": EVIL},
    {"Origin": "null"},
    {"Origin": ""},
    {"Origin": f"{ORIGIN}.evil.example"},
    {"Origin": f"{ORIGIN}:444"},
    {"Origin": "https://kyoo.test@evil.example"},
    {"Origin": "kyoo.test"},
    {"Origin": "file://kyoo.test"},
    {"Origin": "http://["},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "cross-site", "Origin": ORIGIN},
    {"Origin": EVIL, "X-Forwarded-Host": "evil.example"},
]
OWN: list[dict[str, str]] = [
    {},
    {"Origin": ORIGIN},
    {"Origin": ORIGIN.upper().replace("HTTPS", "https")},
    {"Origin": ORIGIN, "Host": "kyoo.test:443"},
    {"Sec-Fetch-Site": "same-origin"},
    # A gateway that hides the name of the host.
    {"Sec-Fetch-Site": "same-origin", "Origin": ORIGIN, "Host": "auth:4568"},
    {"Sec-Fetch-Site": "none"},
]


async def test_pages_of_other_sites_change_nothing_by_a_cookie(auth: Auth) -> None:
    token = await auth.register()
    link = await auth.presign(token, {"verb": "GET", "url": "/auth/users/me"})
    patch = {"claims": {"colour": "blue"}}
    for name in (OURS, "kyoo", "X-Bearer"):
        cookie = {"Cookie": f"{name}={token}"}
        for headers in FOREIGN:
            answer = await auth.client.patch("/auth/users/me", json=patch, headers=headers | cookie)
            assert (answer.status_code, "another site" in answer.text) == (403, True), (headers, answer.text)
            assert (await auth.client.get("/auth/users/me", headers=headers | cookie)).status_code == 200
            assert (await auth.client.head("/auth/users/me", headers=headers | cookie)).status_code == 200
            for exempt in (bearer(token), bearer(await auth.jwt(**cookie))):
                answer = await auth.client.patch("/auth/users/me", json=patch, headers=headers | cookie | exempt)
                assert answer.status_code == 200, (headers, answer.text)
            signed = await auth.client.get(f"/auth/users/me?x-presign={link}", headers=headers | cookie)
            assert signed.status_code == 200
            keys = await auth.client.delete(
                "/auth/keys/00000000-0000-4000-8000-000000000000", headers=headers | cookie | {"X-Api-Key": ADMIN_KEY}
            )
            assert keys.status_code == 404
        for headers in OWN:
            answer = await auth.client.patch("/auth/users/me", json=patch, headers=headers | cookie)
            assert answer.status_code == 200, (headers, answer.text)
    for headers in FOREIGN:
        assert (await auth.client.delete("/auth/sessions/cookie", headers=headers)).status_code == 403
