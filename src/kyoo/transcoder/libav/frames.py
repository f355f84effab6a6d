"""Keyframes of a video as upright pictures in square pixels and ordinary colours. Blocking; decodes keyframes only."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import av
import numpy as np
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from PIL import Image

from kyoo.transcoder.libav.dynamics import HLG, PQ
from kyoo.transcoder.libav.file import MediaFile, UnreadableError, packets
from kyoo.transcoder.models.media import VideoTrack

#: libswscale's number of BT.2020.
BT2020 = 9
#: BT.2020 to BT.709 primaries, linear light (ITU-R BT.2087).
TO_BT709 = np.array(
    [[1.6605, -0.5876, -0.0728], [-0.1246, 1.1329, -0.0083], [-0.0182, -0.1006, 1.1187]], dtype=np.float32
)
#: Luminance (cd/m²) shown as white before the highlights are compressed.
WHITE = 203.0
#: Packets looked at for one picture.
PATIENCE = 600


class NoPictureError(UnreadableError):
    """No picture can be had from this file."""


class Film:
    """An open file of which single keyframes are looked at. Times are seconds from the start of the film."""

    def __init__(self, container: InputContainer, stream: VideoStream, track: VideoTrack) -> None:
        self._container = container
        self._stream = stream
        self._start = (container.start_time or 0) / av.time_base
        self._track = track

    def keyframe(self, moment: float) -> VideoFrame | None:
        """The keyframe at or before `moment`, None where none can be decoded."""
        assert self._stream.time_base is not None
        try:
            self._container.seek(int((moment + self._start) / self._stream.time_base), stream=self._stream)
            context = self._stream.codec_context
            for count, packet in enumerate(packets(self._container, self._stream)):
                if packet.is_keyframe and packet.size:
                    # Drained at once: a decoder that reorders would hold the picture back until the next keyframes.
                    frames = [*context.decode(packet), *context.decode(None)]
                    context.flush_buffers()
                    if frames:
                        return frames[0]
                if count > PATIENCE:
                    break
        except av.error.FFmpegError:
            # Damaged here; other places may be fine.
            return None
        return None

    def image(self, frame: VideoFrame, height: int, most_width: int) -> Image.Image:
        """`frame` upright, at most `height` high and `most_width` wide, never enlarged."""
        shown_width, shown_height = self._track.display_width, self._track.display_height
        scale = min(1.0, height / max(shown_height, 1), most_width / max(shown_width, 1))
        return picture(frame, max(1, round(shown_width * scale)), max(1, round(shown_height * scale)))


@contextmanager
def open_film(file: MediaFile, track: VideoTrack) -> Iterator[Film]:
    """Raises what PyAV raises when the file cannot be opened."""
    with file.opened() as container:
        stream = container.streams[track.stream]
        assert isinstance(stream, VideoStream)
        file.check(stream)
        stream.codec_context.skip_frame = "NONKEY"
        # Frame threads would hold pictures back; slices are what one picture can be shared by.
        stream.codec_context.thread_type = "SLICE"
        yield Film(container, stream, track)


def picture(frame: VideoFrame, width: int, height: int) -> Image.Image:
    """`frame` turned upright, `width` x `height` after the turn."""
    turn = frame.rotation % 360
    size = (height, width) if turn in (90, 270) else (width, height)
    image = Image.fromarray(_rgb(frame, *size))
    if turn == 90:
        return image.transpose(Image.Transpose.ROTATE_90)
    if turn == 180:
        return image.transpose(Image.Transpose.ROTATE_180)
    if turn == 270:
        return image.transpose(Image.Transpose.ROTATE_270)
    return image


def _rgb(frame: VideoFrame, width: int, height: int) -> Any:
    """Height x width x 3 bytes of BT.709."""
    if frame.color_trc not in (PQ, HLG):
        return frame.reformat(width=width, height=height, format="rgb24", interpolation="AREA").to_ndarray()
    deep = frame.reformat(
        width=width, height=height, format="rgb48le", src_colorspace=BT2020, interpolation="AREA"
    ).to_ndarray()
    signal = deep.astype(np.float32) / 65535
    light = (_from_pq(signal) if frame.color_trc == PQ else _from_hlg(signal)) / WHITE
    linear = np.clip(light @ TO_BT709.T, 0, None)
    mapped = _hable(linear * 2) / _hable(np.float32(11.2))
    return (np.clip(mapped, 0, 1) ** (1 / 2.2) * 255 + 0.5).astype(np.uint8)


def _from_pq(signal: Any) -> Any:
    """SMPTE ST 2084: signal 0…1 to cd/m²."""
    root = signal ** (1 / 78.84375)
    return 10_000 * (np.clip(root - 0.8359375, 0, None) / (18.8515625 - 18.6875 * root)) ** (1 / 0.1593017578125)


def _from_hlg(signal: Any) -> Any:
    """ARIB STD-B67 on a display of 1000 cd/m²: signal 0…1 to cd/m²."""
    low = signal**2 / 3
    high = (np.exp((signal - 0.55991073) / 0.17883277) + 0.28466892) / 12
    return 1000 * np.where(signal <= 0.5, low, high) ** 1.2


def _hable(light: Any) -> Any:
    return (light * (0.15 * light + 0.05) + 0.004) / (light * (0.15 * light + 0.5) + 0.06) - 1 / 15


class Deadline:
    """Whether there is time left for another picture."""

    def __init__(self, seconds: float) -> None:
        self._until = time.monotonic() + seconds

    @property
    def passed(self) -> bool:
        return time.monotonic() > self._until
