"""Sprites for the seek bar: a grid of small pictures. Blocking."""

from __future__ import annotations

import io
import math
from bisect import bisect_right

from PIL import Image

from kyoo.transcoder.libav.file import MediaFile
from kyoo.transcoder.libav.frames import Deadline, NoPictureError, open_film
from kyoo.transcoder.models.media import Media, VideoTrack
from kyoo.transcoder.sprites import WIDEST, layout

#: Seconds for all pictures of one film; what is missing then stays black.
TIME = 300.0


#: Of WebP (0-100): at this size of pictures a tenth of the bytes of the PNG, and no worse than its 256 colours.
QUALITY = 60


def make_sprite(file: MediaFile, media: Media, kind: str) -> bytes:
    """The sheet as `sprites.layout` lays it out, as WebP or PNG (`kind`). Raises NoPictureError for a file without
    picture or duration."""
    track = media.default_video
    if track is None or media.duration <= 0:
        raise NoPictureError("there is no video track")
    plan = layout(track, media.duration)
    sheet = Image.new("RGB", (plan.width * plan.columns, plan.height * math.ceil(plan.count / plan.columns)))
    deadline = Deadline(TIME)
    last: tuple[float, Image.Image] | None = None
    with open_film(file, track) as film:
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
    if kind == "webp":
        sheet.save(output, "WEBP", quality=QUALITY, method=4)
        return output.getvalue()
    # 256 colours make a third of the bytes; at this size the difference does not show.
    sheet.quantize(256, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.FLOYDSTEINBERG).save(output, "PNG")
    return output.getvalue()


def keyframe_before(track: VideoTrack, moment: float) -> float:
    if not track.keyframes:
        return moment
    return track.keyframes[max(0, bisect_right(track.keyframes, moment) - 1)]
