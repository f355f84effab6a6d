"""The OpenAPI document is written once, and nobody waits for it who did not ask for it."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import httpx2
from fastapi import FastAPI

from kyoo.core.documentation import add_documentation


async def test_others_are_answered_while_it_is_written() -> None:
    app = FastAPI(openapi_url=None)
    add_documentation(app, "/x/swagger")
    answered, written = threading.Event(), []

    @app.get("/other")
    async def other() -> None:
        answered.set()

    def openapi() -> dict[str, Any]:
        written.append(answered.wait(10))
        return {"openapi": "3.1.0"}

    app.openapi = openapi  # type: ignore[method-assign]
    async with httpx2.AsyncClient(base_url="http://x", transport=httpx2.ASGITransport(app)) as client:
        asking = [asyncio.create_task(client.get("/x/swagger/json")) for _ in range(3)]
        await asyncio.sleep(0)
        assert (await client.get("/other")).status_code == 200
        for answer in await asyncio.gather(*asking):
            assert answer.json() == {"openapi": "3.1.0"}
        assert "/x/swagger/json" in (await client.get("/x/swagger")).text
    assert written == [True]
