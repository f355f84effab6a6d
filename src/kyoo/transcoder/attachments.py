"""Fonts and other attachments of a container, read where they lie. Blocking."""

from __future__ import annotations

from pathlib import Path, PurePath

import av
from av.stream import AttachmentStream

from kyoo.core.errors import NotFoundError
from kyoo.transcoder.mime import FONT, extension
from kyoo.transcoder.models.media import Media
from kyoo.transcoder.probe import open_media


def read_attachment(path: Path, media: Media, name: str) -> bytes:
    """Raises NotFoundError."""
    attachment = next((one for one in media.attachments if one.name == name), None)
    if attachment is None:
        raise NotFoundError("No such attachment")
    try:
        with open_media(path) as container:
            stream = container.streams[attachment.stream]
            if isinstance(stream, AttachmentStream):
                return stream.data
    except (av.error.FFmpegError, OSError, IndexError) as error:
        raise NotFoundError("The attachment cannot be read") from error
    raise NotFoundError("No such attachment")


def attachment_type(name: str) -> str:
    """Only fonts have a type of their own: anything else a file brings along must not run in a browser."""
    return FONT.get(extension(PurePath(name)), "application/octet-stream")
