"""What every answer tells browsers, and caches on the way, to do with it. Services say it themselves, so that no
gateway has to; a page that needs more says what it needs."""

from __future__ import annotations

from typing import Literal

from fastapi import FastAPI
from starlette.types import ASGIApp, Message, Receive, Scope, Send

#: Nothing that such an answer holds (a subtitle, an attachment, a picture, a text in JSON) is run, or may be part of a
#: page; films and pictures can be looked at by their own address, and requests tried in a browser's console there.
NO_PAGE = (
    "default-src 'none'; connect-src 'self'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
#: What no page of ours asks for.
PERMISSIONS = "camera=(), geolocation=(), hid=(), microphone=(), midi=(), payment=(), serial=(), usb=()"

COMMON = {"x-content-type-options": "nosniff", "referrer-policy": "same-origin"}


def page_headers(policy: str) -> dict[str, str]:
    """Of a page with this Content-Security-Policy."""
    return {
        "content-security-policy": policy,
        "cross-origin-opener-policy": "same-origin",
        "permissions-policy": PERMISSIONS,
        **COMMON,
    }


class Defaults:
    """The headers of all answers; an answer that sets one of them itself knows better."""

    def __init__(self, headers: dict[str, str]) -> None:
        self._pairs = [(name.encode(), value.encode()) for name, value in headers.items()]

    def on(self, send: Send) -> Send:
        async def sending(message: Message) -> None:
            if message["type"] in ("http.response.start", "websocket.http.response.start"):
                headers = message.get("headers", ())
                given = {name.lower() for name, _ in headers}
                missing = [pair for pair in self._pairs if pair[0] not in given]
                message = {**message, "headers": [*headers, *missing]}
            await send(message)

        return sending


class WithHeaders:
    """ASGI application: `app` with these headers on all of its answers."""

    def __init__(self, app: ASGIApp, headers: dict[str, str]) -> None:
        self.app = app
        self._defaults = Defaults(headers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope, receive, self._defaults.on(send))


#: Who may keep an answer that does not say so itself: the browser, or nobody.
Caching = Literal["private", "no-store"]


class SafeAnswers(FastAPI):
    """A service. Not a middleware, which the answer to a crash would not pass."""

    caching: Caching = "private"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan":
            send = DEFAULTS[self.caching].on(send)
        await super().__call__(scope, receive, send)


DEFAULTS = {
    caching: Defaults({"content-security-policy": NO_PAGE, **COMMON, "cache-control": caching})
    for caching in ("private", "no-store")
}
