"""Presigned requests: what a signature opens, and that it opens nothing else."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from auth_client import ADMIN_KEY, Auth, MakeAuth, bearer
from joserfc import jwt as jose
from joserfc.jwk import KeySet

from kyoo.auth.tokens.exchange import identity_of
from kyoo.auth.tokens.presign import Allowance
from kyoo.core.errors import ForbiddenError
from kyoo.core.tokens import JwksUrl, Verifier

EVERYTHING = {"prefix": "/", "verb": "GET"}


async def exchange(auth: Auth, signature: str, uri: str, verb: str = "GET") -> Any:
    headers = {"X-Forwarded-Uri": f"{uri}{'&' if '?' in uri else '?'}x-presign={signature}", "X-Forwarded-Method": verb}
    return await auth.client.get("/auth/jwt", headers=headers)


async def lent_token(auth: Auth, signature: str, uri: str = "/api/shows") -> str:
    response = await exchange(auth, signature, uri)
    assert response.status_code == 200, response.text
    return str(response.json()["token"])


async def claims_of(auth: Auth, token: str) -> dict[str, Any]:
    keys = KeySet.import_key_set((await auth.client.get("/.well-known/jwks.json")).json())
    return dict(jose.decode(token, keys, algorithms=["EdDSA"]).claims)


async def test_it_gives_the_signers_claims_and_the_extra_ones(auth: Auth) -> None:
    token = await auth.register("alice")
    signature = await auth.presign(token, EVERYTHING, claims={"wsRoutes": ["watch/1"]})
    claims = await claims_of(auth, await lent_token(auth, signature))
    assert claims["username"] == "alice"
    assert claims["wsRoutes"] == ["watch/1"]
    assert claims["permissions"] == (await auth.me(token))["claims"]["permissions"]
    assert "presign" not in claims
    verifier = Verifier(JwksUrl(auth.client, "/.well-known/jwks.json"))
    assert (await verifier.verify(await lent_token(auth, signature))).username == "alice"


async def test_the_answer_repeats_the_request_normalised(auth: Auth) -> None:
    body = {
        "for": [
            {"url": "https://kyoo.test/api/a%20b//c?x=1#y", "verb": "get"},
            {"prefix": "/video/abc/", "url": "/ignored", "verb": "Head"},
        ],
        "duration": "1h30m",
    }
    response = await auth.client.post("/auth/presign?slug=x", json=body, headers=bearer(await auth.register()))
    assert set(response.json()) == {"for", "duration", "signature", "expireAt"}
    assert response.json()["for"] == [
        {"url": "/api/a b/c", "verb": "GET"},
        {"url": None, "prefix": "/video/abc/", "verb": "HEAD"},
    ]
    assert response.json()["duration"] == "1h30m"
    expires = datetime.fromisoformat(response.json()["expireAt"]).astimezone(UTC).timestamp()
    assert abs(expires - time.time() - 5400) < 5


ALLOWED = (
    ({"url": "/api/a", "verb": "GET"}, "/api/a", "GET", True),
    ({"url": "/api/a", "verb": "GET"}, "/api/a?x=1", "get", True),
    ({"url": "/api/a", "verb": "GET"}, "https://kyoo.test/api/a", "GET", True),
    ({"url": "/api/a", "verb": "GET"}, "/api/%61", "GET", True),
    ({"url": "/api/a", "verb": "GET"}, "/api/a/", "GET", True),
    ({"url": "/api/a", "verb": "GET"}, "/api/a", "POST", False),
    ({"url": "/api/a", "verb": "GET"}, "/api/ab", "GET", False),
    ({"url": "/api/a", "verb": "GET"}, "/api", "GET", False),
    ({"prefix": "/api/a", "verb": "GET"}, "/api/ab/c", "GET", True),
    ({"prefix": "/api/a/", "verb": "GET"}, "/api/a/c", "GET", True),
    ({"prefix": "/api/a/", "verb": "GET"}, "/api/ab", "GET", False),
    ({"prefix": "/api/a", "verb": "GET"}, "/api/a/../../auth/users", "GET", False),
    ({"prefix": "/api/a", "verb": "GET"}, "/api/a/%2e%2e/b", "GET", False),
    ({"prefix": "/api/a", "verb": "GET"}, "/api/b/../a", "GET", False),
    ({"prefix": "/api/a", "verb": "GET"}, "/api/b/%2E%2e/a", "GET", False),
    ({"prefix": "/api/a", "verb": "GET"}, "/api/a%2F..%2Fb", "GET", False),
    ({"prefix": "/api/a", "verb": "GET"}, "/api/a/..%5cb", "GET", False),
    ({"prefix": "/api/a", "verb": "GET"}, "/api/a/%00", "GET", False),
    ({"prefix": "/api/a", "verb": "GET"}, "/api/a/%ff", "GET", False),
    ({"prefix": "/api/a", "verb": "GET"}, "//api/a/x", "GET", True),
)


async def test_which_request_a_rule_allows(auth: Auth) -> None:
    token = await auth.register()
    for rule, uri, verb, allowed in ALLOWED:
        response = await exchange(auth, await auth.presign(token, rule), uri, verb)
        assert response.status_code == (200 if allowed else 403), (rule, uri, verb)


SIGNABLE: tuple[tuple[dict[str, Any], int], ...] = (
    ({"duration": "1h"}, 422),
    ({"for": [], "duration": "1h"}, 422),
    ({"for": [EVERYTHING]}, 422),
    ({"for": [EVERYTHING], "duration": ""}, 400),
    ({"for": [EVERYTHING], "duration": "soon"}, 400),
    ({"for": [EVERYTHING], "duration": "0s"}, 400),
    ({"for": [EVERYTHING], "duration": "-1h"}, 400),
    ({"for": [EVERYTHING], "duration": "168h1s"}, 400),
    ({"for": [EVERYTHING], "duration": "168h"}, 200),
    ({"for": [{"verb": "GET"}], "duration": "1h"}, 400),
    ({"for": [{"verb": "GET", "url": ""}], "duration": "1h"}, 400),
    ({"for": [{"verb": "GET", "url": "shows"}], "duration": "1h"}, 400),
    ({"for": [{"verb": "GET", "url": "https://kyoo.test"}], "duration": "1h"}, 400),
    ({"for": [{"verb": "GET", "url": "http://[bad/x"}], "duration": "1h"}, 400),
    ({"for": [{"verb": "GET", "prefix": "/api/a/../b"}], "duration": "1h"}, 400),
    ({"for": [EVERYTHING], "duration": "1h", "claims": {"permissions": []}}, 400),
    ({"for": [EVERYTHING], "duration": "1h", "claims": {"verified": True}}, 400),
    ({"for": [EVERYTHING], "duration": "1h", "claims": {"sub": "x"}}, 400),
    ({"for": [EVERYTHING], "duration": "1h", "claims": None}, 200),
)


async def test_what_can_be_signed(auth: Auth) -> None:
    headers = bearer(await auth.register())
    for body, status in SIGNABLE:
        response = await auth.client.post("/auth/presign", json=body, headers=headers)
        assert response.status_code == status, (body, response.text)


async def test_a_signature_is_no_token(auth: Auth) -> None:
    signature = await auth.presign(await auth.register(), EVERYTHING)
    for headers in (bearer(signature), {"Cookie": f"X-Bearer={signature}"}):
        assert (await auth.client.get("/auth/users/me", headers=headers)).status_code == 401
        assert (await auth.client.get("/auth/jwt", headers=headers)).status_code == 403
    in_socket = {"Sec-WebSocket-Protocol": f"kyoo, Bearer {signature}"}
    assert (await auth.client.get("/auth/jwt", headers=in_socket)).status_code == 403
    assert (await auth.client.get("/auth/jwt", headers={"X-Api-Key": signature})).status_code == 403
    verifier = Verifier(JwksUrl(auth.client, "/.well-known/jwks.json"))
    with pytest.raises(ForbiddenError):
        await verifier.verify(signature)


async def test_a_token_is_no_signature(auth: Auth) -> None:
    jwt = await auth.jwt(**bearer(await auth.register()))
    assert (await exchange(auth, jwt, "/api/shows")).status_code == 403


async def test_the_lent_token_opens_nothing_by_itself(auth: Auth) -> None:
    """Anybody can ask the exchange with made-up X-Forwarded headers, so the JWT it gives must not be a way in."""
    signature = await auth.presign(await auth.register(), EVERYTHING)
    lent = await lent_token(auth, signature)
    assert (await auth.client.get("/auth/users/me", headers=bearer(lent))).status_code == 403
    assert (await auth.client.delete("/auth/users/me", headers=bearer(lent))).status_code == 403
    forwarded = {"X-Forwarded-Uri": "/api/shows", "X-Forwarded-Method": "GET"}
    assert (await auth.client.get("/auth/jwt", headers={**bearer(lent), **forwarded})).status_code == 403
    assert (await auth.client.get("/auth/jwt/api/shows", headers=bearer(lent))).status_code == 403


async def test_an_upstream_can_renew_the_lent_token_of_a_websocket(auth: Auth) -> None:
    token = await auth.register("alice")
    signature = await auth.presign(token, EVERYTHING, claims={"wsRoutes": ["watch/1"]})
    lent = await lent_token(auth, signature, "/api/ws")
    renewed = await auth.jwt(**bearer(lent))
    claims = await claims_of(auth, renewed)
    assert claims["wsRoutes"] == ["watch/1"]
    assert claims["jti"] == (await claims_of(auth, lent))["jti"]
    assert (await auth.client.get("/auth/users/me", headers=bearer(renewed))).status_code == 403
    await auth.client.delete("/auth/sessions/current", headers=bearer(token))
    assert (await auth.client.get("/auth/jwt", headers=bearer(renewed))).status_code == 403


async def test_no_token_outlives_the_signature(auth: Auth) -> None:
    signature = await auth.presign(await auth.register(), EVERYTHING, duration="90s")
    lent = await lent_token(auth, signature)
    renewed = await auth.jwt(**bearer(lent))
    for token in (lent, renewed):
        assert (await claims_of(auth, token))["exp"] <= time.time() + 92


async def test_an_expired_signature_is_refused(auth: Auth) -> None:
    token = await auth.register()
    service = auth.app.state.context.exchange
    signer = identity_of(await service.bearer(token))
    allowed = [Allowance("GET", "/", is_prefix=True)]
    for seconds, status in ((60, 200), (-60, 403)):
        signature, _ = service.sign_request(signer, allowed, timedelta(seconds=seconds), {})
        assert (await exchange(auth, signature, "/api/shows")).status_code == status


async def test_a_signature_cannot_extend_itself(auth: Auth) -> None:
    signature = await auth.presign(await auth.register(), {"prefix": "/auth/presign", "verb": "POST"})
    body = {"for": [EVERYTHING], "duration": "168h"}
    response = await auth.client.post("/auth/presign", params={"x-presign": signature}, json=body)
    assert response.status_code == 403


async def test_account_routes_take_a_signature_for_their_own_path_only(auth: Auth) -> None:
    signature = await auth.presign(await auth.register("alice"), {"url": "/auth/users/me", "verb": "GET"})
    signed = {"x-presign": signature}
    assert (await auth.client.get("/auth/users/me", params=signed)).json()["username"] == "alice"
    assert (await auth.client.delete("/auth/users/me", params=signed)).status_code == 403
    assert (await auth.client.get("/auth/sessions", params=signed)).status_code == 403
    forged = {"X-Forwarded-Uri": "/auth/users/me", "X-Forwarded-Method": "GET"}
    assert (await auth.client.get("/auth/sessions", params=signed, headers=forged)).status_code == 403
    hidden = {"X-Forwarded-Uri": f"/auth/users/me?x-presign={signature}"}
    assert (await auth.client.get("/auth/users/me", headers=hidden)).status_code == 401


async def test_a_demotion_holds_at_once(auth: Auth) -> None:
    token = await auth.register("alice")
    await auth.add_administrator()
    signature = await auth.presign(token, EVERYTHING)
    assert "core.write" in (await claims_of(auth, await lent_token(auth, signature)))["permissions"]
    user = (await auth.me(token))["id"]
    demoted = await auth.client.patch(
        f"/auth/users/{user}", json={"claims": {"permissions": ["core.read"]}}, headers={"X-Api-Key": ADMIN_KEY}
    )
    assert demoted.status_code == 200
    assert (await claims_of(auth, await lent_token(auth, signature)))["permissions"] == ["core.read"]


async def test_the_signers_claims_win_over_the_extra_ones(auth: Auth) -> None:
    token = await auth.register()
    await auth.client.patch("/auth/users/me", json={"claims": {"wsRoutes": ["mine"]}}, headers=bearer(token))
    signature = await auth.presign(token, EVERYTHING, claims={"wsRoutes": ["more"]})
    assert (await claims_of(auth, await lent_token(auth, signature)))["wsRoutes"] == ["mine"]


async def test_an_api_key_can_sign(auth: Auth) -> None:
    body = {"for": [EVERYTHING], "duration": "1h"}
    key = await auth.client.post(
        "/auth/keys",
        json={"name": "player", "claims": {"permissions": ["core.play"]}},
        headers={"X-Api-Key": ADMIN_KEY},
    )
    for secret, name in ((ADMIN_KEY, "admin"), (key.json()["token"], "player")):
        signed = await auth.client.post("/auth/presign", json=body, headers={"X-Api-Key": secret})
        claims = await claims_of(auth, await lent_token(auth, signed.json()["signature"]))
        assert claims["username"] == name
    signature = signed.json()["signature"]
    await auth.client.delete(f"/auth/keys/{key.json()['id']}", headers={"X-Api-Key": ADMIN_KEY})
    assert (await exchange(auth, signature, "/api/shows")).status_code == 403


async def test_a_guest_can_sign_while_there_are_guests(auth: Auth, make_auth: MakeAuth) -> None:
    open_house = await make_auth(guest_claims={"permissions": ["core.read"]})
    body = {"for": [EVERYTHING], "duration": "1h"}
    signature = (await open_house.client.post("/auth/presign", json=body)).json()["signature"]
    assert (await claims_of(auth, await lent_token(open_house, signature)))["username"] == "guest"
    assert (await exchange(auth, signature, "/api/shows")).status_code == 403
