"""Every gateway does the same: services see a short-lived token and never the credentials, refusals are the auth
service's own, presigned links open what they name."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
from collections.abc import AsyncIterator, Awaitable, Coroutine
from urllib.parse import urlsplit

import httpx2
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from kyoo.core.http.documentation import PATHS
from tests.drawn import drawn, size_of
from tests.gateways.conftest import FILM, KEY, Site, bearer
from tests.machine import scaled
from tests.waiting import PATIENCE

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_every_kind_of_credential_becomes_a_token(site: Site) -> None:
    token = await site.register()
    jwt = (await site.client.get("/auth/jwt", headers=bearer(token))).json()["token"]
    for headers in (bearer(token), bearer(jwt), {"Cookie": f"a=b; X-Bearer={token}"}, {"X-Api-Key": KEY}):
        for path in ("/api/x", "/video/x", "/scanner/x"):
            answer = await site.client.get(path, headers=headers)
            assert answer.status_code == 200, answer.text
            said = answer.json()
            assert said["user"] == ("service" if "X-Api-Key" in headers else "ada")
            assert said["headers"]["authorization"].startswith("Bearer ey")
            assert token not in json.dumps(said)
            assert KEY not in json.dumps(said)


async def test_another_application_is_protected_as_documented(site: Site) -> None:
    if site.name == "builtin":
        pytest.skip("ours stands before our own services only")
    assert (await site.client.get("/app/x")).json()["message"] == "Log in first"
    token = await site.register()
    link = await site.presign(token, {"verb": "GET", "url": "/app/x"})
    for path, headers in (("/app/x?a=b", bearer(token)), (f"/app/x?x-presign={link}", {})):
        said = (await site.client.get(path, headers=headers)).json()
        assert (said["user"], said["target"]) == ("ada", path.partition("?")[0])
        assert token not in json.dumps(said)


async def test_refusals_are_those_of_the_auth_service(site: Site) -> None:
    for path in ("/api/x", "/video/x", "/scanner/x"):
        answer = await site.client.get(path)
        assert (answer.status_code, answer.json()["status"]) == (401, 401)
        assert answer.json()["message"] == "Log in first"
        answer = await site.client.post(path, headers=bearer("made-up"), content=b"x" * 100_000)
        assert (answer.status_code, answer.json()["message"]) == (403, "Unknown or expired session")
        assert "authorization" not in answer.headers
        # A made-up header of a gateway opens nothing.
        forged = {"X-Forwarded-Uri": "/auth/info", "X-Forwarded-Method": "OPTIONS", "X-Original-URI": "/"}
        assert (await site.client.get(path, headers=forged)).status_code == 401


async def test_the_request_reaches_the_service_as_it_was_sent(site: Site) -> None:
    headers = bearer(await site.register())
    body = bytes(range(256)) * 8192
    for method in ("POST", "PUT", "PATCH"):
        answer = await site.client.request(method, "/api/a?b=c&d=%20e", headers=headers, content=body)
        said = answer.json()
        assert (said["method"], said["query"]) == (method, "b=c&d=%20e")
        assert said["body"] == hashlib.sha256(body).hexdigest()
    for target in ("/api/a%2Fb%20c", "/video/bW92aWU_/x%C3%A9", "/scanner/a//b"):
        answer = await site.raw(target, **headers)
        assert answer.status_code == 200, answer.text
        assert answer.json()["target"] == target


async def test_large_claims_fit(site: Site) -> None:
    token = await site.register(settings={f"setting {number}": "x" * 100 for number in range(120)})
    answer = await site.client.get("/api/x", headers=bearer(token))
    assert answer.status_code == 200, answer.text
    assert len(answer.json()["headers"]["authorization"]) > 16_000


async def test_presigned_links(site: Site) -> None:
    token = await site.register()
    link = await site.presign(token, {"verb": "GET", "prefix": "/api/videos/a/"}, {"verb": "GET", "url": "/video/b c"})
    answer = await site.client.get(f"/api/videos/a/info?quality=1&x-presign={link}")
    assert answer.status_code == 200, answer.text
    assert (answer.json()["user"], answer.json()["query"]) == ("ada", f"quality=1&x-presign={link}")
    assert (await site.raw(f"/video/b%20c?x-presign={link}")).status_code == 200
    for method, target in (
        ("GET", "/api/videos/b"),
        ("GET", "/api/videos/a/../b"),
        ("GET", "/api/videos/a/%2e%2e/b"),
        ("GET", "/api/videos/a/..%2fb"),
        ("DELETE", "/api/videos/a/x"),
        ("GET", "/video/b%20c/d"),
        ("GET", "/scanner/x"),
    ):
        answer = await site.raw(f"{target}?x-presign={link}", method)
        assert (answer.status_code, answer.json()["message"]) == (403, "x-presign does not allow this request"), target
    # What the client says of the request does not count: a gateway says it.
    for headers in (
        {"X-Forwarded-Uri": f"/api/videos/a/x?x-presign={link}"},
        {"X-Forwarded-Uri": "/api/videos/a/x", "X-Forwarded-Method": "GET"},
    ):
        assert (await site.raw(f"/api/videos/b?x-presign={link}", **headers)).status_code == 403
        assert (await site.raw(f"/api/videos/a/x?x-presign={link}", "DELETE", **headers)).status_code == 403
    assert (await site.raw("/api/videos/a/x", **bearer(link))).status_code == 403
    for target in (
        "/api/videos/a/%C3%A9%20t%C3%A9",
        "/api/videos/a/b%2Fc",
        "/api/videos/a/%62/",
        "/api/videos/a/%252e",
    ):
        assert (await site.raw(f"{target}?x-presign={link}")).status_code == 200, target
        assert (await site.raw(f"{target}?x-presign={link}", "HEAD")).status_code in (200, 405), target
    # Nobody reads the same path in two ways without being told.
    answer = await site.raw(f"/api/videos/a//b?x-presign={link}")
    assert (answer.status_code, answer.json()["message"]) == (403, "This token was made from a link to something else")


async def test_the_token_of_a_link_is_for_one_request(site: Site) -> None:
    """Whoever has a link gets its token at the exchange, and reaches a service without any gateway."""
    link = await site.presign(await site.register(), {"verb": "GET", "prefix": "/api/videos/a/"})
    forwarded = {"X-Forwarded-Uri": f"/api/videos/a/x?x-presign={link}", "X-Forwarded-Method": "GET"}
    asked = await site.client.get("/auth/jwt", headers=forwarded)
    assert asked.status_code == 200, asked.text
    token = asked.json()["token"]
    renewed = (await site.client.get("/auth/jwt", headers=bearer(token))).json()["token"]
    transport = httpx2.ASGITransport(site.echo)
    async with httpx2.AsyncClient(transport=transport, base_url="http://echo.test") as direct:
        for headers in (bearer(token), bearer(renewed)):
            assert (await direct.get("/api/videos/a/x", headers=headers)).status_code == 200
            for method, path in (("POST", "/api/videos/a/x"), ("GET", "/api/videos/a/y"), ("GET", "/video/x")):
                assert (await direct.request(method, path, headers=headers)).status_code == 403
    for path in ("/api/videos/a/x", "/api/videos/b", "/auth/users/me"):
        assert (await site.client.get(path, headers=bearer(token))).status_code == 403


async def test_no_path_leads_around_the_exchange(site: Site) -> None:
    for target in (
        "/auth/../api/x",
        "/auth/%2e%2e/api/x",
        "/auth/..%2fapi/x",
        "/.well-known/../api/x",
        "/api/health/../x",
        "/api/health/x",
        "/api/./x",
        "//api/x",
        "/API/x",
        "/api//health/../x",
    ):
        answer = await site.raw(target)
        # Refused, not found, or the pages; never the service.
        assert answer.status_code in (400, 401, 403, 404) or "the pages" in answer.text, (target, answer.text)


async def test_open_paths_and_pages(site: Site) -> None:
    assert (await site.client.get("/api/health")).json() == {"status": "healthy"}
    assert (await site.client.get("/auth/health")).json() == {"status": "healthy"}
    assert (await site.client.get("/.well-known/jwks.json")).json()["keys"]
    for path in PATHS:
        assert (await site.client.get(f"/api{path}")).status_code == 200
        for service in ("video", "scanner"):
            # It reaches the service without a token, which knows these by their prefix.
            refused = (await site.client.get(f"/{service}{path}")).json()
            assert refused["message"] == "Missing Authorization header", (service, path)
    for path in ("/swagger", "/swagger/json"):
        assert (await site.client.get(path)).headers["location"].endswith(f"/api{path}")
    for path in ("/", "/movies/some-film"):
        answer = await site.client.get(path, headers={"Accept": "text/html"})
        assert (answer.status_code, "the pages" in answer.text) == (200, True)


async def test_other_origins_may_read_with_a_link(site: Site) -> None:
    link = await site.presign(await site.register(), {"verb": "GET", "url": "/video/x"})
    asks = {"Origin": "https://cast.example", "Access-Control-Request-Method": "GET"}
    for path in ("/api/x", "/video/x"):
        answer = await site.client.options(path, headers=asks)
        assert answer.status_code in (200, 204)
        assert answer.headers["access-control-allow-origin"] == "*"
    answer = await site.client.get(f"/video/x?x-presign={link}", headers={"Origin": "https://cast.example"})
    assert answer.headers["access-control-allow-origin"] == "*"
    answer = await site.client.get("/auth/info", headers={"Origin": "https://cast.example"})
    assert "access-control-allow-origin" not in answer.headers


async def test_a_page_of_another_site_changes_nothing_by_a_cookie(site: Site) -> None:
    """Services compare with the name of the host as the browser knows it, whatever the gateway is called inside."""
    token = await site.register()
    for cookie in (f"X-Bearer={token}", f"kyoo-{urlsplit(site.url).port}={token}"):
        for page, status in (
            ({"Origin": "https://evil.example"}, 403),
            ({"Origin": "https://evil.example", "X-Forwarded-Host": "evil.example"}, 403),
            ({"Sec-Fetch-Site": "cross-site"}, 403),
            ({"Origin": site.url}, 200),
            ({}, 200),
        ):
            headers = {"Cookie": cookie, **page}
            for method, service in zip(
                ("POST", "PUT", "PATCH", "DELETE"), ("api", "video", "scanner", "api"), strict=True
            ):
                answer = await site.client.request(method, f"/{service}/x", headers=headers)
                assert answer.status_code == status, (method, page, answer.text)
            kept = await site.client.post("/auth/sessions/cookie", headers=headers)
            assert kept.status_code == status, (page, kept.text)
            assert ("set-cookie" in kept.headers) == (status == 200)
            assert (await site.client.get("/api/x", headers=headers)).status_code == 200
        url = f"{site.url.replace('http', 'ws')}/api/ws"
        site_of = {"Cookie": cookie, "Origin": site.url}
        async with connect(url, proxy=None, additional_headers=site_of, subprotocols=["kyoo"]) as socket:  # type: ignore[list-item]
            await socket.send("hello")
            assert json.loads(await socket.recv())["user"] == "ada"
        with pytest.raises(InvalidStatus):
            await connect(url, proxy=None, additional_headers={"Cookie": cookie, "Origin": "https://evil.example"})


async def test_websockets(site: Site) -> None:
    token = await site.register()
    url = f"{site.url.replace('http', 'ws')}/api/ws"

    async def talk(url: str, **options: object) -> str:
        async with connect(url, proxy=None, **options) as socket:  # type: ignore[arg-type]
            await socket.send("hello")
            return str(await socket.recv())

    expected = {"user": "ada", "said": "hello"}
    assert json.loads(await talk(url, additional_headers=bearer(token))) == expected
    assert (
        json.loads(await talk(url, additional_headers={"Cookie": f"X-Bearer={token}"}, subprotocols=["kyoo"]))
        == expected
    )
    link = await site.presign(token, {"verb": "GET", "url": "/api/ws"})
    assert json.loads(await talk(f"{url}?x-presign={link}")) == expected
    with pytest.raises(InvalidStatus) as refused:
        await talk(url)
    assert refused.value.response.status_code == 401


async def test_a_websocket_of_a_native_client(site: Site) -> None:
    """Which offers its token as a protocol; libraries for browsers cannot, as it has a blank."""
    token = await site.register()
    for offered, status in ((f"kyoo, Bearer {token}", b"101"), ("kyoo, Bearer made-up", b"403"), ("kyoo", b"401")):
        lines = [
            *(
                "GET /api/ws HTTP/1.1",
                f"Host: {urlsplit(site.url).netloc}",
                "Connection: Upgrade",
                "Upgrade: websocket",
            ),
            *("Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="),
            f"Sec-WebSocket-Protocol: {offered}",
        ]
        reader, writer = await asyncio.open_connection("127.0.0.1", urlsplit(site.url).port)
        writer.write("\r\n".join([*lines, "", ""]).encode())
        async with asyncio.timeout(PATIENCE):
            answer = await reader.readuntil(b"\r\n\r\n")
        writer.close()
        assert answer.split(b" ", 2)[1] == status, answer
        if status == b"101":
            assert b"\r\nsec-websocket-protocol: kyoo\r\n" in answer.lower()


async def test_parts_of_a_film(site: Site) -> None:
    token = await site.register()
    link = await site.presign(token, {"verb": "GET", "url": "/video/film"})
    whole = await site.client.get("/video/film", headers=bearer(token))
    assert (whole.status_code, whole.content) == (200, FILM)
    for headers in (bearer(token), {}):
        query = "" if headers else f"?x-presign={link}"
        for asked, first, last in (("0-0", 0, 0), ("1000-1999", 1000, 1999), ("-10", len(FILM) - 10, len(FILM) - 1)):
            part = await site.client.get(f"/video/film{query}", headers={**headers, "Range": f"bytes={asked}"})
            assert (part.status_code, part.content) == (206, FILM[first : last + 1])
            assert part.headers["content-range"] == f"bytes {first}-{last}/{len(FILM)}"
        changed = {**headers, "Range": "bytes=0-9", "If-Range": '"another"'}
        assert (await site.client.get(f"/video/film{query}", headers=changed)).status_code == 200
        beyond = {**headers, "Range": f"bytes={len(FILM)}-"}
        assert (await site.client.get(f"/video/film{query}", headers=beyond)).status_code == 416


async def test_large_uploads(site: Site) -> None:
    headers = bearer(await site.register())

    async def upload(size: int) -> httpx2.Response:
        picture = {"logo": ("me.png", drawn().ljust(size, b"x"), "image/png")}
        return await site.client.post("/auth/users/me/logo", files=picture, headers=headers)

    assert (await upload(5 * 1024 * 1024)).status_code == 204
    assert size_of((await site.client.get("/auth/users/me/logo", headers=headers)).content) == (40, 30)
    refused = await upload(5 * 1024 * 1024 + 1)
    assert (refused.status_code, refused.json()["status"]) == (413, 413)

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(12):
            yield b"x" * 1024 * 1024

    # Of no length that is known beforehand.
    answer = await site.client.post("/api/x", content=pieces(), headers=headers)
    assert answer.status_code == 200, answer.text
    assert answer.json()["body"] == hashlib.sha256(b"x" * 12 * 1024 * 1024).hexdigest()


async def test_what_is_in_flight_ends_with_its_session(site: Site) -> None:
    """However the session ends; and only what is of that session."""
    await site.register("admin")
    token = await site.register("bob")
    body = {"login": "bob", "password": "correct horse"}
    kept = (await site.client.post("/auth/sessions", json=body)).json()["token"]
    admin = (await site.client.post("/auth/sessions", json=body | {"login": "admin"})).json()["token"]
    key = {"name": "tool", "claims": {"permissions": ["core.read"]}}
    key = (await site.client.post("/auth/keys", json=key, headers=bearer(admin))).json()
    link = await site.presign(token, {"verb": "GET", "url": "/api/endless"})

    async def stream(query: str = "", **headers: str) -> None:
        """A response that ends in its middle; Caddy does not say that it is not whole."""
        async with site.client.stream("GET", f"/api/endless{query}", headers=headers) as response:
            assert response.status_code == 200
            with contextlib.nullcontext() if site.name == "caddy" else pytest.raises(httpx2.RemoteProtocolError):
                async for _ in response.aiter_raw():
                    pass

    async def wait(**headers: str) -> None:
        """A response that has not begun."""
        answer = await site.client.get("/api/slow", headers=headers)
        assert (answer.status_code, answer.json()["message"]) == (403, "The session has ended")

    async def listen(**headers: str) -> None:
        url = f"{site.url.replace('http', 'ws')}/api/ws"
        async with connect(url, proxy=None, additional_headers=headers) as socket:
            with pytest.raises(ConnectionClosed) as closed:
                await socket.recv()
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 4401

    async def ends(end: Awaitable[httpx2.Response], *works: Coroutine[None, None, None]) -> None:
        others = asyncio.create_task(stream(**bearer(kept)))
        tasks = [asyncio.create_task(work) for work in works]
        await asyncio.sleep(0.3)
        assert not any(task.done() for task in tasks)
        assert (await end).status_code == 200
        async with asyncio.timeout(scaled(2)):
            await asyncio.gather(*tasks)
        assert not others.done()
        others.cancel()

    headers = bearer(token)
    logout = site.client.delete("/auth/sessions/current", headers=headers)
    await ends(logout, stream(**headers), stream(f"?x-presign={link}"), wait(**headers), listen(**headers))
    deleted = site.client.delete(f"/auth/keys/{key['id']}", headers=bearer(admin))
    await ends(deleted, stream(**{"X-Api-Key": key["token"]}))
    token, kept = kept, admin
    user = (await site.client.get("/auth/users/me", headers=bearer(token))).json()["id"]
    disabled = site.client.patch(f"/auth/users/{user}", json={"disabled": True}, headers=bearer(admin))
    await ends(disabled, stream(**bearer(token)), listen(**bearer(token)))


async def test_the_auth_service_knows_where_clients_come_from(site: Site) -> None:
    token = await site.register()
    forged = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Host": "evil.example", "X-Real-IP": "203.0.113.9"}
    body = {"login": "ada", "password": "wrong"}
    assert (await site.client.post("/auth/sessions", json=body, headers=forged)).status_code == 403
    log = (await site.client.get("/auth/audit", headers=bearer(token))).json()
    assert {entry["address"] for entry in log["items"]} == {"127.0.0.1"}
    page = (await site.client.get("/auth/users", headers=bearer(token) | forged)).json()
    assert page["this"] == f"{site.url}/auth/users"


async def test_a_link_is_in_no_log(site: Site) -> None:
    link = await site.presign(await site.register(), {"verb": "GET", "url": "/video/x"})
    assert (await site.client.get(f"/video/x?x-presign={link}")).status_code == 200
    assert (await site.client.get(f"/video/y?x-presign={link}")).status_code == 403
    if site.log is not None:
        text = site.log.read_text()
        assert '"GET /video/x" 200' in text
        assert link not in text


async def test_a_service_accepts_a_token_without_any_gateway(site: Site) -> None:
    """Services verify tokens themselves; who reaches one directly needs no gateway."""
    token = await site.register()
    jwt = (await site.client.get("/auth/jwt", headers=bearer(token))).json()["token"]
    echo = site.echo
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(echo), base_url="http://echo.test") as direct:
        assert (await direct.get("/api/x", headers=bearer(jwt))).json()["user"] == "ada"
        assert (await direct.get("/api/x")).status_code == 401
        assert (await direct.get("/api/x", headers=bearer(token))).status_code == 403
