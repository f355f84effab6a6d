"""`GET /video/{path}/direct`: the file itself, with byte ranges."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import FileResponse, Response
from starlette.datastructures import Headers
from starlette.types import Receive, Scope, Send

from kyoo.core.errors import NotFoundError
from kyoo.core.files import readable, text_of
from kyoo.core.http.conditional import is_another, is_current
from kyoo.transcoder.mime import media_type
from kyoo.transcoder.players.allowance import UNLIMITED
from kyoo.transcoder.routes.common import AnyCaller, Context, limited_router

router = limited_router("direct")

#: No file is longer than 18 digits say.
RANGE = re.compile(
    r"bytes=\s*(?:[0-9]{1,18}-[0-9]{0,18}|-[0-9]{1,18})(?:\s*,\s*(?:[0-9]{1,18}-[0-9]{0,18}|-[0-9]{1,18}))*\s*",
    re.ASCII,
)


@router.get("/video/{path}/direct", response_class=FileResponse)
@router.head("/video/{path}/direct", response_class=FileResponse, include_in_schema=False)
@router.get("/video/{path}/direct/{name:path}", response_class=FileResponse)
@router.head("/video/{path}/direct/{name:path}", response_class=FileResponse, include_in_schema=False)
async def get_direct(
    request: Request, path: str, context: Context, caller: AnyCaller, name: str | None = None
) -> FileResponse:
    """`name` only names the download."""
    clients = context.sessions.clients
    sending: Callable[[], AbstractContextManager[None]] = nullcontext
    clients.admit(caller)
    if caller.allowance != UNLIMITED:
        file = await context.library.find(path)
        caller.allowance.check_file(file.media)
        if request.method == "GET":
            sending = partial(clients.sending_file, caller, file)
    location, _ = await context.library.locate(path)
    try:
        status = await asyncio.to_thread(location.stat)
    except OSError:
        raise NotFoundError("No such file") from None
    return DirectFile(
        location,
        sending,
        stat_result=status,
        media_type=media_type(location),
        filename=shown_name(name or location.name),
        content_disposition_type="attachment" if name else "inline",
    )


def shown_name(name: str) -> str:
    """A file name that a header can carry."""
    return readable(text_of(name))


class DirectFile(FileResponse):
    """What Starlette leaves out of RFC 9110: conditional requests, and that a range that means nothing is no range.
    `sending` lasts as long as the file is being sent."""

    def __init__(self, path: Path, sending: Callable[[], AbstractContextManager[None]], **options: Any) -> None:
        super().__init__(path, **options)
        self._sending = sending

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        assert self.stat_result is not None
        modified = datetime.fromtimestamp(self.stat_result.st_mtime, UTC)
        # In this order (§13.2.2).
        if is_another(headers, self.headers["etag"], modified):
            await self._without_body(412)(scope, receive, send)
            return
        if is_current(headers, self.headers["etag"], modified):
            await self._without_body(304)(scope, receive, send)
            return
        if not is_range(headers.get("range", "")):
            scope = {**scope, "headers": [(name, value) for name, value in scope["headers"] if name != b"range"]}
        with self._sending():
            await super().__call__(scope, receive, send)

    def _without_body(self, status: int) -> Response:
        return Response(status_code=status, headers={name: self.headers[name] for name in ("etag", "last-modified")})


def is_range(text: str) -> bool:
    if not RANGE.fullmatch(text):
        return False
    bounds = (part.strip().split("-") for part in text.partition("=")[2].split(","))
    return all(not (first and last) or int(first) <= int(last) for first, last in bounds)
