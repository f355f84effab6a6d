"""`<prefix>/swagger`: the OpenAPI document of a service, and a page that shows it. For everybody."""

from __future__ import annotations

import asyncio
import json

from fastapi import FastAPI, Request, Response
from fastapi.openapi.docs import get_swagger_ui_html


class Documentation:
    """The document, written when it is first asked for. That takes a large service seconds, so the framework's own
    route, which does it on the event loop, will not do."""

    def __init__(self, app: FastAPI) -> None:
        self._app = app
        self._document: bytes | None = None
        self._writing = asyncio.Lock()

    async def document(self) -> Response:
        async with self._writing:
            if self._document is None:
                self._document = await asyncio.to_thread(self._write)
        return Response(self._document, media_type="application/json")

    def _write(self) -> bytes:
        return json.dumps(self._app.openapi()).encode()


def add_documentation(app: FastAPI, path: str) -> None:
    documentation = app.state.documentation = Documentation(app)

    async def document(_: Request) -> Response:
        return await documentation.document()

    async def page(_: Request) -> Response:
        return get_swagger_ui_html(openapi_url=f"{path}/json", title=app.title)

    app.add_route(f"{path}/json", document, include_in_schema=False)
    app.add_route(path, page, include_in_schema=False)
