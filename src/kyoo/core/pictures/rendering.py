"""Copies of pictures from outside, made in caged processes, no more than a few at once. What is done to them is in
decoding.py."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable, Sequence
from typing import Any

import structlog
from pydantic import AliasChoices, Field

from kyoo.core.cage.confinement import Cage
from kyoo.core.cage.processes import CallError, CallFailedError, Launcher, temporary
from kyoo.core.pictures.copies import FORMATS, Box, Copies, PictureError
from kyoo.core.settings import Settings

log = structlog.get_logger()

#: Pictures decoded at once by one process: each costs a core, and up to 160 MB while it lasts.
AT_ONCE = 2
#: Bytes of the line before the files.
LONGEST_HEAD = 64 * 1024
#: Address space of one decoder (bytes): the libraries, and some copies of the picture.
MEMORY, MEMORY_A_PIXEL = 768 * 1024**2, 16


class PictureSettings(Settings):
    """How large pictures from outside may be, and how long looking at one may take."""

    #: An 8K frame and a little.
    pixels: int = Field(default=40_000_000, ge=1, le=170_000_000, validation_alias=AliasChoices("KYOO_PICTURE_PIXELS"))
    side: int = Field(default=16_384, ge=1, le=65_535, validation_alias=AliasChoices("KYOO_PICTURE_SIDE"))
    seconds: float = Field(default=20, gt=0, le=3600, validation_alias=AliasChoices("KYOO_PICTURE_SECONDS"))


class Renderer:
    """Makes copies of pictures that nobody has looked at yet."""

    def __init__(self, settings: PictureSettings | None = None) -> None:
        self._settings = settings or PictureSettings()
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._launcher = Launcher("kyoo.core.pictures.decoding")

    async def close(self) -> None:
        await self._launcher.close()

    async def copies(self, data: bytes, boxes: Sequence[Box], formats: Iterable[str] = FORMATS) -> Copies:
        """See `pictures.copies`. Raises PictureError."""
        bounds = (self._settings.pixels, self._settings.side)
        answer = await self._call("copies", data, boxes=boxes, bounds=bounds, formats=list(formats))
        head, _, files = answer.partition(b"\n")
        try:
            said = json.loads(head[:LONGEST_HEAD])
            if "problem" in said:
                raise PictureError(str(said["problem"])[:500])
            lengths = [int(length) for length in said["lengths"]]
            blurhash = str(said["blurhash"])[:64]
        except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
            raise PictureError("Not a picture that can be read") from error
        made, start = [], 0
        for length in lengths:
            made.append(files[start : start + length])
            start += length
        if len(made) != len(boxes):
            raise PictureError("Not a picture that can be read")
        return Copies(blurhash, made)

    async def jpeg(self, webp: bytes) -> bytes:
        """See `pictures.jpeg`. Raises PictureError."""
        return await self._call("jpeg", webp)

    async def _call(self, function: str, data: bytes, **arguments: Any) -> bytes:
        memory = MEMORY + MEMORY_A_PIXEL * self._settings.pixels
        limit = self._settings.seconds
        async with self._slots:
            with temporary(data) as file:
                try:
                    cage = Cage(memory=memory, seconds=int(limit) + 1)
                    return await self._launcher.call(function, cage, limit, [file.fileno()], **arguments)
                except CallFailedError as error:
                    log.warning("a look into a picture failed", error=str(error)[:500])
                    raise PictureError("Not a picture that can be read") from None
                except CallError as error:
                    raise PictureError(f"Not a picture that can be read: {error}") from error
