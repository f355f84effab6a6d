"""One line for each request, for whoever has no gateway that writes it. The query is left out: it can hold a secret."""

from __future__ import annotations

import re
import time

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = structlog.get_logger()

#: What is asked all the time, by programs.
SILENT = re.compile(r"/\w+/(health|ready)|/\.well-known/jwks\.json")
#: A secret of ours as a part of a path, such as that of a link for a new password.
SECRET = re.compile(r"(?<=/)[A-Za-z0-9_-]{86}(?=/|$)")


def without_secrets(path: str) -> str:
    return SECRET.sub("[hidden]", path)


class RequestLog:
    """Logs when the answer is complete; a websocket when it closes."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket") or SILENT.fullmatch(scope["path"]):
            await self.app(scope, receive, send)
            return
        began, status = time.perf_counter(), 0

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] in ("http.response.start", "websocket.http.response.start"):
                status = message["status"]
            elif message["type"] == "websocket.accept":
                status = 101
            await send(message)

        try:
            await self.app(scope, receive, sending)
        finally:
            log.info(
                "request",
                method=scope.get("method", "GET"),
                path=without_secrets(scope["path"]),
                status=status or None,
                ms=round((time.perf_counter() - began) * 1000),
                client=scope["client"][0] if scope.get("client") else None,
            )
