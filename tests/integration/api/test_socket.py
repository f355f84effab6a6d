"""A websocket whose client does not wait for answers. What the messages do is tested over a real one, in tests/e2e."""

from __future__ import annotations

import asyncio

from fastapi import FastAPI
from starlette.types import Message
from tests.integration.api.seeds import bearer

MESSAGES = 300


async def test_a_client_that_floods_leaves_others_their_turn(app: FastAPI) -> None:
    sent: list[Message] = []
    waiting = [{"type": "websocket.receive", "text": '{"action":"ping"}'}] * MESSAGES
    events: list[Message] = [{"type": "websocket.connect"}, *waiting, {"type": "websocket.disconnect", "code": 1000}]

    async def receive() -> Message:
        return events.pop(0)

    async def send(message: Message) -> None:
        sent.append(message)

    turns = 0

    async def others() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    scope = {
        "type": "websocket",
        "path": "/api/ws",
        "query_string": b"",
        "headers": [(b"authorization", bearer()["Authorization"].encode())],
        "subprotocols": [],
    }
    other = asyncio.create_task(others())
    await app(scope, receive, send)
    other.cancel()
    assert [message["type"] for message in sent] == ["websocket.accept", *["websocket.send"] * MESSAGES]
    assert turns >= MESSAGES
