"""Sprites for the seek bar (video.md §9): a grid of small pictures, and the WebVTT that indexes it. Blocking."""

from __future__ import annotations

import io
import math
from bisect import bisect_right
from pathlib import Path

from pydantic import BaseModel

from kyoo.transcoder.frames import Deadline, NoPictureError, open_film
from kyoo.transcoder.models.media import Media, VideoTrack

INTERVAL = 10
MOST = 150
HEIGHT = 144
WIDEST = 512
#: Seconds for all pictures of one film; what is missing then stays black.
TIME = 300.0


class Layout(BaseModel):
    """`interval` in seconds; a picture's size in pixels; `columns` of the grid."""

    interval: int
    count: int
    width: int
    height: int
    columns: int
    duration: float


def layout(track: VideoTrack, duration: float) -> Layout:
    interval = INTERVAL if duration <= INTERVAL * MOST else math.ceil(duration / MOST)
    count = max(1, math.ceil(duration / interval))
    width = round(HEIGHT * track.display_width / max(track.display_height, 1))
    return Layout(
        interval=interval,
        count=count,
        width=min(max(width, 1), WIDEST),
        height=HEIGHT,
        columns=max(1, math.isqrt(count)),
        duration=duration,
    )


def make_sprite(path: Path, media: Media) -> tuple[Layout, bytes]:
    """The layout and the PNG. Raises NoPictureError for a file without picture or duration."""
    from PIL import Image as Images

    track = media.default_video
    if track is None or media.duration <= 0:
        raise NoPictureError("there is no video track")
    plan = layout(track, media.duration)
    sheet = Images.new("RGB", (plan.width * plan.columns, plan.height * math.ceil(plan.count / plan.columns)))
    deadline = Deadline(TIME)
    last: tuple[float, Images.Image] | None = None
    with open_film(path, track) as film:
        for number in range(plan.count):
            moment = keyframe_before(track, number * plan.interval)
            if last is None or last[0] != moment:
                frame = film.keyframe(moment)
                if frame is None:
                    continue
                last = (moment, film.image(frame, plan.height, WIDEST).resize((plan.width, plan.height)))
            row, column = divmod(number, plan.columns)
            sheet.paste(last[1], (column * plan.width, row * plan.height))
            if deadline.passed:
                break
    if last is None:
        raise NoPictureError("no frame can be decoded")
    output = io.BytesIO()
    # 256 colours make a third of the bytes; at this size the difference does not show.
    sheet.quantize(256, method=Images.Quantize.MEDIANCUT, dither=Images.Dither.FLOYDSTEINBERG).save(output, "PNG")
    return plan, output.getvalue()


def keyframe_before(track: VideoTrack, moment: float) -> float:
    if not track.keyframes:
        return moment
    return track.keyframes[max(0, bisect_right(track.keyframes, moment) - 1)]


def webvtt(plan: Layout, url: str) -> str:
    """One cue a picture: `<url>#xywh=x,y,w,h`."""
    lines = ["WEBVTT", ""]
    for number in range(plan.count):
        row, column = divmod(number, plan.columns)
        begin, end = number * plan.interval, min((number + 1) * plan.interval, math.ceil(plan.duration))
        place = f"{column * plan.width},{row * plan.height},{plan.width},{plan.height}"
        lines += [f"{clock(begin)} --> {clock(max(end, begin + 1))}", f"{url}#xywh={place}", ""]
    return "\n".join(lines)


def clock(seconds: int) -> str:
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.000"
