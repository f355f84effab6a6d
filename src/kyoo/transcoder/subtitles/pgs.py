"""Writes subtitles that are pictures as PGS (`.sup`), the one kind of them that players in browsers show."""

from __future__ import annotations

import struct
from typing import Any

import numpy as np

PALETTE, OBJECT, COMPOSITION, WINDOW, END = 0x14, 0x15, 0x16, 0x17, 0x80
EPOCH_START, NORMAL = 0x80, 0x00
FIRST, LAST = 0x80, 0x40
#: What a segment holds at most, and runs of a colour.
LONGEST_SEGMENT, SHORT_RUN, LONG_RUN = 0xFFFF, 63, 0x3FFF
COLOURS = 255
TICKS = 90_000
#: Pictures of more lines are in the colours of HDTV.
SD_LINES = 576


class Writer:
    """`width` and `height` are of the video that the pictures are laid over."""

    def __init__(self, width: int, height: int) -> None:
        self._shape = struct.pack(">HH", width, height)
        self._hd = height > SD_LINES
        self._number = 0
        self._parts: list[bytes] = []
        self.size = 0

    @property
    def data(self) -> bytes:
        return b"".join(self._parts)

    def show(self, time: float, x: int, y: int, picture: Any) -> None:
        """From `time` (s) on: `picture`, height x width x 4 bytes of RGBA, with its upper left corner at x, y."""
        height, width = picture.shape[:2]
        palette, indices = indexed(picture)
        place = struct.pack(">HH", x, y)
        self._compose(time, EPOCH_START, struct.pack(">BHBB", 1, 0, 0, 0) + place)
        self._segment(time, WINDOW, b"\x01\x00" + place + struct.pack(">HH", width, height))
        self._segment(time, PALETTE, b"\x00\x00" + self._entries(palette))
        runs = encoded(indices)
        body = struct.pack(">I", len(runs) + 4)[1:] + struct.pack(">HH", width, height) + runs
        room = LONGEST_SEGMENT - 4
        for start in range(0, len(body), room):
            flags = FIRST * (start == 0) | LAST * (start + room >= len(body))
            self._segment(time, OBJECT, struct.pack(">HBB", 0, 0, flags) + body[start : start + room])
        self._segment(time, END, b"")

    def clear(self, time: float) -> None:
        """Nothing from `time` (s) on."""
        self._compose(time, NORMAL, b"\x00")
        self._segment(time, WINDOW, b"\x01\x00" + struct.pack(">HHHH", 0, 0, 0, 0))
        self._segment(time, END, b"")

    def _compose(self, time: float, state: int, objects: bytes) -> None:
        head = self._shape + struct.pack(">BHBBB", 0x10, self._number & 0xFFFF, state, 0, 0)
        self._segment(time, COMPOSITION, head + objects)
        self._number += 1

    def _segment(self, time: float, kind: int, payload: bytes) -> None:
        ticks = round(time * TICKS) & 0xFFFF_FFFF
        part = b"PG" + struct.pack(">IIBH", ticks, 0, kind, len(payload)) + payload
        self._parts.append(part)
        self.size += len(part)

    def _entries(self, palette: Any) -> bytes:
        red, green, blue, alpha = (palette[:, part].astype(float) for part in range(4))
        of_red, of_blue = (0.2126, 0.0722) if self._hd else (0.299, 0.114)
        light = of_red * red + (1 - of_red - of_blue) * green + of_blue * blue
        luma = 16 + light * 219 / 255
        from_red = 128 + (red - light) / (1 - of_red) * 112 / 255
        from_blue = 128 + (blue - light) / (1 - of_blue) * 112 / 255
        rows = np.stack([np.arange(len(palette)), luma, from_red, from_blue, alpha], axis=1)
        return bytes(np.clip(np.rint(rows), 0, 255).astype(np.uint8).tobytes())


def indexed(picture: Any) -> tuple[Any, Any]:
    """The colours of RGBA, the first transparent, and for each pixel the number of its own."""
    flat = np.ascontiguousarray(picture).reshape(-1, 4).copy()
    flat[flat[:, 3] == 0] = 0
    shift = 0
    while True:
        coarse = (flat >> shift << shift).view(np.uint32).reshape(-1)
        colours = np.union1d(coarse, np.zeros(1, np.uint32))
        if len(colours) <= COLOURS:
            break
        shift += 1
    palette = colours.view(np.uint8).reshape(-1, 4)
    return palette, np.searchsorted(colours, coarse).reshape(picture.shape[:2]).astype(np.uint8)


def encoded(indices: Any) -> bytes:
    """Run lengths, line by line."""
    made = bytearray()
    for line in indices:
        ends = np.flatnonzero(np.diff(line)) + 1
        for start, end in zip([0, *ends], [*ends, len(line)], strict=True):
            colour, left = int(line[start]), int(end) - int(start)
            while left:
                run = min(left, LONG_RUN)
                left -= run
                made += _run(colour, run)
        made += b"\x00\x00"
    return bytes(made)


def _run(colour: int, length: int) -> bytes:
    if colour and length < 3:
        return bytes([colour]) * length
    coloured = 0x80 if colour else 0
    tail = bytes([colour]) if colour else b""
    if length <= SHORT_RUN:
        return bytes([0, coloured | length]) + tail
    return bytes([0, coloured | 0x40 | length >> 8, length & 0xFF]) + tail
