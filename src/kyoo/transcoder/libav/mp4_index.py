"""Composition offsets of keyframes, and of what is shown before them, from an MP4's own tables: what libav's index
leaves out (ISO/IEC 14496-12 §8.6).

With open groups of pictures (x265's default) the offset differs from keyframe to keyframe, so the decode times of the
index do not tell the presentation times."""

from __future__ import annotations

import struct
from typing import BinaryIO, NamedTuple

from kyoo.transcoder.hls.fmp4 import MalformedError, boxes, find
from kyoo.transcoder.libav.file import MediaFile

#: A longer header is not believed.
BIGGEST_HEADER = 256 * 1024**2
#: Samples behind a sync sample that may be shown before it: codecs hold no more.
MOST_LEADING = 16
#: More samples are not believed.
MOST_SAMPLES = 5_000_000


class SyncOffset(NamedTuple):
    """How much later than a sync sample is decoded it is shown, and the first of the samples that follow it: ticks."""

    keyframe: int
    first: int


def sync_offsets(file: MediaFile, track_id: int) -> list[SyncOffset] | None:
    """Of each sync sample of a track; None when the file does not tell. Raises OSError."""
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


def _offsets(trak: memoryview) -> list[SyncOffset] | None:
    start, end = find(trak, b"mdia", b"minf", b"stbl")
    tables = {kind: trak[first:last] for kind, first, last in boxes(trak, start, end)}
    sync, composition, decoding = tables.get(b"stss"), tables.get(b"ctts"), tables.get(b"stts")
    if sync is None or composition is None or decoding is None:
        return None
    (count,) = struct.unpack_from(">I", sync, 4)
    numbers = struct.unpack_from(f">{count}I", sync, 8)
    # Signed in both versions: writers of version 0 rely on readers that take it so.
    offsets, lengths = _each(composition, ">Ii"), _each(decoding, ">II")
    found: list[SyncOffset] = []
    if not offsets or not numbers or numbers[-1] > len(offsets):
        return None
    for number in numbers:
        shown = first = offsets[number - 1]
        later = 0
        following = range(number, min(number + MOST_LEADING, len(offsets), len(lengths)))
        for place in following:
            later += lengths[place - 1]
            if later + offsets[place] > shown:
                break
            first = min(first, later + offsets[place])
        found.append(SyncOffset(shown, first))
    return found


def _each(table: memoryview, entry: str) -> list[int]:
    """The value of each sample from a table of runs: a length and a value."""
    (count,) = struct.unpack_from(">I", table, 4)
    values: list[int] = []
    for length, value in struct.iter_unpack(entry, table[8 : 8 + 8 * count]):
        values += [value] * min(length, MOST_SAMPLES - len(values))
    return values
