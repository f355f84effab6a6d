"""A token made from a presigned link, at services that are reached directly: it is good for the one request that it was
made for, and becomes nothing that lasts longer (docs/protocol/auth.md#presigned-links; CVE-2025-69414, CVE-2025-69417:
in another media server, a transient token gave lasting ones)."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import psycopg
import pytest
import pytest_asyncio
from joserfc import jwt as jose
from joserfc.jwk import KeySet, OKPKey
from tests.integration.test_access import URL, call, client_of, instance, written_table

from kyoo.core.tokens import ONLY_FOR
from kyoo.serve.composition import Instance
from kyoo.serve.postgres.embedded import EmbeddedPostgres

pytestmark = pytest.mark.asyncio(loop_scope="module")

ELSEWHERE = "This token was made from a link to something else"


class House:
    """A whole instance, its services one by one, and a user who may do everything."""

    def __init__(self, running: Instance, client: httpx2.AsyncClient, token: str) -> None:
        self.running = running
        self.client = client
        self.headers = {"Authorization": f"Bearer {token}"}

    def direct(self, service: str) -> httpx2.AsyncClient:
        """A client of the port of a service."""
        application = self.running.administration if service == "server" else self.running.applications[service]
        assert application is not None
        transport = httpx2.ASGITransport(application, raise_app_exceptions=False)
        return httpx2.AsyncClient(base_url=URL, transport=transport)

    async def presign(self, *rules: dict[str, str]) -> str:
        body = {"for": rules, "duration": "1h"}
        answer = await self.client.post("/auth/presign", json=body, headers=self.headers)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["signature"])

    async def lent(self, signature: str, path: str, method: str = "GET") -> dict[str, str]:
        """The header of the token that anybody with a link gets at the exchange."""
        forwarded = {"X-Forwarded-Uri": f"{path}?x-presign={signature}", "X-Forwarded-Method": method}
        answer = await self.client.get("/auth/jwt", headers=forwarded)
        assert answer.status_code == 200, answer.text
        return {"Authorization": f"Bearer {answer.json()['token']}"}

    async def renewed(self, headers: dict[str, str]) -> dict[str, str]:
        answer = await self.client.get("/auth/jwt", headers=headers)
        assert answer.status_code == 200, answer.text
        return {"Authorization": f"Bearer {answer.json()['token']}"}

    def signed(self, headers: dict[str, str], **changes: Any) -> dict[str, str]:
        """The same token with other claims (None: without), as our auth would sign them."""
        key = self.running.applications["auth"].state.context.keys.signer
        assert isinstance(key, OKPKey)
        token = jose.decode(headers["Authorization"].removeprefix("Bearer "), KeySet([key]), algorithms=["EdDSA"])
        claims = {name: value for name, value in (token.claims | changes).items() if value is not None}
        return {"Authorization": f"Bearer {jose.encode(token.header, claims, key, algorithms=['EdDSA'])}"}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    with psycopg.connect(postgres.conninfo("postgres"), autocommit=True) as connection:
        connection.execute("create database lent template kyoo strategy file_copy")
    folder = tmp_path_factory.mktemp("house")
    async with instance(postgres.conninfo("lent"), folder) as running, client_of(running) as client:
        body = {"username": "ada", "email": "ada@example.org", "password": "correct horse"}
        registered = await client.post("/auth/users", json=body)
        yield House(running, client, registered.json()["token"])


async def test_a_lent_token_opens_one_request_of_one_service(house: House) -> None:
    """CVE-2025-69414: every other route of every service refuses it, also when it was renewed."""
    first = await house.lent(await house.presign({"verb": "GET", "prefix": "/api/sho"}), "/api/shows")
    for headers in (first, await house.renewed(first)):
        async with house.direct("api") as api:
            assert (await api.get("/api/shows?limit=1", headers=headers)).status_code == 200
        for route, who in written_table().items():
            prefix = route.split("/")[1]
            service = {"video": "transcoder", ".well-known": "auth"}.get(prefix, prefix)
            if who == "public" or route == "GET /api/shows":
                continue
            async with house.direct(service) as client:
                assert await call(client, route, headers) == 403, route


async def test_the_path_is_the_one_that_the_service_routes_on(house: House) -> None:
    link = await house.presign({"verb": "GET", "prefix": "/api/movies"})
    headers = await house.lent(link, "/api/%6dovies/")
    named = await house.lent(link, "/api/movies/some%20film")
    async with house.direct("api") as api:
        for path in ("/api/movies", "/api/movies/", "/api/mov%69es", "/api/movies?with=videos"):
            assert (await api.get(path, headers=headers)).status_code == 200, path
            assert (await api.head(path, headers=headers)).status_code == 200, path
        for path in ("/api/movies/some%20film", "/api/movies/some%20film/"):
            assert (await api.get(path, headers=named)).status_code == 404
        for path in (
            *("/api/movies/random", "/api/movies/x", "/api/movies%2Fx", "/api/movies;x", "/api/Movies", "/api/shows"),
            *("/api/movies/%2e%2e/shows", "/api/movies/..%2fshows", "/api/movies%3f", "/api//movies", "//api/movies"),
        ):
            answer = await api.get(path, headers=headers)
            # Where there is no route nothing is looked at.
            assert answer.status_code in (403, 404), path
            assert ELSEWHERE in answer.text or answer.status_code == 404, (path, answer.text)
        for method in ("POST", "PUT", "PATCH", "DELETE"):
            assert (await api.request(method, "/api/movies", headers=headers, json={})).status_code in (403, 404, 405)
        assert (await api.post("/api/movies", headers=headers, json={})).json()["message"] == ELSEWHERE


async def test_head_counts_as_get_and_not_the_other_way(house: House) -> None:
    reading = await house.presign({"verb": "GET", "url": "/api/movies"})
    looking = await house.presign({"verb": "HEAD", "url": "/api/movies"})
    for link, method, allowed in ((reading, "HEAD", ("HEAD", "GET")), (looking, "HEAD", ("HEAD",))):
        headers = await house.lent(link, "/api/movies", method)
        async with house.direct("api") as api:
            for asked in ("GET", "HEAD"):
                answer = await api.request(asked, "/api/movies", headers=headers)
                assert answer.status_code == (200 if asked in allowed else 403), (method, asked)
            assert (await api.post("/api/movies", headers=headers, json={})).status_code == 403
    assert (await house.client.head(f"/api/movies?x-presign={reading}")).status_code == 200
    assert (await house.client.head(f"/api/movies?x-presign={looking}")).status_code == 200
    assert (await house.client.get(f"/api/movies?x-presign={looking}")).status_code == 403


async def test_a_token_without_these_claims_stays_valid(house: House) -> None:
    """Kyoo's have none, nor have those of API keys and sessions."""
    plain = await house.renewed(house.headers)
    lent = await house.lent(await house.presign({"verb": "GET", "url": "/api/shows"}), "/api/shows")
    for headers in (plain, house.signed(lent, **{ONLY_FOR: None})):
        async with house.direct("api") as api:
            assert (await api.get("/api/movies", headers=headers)).status_code == 200
    for odd in ("", "GET", ["GET /api/movies"], 1, "get /api/movies", "GET /api/movies "):
        async with house.direct("api") as api:
            answer = await api.get("/api/movies", headers=house.signed(lent, **{ONLY_FOR: odd}))
            assert answer.status_code == 403, odd
    # What an older release lent did not say for what; it ends with its hour.
    unbound = house.signed(lent, **{ONLY_FOR: None})
    assert (await house.client.get("/auth/jwt", headers=unbound)).status_code == 403


async def test_no_claim_of_a_user_or_a_link_takes_the_place_of_ours(house: House) -> None:
    body = {"claims": {ONLY_FOR: "GET /api/movies"}}
    await house.client.patch("/auth/users/me", json=body, headers=house.headers)
    async with house.direct("api") as api:
        assert (await api.get("/api/shows", headers=await house.renewed(house.headers))).status_code == 200
    rule = {"verb": "GET", "url": "/api/shows"}
    extra = {"for": [rule], "duration": "1h", "claims": {ONLY_FOR: "GET /api/movies"}}
    assert (await house.client.post("/auth/presign", json=extra, headers=house.headers)).status_code == 400
    lent = await house.lent(await house.presign(rule), "/api/shows")
    async with house.direct("api") as api:
        assert (await api.get("/api/movies", headers=lent)).status_code == 403


async def test_the_holder_of_a_link_looks_at_whom_it_names(house: House) -> None:
    """The api asks auth about another user with its own key there: the token of a link is of no use at auth."""
    for what in ("watchlist", "history"):
        link = await house.presign({"verb": "GET", "url": f"/api/profiles/ada/{what}"})
        assert (await house.client.get(f"/api/profiles/ada/{what}?x-presign={link}")).status_code == 200
        assert (await house.client.get(f"/api/profiles/eve/{what}?x-presign={link}")).status_code == 403
        gone = await house.presign({"verb": "GET", "url": f"/api/profiles/eve/{what}"})
        assert (await house.client.get(f"/api/profiles/eve/{what}?x-presign={gone}")).status_code == 404


#: What gives something that outlives the request, and a body for it.
LASTING: list[tuple[str, str, Any]] = [
    ("POST", "/auth/presign", {"for": [{"verb": "GET", "prefix": "/"}], "duration": "168h"}),
    ("POST", "/auth/keys", {"name": "k", "claims": {"permissions": ["core.read"]}}),
    ("POST", "/auth/users/me/app-passwords", {"name": "tv"}),
    ("POST", "/auth/invitations", {"claims": {"permissions": ["core.read"]}}),
    ("POST", "/auth/device/ABCDEFGH", {}),
    ("PATCH", "/auth/users/me", {"email": "mine@example.org"}),
    ("PATCH", "/auth/users/me/password", {"oldPassword": "correct horse", "newPassword": "battery staple"}),
    ("POST", "/auth/users/me/totp", None),
    ("POST", "/auth/users/me/passkeys/options", None),
    ("GET", "/auth/users/me/export", None),
    ("DELETE", "/auth/sessions/current", None),
    ("DELETE", "/auth/users/me", None),
]


async def test_nothing_lent_becomes_something_lasting(house: House) -> None:
    """CVE-2025-69417: neither the token of a link, nor the link itself where it is allowed to."""
    declared = {route for route in written_table() if "/auth/" in route}
    for method, path, body in LASTING:
        assert any(route.split()[0] == method and route.split()[1].split("{")[0] in path for route in declared), path
        link = await house.presign({"verb": method, "url": path})
        lent = await house.lent(link, path, method)
        for target, headers in ((path, lent), (f"{path}?x-presign={link}", {})):
            answer = await house.client.request(method, target, json=body, headers=headers)
            assert answer.status_code in (403, 404), (method, target, answer.status_code, answer.text)
    async with house.direct("auth") as auth:
        assert (await auth.get("/auth/users/me", headers=house.headers)).status_code == 200


async def test_a_renewed_token_ends_with_its_link(house: House) -> None:
    lent = await house.lent(await house.presign({"verb": "GET", "url": "/api/ws"}), "/api/ws")
    short = house.signed(lent, presigned=int(time.time()) + 30)
    key = house.running.applications["auth"].state.context.keys.signer
    for _ in range(3):
        short = await house.renewed(short)
        token = jose.decode(short["Authorization"].removeprefix("Bearer "), KeySet([key]), algorithms=["EdDSA"])
        assert token.claims["exp"] <= time.time() + 30
        assert token.claims[ONLY_FOR] == "GET /api/ws"
