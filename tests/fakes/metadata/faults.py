"""Ways in which a service fails, around an application that works."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from tests.fakes.metadata import tmdb, tvdb

#: Name → what it answers instead.
FAULTS: dict[str, Response] = {
    "500": PlainTextResponse("Internal Server Error", 500),
    "html": Response("<html><body>Log in to the hotel's network</body></html>", media_type="text/html"),
    "no object": JSONResponse([1, 2, 3]),
    "error body": JSONResponse(
        {"errors": [{"message": "Too much"}], "error": {"code": "internal"}, "status": "failure"}
    ),
    "401": JSONResponse({"success": False, "status_code": 7, "message": "Unauthorized"}, 401),
    "over its limit, without a word": JSONResponse({}, 429),
    "in maintenance": PlainTextResponse("Back soon", 503, {"Retry-After": "Thu, 01 Jan 2099 00:00:00 GMT"}),
    "moved in a circle": Response(status_code=308, headers={"location": "/"}),
    "cut off": Response(b'{"results": [', headers={"content-length": "13"}, media_type="application/json"),
    "no compression": Response(b"{}", headers={"content-encoding": "gzip"}, media_type="application/json"),
    "words for numbers": Response(
        "Slow down",
        429,
        {
            "retry-after": "\u00b2",
            "x-ratelimit-limit": "\u00b2",
            "x-ratelimit-remaining": "0",
            "x-ratelimit-reset": "\u00b3",
        },
    ),
}
#: What nobody but its service may see.
SECRETS = (tmdb.KEY, tvdb.KEY)
#: Where services send their clients that are taken over; it is no service.
ELSEWHERE = "elsewhere.test"


class Faulty:
    """`fault` is one of FAULTS, `slow`, `limited` (429), `elsewhere 302` or `elsewhere 307` (to another host, which
    answers 401 to who shows it a key), or None while all is well. `log`: every request."""

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
        if self.fault.startswith("elsewhere"):
            answer = await self._elsewhere(Request(scope, receive), int(self.fault.split()[1]))
            return await answer(scope, receive, send)
        return await FAULTS[self.fault](scope, receive, send)

    async def _elsewhere(self, request: Request, status: int) -> Response:
        if request.url.hostname != ELSEWHERE:
            return Response(status_code=status, headers={"location": f"https://{ELSEWHERE}/"})
        shown = f"{request.url} {request.headers} {await request.body()!r}"
        return PlainTextResponse("", 401 if any(secret in shown for secret in SECRETS) else 500)


def _each(value: Any, change: Callable[[Any], Any]) -> Any:
    """The same with every value below changed, innermost first."""
    if isinstance(value, dict):
        return change({key: _each(item, change) for key, item in value.items()})
    if isinstance(value, list):
        return change([_each(item, change) for item in value])
    return change(value)


def _to_null(value: Any) -> Any:
    return value if isinstance(value, dict | list) else None


def _of_another_kind(value: Any) -> Any:
    if isinstance(value, dict):
        return value
    return {"0": value} if isinstance(value, list) else [value] if isinstance(value, str) else {"value": value}


def _to_next_number(value: Any) -> Any:
    """What it would be of another title."""
    if isinstance(value, str) and value.isdecimal():
        return str(int(value) + 1)
    return value + 1 if isinstance(value, int) and not isinstance(value, bool) else value


def _endless(value: Any) -> Any:
    return value * 2000 if isinstance(value, str) and " " in value and len(value) < 300 else value


def _repeated(value: Any) -> Any:
    """Five hundred for each, that differ in their words and numbers."""

    def other(number: int) -> Callable[[Any], Any]:
        def change(found: Any) -> Any:
            if isinstance(found, str):
                return f"{found} {number}" if " " in found else found
            return found + number if isinstance(found, int) and not isinstance(found, bool) else found

        return change

    if not isinstance(value, list) or not value or len(json.dumps(value)) > 400:
        return value
    return [_each(value[number % len(value)], other(number)) for number in range(500)]


#: Name → what becomes of each value of an answer that would be right.
CHANGES: dict[str, Callable[[Any], Any]] = {
    "null everywhere": _to_null,
    "values of another kind": _of_another_kind,
    "another id": _to_next_number,
    "endless texts": _endless,
    "hundreds of each": _repeated,
}


class Changed:
    """Answers in the right form with `change` made to their values, all but those that log in."""

    def __init__(self, app: ASGIApp, change: str) -> None:
        self.app = app
        self.change = change

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> Any:
        if scope["type"] != "http" or scope["path"].endswith("/login"):
            return await self.app(scope, receive, send)
        started: Any = None
        body = b""

        async def keep(message: Any) -> None:
            nonlocal started, body
            if message["type"] == "http.response.start":
                started = message
            body += message.get("body", b"")

        await self.app(scope, receive, keep)
        if started["status"] != 200:
            answer = Response(body, started["status"])
        elif self.change == "half of the bytes":
            packed = gzip.compress(body)
            answer = Response(packed[: len(packed) // 2], headers={"content-encoding": "gzip"})
        else:
            answer = JSONResponse(_each(json.loads(body), CHANGES[self.change]))
        return await answer(scope, receive, send)
