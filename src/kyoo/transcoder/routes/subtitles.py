"""Subtitles and attachments of a file."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from urllib.parse import quote

from fastapi.responses import Response

from kyoo.core.errors import BadRequestError, NotFoundError
from kyoo.core.files import LibraryRoots, text_of
from kyoo.transcoder.attachments import attachment_type, read_attachment
from kyoo.transcoder.mime import SUBTITLE
from kyoo.transcoder.mime import extension as extension_of
from kyoo.transcoder.routes.common import Context, File, limited_router
from kyoo.transcoder.subtitles.charset import decode
from kyoo.transcoder.subtitles.conversion import FORMATS, convert
from kyoo.transcoder.subtitles.foreign import subrip
from kyoo.transcoder.subtitles.sidecars import FOREIGN, find_sidecars

router = limited_router("subtitles")

EMBEDDED = re.compile(r"(\d{1,4})\.(\w{1,8})", re.ASCII)
#: Bytes; pictures of a whole film take some 50 MB.
BIGGEST = 256 * 1024**2


@router.get("/video/{path}/subtitle/{name:path}", response_class=Response)
async def get_subtitle(file: File, name: str, context: Context, format: str | None = None) -> Response:  # noqa: A002
    """`<index>.<extension>` of an embedded track or `ext-<file name>` of a sidecar; text comes as UTF-8."""
    if "/" in name or ".." in name:
        raise BadRequestError("A subtitle's name has neither / nor ..")
    language = None
    rate = file.media.default_video.frame_rate if file.media.default_video else 25.0
    if name.startswith("ext-"):
        wanted = name.removeprefix("ext-")
        data, extension, language = await asyncio.to_thread(read_sidecar, context.library.roots, file.path, wanted)
    else:
        match = EMBEDDED.fullmatch(name)
        if match is None:
            raise NotFoundError("No such subtitle")
        extension = match[2].lower()
        data = await context.subtitles.embedded(file, int(match[1]), extension)
    if extension != "sup":
        if extension in FOREIGN:
            text, extension = await asyncio.to_thread(subrip, data, extension, language, rate), "srt"
        else:
            text = await asyncio.to_thread(decode, data, language)
        if format:
            text = await asyncio.to_thread(convert, text, extension, format, rate)
            extension = FORMATS[format.lower()]
        kind = SUBTITLE.get(extension, "text/plain")
        return Response(text.encode(), media_type=f"{kind}; charset=utf-8")
    if format:
        raise BadRequestError("Pictures cannot be converted to text")
    return Response(data, media_type=SUBTITLE[extension])


def read_sidecar(roots: LibraryRoots, video: Path, name: str) -> tuple[bytes, str, str | None]:
    """The bytes, the extension and the language. Only a sidecar that is listed for the video can be named."""
    sidecar = next((one for one in find_sidecars(video) if text_of(Path(one.name)) == name), None)
    if sidecar is None:
        raise NotFoundError("No such subtitle")
    # It may be a link that leads out of the library.
    roots.check(sidecar.path)
    try:
        if sidecar.path.stat().st_size > BIGGEST:
            raise BadRequestError("The subtitle is too big")
        return sidecar.path.read_bytes(), extension_of(sidecar.path), sidecar.language
    except OSError as error:
        raise NotFoundError(f"The subtitle cannot be read: {error.strerror}") from error


@router.get("/video/{path}/attachment/{name:path}", response_class=Response)
async def get_attachment(file: File, name: str, context: Context) -> Response:
    """A font, or whatever else the file brings along."""
    if "/" in name or ".." in name:
        raise BadRequestError("An attachment's name has neither / nor ..")
    data = await read_attachment(context.inspections, file, name)
    disposition = f"attachment; filename*=utf-8''{quote(name)}"
    headers = {"Content-Disposition": disposition, "Cache-Control": "private, max-age=86400"}
    return Response(data, media_type=attachment_type(name), headers=headers)
