"""`GET /video/{path}/direct`: the file itself, with byte ranges."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import FileResponse

from kyoo.transcoder.mime import media_type
from kyoo.transcoder.routes.common import Context, Viewer

router = APIRouter(tags=["direct"])


@router.api_route("/video/{path}/direct", methods=["GET", "HEAD"], response_class=FileResponse)
@router.api_route("/video/{path}/direct/{name}", methods=["GET", "HEAD"], response_class=FileResponse)
async def get_direct(path: str, context: Context, _viewer: Viewer, name: str | None = None) -> FileResponse:
    """`name` only names the download."""
    location, _ = await context.library.locate(path)
    return FileResponse(
        location,
        media_type=media_type(location),
        filename=shown_name(name or location.name),
        content_disposition_type="attachment" if name else "inline",
    )


def shown_name(name: str) -> str:
    """A file name that a header can carry: bytes that are no UTF-8 are replaced."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
