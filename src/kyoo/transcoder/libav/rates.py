"""What part of a file each of its tracks takes, measured at a few places. Never decodes."""

from __future__ import annotations

import time
from collections import Counter

import av
from av.container import InputContainer

from kyoo.transcoder.libav.file import packets

#: Where in the film packets are read (parts of its length), for how long (s of it), and how many bytes at most at each.
PLACES = (0.0, 0.2, 0.4, 0.6, 0.8)
LENGTH = 3.0
MOST_BYTES = 8 * 1024**2
#: Seconds for all places.
PATIENCE = 2.0
MICROSECONDS = 1_000_000


def measured_shares(container: InputContainer, duration: float) -> dict[int, float]:
    """By the number of the stream; `container` is just opened. Raises av.error.FFmpegError."""
    start = container.start_time or 0
    deadline = time.monotonic() + PATIENCE
    sizes: Counter[int] = Counter()
    for place in PLACES:
        if place:
            try:
                container.seek(int(start + place * duration * MICROSECONDS))
            except av.error.FFmpegError:
                # It cannot be read but from its start.
                break
        sizes.update(_sizes_here(container, deadline))
        if time.monotonic() > deadline:
            break
    total = sizes.total()
    return {stream: size / total for stream, size in sizes.items()} if total else {}


def _sizes_here(container: InputContainer, deadline: float) -> Counter[int]:
    sizes: Counter[int] = Counter()
    first: float | None = None
    for packet in packets(container):
        sizes[packet.stream_index] += packet.size
        if packet.dts is not None and packet.time_base is not None:
            stamp = float(packet.dts * packet.time_base)
            first = stamp if first is None else first
            if stamp > first + LENGTH:
                break
        if sizes.total() > MOST_BYTES or time.monotonic() > deadline:
            break
    return sizes
