"""`<prefix>/swagger`: the OpenAPI document of a service, and Swagger UI to show it. For everybody; nothing of it comes
from elsewhere."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
from functools import partial
from html import escape
from importlib.resources import files
from pathlib import Path

from fastapi import FastAPI, Request, Response
from starlette.responses import FileResponse, HTMLResponse

SCRIPT, STYLE = "swagger-ui-bundle.js", "swagger-ui.css"
#: What a gateway lets everybody see below `<prefix>/swagger`.
PATHS = ("", "/json", f"/{SCRIPT}", f"/{STYLE}")


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


def page(title: str, path: str) -> Response:
    # Without a validator: the default is a site that would be told the address of the document.
    options = {"url": f"{path}/json", "dom_id": "#ui", "deepLinking": True, "validatorUrl": None}
    start = f"SwaggerUIBundle({json.dumps(options)})"
    digest = base64.b64encode(hashlib.sha256(start.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; script-src 'self' 'sha256-{digest}'; style-src 'self'; "
        "img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    body = f"""<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="{path}/{STYLE}">
<div id="ui"></div>
<script src="{path}/{SCRIPT}"></script>
<script>{start}</script>
</html>
"""
    return HTMLResponse(body, headers={"Content-Security-Policy": policy, "X-Content-Type-Options": "nosniff"})


def add_documentation(app: FastAPI, path: str) -> None:
    documentation = app.state.documentation = Documentation(app)

    async def document(_: Request) -> Response:
        return await documentation.document()

    async def show(_: Request) -> Response:
        return page(app.title, path)

    async def asset(name: str, _: Request) -> Response:
        file = Path(str(files("fastapi_offline"))) / "static" / name
        return FileResponse(file, headers={"Cache-Control": "public, max-age=86400"})

    app.add_route(f"{path}/json", document, include_in_schema=False)
    app.add_route(path, show, include_in_schema=False)
    for name in (SCRIPT, STYLE):
        app.add_route(f"{path}/{name}", partial(asset, name), include_in_schema=False)
