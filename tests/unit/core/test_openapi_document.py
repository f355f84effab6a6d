"""The OpenAPI document is written once, and nobody waits for it who did not ask for it."""

from __future__ import annotations

import asyncio
import re
import threading
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI

from kyoo.core.http.documentation import DOCUMENTS, PATHS, REDOC_PAGE, SWAGGER_PAGES, add_documentation


async def test_others_are_answered_while_it_is_written() -> None:
    app = FastAPI(openapi_url=None)
    add_documentation(app, "/x")
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


@pytest.mark.parametrize("path", [*SWAGGER_PAGES, REDOC_PAGE])
async def test_the_pages_that_show_it_load_nothing_from_elsewhere(path: str) -> None:
    app = FastAPI(title="<films>", openapi_url=None)
    add_documentation(app, "/x")
    async with httpx2.AsyncClient(base_url="http://x", transport=httpx2.ASGITransport(app)) as client:
        page = await client.get(f"/x{path}")
        assert "//" not in page.text
        assert "/x/swagger/json" in page.text
        assert "<title>&lt;films&gt;</title>" in page.text
        loaded = re.findall(r'(?:src|href)="(/[^"]+)"', page.text)
        assert sorted(Path(name).suffix for name in loaded) == ([".js"] if path == REDOC_PAGE else [".css", ".js"])
        for name in loaded:
            answer = await client.get(name)
            assert answer.status_code == 200
            assert len(answer.content) > 100_000
            assert answer.headers["content-type"].startswith(("text/css", "text/javascript"))
        assert "http" not in page.headers["content-security-policy"]
        assert (await client.get("/x/swagger/favicon.png")).status_code == 404


async def test_it_is_where_kyoos_services_have_it() -> None:
    app = FastAPI(openapi_url=None)
    add_documentation(app, "/x")
    async with httpx2.AsyncClient(base_url="http://x", transport=httpx2.ASGITransport(app)) as client:
        for path in PATHS:
            assert (await client.get(f"/x{path}")).status_code == 200
        for path in DOCUMENTS:
            assert (await client.get(f"/x{path}")).json()["openapi"]
    # The api and auth service, the transcoder, the scanner.
    kyoo = {"/swagger/json", "/swagger/doc.json", "/swagger", "/swagger/index.html", "/openapi.json", "/docs", "/redoc"}
    assert kyoo <= set(PATHS)
