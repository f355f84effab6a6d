"""The browser client's files: hashed assets for ever, every other path the page itself. No route of any service."""

from __future__ import annotations

from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Scope

from kyoo.core.http.security_headers import WithHeaders, page_headers

STATIC = Path(__file__).parents[1] / "static"

#: WebAssembly and blob workers are for the ASS subtitle renderer, blob media for hls.js. deploy/ says the same to the
#: gateways that serve the files themselves.
POLICY = "; ".join(
    [
        "default-src 'self'",
        "script-src 'self' 'wasm-unsafe-eval'",
        "worker-src 'self' blob:",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "media-src 'self' blob:",
        "connect-src 'self' data: blob:",
        "font-src 'self' data:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    ]
)
SECURITY_HEADERS = page_headers(POLICY)

NOT_BUILT = """<!doctype html><html lang="en"><meta charset="utf-8"><title>kyoo</title>
<p>The pages are not built. Run <code>make web</code>, then start again.</p></html>"""


class SinglePage(StaticFiles):
    """Static files; a path that is no file is a page of the client, which routes by itself."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        try:
            response = await super().get_response(path, scope)
        except HTTPException as error:
            if error.status_code != 404 or path.startswith("assets/"):
                return PlainTextResponse(error.detail, error.status_code)
            path = "index.html"
            response = await super().get_response(path, scope)
        immutable = path.startswith("assets/")
        response.headers["cache-control"] = "public, max-age=31536000, immutable" if immutable else "no-cache"
        return response


def web_client(folder: Path = STATIC) -> ASGIApp:
    """The client built into `folder`; when it is not built, a page that says how to build it."""
    if not (folder / "index.html").is_file():
        return WithHeaders(HTMLResponse(NOT_BUILT, 503), SECURITY_HEADERS)
    pages = GZipMiddleware(SinglePage(directory=folder, html=True), minimum_size=1024)
    return WithHeaders(pages, SECURITY_HEADERS)
