"""When a file flashes and beeps, as libavformat and libavcodec present it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import av
import numpy
from av.container import InputContainer
from av.stream import Stream

from kyoo.transcoder.libav.file import packets

#: Mean brightness (0 to 255) of a flash; the test picture between flashes is about half as bright.
WHITE = 200
LOUD = 0.12
#: A new pulse begins after this much (s) without one.
APART = 0.5


def decoded(container: InputContainer, stream: Stream) -> Iterator[Any]:
    """The frames of a stream; what is damaged is left out."""
    for packet in packets(container, stream):
        with suppress(av.error.InvalidDataError):
            yield from packet.decode()


def flashes(path: Path, since: float = float("-inf")) -> list[float]:
    """The time (s) of the first white picture of each flash, of the pictures from `since` on."""
    found: list[float] = []
    last = float("-inf")
    with av.open(str(path)) as container:
        for frame in decoded(container, container.streams.video[0]):
            if frame.pts is None or frame.time_base is None:
                continue
            time = float(frame.pts * frame.time_base)
            if time < since:
                continue
            if frame.reformat(width=32, height=32, format="gray").to_ndarray().mean() > WHITE:
                if time - last > APART:
                    found.append(time)
                last = time
    return found


def beeps(path: Path) -> list[float]:
    """The time (s) at which each beep begins."""
    found: list[float] = []
    last = float("-inf")
    with av.open(str(path)) as container:
        stream = container.streams.audio[0]
        resampler = av.AudioResampler(format="flt", layout="mono")
        for frame in decoded(container, stream):
            if frame.pts is None or frame.time_base is None:
                continue
            begin = float(frame.pts * frame.time_base)
            for piece in resampler.resample(frame):
                samples = numpy.abs(piece.to_ndarray()[0])
                for index in numpy.flatnonzero(samples > LOUD):
                    time = begin + index / piece.sample_rate
                    if time - last > APART:
                        found.append(time)
                    last = time
    return found


def pictures(path: Path) -> list[float]:
    """When each picture is shown (s)."""
    with av.open(str(path)) as container:
        return [
            float(frame.pts * frame.time_base)
            for frame in decoded(container, container.streams.video[0])
            if frame.pts is not None and frame.time_base is not None
        ]


def clock(path: Path) -> float:
    """The file's own time of what is played first (s)."""
    with av.open(str(path)) as container:
        return (container.start_time or 0) / 1e6


def kinds(path: Path) -> set[str]:
    """What is in a file: "video", "audio" or both."""
    with av.open(str(path)) as container:
        found = {"video": container.streams.video, "audio": container.streams.audio}
        return {kind for kind, streams in found.items() if streams}
