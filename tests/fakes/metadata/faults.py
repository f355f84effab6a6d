"""Ways in which a service fails, around an application that works."""

from __future__ import annotations

import asyncio
from typing import Any

from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

#: Name → what it answers instead.
FAULTS: dict[str, Response] = {
    "500": PlainTextResponse("Internal Server Error", 500),
    "html": Response("<html><body>Log in to the hotel's network</body></html>", media_type="text/html"),
    "no object": JSONResponse([1, 2, 3]),
    "error body": JSONResponse(
        {"errors": [{"message": "Too much"}], "error": {"code": "internal"}, "status": "failure"}
    ),
    "401": JSONResponse({"success": False, "status_code": 7, "message": "Unauthorized"}, 401),
}


class Faulty:
    """`fault` is one of FAULTS, `slow`, `limited` (429), or None while all is well. `log`: every request."""

    def __init__(self, app: ASGIApp, fault: str | None = None) -> None:
        self.app = app
        self.fault = fault
        self.log: list[str] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> Any:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        query = scope["query_string"].decode()
        self.log.append(f"{scope['method']} {scope['path']}{f'?{query}' if query else ''}")
        if self.fault is None:
            return await self.app(scope, receive, send)
        if self.fault == "slow":
            await asyncio.sleep(30)
            raise AssertionError("nobody waits for so long")
        if self.fault == "limited":
            limited = JSONResponse({"errors": [{"message": "Too Many Requests."}]}, 429, {"Retry-After": "60"})
            return await limited(scope, receive, send)
        return await FAULTS[self.fault](scope, receive, send)
