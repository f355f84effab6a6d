"""Guests of rooms in a whole instance: what their credential opens, and that it ends with the room."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from tests.integration.api.seeds import movie_seed, video_seed
from tests.integration.test_access import client_of, instance
from tests.integration.test_letting_in import Socket
from tests.waiting import PATIENCE, until

from kyoo.core.files import encode_path
from kyoo.serve.composition import Instance

FILE = "/films/bubble.mkv"


@pytest.fixture
async def running(conninfo: str, tmp_path: Path) -> AsyncIterator[Instance]:
    async with instance(conninfo, tmp_path) as running:
        yield running


@pytest.fixture
async def client(running: Instance) -> AsyncIterator[httpx2.AsyncClient]:
    async with client_of(running) as client:
        yield client


async def test_what_a_guest_of_a_room_can_do_and_for_how_long(running: Instance, client: httpx2.AsyncClient) -> None:
    body = {"username": "ada", "email": "ada@example.org", "password": "correct horse"}
    host = {"Authorization": f"Bearer {(await client.post('/auth/users', json=body)).json()['token']}"}

    async def done(method: str, path: str, body: Any = None, headers: dict[str, str] = host) -> Any:
        answer = await client.request(method, path, json=body, headers=headers)
        assert answer.status_code < 300, answer.text
        return answer.json() if answer.content else None

    await done("POST", "/api/movies", movie_seed("bubble"))
    await done("POST", "/api/movies", movie_seed("other"))
    (video,) = await done("POST", "/api/videos", [video_seed(FILE, **{"for": [{"slug": "bubble"}]})])
    room = await done("POST", "/api/rooms", {"video": "bubble", "guests": True, "control": "everyone"})
    joined = await done("POST", f"/api/rooms/{room['slug']}/join", {"name": "Zoe", "link": room["link"]}, headers={})
    signature = joined["presign"]
    assert (joined["room"]["link"], joined["room"]["members"][1]["guest"]) == (None, True)

    async def status(path: str, method: str = "GET") -> int:
        return (await client.request(method, path, params={"x-presign": signature})).status_code

    assert await status(f"/api/videos/{video['id']}") == 200
    assert await status(f"/api/videos/{video['id']}/master.m3u8") == 302
    # The file is outside of the folders here; whoever may not play it would be told that before.
    assert await status(f"/video/{encode_path(FILE)}/info") == 400
    assert await status(f"/api/rooms/{room['id']}") == 200
    # To come in anew takes a name; nobody else's room, and no link.
    assert await status(f"/api/rooms/{room['id']}/join", "POST") == 422
    for path in ("/api/shows", "/api/movies/other", "/auth/users/me", f"/video/{encode_path('/films/other.mkv')}/info"):
        assert await status(path) == 403, path
    for method, path in (("DELETE", f"/api/rooms/{room['id']}"), ("POST", "/api/rooms"), ("GET", "/auth/keys")):
        assert await status(path, method) == 403, path

    socket = Socket(running, {}, f"x-presign={signature}")
    assert (await socket.told())["type"] == "websocket.accept"
    answer = await socket.ask({"action": "subscribe", "topics": [f"room:{room['id']}"]})
    assert (answer["status"], answer["topics"]) == (200, [f"room:{room['id']}"])

    await done("DELETE", f"/api/rooms/{room['id']}")
    assert await status(f"/api/videos/{video['id']}") == 403
    assert [key["name"] for key in (await done("GET", "/auth/keys"))["items"]] == ["service"]

    async def closed() -> bool:
        return (await asyncio.wait_for(socket.told(), PATIENCE))["type"] == "websocket.close"

    await until(closed)
    await socket.close()
