"""The OpenAPI document is written once, and nobody waits for it who did not ask for it."""

from __future__ import annotations

import asyncio
import re
import threading
from pathlib import Path
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
    assert written == [True]


async def test_the_page_that_shows_it_loads_nothing_from_elsewhere() -> None:
    app = FastAPI(title="<films>", openapi_url=None)
    add_documentation(app, "/x/swagger")
    async with httpx2.AsyncClient(base_url="http://x", transport=httpx2.ASGITransport(app)) as client:
        page = await client.get("/x/swagger")
        assert "//" not in page.text
        assert "<title>&lt;films&gt;</title>" in page.text
        loaded = re.findall(r'(?:src|href)="(/[^"]+)"', page.text)
        assert sorted(Path(path).suffix for path in loaded) == [".css", ".js"]
        for path in loaded:
            answer = await client.get(path)
            assert answer.status_code == 200
            assert len(answer.content) > 100_000
            assert answer.headers["content-type"].startswith(("text/css", "text/javascript"))
        assert "http" not in page.headers["content-security-policy"]
        assert (await client.get("/x/swagger/favicon.png")).status_code == 404
