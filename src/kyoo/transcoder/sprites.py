"""The shape of the sprites for the seek bar (docs/protocol/video.md#sprites), and the WebVTT that indexes them."""

from __future__ import annotations

import math

from pydantic import BaseModel

from kyoo.transcoder.models.media import VideoTrack

INTERVAL = 10
MOST = 150
HEIGHT = 144
WIDEST = 512


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
