"""Keyframes of a video track from the container's index, else from its packets. Never decodes."""

from __future__ import annotations

import time
from collections.abc import Iterator
from statistics import median

import av
from av.container import InputContainer
from av.video.stream import VideoStream

#: Keyframes of the index whose packet is read to check the index and to learn how its times differ from the packet's.
SAMPLES = 6
#: An index that covers less of the film than this, or whose times are this far off (s), is not used.
COVERAGE = 0.8
SPREAD = 0.1
#: An index may be sparse on purpose (Matroska cues); beyond this mean distance (s) packets are read.
SPARSE = 12.0


class ProbeTimeoutError(Exception):
    """The file could not be looked at within the time allowed."""


def from_index(container: InputContainer, stream: VideoStream, end: float) -> list[float] | None:
    """Presentation times in seconds on the container's own clock, sorted, without duplicates; None when there is no
    index or it cannot be believed. `end` is the duration of the file in seconds."""
    assert stream.time_base is not None
    # Matroska reads its cues at the first seek only.
    container.seek(0, stream=stream)
    stamps = [entry.timestamp for entry in stream.index_entries if entry.is_keyframe and not entry.is_discard]
    seconds = float(stream.time_base)
    if len(stamps) < 2 or (stamps[-1] - stamps[0]) * seconds < end * COVERAGE - SPARSE:
        return None
    if (stamps[-1] - stamps[0]) * seconds / (len(stamps) - 1) > SPARSE:
        return None
    step = max(1, len(stamps) // SAMPLES)
    offsets = []
    for stamp in stamps[::step][:SAMPLES]:
        packet = _packet_at(container, stream, stamp)
        if packet is None:
            return None
        offsets.append(packet - stamp)
    if (max(offsets) - min(offsets)) * seconds > SPREAD:
        return None
    # An MP4 index counts in decode times; its packets present their picture later by the reordering delay.
    delay = int(median(offsets))
    return sorted({(stamp + delay) * seconds for stamp in stamps})


def _packet_at(container: InputContainer, stream: VideoStream, stamp: int) -> int | None:
    """The presentation time of the keyframe that the index says is at `stamp`, None when there is none."""
    container.seek(stamp, stream=stream)
    packet = next(container.demux(stream), None)
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
        for count, packet in enumerate(container.demux(stream)):
            if count % 256 == 0 and time.monotonic() > deadline:
                raise ProbeTimeoutError
            if packet.is_keyframe and packet.size:
                stamp = packet.pts if packet.pts is not None else packet.dts
                if stamp is not None:
                    yield stamp
    except av.error.InvalidDataError:
        # A truncated file: what could be read is what can be played.
        return
