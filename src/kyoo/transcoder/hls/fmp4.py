"""Fragmented MP4 (ISO/IEC 14496-12): read fragments sample by sample, write fragments anew. One track a file."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

#: What precedes the boxes of a visual sample entry (ISO/IEC 14496-12 §12.1.3); by entry, which box says at which place
#: how lengths of units are written.
VISUAL_ENTRY = 78
UNIT_LENGTH_AT = {kind: {b"avcC": 4} for kind in (b"avc1", b"avc3")} | {
    kind: {b"hvcC": 21} for kind in (b"hvc1", b"hev1")
}

#: sample_is_non_sync_sample of the sample flags.
NON_SYNC = 0x0001_0000

TFHD_BASE_OFFSET, TFHD_DESCRIPTION, TFHD_DURATION, TFHD_SIZE, TFHD_FLAGS = 0x1, 0x2, 0x8, 0x10, 0x20
TFHD_BASE_IS_MOOF = 0x2_0000
TRUN_OFFSET, TRUN_FIRST_FLAGS, TRUN_DURATION, TRUN_SIZE, TRUN_FLAGS, TRUN_CTS = 0x1, 0x4, 0x100, 0x200, 0x400, 0x800


class MalformedError(Exception):
    """The bytes are no fragmented MP4 as our encoder writes it."""


@dataclass(frozen=True, slots=True)
class Sample:
    """Times in ticks of the track's timescale; `offset` = presentation minus decode time."""

    dts: int
    duration: int
    offset: int
    flags: int
    data: memoryview

    @property
    def pts(self) -> int:
        return self.dts + self.offset

    @property
    def is_sync(self) -> bool:
        return not self.flags & NON_SYNC


@dataclass(frozen=True)
class TrackHeader:
    """What the movie header says and fragments leave out."""

    track_id: int
    timescale: int
    duration: int
    size: int
    flags: int


def boxes(data: memoryview, start: int = 0, end: int | None = None) -> Iterator[tuple[bytes, int, int]]:
    """(type, start of the payload, end) of each box."""
    position, limit = start, len(data) if end is None else end
    while position + 8 <= limit:
        size, kind = struct.unpack_from(">I4s", data, position)
        header = 8
        if size == 1:
            (size,) = struct.unpack_from(">Q", data, position + 8)
            header = 16
        if size < header or position + size > limit:
            raise MalformedError(f"box {kind!r} of {size} bytes")
        yield kind, position + header, position + size
        position += size


def find(data: memoryview, *path: bytes) -> tuple[int, int]:
    """Start and end of the payload of the first box at `path`; raises MalformedError."""
    start, end = 0, len(data)
    for wanted in path:
        for kind, first, last in boxes(data, start, end):
            if kind == wanted:
                start, end = first, last
                break
        else:
            raise MalformedError(f"no box {b'/'.join(path)!r}")
    return start, end


def read_header(moov: bytes) -> TrackHeader:
    """From a whole `moov` box."""
    view = memoryview(moov)
    start, _ = find(view, b"moov", b"trak", b"mdia", b"mdhd")
    timescale: int = struct.unpack_from(">I", view, start + (20 if view[start] == 1 else 12))[0]
    start, _ = find(view, b"moov", b"mvex", b"trex")
    track_id, _, duration, size, flags = struct.unpack_from(">5I", view, start + 4)
    return TrackHeader(track_id, timescale, duration, size, flags)


def unit_length(moov: bytes) -> int:
    """How many bytes tell the length of each unit of a sample of H.264 or H.265 (ISO/IEC 14496-15 §5.2.3); 0 for other
    codecs."""
    view = memoryview(moov)
    start, end = find(view, b"moov", b"trak", b"mdia", b"minf", b"stbl", b"stsd")
    for kind, first, last in boxes(view, start + 8, end):
        for name, at in UNIT_LENGTH_AT.get(kind, {}).items():
            for inner, begin, close in boxes(view, first + VISUAL_ENTRY, last):
                if inner == name and begin + at < close:
                    return (view[begin + at] & 3) + 1
    return 0


def is_whole(data: memoryview, unit: int) -> bool:
    """Whether a sample can be what it was: not nothing but zeros, as sectors that were never written are, and made of
    units, none of them empty, whose lengths add up to its own. `unit`: see `unit_length`."""
    if not any(data):
        return False
    position = 0
    while unit and position + unit < len(data):
        length = int.from_bytes(data[position : position + unit], "big")
        if not length:
            return False
        position += unit + length
    return not unit or position == len(data)


def with_delay(moov: bytes, delay: int) -> bytes:
    """The `moov` box of a track whose media times are `delay` ticks later than it is shown, and no other edit list
    (ISO/IEC 14496-12 §8.6.6). Pictures are decoded before they are shown: without it the first ones would need times
    before 0, or negative composition offsets, which some players take for lateness."""
    view = memoryview(moov)
    start, end = find(view, b"moov")
    edits = b""
    if delay:
        # One edit to the end of the track, at the speed of 1.
        edits = _box(b"edts", _full_box(b"elst", 1, 0, struct.pack(">IQqHH", 1, 0, delay, 1, 0)))
    return _box(b"moov", _with_edits(view, start, end, edits))


def _with_edits(view: memoryview, start: int, end: int, edits: bytes) -> bytes:
    parts = []
    for kind, first, last in boxes(view, start, end):
        if kind == b"edts":
            continue
        parts.append(_box(kind, _with_edits(view, first, last, edits) if kind == b"trak" else view[first:last]))
        if kind == b"tkhd":
            parts.append(edits)
    return b"".join(parts)


def not_before(samples: Sequence[Sample], floor: int) -> Sequence[Sample]:
    """The samples with no decode time below `floor`; those that had one follow each other by a tick. When they are
    shown does not change."""
    if samples[0].dts >= floor:
        return samples
    times = [max(sample.dts, floor + number) for number, sample in enumerate(samples)]
    last = samples[-1]
    ends = [*times[1:], max(last.dts + last.duration, times[-1] + 1)]
    return [
        replace(sample, dts=dts, duration=end - dts, offset=sample.pts - dts)
        for sample, dts, end in zip(samples, times, ends, strict=True)
    ]


def decoded_earlier(samples: Sequence[Sample], ticks: int) -> Sequence[Sample]:
    """The same samples, shown when they were and decoded so much earlier."""
    if not ticks:
        return samples
    return [replace(sample, dts=sample.dts - ticks, offset=sample.offset + ticks) for sample in samples]


def decoded_from(samples: Sequence[Sample], begin: int) -> Sequence[Sample]:
    """The same samples, shown when they were; the first is decoded at `begin`, which is no later than it was."""
    first, early = samples[0], samples[0].dts - begin
    return [replace(first, dts=begin, duration=first.duration + early, offset=first.offset + early), *samples[1:]]


def read_fragment(moof: bytes, mdat: bytes, header: TrackHeader) -> list[Sample]:
    """The samples of one `moof` and its `mdat` (whole boxes)."""
    view, media = memoryview(moof), memoryview(mdat)
    try:
        start, end = find(view, b"moof", b"traf")
        return list(_samples(view[start:end], media, len(moof), header))
    except struct.error as error:
        raise MalformedError(str(error)) from error


def _samples(traf: memoryview, media: memoryview, moof_size: int, header: TrackHeader) -> Iterator[Sample]:
    duration, size, flags, dts = header.duration, header.size, header.flags, 0
    for kind, first, last in boxes(traf):
        if kind == b"tfhd":
            present = int.from_bytes(traf[first + 1 : first + 4], "big")
            position = first + 8 + 8 * bool(present & TFHD_BASE_OFFSET) + 4 * bool(present & TFHD_DESCRIPTION)
            if present & TFHD_DURATION:
                (duration,) = struct.unpack_from(">I", traf, position)
                position += 4
            if present & TFHD_SIZE:
                (size,) = struct.unpack_from(">I", traf, position)
                position += 4
            if present & TFHD_FLAGS:
                (flags,) = struct.unpack_from(">I", traf, position)
        elif kind == b"tfdt":
            # Signed, against the letter of the standard: ffmpeg writes the time before 0 of an encoder's start-up so.
            (dts,) = struct.unpack_from(">q" if traf[first] == 1 else ">I", traf, first + 4)
        elif kind == b"trun":
            run = traf[first:last]
            for sample in _run(run, media, moof_size, dts, (duration, size, flags)):
                yield sample
                dts = sample.dts + sample.duration


def _run(
    run: memoryview, media: memoryview, moof_size: int, dts: int, defaults: tuple[int, int, int]
) -> Iterator[Sample]:
    present = int.from_bytes(run[1:4], "big")
    (count,) = struct.unpack_from(">I", run, 4)
    position, data_at = 8, 8
    if present & TRUN_OFFSET:
        data_at = struct.unpack_from(">i", run, position)[0] - moof_size
        position += 4
    first_flags = None
    if present & TRUN_FIRST_FLAGS:
        (first_flags,) = struct.unpack_from(">I", run, position)
        position += 4
    default_duration, default_size, default_flags = defaults
    for number in range(count):
        duration, size, flags, offset = default_duration, default_size, default_flags, 0
        if present & TRUN_DURATION:
            (duration,) = struct.unpack_from(">I", run, position)
            position += 4
        if present & TRUN_SIZE:
            (size,) = struct.unpack_from(">I", run, position)
            position += 4
        if present & TRUN_FLAGS:
            (flags,) = struct.unpack_from(">I", run, position)
            position += 4
        elif number == 0 and first_flags is not None:
            flags = first_flags
        if present & TRUN_CTS:
            (offset,) = struct.unpack_from(">i", run, position)
            position += 4
        if data_at < 8 or data_at + size > len(media):
            raise MalformedError("a sample lies outside its fragment")
        yield Sample(dts, duration, offset, flags, media[data_at : data_at + size])
        dts += duration
        data_at += size


def write_fragment(header: TrackHeader, sequence: int, samples: Sequence[Sample], base: int) -> bytes:
    """A `moof` and its `mdat`; `base` is the decode time of the first sample, in ticks."""
    with_offsets = any(sample.offset for sample in samples)
    uniform = len({sample.flags for sample in samples}) == 1
    present = TRUN_OFFSET | TRUN_DURATION | TRUN_SIZE | (0 if uniform else TRUN_FLAGS) | TRUN_CTS * with_offsets
    rows = bytearray()
    for sample in samples:
        rows += struct.pack(">II", sample.duration, len(sample.data))
        if not uniform:
            rows += struct.pack(">I", sample.flags)
        if with_offsets:
            rows += struct.pack(">i", sample.offset)
    tfhd = _full_box(b"tfhd", 0, TFHD_BASE_IS_MOOF | TFHD_FLAGS, struct.pack(">II", header.track_id, samples[0].flags))
    tfdt = _full_box(b"tfdt", 1, 0, struct.pack(">Q", base))
    mfhd = _full_box(b"mfhd", 0, 0, struct.pack(">I", sequence))
    trun_size = 12 + 4 + 4 + len(rows)
    moof_size = 8 + len(mfhd) + 8 + len(tfhd) + len(tfdt) + trun_size
    # Version 1: composition offsets may be negative (CMAF).
    trun = _full_box(b"trun", 1, present, struct.pack(">Ii", len(samples), moof_size + 8) + rows)
    moof = _box(b"moof", mfhd + _box(b"traf", tfhd + tfdt + trun))
    payload = b"".join(sample.data for sample in samples)
    return moof + struct.pack(">I4s", 8 + len(payload), b"mdat") + payload


#: The start of a media segment (CMAF): styp with the brands of DASH and CMAF segments.
SEGMENT_TYPE = struct.pack(">I4s4sI4s4s", 24, b"styp", b"msdh", 0, b"msdh", b"cmfs")


def _box(kind: bytes, payload: bytes | memoryview) -> bytes:
    return struct.pack(">I4s", 8 + len(payload), kind) + bytes(payload)


def _full_box(kind: bytes, version: int, flags: int, payload: bytes) -> bytes:
    return _box(kind, struct.pack(">I", version << 24 | flags) + payload)
