"""`GET /video/{path}/direct`: the file itself, with byte ranges."""

from __future__ import annotations

import asyncio
import os
import re
from email.utils import parsedate_to_datetime

from fastapi import APIRouter
from fastapi.responses import FileResponse, Response
from starlette.datastructures import Headers
from starlette.types import Receive, Scope, Send

from kyoo.core.errors import NotFoundError
from kyoo.transcoder.mime import media_type
from kyoo.transcoder.routes.common import Context, Viewer

router = APIRouter(tags=["direct"])

RANGE = re.compile(r"bytes=\s*(?:[0-9]+-[0-9]*|-[0-9]+)(?:\s*,\s*(?:[0-9]+-[0-9]*|-[0-9]+))*\s*", re.ASCII)


@router.api_route("/video/{path}/direct", methods=["GET", "HEAD"], response_class=FileResponse)
@router.api_route("/video/{path}/direct/{name:path}", methods=["GET", "HEAD"], response_class=FileResponse)
async def get_direct(path: str, context: Context, _viewer: Viewer, name: str | None = None) -> FileResponse:
    """`name` only names the download."""
    location, _ = await context.library.locate(path)
    try:
        status = await asyncio.to_thread(location.stat)
    except OSError:
        raise NotFoundError("No such file") from None
    return DirectFile(
        location,
        stat_result=status,
        media_type=media_type(location),
        filename=shown_name(name or location.name),
        content_disposition_type="attachment" if name else "inline",
    )


def shown_name(name: str) -> str:
    """A file name that a header can carry: bytes that are no UTF-8 are replaced."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


class DirectFile(FileResponse):
    """What Starlette leaves out of RFC 9110: conditional requests, and that a range that means nothing is no range."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        status = self._precondition(headers)
        if status is not None:
            kept = {name: self.headers[name] for name in ("etag", "last-modified")}
            await Response(status_code=status, headers=kept)(scope, receive, send)
            return
        if not is_range(headers.get("range", "")):
            scope = {**scope, "headers": [(name, value) for name, value in scope["headers"] if name != b"range"]}
        await super().__call__(scope, receive, send)

    def _precondition(self, headers: Headers) -> int | None:
        """412, 304, or None: the file is to be sent (RFC 9110 §13.2.2)."""
        if "if-match" in headers:
            if not self._is_one_of(headers["if-match"], weak=False):
                return 412
        elif self._changed_since(headers.get("if-unmodified-since")) is True:
            return 412
        if "if-none-match" in headers:
            return 304 if self._is_one_of(headers["if-none-match"], weak=True) else None
        return 304 if self._changed_since(headers.get("if-modified-since")) is False else None

    def _is_one_of(self, tags: str, *, weak: bool) -> bool:
        known = [tag.strip() for tag in tags.split(",")]
        return "*" in known or self.headers["etag"] in [tag.removeprefix("W/") if weak else tag for tag in known]

    def _changed_since(self, date: str | None) -> bool | None:
        """None for no date, or one that is none."""
        assert isinstance(self.stat_result, os.stat_result)
        try:
            return int(self.stat_result.st_mtime) > parsedate_to_datetime(date or "").timestamp()
        except ValueError:
            return None


def is_range(text: str) -> bool:
    if not RANGE.fullmatch(text):
        return False
    bounds = (part.strip().split("-") for part in text.partition("=")[2].split(","))
    return all(not (first and last) or int(first) <= int(last) for first, last in bounds)
