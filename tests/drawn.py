"""Small pictures for uploads."""

from __future__ import annotations

import io

from PIL import Image


def drawn(colour: str = "red", size: tuple[int, int] = (40, 30)) -> bytes:
    """A PNG of one colour."""
    with io.BytesIO() as file:
        Image.new("RGB", size, colour).save(file, "PNG")
        return file.getvalue()


def size_of(picture: bytes) -> tuple[int, int]:
    with Image.open(io.BytesIO(picture)) as opened:
        return opened.size
