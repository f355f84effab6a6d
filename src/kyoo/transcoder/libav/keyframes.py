"""Keyframes of a video track from the container's index, else from its packets. Never decodes."""

from __future__ import annotations

import time
from bisect import bisect_left
from collections.abc import Iterator
from itertools import islice
from statistics import median

import av
from av.container import InputContainer
from av.stream import Stream
from av.video.stream import VideoStream

from kyoo.transcoder.libav.file import MediaFile, packets
from kyoo.transcoder.libav.mp4_index import sync_offsets

#: Keyframes of the index whose packet is read to check the index and to learn how its times differ from the packet's.
SAMPLES = 6
#: An index that covers less of the film than this, or whose times are this far off (s), is not used.
COVERAGE = 0.8
SPREAD = 0.02
#: An index may be sparse on purpose (Matroska cues); beyond this mean distance (s) packets are read.
SPARSE = 12.0


class ProbeTimeoutError(Exception):
    """The file could not be looked at within the time allowed."""


def from_index(file: MediaFile, container: InputContainer, stream: VideoStream, end: float) -> list[float] | None:
    """Presentation times in seconds on the container's own clock, sorted, without duplicates; None when there is no
    index or it cannot be believed. `end` is the duration of the file in seconds."""
    try:
        return _from_index(file, container, stream, end)
    except av.error.FFmpegError:
        # A damaged or truncated file: its packets tell whether it can be read at all.
        return None


def _from_index(file: MediaFile, container: InputContainer, stream: VideoStream, end: float) -> list[float] | None:
    assert stream.time_base is not None
    # Matroska reads its cues at the first seek only.
    container.seek(0, stream=stream)
    here = first_missing(file, stream)
    entries = islice(stream.index_entries, here)
    stamps = [entry.timestamp for entry in entries if entry.is_keyframe and not entry.is_discard]
    if here is not None:
        end = min(end, stream.index_entries[here].timestamp * float(stream.time_base))
    seconds = float(stream.time_base)
    if len(stamps) < 2 or (stamps[-1] - stamps[0]) * seconds < end * COVERAGE - SPARSE:
        return None
    if (stamps[-1] - stamps[0]) * seconds / (len(stamps) - 1) > SPARSE:
        return None
    # An MP4 index counts in decode times; its packets present their picture later, by an offset of their own.
    known = sync_offsets(file, stream.id) if "mp4" in container.format.name else None
    offsets = known if known is not None and len(known) == len(stamps) else [0] * len(stamps)
    step = max(1, len(stamps) // SAMPLES)
    delays = []
    for stamp, offset in list(zip(stamps, offsets, strict=True))[::step][:SAMPLES]:
        shown = _packet_at(container, stream, stamp + offset)
        if shown is None:
            return None
        delays.append(shown - stamp - offset)
    if (max(delays) - min(delays)) * seconds > SPREAD:
        return None
    delay = int(median(delays))
    return sorted({(stamp + offset + delay) * seconds for stamp, offset in zip(stamps, offsets, strict=True)})


def first_missing(file: MediaFile, stream: Stream) -> int | None:
    """The first entry of the container's index that lies behind the end of a truncated file, if there is one."""
    entries = stream.index_entries
    count = len(entries)
    if not count or entries[count - 1].pos + entries[count - 1].size <= file.size:
        return None
    return bisect_left(range(count), True, key=lambda number: entries[number].pos + entries[number].size > file.size)


def _packet_at(container: InputContainer, stream: VideoStream, stamp: int) -> int | None:
    """The presentation time of the keyframe that is presented at `stamp` or before, None when there is none."""
    container.seek(stamp, stream=stream)
    packet = next(packets(container, stream), None)
    if packet is None or packet.pts is None or not packet.is_keyframe:
        return None
    return packet.pts


def from_packets(container: InputContainer, stream: VideoStream, deadline: float) -> list[float]:
    """The same from a container just opened, by reading the whole file; `deadline` is a `time.monotonic()`.

    Raises ProbeTimeoutError.
    """
    assert stream.time_base is not None
    return sorted({float(stamp * stream.time_base) for stamp in _keyframe_stamps(container, stream, deadline)})


def _keyframe_stamps(container: InputContainer, stream: VideoStream, deadline: float) -> Iterator[int]:
    try:
        for count, packet in enumerate(packets(container, stream)):
            if count % 256 == 0 and time.monotonic() > deadline:
                raise ProbeTimeoutError
            if packet.is_keyframe and packet.size:
                stamp = packet.pts if packet.pts is not None else packet.dts
                if stamp is not None:
                    yield stamp
    except av.error.InvalidDataError:
        # A truncated file: what could be read is what can be played.
        return
