"""The picture that stands for a file: its embedded cover, else a frame worth looking at. Blocking."""

from __future__ import annotations

import io
import math
from typing import Any

import av
import numpy as np
from av.video.stream import VideoStream
from PIL.Image import Image

from kyoo.transcoder.libav.file import MediaFile, packets
from kyoo.transcoder.libav.frames import Deadline, NoPictureError, open_film, picture
from kyoo.transcoder.models.media import Media, VideoTrack

WIDTH = 1280
HEIGHT = 1280
QUALITY = 85
#: Where in the film frames are tried (parts of its length): past the opening, short of the end.
FIRST, LAST, PLACES = 0.05, 0.60, 12
#: Seconds for looking at all of them.
TIME = 20.0
#: Luma (0-255) of a picture that is neither black nor white, how much it must vary, and how sharp it must be
#: (variance of the Laplacian at ANALYSED pixels of width).
DARKEST, BRIGHTEST, LEAST_VARIATION, LEAST_SHARPNESS, ANALYSED = 24.0, 232.0, 14.0, 20.0, 320


def make_cover(file: MediaFile, media: Media) -> bytes:
    """A JPEG at most WIDTH wide. Raises NoPictureError when the file has no picture at all."""
    image = _embedded(file, media) or _chosen(file, media)
    output = io.BytesIO()
    image.convert("RGB").save(output, "JPEG", quality=QUALITY, optimize=True, progressive=True)
    return output.getvalue()


def _embedded(file: MediaFile, media: Media) -> Image | None:
    if media.cover_stream is None:
        return None
    try:
        with file.opened() as container:
            stream = container.streams[media.cover_stream]
            assert isinstance(stream, VideoStream)
            file.check(stream)
            for packet in packets(container, stream):
                for frame in packet.decode():
                    scale = min(1.0, WIDTH / frame.width, HEIGHT / frame.height)
                    return picture(frame, max(1, round(frame.width * scale)), max(1, round(frame.height * scale)))
    except (av.error.FFmpegError, OSError, ValueError):
        # A damaged cover: a frame of the film does as well.
        return None
    return None


def _chosen(file: MediaFile, media: Media) -> Image:
    """The best of several frames; the most varied one when none is good."""
    track = media.default_video
    if track is None:
        raise NoPictureError("there is no video track")
    deadline = Deadline(TIME)
    best: tuple[bool, float] | None = None
    chosen = None
    with open_film(file, track) as film:
        for moment in places(track, media.duration):
            frame = film.keyframe(moment)
            if frame is not None:
                score = appeal(film.image(frame, ANALYSED, ANALYSED))
                if best is None or score > best:
                    best, chosen = score, frame
            if deadline.passed:
                break
        if chosen is None:
            raise NoPictureError("no frame can be decoded")
        return film.image(chosen, HEIGHT, WIDTH)


def places(track: VideoTrack, duration: float) -> list[float]:
    """Moments of different keyframes, spread between FIRST and LAST; all there are in a very short film."""
    wanted = [duration * (FIRST + (LAST - FIRST) * number / (PLACES - 1)) for number in range(PLACES)]
    if not track.keyframes:
        return wanted
    nearest = {min(track.keyframes, key=lambda stamp: abs(stamp - moment)) for moment in wanted}
    return sorted(nearest)


def appeal(image: Image) -> tuple[bool, float]:
    """(is it good, how good): not black, white, uniform or blurred; then varied, sharp and colourful."""
    colours = np.asarray(image.convert("RGB"), dtype=np.float32)
    luma = colours @ np.array([0.2126, 0.7152, 0.0722], dtype=np.float32)
    mean, variation, sharpness = float(luma.mean()), float(luma.std()), laplacian_variance(luma)
    good = DARKEST <= mean <= BRIGHTEST and variation >= LEAST_VARIATION and sharpness >= LEAST_SHARPNESS
    colour = float((colours.max(axis=2) - colours.min(axis=2)).mean())
    # The middle greys are preferred, and sharpness counts by its magnitude only: noise is sharp, too.
    exposure = 1 - abs(mean - 118) / 140
    return good, exposure * (variation + 0.5 * colour) * math.log1p(min(sharpness, 2000.0))


def laplacian_variance(luma: Any) -> float:
    if min(luma.shape) < 3:
        return 0.0
    edges = luma[:-2, 1:-1] + luma[2:, 1:-1] + luma[1:-1, :-2] + luma[1:-1, 2:] - 4 * luma[1:-1, 1:-1]
    return float(edges.var())
