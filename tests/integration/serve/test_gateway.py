"""The built-in gateway in front of the real auth service and of services that say what reached them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI, Request

from kyoo.auth.app import create_app
from kyoo.auth.routes.remembered import remembered_exchange
from kyoo.auth.settings import ApiKeyConfig, AuthSettings
from kyoo.core.database.postgres import Database
from kyoo.core.database.queue import make_queue
from kyoo.core.http.permissions import Authentication
from kyoo.core.http.service import Runtime
from kyoo.core.tokens import JwksUrl, Verifier
from kyoo.serve.http.gateway import Answer, Gateway, PhantomToken
from kyoo.serve.http.web import web_client
from kyoo.serve.services import NAMES

URL = "http://kyoo.test"


def echo() -> FastAPI:
    """Answers every request with the path, query and headers that reached it."""
    app = FastAPI()

    @app.api_route("/{path:path}", methods=["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD"])
    async def say(request: Request) -> dict[str, Any]:
        return {"path": request.url.path, "query": request.url.query, "headers": dict(request.headers)}

    return app


@pytest.fixture(params=["asked", "remembered"])
async def gateway(
    request: pytest.FixtureRequest, database: Database, conninfo: str, tmp_path: Path
) -> AsyncIterator[Gateway]:
    gateway = Gateway()
    pages = tmp_path / "static"
    (pages / "assets").mkdir(parents=True)
    (pages / "index.html").write_text("<!doctype html><title>kyoo</title>")
    (pages / "assets" / "app-1a2b.js").write_text("export {}")
    async with httpx2.AsyncClient(base_url=URL, transport=httpx2.ASGITransport(gateway)) as peer:
        authentication = Authentication(Verifier(JwksUrl(peer, "/.well-known/jwks.json"), issuer=URL), 401, 401)
        runtime = Runtime(database, make_queue(conninfo), authentication, peer, URL)
        keys = {"service": ApiKeyConfig(token="s" * 40, claims={"permissions": ["core.read"]})}
        settings = AuthSettings(public_url=URL, profile_picture_path=str(tmp_path / "pictures"), api_keys=keys)
        upstream = echo()
        auth = create_app(settings, runtime)
        known = remembered_exchange(auth.state.context) if request.param == "remembered" else lambda _: None
        gateway.mount(
            dict.fromkeys(NAMES, upstream) | {"auth": auth},
            web=web_client(pages),
            remembered=known,
        )
        async with gateway.running():
            yield gateway


@pytest.fixture
async def client(gateway: Gateway) -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(base_url=URL, transport=httpx2.ASGITransport(gateway)) as client:
        yield client


@pytest.fixture
async def token(client: httpx2.AsyncClient) -> str:
    body = {"username": "ada", "email": "ada@example.org", "password": "correct horse"}
    answer = await client.post("/auth/users", json=body)
    assert answer.status_code == 201
    return str(answer.json()["token"])


async def test_a_service_sees_a_jwt_and_never_the_credentials(client: httpx2.AsyncClient, token: str) -> None:
    for credentials in (
        {"Authorization": f"Bearer {token}"},
        {"Cookie": f"X-Bearer={token}"},
        {"X-Api-Key": "s" * 40},
    ):
        answer = await client.get("/api/shows?sort=name", headers=credentials)
        assert answer.status_code == 200, answer.text
        seen = answer.json()
        assert (seen["path"], seen["query"]) == ("/api/shows", "sort=name")
        scheme, jwt = seen["headers"]["authorization"].split(" ")
        assert scheme == "Bearer"
        assert jwt.count(".") == 2
        assert token not in str(seen)
        assert "s" * 40 not in str(seen)


@pytest.mark.parametrize("path", ["/api/shows", "/video/abc/info", "/scanner/scan", "/api/health/x", "/api//health"])
async def test_without_credentials_the_answer_is_the_auth_services(client: httpx2.AsyncClient, path: str) -> None:
    answer = await client.get(path)
    assert answer.status_code == 401
    assert answer.json()["status"] == 401
    assert "authorization" not in answer.headers


async def test_a_bad_token_is_refused_before_the_service(client: httpx2.AsyncClient) -> None:
    for header in ({"Authorization": "Bearer nonsense"}, {"X-Api-Key": "wrong"}):
        assert (await client.get("/api/shows", headers=header)).status_code == 403


@pytest.fixture
def exchanges(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths for which the gateway has asked auth."""
    asked: list[str] = []
    exchange = PhantomToken._exchange

    async def counted(self: PhantomToken, scope: Any) -> Answer:
        asked.append(scope["path"])
        return await exchange(self, scope)

    monkeypatch.setattr(PhantomToken, "_exchange", counted)
    return asked


async def jwt(client: httpx2.AsyncClient, credentials: dict[str, str]) -> str:
    answer = await client.get("/api/shows", headers=credentials)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["headers"]["authorization"])


@pytest.mark.parametrize("gateway", ["remembered"], indirect=True)
async def test_auth_is_asked_once_for_a_credential(
    client: httpx2.AsyncClient, token: str, exchanges: list[str]
) -> None:
    for credentials, questions in (
        ({"Authorization": f"Bearer {token}"}, 1),
        ({"Cookie": f"X-Bearer={token}"}, 0),
        ({"X-Api-Key": "s" * 40}, 0),
        ({"X-Api-Key": "", "Authorization": f"Bearer {token}"}, 0),
        # What is wrong, or of another kind, is auth's to judge.
        ({"Authorization": f"Basic {token}"}, 2),
        ({"Authorization": f"Bearer {token}x"}, 2),
        ({"X-Api-Key": "wrong", "Authorization": f"Bearer {token}"}, 2),
        ({}, 2),
    ):
        exchanges.clear()
        first = await client.get("/api/shows", headers=credentials)
        again = await client.get("/api/shows", headers=credentials)
        assert (len(exchanges), again.status_code) == (questions, first.status_code), credentials


@pytest.mark.parametrize("gateway", ["remembered"], indirect=True)
async def test_a_remembered_token_says_what_an_asked_one_would(client: httpx2.AsyncClient, token: str) -> None:
    bearer, cookie = {"Authorization": f"Bearer {token}"}, {"Cookie": f"X-Bearer={token}"}
    by_bearer, by_cookie = [await jwt(client, bearer) for _ in range(2)], [await jwt(client, cookie) for _ in range(2)]
    assert by_bearer[0] == by_bearer[1]
    assert by_cookie[0] == by_cookie[1]
    # That it came by a cookie is compared with the Origin by each service.
    assert by_bearer[0] != by_cookie[0]
    both = await client.get("/api/shows", headers=bearer | {"X-Forwarded-Uri": "/x?x-presign=forged"})
    assert both.json()["headers"]["authorization"] == by_bearer[0]


async def test_a_credential_that_ends_is_refused_at_once(client: httpx2.AsyncClient, token: str) -> None:
    bearer = {"Authorization": f"Bearer {token}"}
    body = {"name": "tv", "claims": {"permissions": ["core.read"]}}
    made = await client.post("/auth/keys", json=body, headers=bearer)
    assert made.status_code == 201, made.text
    key = {"X-Api-Key": made.json()["token"]}
    for credentials in (bearer, bearer, key, key):
        await jwt(client, credentials)
    assert (await client.delete(f"/auth/keys/{made.json()['id']}", headers=bearer)).status_code == 200
    assert (await client.get("/api/shows", headers=key)).status_code == 403
    assert (await client.delete("/auth/sessions/current", headers=bearer)).status_code == 200
    assert (await client.get("/api/shows", headers=bearer)).status_code == 403
    assert (await client.get("/api/shows", headers={"Cookie": f"X-Bearer={token}"})).status_code == 403


async def test_health_is_public(client: httpx2.AsyncClient) -> None:
    for prefix in ("/api", "/video", "/scanner"):
        assert (await client.get(f"{prefix}/health")).status_code == 200


async def test_a_presigned_request_reaches_what_it_names_and_nothing_else(
    client: httpx2.AsyncClient, token: str
) -> None:
    rules = {"for": [{"prefix": "/api/videos/bubble", "verb": "GET"}], "duration": "1h"}
    answer = await client.post("/auth/presign", json=rules, headers={"Authorization": f"Bearer {token}"})
    signature = answer.json()["signature"]
    good = await client.get(f"/api/videos/bubble/info?x-presign={signature}&clientId=a")
    assert good.status_code == 200
    assert good.json()["query"] == f"x-presign={signature}&clientId=a"
    assert (await client.get(f"/api/shows?x-presign={signature}")).status_code == 403
    assert (await client.delete(f"/api/videos/bubble/info?x-presign={signature}")).status_code == 403
    escaped = await client.get(f"/api/videos/bubble/../../shows?x-presign={signature}")
    assert escaped.status_code == 403


async def test_other_origins_may_read_the_api_but_not_send_cookies(client: httpx2.AsyncClient) -> None:
    preflight = {"Origin": "https://cast.example", "Access-Control-Request-Method": "GET"}
    answer = await client.options("/api/shows", headers=preflight | {"Access-Control-Request-Headers": "Range"})
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in answer.headers
    assert "access-control-allow-origin" not in (await client.options("/scanner/scan", headers=preflight)).headers


async def test_the_documentation_is_found_at_kyoos_address(client: httpx2.AsyncClient) -> None:
    for path in ("/swagger", "/swagger/json"):
        answer = await client.get(path)
        assert (answer.status_code, answer.headers["location"]) == (307, f"/api{path}")


async def test_every_other_path_is_the_page(client: httpx2.AsyncClient) -> None:
    for path in ("/", "/movies/bubble", "/watch/made-in-abyss-s1e1"):
        answer = await client.get(path)
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/html")
        assert answer.headers["cache-control"] == "no-cache"
        assert "default-src 'self'" in answer.headers["content-security-policy"]
    asset = await client.get("/assets/app-1a2b.js")
    assert "immutable" in asset.headers["cache-control"]
    assert (await client.get("/assets/gone.js")).status_code == 404
    assert (await client.get("/../../etc/passwd")).headers["content-type"].startswith("text/html")
