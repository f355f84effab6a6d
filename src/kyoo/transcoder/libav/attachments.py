"""Fonts and other attachments of a container, read where they lie. Blocking."""

from __future__ import annotations

from av.stream import AttachmentStream

from kyoo.transcoder.libav.file import MediaFile


def read_attachment(file: MediaFile, stream: int) -> bytes:
    """The content of number `stream`. Raises what PyAV raises."""
    with file.opened() as container:
        found = container.streams[stream]
        assert isinstance(found, AttachmentStream)
        return found.data
