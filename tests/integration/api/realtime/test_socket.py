"""A websocket whose client does not wait for answers. What the messages do is tested over a real one, in tests/e2e."""

from __future__ import annotations

import asyncio
from uuid import UUID

from fastapi import FastAPI
from starlette.types import Message
from tests.integration.api.seeds import OTHER_USER, USER, bearer

from kyoo.core.tokens import NIL_UUID

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


async def opened(app: FastAPI, closing: asyncio.Event, user: UUID, address: str = "192.0.2.1") -> str:
    """What a socket of this user is answered first, and the socket stays open until `closing`."""
    answered: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    asked = False

    async def receive() -> Message:
        nonlocal asked
        if not asked:
            asked = True
            return {"type": "websocket.connect"}
        await closing.wait()
        return {"type": "websocket.disconnect", "code": 1000}

    async def send(message: Message) -> None:
        if not answered.done():
            answered.set_result(f"{message['type']} {message.get('status', '')}".strip())

    scope = {
        "type": "websocket",
        "path": "/api/ws",
        "query_string": b"",
        "headers": [(b"authorization", bearer(user)["Authorization"].encode())],
        "subprotocols": [],
        "client": (address, 1),
        "extensions": {"websocket.http.response": {}},
    }
    task = asyncio.create_task(app(scope, receive, send))
    task.add_done_callback(lambda done: done.exception())
    return await answered


async def test_one_user_has_so_many_sockets_and_others_have_theirs(app: FastAPI) -> None:
    most = app.state.context.settings.sockets_per_user
    closing = asyncio.Event()
    refused = "websocket.http.response.start 429"
    for one, another in ((USER, OTHER_USER), (NIL_UUID, USER)):
        assert [await opened(app, closing, one) for _ in range(most)] == ["websocket.accept"] * most
        assert await opened(app, closing, one) == refused
        assert await opened(app, closing, another) == "websocket.accept"
        # Guests are many under one name.
        elsewhere = await opened(app, closing, one, "192.0.2.2")
        assert elsewhere == (refused if one == USER else "websocket.accept")
        closing.set()
        await asyncio.sleep(0.1)
        closing.clear()
        assert await opened(app, closing, one) == "websocket.accept"
        closing.set()
        await asyncio.sleep(0.1)
        closing.clear()
