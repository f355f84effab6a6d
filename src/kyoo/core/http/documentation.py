"""The OpenAPI document of a service, and Swagger UI and ReDoc to show it, at the addresses that Kyoo's services have.
For everybody; nothing of it comes from elsewhere."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
from collections.abc import Awaitable, Callable
from functools import partial
from html import escape
from importlib.resources import files
from pathlib import Path

from fastapi import FastAPI, Request, Response
from starlette.responses import FileResponse, HTMLResponse

from kyoo.core.http.security_headers import page_headers

SCRIPT, STYLE, REDOC = "swagger-ui-bundle.js", "swagger-ui.css", "redoc.standalone.js"
ASSETS = (SCRIPT, STYLE, REDOC)
#: Kyoo's api, auth service and transcoder have the first, its scanner the others.
SWAGGER_PAGES = ("/swagger", "/swagger/index.html", "/docs")
REDOC_PAGE = "/redoc"
DOCUMENTS = ("/swagger/json", "/swagger/doc.json", "/openapi.json")
#: What a gateway lets everybody see below the prefix of a service.
PATHS = (*SWAGGER_PAGES, REDOC_PAGE, *DOCUMENTS, *(f"/swagger/{name}" for name in ASSETS))


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


def swagger_page(title: str, prefix: str) -> Response:
    # Without a validator: the default is a site that would be told the address of the document.
    options = {"url": f"{prefix}/swagger/json", "dom_id": "#ui", "deepLinking": True, "validatorUrl": None}
    style = f'<link rel="stylesheet" href="{prefix}/swagger/{STYLE}">\n'
    return _page(title, f"{prefix}/swagger/{SCRIPT}", f"SwaggerUIBundle({json.dumps(options)})", style=style)


def redoc_page(title: str, prefix: str) -> Response:
    # Its search runs in a worker of its own making. Styles are made by scripts.
    start = f'Redoc.init({json.dumps(f"{prefix}/swagger/json")}, {{}}, document.querySelector("#ui"))'
    return _page(
        title, f"{prefix}/swagger/{REDOC}", start, policy="style-src 'self' 'unsafe-inline'; worker-src blob:; "
    )


def _page(title: str, script: str, start: str, *, style: str = "", policy: str = "style-src 'self'; ") -> Response:
    """A page that loads `script` and runs `start`."""
    digest = base64.b64encode(hashlib.sha256(start.encode()).digest()).decode()
    whole_policy = (
        f"default-src 'none'; script-src 'self' 'sha256-{digest}'; {policy}"
        "img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    body = f"""<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)}</title>
<link rel="icon" href="data:,">
{style}<div id="ui"></div>
<script src="{script}"></script>
<script>{start}</script>
</html>
"""
    return HTMLResponse(body, headers=page_headers(whole_policy))


def add_documentation(app: FastAPI, prefix: str) -> None:
    """Serve PATHS below `prefix`."""
    documentation = Documentation(app)

    async def document(_: Request) -> Response:
        return await documentation.document()

    async def show(page: Callable[[str, str], Response], _: Request) -> Response:
        return page(app.title, prefix)

    async def asset(name: str, _: Request) -> Response:
        file = Path(str(files("fastapi_offline"))) / "static" / name
        return FileResponse(file, headers={"Cache-Control": "public, max-age=86400"})

    def add(path: str, endpoint: Callable[[Request], Awaitable[Response]]) -> None:
        app.add_route(f"{prefix}{path}", endpoint, include_in_schema=False)

    for path in DOCUMENTS:
        add(path, document)
    for path in SWAGGER_PAGES:
        add(path, partial(show, swagger_page))
    add(REDOC_PAGE, partial(show, redoc_page))
    for name in ASSETS:
        add(f"/swagger/{name}", partial(asset, name))
