"""Where pictures are decoded: beside the event loop, no more than a few at once. What is done to them: pictures.py."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence

from pydantic import AliasChoices, Field

from kyoo.core import pictures
from kyoo.core.pictures import FORMATS, Bounds, Box, Copies
from kyoo.core.settings import Settings

#: Pictures decoded at once by one process: each costs a core, and up to 160 MB while it lasts.
AT_ONCE = 2


class PictureSettings(Settings):
    """How large pictures from outside may be."""

    #: An 8K frame and a little.
    pixels: int = Field(default=40_000_000, ge=1, le=170_000_000, validation_alias=AliasChoices("KYOO_PICTURE_PIXELS"))
    side: int = Field(default=16_384, ge=1, le=65_535, validation_alias=AliasChoices("KYOO_PICTURE_SIDE"))


class Renderer:
    """Makes copies of pictures that nobody has looked at yet."""

    def __init__(self, settings: PictureSettings | None = None) -> None:
        settings = settings or PictureSettings()
        self._bounds = Bounds(settings.pixels, settings.side)
        self._slots = asyncio.Semaphore(AT_ONCE)

    async def copies(self, data: bytes, boxes: Sequence[Box], formats: Iterable[str] = FORMATS) -> Copies:
        """See `pictures.copies`. Raises PictureError."""
        async with self._slots:
            return await asyncio.to_thread(pictures.copies, data, boxes, self._bounds, formats)

    async def jpeg(self, webp: bytes) -> bytes:
        """See `pictures.jpeg`."""
        async with self._slots:
            return await asyncio.to_thread(pictures.jpeg, webp)
