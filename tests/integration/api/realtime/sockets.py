"""A websocket to the api over ASGI: what it is told, what it asks."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI
from starlette.types import Message
from tests.integration.api.seeds import bearer
from tests.waiting import PATIENCE
from websockets.client import ClientProtocol
from websockets.frames import Frame
from websockets.protocol import State
from websockets.uri import parse_uri

from kyoo.core.http.frames import WRITES

Json = dict[str, Any]


class Client:
    """`reading` cleared: the client takes nothing, as one whose connection is full. Frames that are ready are taken,
    too, as by our own server."""

    def __init__(self, app: FastAPI, headers: dict[str, str]) -> None:
        self.reading = asyncio.Event()
        self.reading.set()
        self._early: deque[Json] = deque()
        self._in: asyncio.Queue[Message] = asyncio.Queue()
        self._out: asyncio.Queue[Message] = asyncio.Queue()
        self._in.put_nowait({"type": "websocket.connect"})
        scope = {
            "type": "websocket",
            "path": "/api/ws",
            "query_string": b"",
            "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
            "subprotocols": [],
            "client": ("192.0.2.1", 1),
            "extensions": {"websocket.http.response": {}, WRITES: self._write},
        }
        self.task = asyncio.create_task(app(scope, self._in.get, self._send))

    async def _send(self, message: Message) -> None:
        await self.reading.wait()
        self._out.put_nowait(message)

    def _write(self, frame: bytes) -> bool:
        if not self.reading.is_set():
            return False
        wire = ClientProtocol(parse_uri("ws://x"), state=State.OPEN)
        wire.receive_data(frame)
        (text,) = wire.events_received()
        assert isinstance(text, Frame)
        self._out.put_nowait({"type": "websocket.send", "text": bytes(text.data).decode()})
        return True

    def say(self, message: Any) -> None:
        text = message if isinstance(message, str) else json.dumps(message)
        self._in.put_nowait({"type": "websocket.receive", "text": text})

    def say_bytes(self, content: bytes) -> None:
        self._in.put_nowait({"type": "websocket.receive", "bytes": content})

    async def message(self) -> Message:
        return await asyncio.wait_for(self._out.get(), PATIENCE)

    async def told(self) -> Json:
        message = await self.message()
        assert message["type"] == "websocket.send", message
        told: Json = json.loads(message["text"])
        told.setdefault("action", None)
        return told

    async def event(self) -> Json:
        told = self._early.popleft() if self._early else await self.told()
        assert told["action"] == "event", told
        return told

    async def ask(self, message: Any) -> Json:
        """Its answer; events that come before it are kept for `event`."""
        self.say(message)
        while (told := await self.told())["action"] == "event":
            self._early.append(told)
        return told

    async def follow(self, *topics: str, **more: Any) -> Json:
        answer = await self.ask({"action": "subscribe", "topics": list(topics), **more})
        assert answer["status"] == 200, answer
        return answer

    async def nothing(self) -> None:
        """It was told nothing else: its next question is answered next."""
        assert (await self.ask({"action": "ping"}))["response"] == "pong"
        assert not self._early, self._early

    async def leave(self) -> None:
        self._in.put_nowait({"type": "websocket.disconnect", "code": 1000})
        await asyncio.wait_for(self.task, PATIENCE)


@asynccontextmanager
async def opened(app: FastAPI, headers: dict[str, str] | None = None) -> AsyncIterator[Client]:
    client = Client(app, headers or bearer())
    try:
        assert (await client.message())["type"] == "websocket.accept"
        yield client
    finally:
        if not client.task.done():
            await client.leave()
