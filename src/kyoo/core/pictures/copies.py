"""What is asked for of a picture, and what it gives: the words that rendering.py and the caged decoding.py share.
Imports nothing of the server, which a caged process has no use for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

#: Decoders that may see bytes from outside.
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "AVIF", "BMP")


class PictureError(Exception):
    """No usable picture; the message is for whoever gave it."""


@dataclass(frozen=True)
class Bounds:
    """How large a picture may be, in pixels, to be decoded at all."""

    pixels: int
    side: int

    def check(self, width: int, height: int) -> None:
        """Raises PictureError."""
        if width * height > self.pixels or max(width, height) > self.side:
            raise PictureError(f"The picture is too large: {width}×{height} pixels")


class Box(NamedTuple):
    """The most pixels that a copy is wide and high."""

    width: int
    height: int


@dataclass(frozen=True)
class Copies:
    """`files` holds one WebP for each box asked for; `blurhash` is 4×3."""

    blurhash: str
    files: list[bytes]
