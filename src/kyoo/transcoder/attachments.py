"""Fonts and other attachments of a container."""

from __future__ import annotations

from pathlib import PurePath

from kyoo.core.errors import NotFoundError
from kyoo.transcoder.libav.pool import InspectionError, InspectionPool
from kyoo.transcoder.media_files import KnownFile
from kyoo.transcoder.mime import FONT, extension

#: Seconds reading one may take.
LIMIT = 30.0


async def read_attachment(pool: InspectionPool, file: KnownFile, name: str) -> bytes:
    """Raises NotFoundError."""
    attachment = next((one for one in file.media.attachments if one.name == name), None)
    if attachment is None:
        raise NotFoundError("No such attachment")
    try:
        return await pool.run("attachment", file.path, LIMIT, stream=attachment.stream)
    except InspectionError as error:
        raise NotFoundError("The attachment cannot be read") from error


def attachment_type(name: str) -> str:
    """Only fonts have a type of their own: anything else a file brings along must not run in a browser."""
    return FONT.get(extension(PurePath(name)), "application/octet-stream")
