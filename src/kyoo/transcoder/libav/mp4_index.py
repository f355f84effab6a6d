"""Composition offsets of keyframes from an MP4's own tables: what libav's index leaves out (ISO/IEC 14496-12 §8.6).

With open groups of pictures (x265's default) the offset differs from keyframe to keyframe, so the decode times of the
index do not tell the presentation times."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import BinaryIO

from kyoo.transcoder.hls.fmp4 import MalformedError, boxes, find
from kyoo.transcoder.libav.file import MediaFile

#: A longer header is not believed.
BIGGEST_HEADER = 256 * 1024**2


def sync_offsets(file: MediaFile, track_id: int) -> list[int] | None:
    """Composition minus decode time of each sync sample, in ticks of the track; None when the file does not tell.
    Raises OSError."""
    with file.raw() as source:
        header = _movie_header(source)
    if header is None:
        return None
    try:
        for kind, start, end in boxes(header):
            if kind == b"trak" and _track_id(header[start:end]) == track_id:
                return _offsets(header[start:end])
    except (MalformedError, struct.error):
        # Damaged tables: the packets have to be read.
        return None
    return None


def _movie_header(file: BinaryIO) -> memoryview | None:
    """The payload of the `moov` box."""
    while len(head := file.read(16)) >= 8:
        size, kind = struct.unpack_from(">I4s", head)
        length = 8
        if size == 1 and len(head) == 16:
            (size,) = struct.unpack_from(">Q", head, 8)
            length = 16
        if size < length:
            return None
        if kind == b"moov":
            if size > BIGGEST_HEADER:
                return None
            file.seek(length - len(head), 1)
            return memoryview(file.read(size - length))
        file.seek(size - len(head), 1)
    return None


def _track_id(trak: memoryview) -> int:
    start, _ = find(trak, b"tkhd")
    identifier: int = struct.unpack_from(">I", trak, start + (20 if trak[start] == 1 else 12))[0]
    return identifier


def _offsets(trak: memoryview) -> list[int] | None:
    start, end = find(trak, b"mdia", b"minf", b"stbl")
    tables = {kind: trak[first:last] for kind, first, last in boxes(trak, start, end)}
    sync, composition = tables.get(b"stss"), tables.get(b"ctts")
    if sync is None or composition is None:
        return None
    (count,) = struct.unpack_from(">I", sync, 4)
    numbers = struct.unpack_from(f">{count}I", sync, 8)
    runs = _runs(composition)
    offsets = []
    last, offset = 0, 0
    for number in numbers:
        while last < number:
            length, offset = next(runs, (0, 0))
            if not length:
                return None
            last += length
        offsets.append(offset)
    return offsets


def _runs(composition: memoryview) -> Iterator[tuple[int, int]]:
    (count,) = struct.unpack_from(">I", composition, 4)
    # Signed in both versions: writers of version 0 rely on readers that take it so.
    for position in range(8, 8 + 8 * count, 8):
        yield struct.unpack_from(">Ii", composition, position)
