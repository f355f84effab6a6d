"""GET /scanner/pictures/{path}: the picture files beside the videos, for the api's image store."""

from __future__ import annotations

import asyncio
from pathlib import Path

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse

from kyoo.core.errors import InvalidError, NotFoundError
from kyoo.core.files import decode_path
from kyoo.core.http.conditional import is_current
from kyoo.core.http.permissions import requires
from kyoo.scanner.context import ScannerContext
from kyoo.scanner.folders.walk import PICTURE_EXTENSIONS, extension

router = APIRouter(prefix="/scanner", tags=["pictures"])


def sniff(head: bytes) -> str | None:
    """The media type of a picture by its first bytes, whatever its name says; None for anything else."""
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "image/webp"
    if head[4:12] in (b"ftypavif", b"ftypavis"):
        return "image/avif"
    return None


@router.get("/pictures/{encoded}", dependencies=[requires("core.read")])
@router.head("/pictures/{encoded}", dependencies=[requires("core.read")], include_in_schema=False)
async def picture(request: Request, encoded: str) -> Response:
    """A picture file of the library. `encoded` is the base64url of its path."""
    context: ScannerContext = request.app.state.context
    path = decode_path(encoded)
    if extension(path.name) not in PICTURE_EXTENSIONS:
        raise NotFoundError("No such picture")
    media_type, etag = await asyncio.to_thread(_inspect, context, path)
    headers = {
        "ETag": etag,
        # The URL carries the time of the file, so what is behind it never changes.
        "Cache-Control": "private, max-age=31536000, immutable",
    }
    if is_current(request.headers, etag):
        return Response(status_code=304, headers=headers)
    return FileResponse(path, media_type=media_type, headers=headers)


def _inspect(context: ScannerContext, path: Path) -> tuple[str, str]:
    """Media type and ETag. Raises when the path may not be named, is too large or no picture."""
    context.roots.check(path)
    try:
        status = path.stat()
        with path.open("rb") as file:
            media_type = sniff(file.read(16))
    except OSError:
        raise NotFoundError("No such picture") from None
    if status.st_size > context.settings.picture_limit:
        raise InvalidError("The picture is too large")
    if media_type is None:
        raise InvalidError("The file is not a picture")
    return media_type, f'"{status.st_mtime_ns:x}-{status.st_size:x}"'
