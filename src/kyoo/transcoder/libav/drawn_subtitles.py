"""Subtitles of DVDs, which are pictures (VobSub), as PGS. Blocking; libav only finds their packets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from kyoo.transcoder.libav.file import MediaFile, UnreadableError, packets
from kyoo.transcoder.subtitles.pgs import Writer

#: In the header of a VobSub: the size of the DVD's pictures, and its colours (RGB).
SIZE = re.compile(rb"size:\s*([0-9]{1,4})x([0-9]{1,4})")
PALETTE = re.compile(rb"palette:\s*([0-9a-fA-F, ]+)")
GREYS: list[tuple[int, ...]] = [(level * 17,) * 3 for level in range(16)]
#: Control commands of a picture, and what follows the ones that are not read (bytes).
SHOW, HIDE, COLOURS, ALPHA, AREA, LINES, END = 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0xFF
LENGTHS = {0x00: 0, SHOW: 0, HIDE: 0, COLOURS: 2, ALPHA: 2, AREA: 6, LINES: 4}
#: One unit of a control sequence's time (s).
UNIT = 1024 / 90_000
#: A picture whose end is not told is taken away after this long (s).
LONGEST = 10.0
#: Bytes of what is made.
MOST = 200 * 1024**2


@dataclass(frozen=True)
class Drawn:
    """`begin` and `end` in seconds from the packet's time; `picture` is height x width x 4 bytes of RGBA."""

    begin: float
    end: float
    x: int
    y: int
    picture: Any


def make_pgs(file: MediaFile, stream: int, start: float, width: int, height: int) -> bytes:
    """Track `stream` of a file whose time begins at `start`; `width` and `height` are the video's. Raises what PyAV
    raises, and UnreadableError when there is no picture."""
    with file.opened() as container:
        track = container.streams[stream]
        context: Any = track.codec_context
        extradata = bytes(context.extradata or b"")
        declared = SIZE.search(extradata)
        size = (int(declared[1]), int(declared[2])) if declared else (width, height)
        palette = _palette(extradata)
        writer = Writer(*size)
        until: float | None = None
        for packet in packets(container, track):
            if not packet.size or packet.pts is None:
                continue
            try:
                drawn = read_picture(bytes(packet), palette)
            except (IndexError, ValueError):
                # Damaged: others may be fine.
                continue
            time = float(packet.pts * packet.time_base) - start
            if until is not None:
                writer.clear(min(until, time + drawn.begin))
            writer.show(max(0.0, time + drawn.begin), drawn.x, drawn.y, drawn.picture)
            until = time + drawn.end
            if writer.size > MOST:
                break
        if until is None:
            raise UnreadableError("there are no pictures in it")
        writer.clear(until)
    return writer.data


def _palette(extradata: bytes) -> list[tuple[int, ...]]:
    found = PALETTE.search(extradata)
    colours = re.findall(rb"[0-9a-fA-F]{6}", found[1]) if found else []
    return [tuple(bytes.fromhex(colour.decode())) for colour in colours] if len(colours) == len(GREYS) else GREYS


def read_picture(data: bytes, palette: list[tuple[int, ...]]) -> Drawn:
    """Raises IndexError or ValueError for what is no picture of a DVD."""
    begin, end, area, lines = 0.0, LONGEST, b"", b""
    colours = alpha = [0, 0, 0, 0]
    place = int.from_bytes(data[2:4], "big")
    while True:
        time, following = int.from_bytes(data[place : place + 2], "big") * UNIT, data[place + 2 : place + 4]
        for command, content in _commands(data, place + 4):
            if command == SHOW:
                begin = time
            elif command == HIDE:
                end = time
            elif command == COLOURS:
                colours = _nibbles(content)
            elif command == ALPHA:
                alpha = _nibbles(content)
            elif command == AREA:
                area = content
            elif command == LINES:
                lines = content
        if int.from_bytes(following, "big") <= place:
            break
        place = int.from_bytes(following, "big")
    digits = area.hex()
    left, right, top, bottom = (int(digits[part : part + 3], 16) for part in (0, 3, 6, 9))
    width, height = right - left + 1, bottom - top + 1
    if width < 1 or height < 1:
        raise ValueError("a picture without an area")
    indices = np.zeros((height, width), np.uint8)
    for field, offset in enumerate((lines[:2], lines[2:])):
        _draw(data, int.from_bytes(offset, "big"), indices[field::2])
    table = np.array([(*palette[colour], level * 17) for colour, level in zip(colours, alpha, strict=True)], np.uint8)
    return Drawn(begin, max(end, begin), left, top, table[indices])


def _commands(data: bytes, place: int) -> Iterator[tuple[int, bytes]]:
    while (command := data[place]) != END:
        if command not in LENGTHS:
            return
        yield command, data[place + 1 : place + 1 + LENGTHS[command]]
        place += 1 + LENGTHS[command]


def _nibbles(content: bytes) -> list[int]:
    """Of the four colours, the first last."""
    return [content[1] & 15, content[1] >> 4, content[0] & 15, content[0] >> 4]


def _draw(data: bytes, place: int, lines: Any) -> None:
    """Run lengths of 4 to 16 bits, each line from a full byte on."""
    nibble = place * 2
    for line in lines:
        column = 0
        while column < len(line):
            value = length = 0
            # A run is told in as many more digits as its first ones are 0.
            while (length < 4 and value < 1 << 2 * length) or not length:
                value = value << 4 | data[nibble // 2] >> (4 if nibble % 2 == 0 else 0) & 15
                nibble += 1
                length += 1
            run = value >> 2 or len(line) - column
            line[column : column + run] = value & 3
            column += run
        nibble += nibble % 2
