"""Keyframes of a video track from the container's index, else from its packets, and from when on what follows each is
shown. Never decodes."""

from __future__ import annotations

import random
import time
from bisect import bisect_left
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from statistics import median
from typing import NamedTuple

import av
from av.container import InputContainer
from av.stream import Stream
from av.video.stream import VideoStream

from kyoo.transcoder.libav.file import MediaFile, packets
from kyoo.transcoder.libav.mp4_index import MOST_LEADING, SyncOffset, sync_offsets

#: Keyframes of the index whose packets are read to check it, and to learn how its times differ from those of packets,
#: and whether pictures are shown before the keyframe that they follow.
SAMPLES = 10
#: An index that covers less of the film than this, or whose times are this far off (s), is not used.
COVERAGE = 0.8
SPREAD = 0.02
#: An index may be sparse on purpose (Matroska cues); beyond this mean distance (s) packets are read.
SPARSE = 12.0
#: For how long (s) packets behind keyframes are read where no table tells what is shown before them.
LEADING_PATIENCE = 5.0


class Group(NamedTuple):
    """When a keyframe is shown, and the first of the pictures that follow it in the file: in an open group (x265's
    default) some of them come before it. Seconds."""

    keyframe: float
    shown_from: float


class ProbeTimeoutError(Exception):
    """The file could not be looked at within the time allowed."""


def from_index(
    file: MediaFile, container: InputContainer, stream: VideoStream, end: float, deadline: float
) -> list[Group] | None:
    """On the container's own clock, sorted, without duplicates; None when there is no index or it cannot be believed.
    `end` is the duration of the file in seconds, `deadline` a `time.monotonic()`."""
    try:
        return _from_index(file, container, stream, end, deadline)
    except av.error.FFmpegError:
        # A damaged or truncated file: its packets tell whether it can be read at all.
        return None


def _from_index(
    file: MediaFile, container: InputContainer, stream: VideoStream, end: float, deadline: float
) -> list[Group] | None:
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
    told = known is not None and len(known) == len(stamps)
    offsets = known if known is not None and told else [SyncOffset(0, 0)] * len(stamps)
    # Drawn by lot, the same each time: of groups in a pattern, each of a kind may be at regular distances.
    lot = random.Random(len(stamps))  # noqa: S311 (no secret)
    sample = lot.sample(range(len(stamps)), min(SAMPLES, len(stamps)))
    delays, leading = [], False
    for number in sorted(sample):
        stamp, offset = stamps[number], offsets[number]
        shown = _shown_at(container, stream, stamp + offset.keyframe)
        if shown is None:
            return None
        delays.append(shown[0] - stamp - offset.keyframe)
        leading |= shown[1] < shown[0]
    if (max(delays) - min(delays)) * seconds > SPREAD:
        return None
    delay = int(median(delays))
    groups = {
        stamp + offset.keyframe + delay: stamp + offset.first + delay
        for stamp, offset in zip(stamps, offsets, strict=True)
    }
    if leading and not told:
        deadline = min(deadline, time.monotonic() + LEADING_PATIENCE)
        for keyframe in sorted(groups):
            with suppress(av.error.FFmpegError):
                shown = _shown_at(container, stream, keyframe)
                if shown is not None and shown[0] == keyframe:
                    groups[keyframe] = shown[1]
            if time.monotonic() > deadline:
                break
    return [Group(keyframe * seconds, first * seconds) for keyframe, first in sorted(groups.items())]


def first_missing(file: MediaFile, stream: Stream) -> int | None:
    """The first entry of the container's index that lies behind the end of a truncated file, if there is one."""
    entries = stream.index_entries
    count = len(entries)
    if not count or entries[count - 1].pos + entries[count - 1].size <= file.size:
        return None
    return bisect_left(range(count), True, key=lambda number: entries[number].pos + entries[number].size > file.size)


def _shown_at(container: InputContainer, stream: VideoStream, stamp: int) -> tuple[int, int] | None:
    """When (ticks) the keyframe is shown that is shown at `stamp` or before, and the first picture of its group; None
    when there is none."""
    container.seek(stamp, stream=stream)
    reading = packets(container, stream)
    packet = next(reading, None)
    if packet is None or packet.pts is None or not packet.is_keyframe:
        return None
    first = packet.pts
    for following in islice(reading, MOST_LEADING):
        if following.pts is None or following.pts > packet.pts:
            break
        first = min(first, following.pts)
    return packet.pts, first


def from_packets(container: InputContainer, stream: VideoStream, deadline: float) -> list[Group]:
    """The same from a container just opened, by reading the whole file; `deadline` is a `time.monotonic()`.

    Raises ProbeTimeoutError.
    """
    assert stream.time_base is not None
    groups: dict[int, int] = {}
    keyframe = 0
    for stamp, is_keyframe in _stamps(container, stream, deadline):
        if is_keyframe:
            keyframe = stamp
            groups[keyframe] = stamp
        elif groups and stamp < groups[keyframe]:
            groups[keyframe] = stamp
    seconds = stream.time_base
    return [Group(float(keyframe * seconds), float(first * seconds)) for keyframe, first in sorted(groups.items())]


def _stamps(container: InputContainer, stream: VideoStream, deadline: float) -> Iterator[tuple[int, bool]]:
    """When (ticks) each picture is shown, and whether it is a keyframe."""
    try:
        for count, packet in enumerate(packets(container, stream)):
            if count % 256 == 0 and time.monotonic() > deadline:
                raise ProbeTimeoutError
            # A container without times of showing has those of decoding only, which are earlier.
            stamp = packet.dts if packet.is_keyframe and packet.pts is None else packet.pts
            if stamp is not None and packet.size:
                yield stamp, packet.is_keyframe
    except av.error.InvalidDataError:
        # A truncated file: what could be read is what can be played.
        return
