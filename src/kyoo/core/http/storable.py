"""Requests with a value that no database holds are refused before anything is done, naming its place."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from math import isfinite
from typing import Any
from urllib.parse import parse_qsl

from fastapi.responses import JSONResponse
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kyoo.core.errors import ErrorBody
from kyoo.core.http.body_limit import announces_body
from kyoo.core.http.sending import Sending

_UNSTORABLE = re.compile("[\0\ud800-\udfff]")
#: Only JSON with one of these can hold such a value: an escaped NUL or surrogate, a number beyond all bounds (not the
#: e100 of a file's name: to look at each value of a large body takes longer than to store it).
_ESCAPED = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")
_ENDLESS = (b"NaN", b"Infinity")
#: Bytes as they matter to an exponent: digits, and what may stand before a number.
_OUTLINE = bytes.maketrans(b"123456789.E\t\n\r:,[-", b"0000000000e       ")
_EXPONENTS = (b"e000", b"e+000")
#: Takes as long whatever the body: it looks at each byte, not at the exponents alone.
_NUMBER = re.compile(rb"(?:\A| )0+e\+?000")
_FEW = 2000


def is_storable(text: str) -> bool:
    """Whether a text has neither a NUL character nor half of a surrogate pair."""
    return _UNSTORABLE.search(text) is None


def made_storable(value: Any) -> Any:
    """JSON of somebody else, without what cannot be stored: characters are left out, numbers that are none are null."""
    match value:
        case str():
            return _UNSTORABLE.sub("", value)
        case float() if not isfinite(value):
            return None
        case dict():
            return {_UNSTORABLE.sub("", key): made_storable(inner) for key, inner in value.items()}
        case list():
            return [made_storable(inner) for inner in value]
    return value


class UnstorableError(HTTPException):
    """A body holds, at `place`, what cannot be stored. FastAPI lets none but this kind of error through."""

    def __init__(self, place: str) -> None:
        super().__init__(422, f"Invalid request: {place}: it holds what cannot be stored")
        self.place = place


def pass_on(_request: Request, error: Exception) -> Response:
    """To StorableRequests, which answers."""
    raise error


class StorableRequests:
    """Answers 422 for a text that is not storable in the path, the query or a JSON body, and for a number in a body
    that is none."""

    def __init__(self, app: ASGIApp, error_body: ErrorBody) -> None:
        self.app = app
        self._error_body = error_body

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if (place := _of_url(scope)) is not None:
            await self._answer(UnstorableError(place))(scope, receive, send)
            return
        if not announces_body(scope) or "json" not in Headers(scope=scope).get("content-type", ""):
            await self.app(scope, receive, send)
            return
        messages: list[Message] = []
        is_read = False

        async def checked() -> Message:
            nonlocal is_read
            if not is_read:
                # Not before a route asks for it, which knows who may send one.
                is_read = True
                while not messages or messages[-1].get("more_body", False):
                    messages.append(await receive())
                place = _of_json(b"".join(message.get("body", b"") for message in messages))
                if place is not None:
                    raise UnstorableError(place)
            return messages.pop(0) if messages else await receive()

        sending = Sending(send)
        try:
            await self.app(scope, checked, sending)
        except UnstorableError as error:
            if sending.begun:
                raise
            await self._answer(error)(scope, receive, send)

    def _answer(self, error: UnstorableError) -> JSONResponse:
        details = {"errors": [{"in": error.place.split("."), "message": error.detail}]}
        return JSONResponse(self._error_body(422, error.detail, details), 422)


def _of_url(scope: Scope) -> str | None:
    if not is_storable(scope["path"]):
        return "path"
    if b"%00" not in scope["query_string"]:
        return None
    given = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    return next((f"query.{name}" for name, value in given if not is_storable(value)), "query")


def _of_json(body: bytes) -> str | None:
    """The place in a JSON text; malformed JSON has none."""
    if not (_ESCAPED.search(body) or any(word in body for word in _ENDLESS) or _has_exponent(body)):
        return None
    try:
        return next(_places(json.loads(body)), None)
    except (ValueError, RecursionError):
        return None


def _has_exponent(body: bytes) -> bool:
    """Whether there is a number with an exponent of three digits or more. A regular expression takes longer for it
    than to parse the JSON."""
    outline = body.translate(_OUTLINE)
    for exponent in _EXPONENTS:
        if outline.count(exponent) > _FEW:
            return _NUMBER.search(outline) is not None
        *texts, _ = outline.split(exponent)
        for place, text in enumerate(texts):
            before = text.rstrip(b"0")
            if len(before) < len(text) and (before.endswith(b" ") if before else not place):
                return True
    return False


def _places(value: Any, place: str = "body") -> Iterator[str]:
    match value:
        case str() if not is_storable(value):
            yield place
        case float() if not isfinite(value):
            yield place
        case dict():
            for key, inner in value.items():
                # A bad key is named by what holds it: it cannot be shown.
                yield from _places(key, place)
                yield from _places(inner, f"{place}.{key}")
        case list():
            for index, inner in enumerate(value):
                yield from _places(inner, f"{place}.{index}")
