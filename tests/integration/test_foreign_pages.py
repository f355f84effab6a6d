"""Pages of other sites, whose visitors' browsers send their cookies along, at every route that changes something."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx2
import psycopg
import pytest
import pytest_asyncio
from starlette.types import Message
from tests.integration.test_access import URL, client_of, filled, instance, written_table

from kyoo.serve.composition import Instance
from kyoo.serve.postgres.embedded import EmbeddedPostgres

pytestmark = pytest.mark.asyncio(loop_scope="module")

REFUSAL = "A page of another site asks for this"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running(postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Instance]:
    with psycopg.connect(postgres.conninfo("postgres"), autocommit=True) as connection:
        connection.execute("create database foreign_pages template kyoo strategy file_copy")
    async with instance(postgres.conninfo("foreign_pages"), tmp_path_factory.mktemp("instance")) as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def token(running: Instance) -> str:
    async with client_of(running) as client:
        body = {"username": "ada", "email": "ada@example.org", "password": "correct horse"}
        return str((await client.post("/auth/users", json=body)).json()["token"])


def writing() -> list[tuple[str, str]]:
    routes = ((*route.split(" ", 1), who) for route, who in written_table().items())
    return [(verb, filled(path)) for verb, path, who in routes if verb not in ("GET", "HEAD", "*") and who != "public"]


async def test_they_change_nothing_by_a_cookie(running: Instance, token: str) -> None:
    cookies = [{"Cookie": f"{name}={token}"} for name in ("kyoo", "X-Bearer")]
    pages = [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}]
    async with client_of(running) as client:
        assert len(writing()) > 60
        for verb, path in writing():
            for cookie in cookies:
                for page in pages:
                    answer = await client.request(verb, path, headers=cookie | page)
                    assert (answer.status_code, REFUSAL in answer.text) == (403, True), (verb, path, answer.text)
        # Services that are reached directly compare, too.
        jwt = (await client.get("/auth/jwt", headers=cookies[0])).json()["token"]
    for name, verb, path in (("api", "POST", "/api/movies"), ("scanner", "PUT", "/scanner/scan")):
        transport = httpx2.ASGITransport(running.applications[name])
        async with httpx2.AsyncClient(base_url=URL, transport=transport) as direct:
            for page, refused in ((pages[0], True), (pages[1], True), ({"Origin": URL}, False), ({}, False)):
                headers = {"Authorization": f"Bearer {jwt}"} | page
                assert (REFUSAL in (await direct.request(verb, path, headers=headers, json={})).text) == refused


async def test_they_read_as_before_and_other_credentials_are_exempt(running: Instance, token: str) -> None:
    evil = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    async with client_of(running) as client:
        answer = await client.get("/api/shows", headers=evil | {"Cookie": f"X-Bearer={token}"})
        assert answer.status_code == 200
        for headers in ({"Authorization": f"Bearer {token}"}, {"X-Api-Key": "service key " * 4}):
            answer = await client.post("/api/movies", headers=evil | headers, json={})
            assert answer.status_code == 422, answer.text
        for page in ({}, {"Origin": URL}, {"Sec-Fetch-Site": "same-origin"}):
            answer = await client.post("/api/movies", headers=page | {"Cookie": f"X-Bearer={token}"}, json={})
            assert answer.status_code == 422, answer.text


async def test_they_do_not_set_a_server_up(running: Instance, token: str) -> None:
    """Which asks for no credentials as long as there are none."""
    assert token
    async with client_of(running) as client:
        for page, status in (
            ({"Origin": "https://evil.example"}, 403),
            ({"Sec-Fetch-Site": "cross-site"}, 403),
            ({}, 409),
        ):
            for route in ("backups", "restore"):
                answer = await client.post(f"/server/setup/{route}", headers=page, json={"target": "/nowhere"})
                assert (answer.status_code, REFUSAL in answer.text) == (status, status == 403), answer.text


async def opened(running: Instance, **headers: str) -> bool:
    """Whether a websocket with these headers is accepted."""
    sent: list[Message] = []
    events: list[Message] = [{"type": "websocket.connect"}, {"type": "websocket.disconnect", "code": 1000}]

    async def receive() -> Message:
        return events.pop(0)

    async def send(message: Message) -> None:
        sent.append(message)

    await running.gateway(
        {
            "type": "websocket",
            "asgi": {"version": "3.0"},
            "path": "/api/ws",
            "raw_path": b"/api/ws",
            "query_string": b"",
            "headers": [
                (b"host", b"kyoo.test"),
                *((name.lower().replace("_", "-").encode(), value.encode()) for name, value in headers.items()),
            ],
            "subprotocols": ["kyoo"],
            "extensions": {"websocket.http.response": {}},
        },
        receive,
        send,
    )
    return sent[0]["type"] == "websocket.accept"


async def test_they_open_no_socket_by_a_cookie(running: Instance, token: str) -> None:
    """Cross-site websocket hijacking: browsers ask nobody before they open one."""
    for name in ("kyoo", "X-Bearer"):
        cookie = f"{name}={token}"
        assert not await opened(running, cookie=cookie, origin="https://evil.example")
        assert not await opened(running, cookie=cookie, origin="null")
        assert not await opened(running, cookie=cookie, sec_fetch_site="cross-site")
        assert await opened(running, cookie=cookie, origin=URL)
        assert await opened(running, cookie=cookie)
    assert await opened(running, authorization=f"Bearer {token}", origin="https://evil.example")
