"""Fonts and other attachments of a container, read where they lie. Blocking."""

from __future__ import annotations

from pathlib import Path

from av.stream import AttachmentStream

from kyoo.transcoder.libav.probe import open_media


def read_attachment(path: Path, index: int) -> bytes:
    """The content of stream `index`. Raises what PyAV raises."""
    with open_media(path) as container:
        stream = container.streams[index]
        assert isinstance(stream, AttachmentStream)
        return stream.data
