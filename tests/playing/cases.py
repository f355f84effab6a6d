"""Which files are played in players, and of which the encoded renditions are, too."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from tests.playing.files import BY_NAME
from tests.samples import sampled

#: Too large to be shown in time by players that decode without help of a graphics card; their bytes are looked at.
NOT_PLAYED = {"huge-8k"}
#: Whatever is encoded is the same H.264 and AAC: it differs by when things happen in the source, and by its damage.
#: All other files are offered encoded only, or encoded as these are.
ENCODED = {
    *("h264-mp4-index-last", "h264-ts", "h264-ts-clock-wraps", "mpeg4-avi-b-frames", "hevc-ts-open-groups", "hevc-pq"),
    *("av1-mkv-opus", "vp9-webm", "rate-23.976", "rate-12-b-frames", "rate-120", "rate-varies", "rate-varies-untold"),
    *("groups-of-20-s", "one-keyframe", "turned", "odd-size", "interlaced-h264", "aac-5.1", "no-sound"),
    *("sound-3-s-late", "ac3-3-s-late", "opus-9-s-late", "picture-2-s-late", "hole-in-sound", "sound-shorter"),
    *("picture-shorter", "starts-before-0", "cut-inside-a-group", "mp4-end-missing", "mkv-hole", "ts-hole", "mkv-live"),
}


def cases(sample: Collection[tuple[str, str]]) -> list[Any]:
    """(file, "offered" or "encoded"); those that are not in `sample` for `make test-all` only."""
    played = [name for name in BY_NAME if name not in NOT_PLAYED]
    every = [*((name, "offered") for name in played), *((name, "encoded") for name in played if name in ENCODED)]
    return sampled(every, lambda case: case in sample)
