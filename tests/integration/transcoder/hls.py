"""Reads HLS as a strict player does: playlists with m3u8, segments box by box. No assertions of its own."""

from __future__ import annotations

import math
import struct
import subprocess
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import m3u8
from tests.integration.transcoder.conftest import Service
from tests.media import ffmpeg

from kyoo.transcoder.hls import fmp4

#: How much later (s) a picture is shown that is not of the same reordering.
WELL_AFTER = 0.5


@dataclass(frozen=True)
class Piece:
    """A segment as received: times in seconds; `start` and `end` are those of what is shown. `until` is when its last
    sample ends, counted as samples are decoded; `holes` are between samples that do not join; a sample lasts `longest`
    at most, and the next is shown `apart` later at least. One lasts as much as `beyond` into those that are shown well
    after it."""

    number: int
    data: bytes
    tfdt: float
    start: float
    end: float
    begins_with_sync: bool
    samples: int
    #: Samples of each fragment.
    fragments: list[int]
    until: float
    holes: list[float]
    longest: float
    beyond: float
    apart: float


def parse(number: int, data: bytes, init: bytes) -> Piece:
    view = memoryview(init)
    moov = next(init[start - 8 : end] for kind, start, end in fmp4.boxes(view) if kind == b"moov")
    header = fmp4.read_header(moov)
    samples: list[fmp4.Sample] = []
    fragments: list[int] = []
    moof = b""
    for kind, start, end in fmp4.boxes(memoryview(data)):
        if kind == b"moof":
            moof = data[start - 8 : end]
        elif kind == b"mdat":
            samples += (fragment := list(fmp4.read_fragment(moof, data[start - 8 : end], header)))
            fragments.append(len(fragment))
    shown = sorted(samples, key=lambda sample: sample.pts)
    scale, delay, unit = header.timescale, edit(moov), fmp4.unit_length(moov)
    assert all(fmp4.is_whole(sample.data, unit) for sample in samples), "browsers give up at a damaged sample"
    assert all(sample.offset >= 0 for sample in samples), "some players take negative offsets for lateness"
    return Piece(
        number,
        data,
        tfdt=samples[0].dts / scale,
        start=(min(sample.pts for sample in samples) - delay) / scale,
        end=(max(sample.pts + sample.duration for sample in samples) - delay) / scale,
        begins_with_sync=samples[0].is_sync,
        samples=len(samples),
        fragments=fragments,
        until=(samples[-1].dts + samples[-1].duration) / scale,
        holes=[
            (after.dts - before.dts - before.duration) / scale
            for before, after in pairwise(samples)
            if after.dts != before.dts + before.duration
        ],
        longest=max(sample.duration for sample in samples) / scale,
        beyond=max(one.pts + one.duration - well_after(one, samples, scale) for one in samples) / scale,
        apart=min((after.pts - before.pts for before, after in pairwise(shown)), default=scale) / scale,
    )


def well_after(one: fmp4.Sample, samples: list[fmp4.Sample], scale: int) -> float:
    """When (ticks) the first of `samples` is shown that is not of the same reordering as `one`."""
    return min((other.pts for other in samples if other.pts > one.pts + WELL_AFTER * scale), default=math.inf)


def edit(moov: bytes) -> int:
    """The media time (ticks) that the edit list shows first; 0 without one."""
    view = memoryview(moov)
    try:
        start, _ = fmp4.find(view, b"moov", b"trak", b"edts", b"elst")
    except fmp4.MalformedError:
        return 0
    version, count, length, time = struct.unpack_from(">B3xIQq", view, start)
    assert (version, count, length) == (1, 1, 0)
    return int(time)


class Stream:
    """One rendition of a file: `where` is `0/original` or `audio/0/128k`."""

    def __init__(self, service: Service, path: Path, where: str, client: str = "player") -> None:
        self.service, self.path, self.where, self.client = service, path, where, client
        self.playlist = m3u8.M3U8("")
        self.init = b""

    async def open(self) -> Stream:
        answer = await self.service.get(self.path, f"{self.where}/index.m3u8", client=self.client)
        assert answer.status_code == 200, answer.text
        self.playlist = m3u8.loads(answer.text)
        init = await self.service.get(self.path, f"{self.where}/init.mp4", client=self.client)
        assert init.status_code == 200, init.text
        self.init = init.content
        return self

    @property
    def scale(self) -> int:
        """Ticks of its clock in a second."""
        return fmp4.read_header(self._moov).timescale

    @property
    def delay(self) -> float:
        """How much later than its time of decoding a picture is shown (s)."""
        return edit(self._moov) / self.scale

    @property
    def _moov(self) -> bytes:
        start, end = fmp4.find(memoryview(self.init), b"moov")
        return self.init[start - 8 : end]

    async def piece(self, number: int) -> Piece:
        answer = await self.service.get(self.path, f"{self.where}/segment-{number}.mp4", client=self.client)
        assert answer.status_code == 200, answer.text
        return parse(number, answer.content, self.init)

    async def pieces(self) -> list[Piece]:
        return [await self.piece(number) for number in range(len(self.playlist.segments))]

    @property
    def starts(self) -> list[float]:
        """The time at which each segment starts by the playlist."""
        starts, time = [], 0.0
        for segment in self.playlist.segments:
            starts.append(time)
            time += segment.duration
        return starts


def decoded(init: bytes, pieces: list[Piece], folder: Path) -> tuple[int, str]:
    """The number of frames ffmpeg decodes of a whole rendition, and its complaints."""
    file = folder / "joined.mp4"
    file.write_bytes(init + b"".join(piece.data for piece in pieces))
    command = [ffmpeg(), "-nostdin", "-v", "error", "-i", str(file), "-f", "framecrc", "-"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    lines = [line for line in done.stdout.splitlines() if line and not line.startswith("#")]
    return len(lines), done.stderr
