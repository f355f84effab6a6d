"""Which files are played in players, and of which the encoded renditions are, too; what of that tells most."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from tests.playing.files import BY_NAME
from tests.playing.known import KNOWN
from tests.samples import sampled

OFFERED, ENCODED = "offered", "encoded"
#: Their bytes are looked at. Too large to be shown in time by players without help of a graphics card, or the same as
#: others in another container.
NOT_PLAYED = {"huge-8k", "mp4-open-groups", "ts-open-groups", "hevc-mkv-open-groups"}
#: Whatever is encoded is the same H.264 and AAC: it differs by when things happen in the source, and by its damage.
#: All other files are offered encoded only, or encoded as these are.
PLAYED_ENCODED = {
    *("h264-mp4-index-last", "h264-ts", "h264-ts-clock-wraps", "mpeg4-avi-b-frames", "hevc-ts-open-groups", "hevc-pq"),
    *("av1-mkv-opus", "vp9-webm", "rate-23.976", "rate-12-b-frames", "rate-120", "rate-varies", "rate-varies-untold"),
    *("groups-of-20-s", "one-keyframe", "turned", "odd-size", "interlaced-h264", "aac-5.1", "no-sound"),
    *("sound-3-s-late", "ac3-3-s-late", "opus-9-s-late", "picture-2-s-late", "hole-in-sound", "sound-shorter"),
    *("picture-shorter", "starts-before-0", "cut-inside-a-group", "mp4-end-missing", "mkv-hole", "ts-hole", "mkv-live"),
    *("mp4-wide-hole", "pictures-missing"),
}
#: What `make test-all` plays in every player: a file of each kind that ever went wrong in one.
FAILED = {
    # In browsers: MP3 in MP4, tracks of several codecs, pictures that refer to what was skipped.
    *((name, OFFERED) for name in ("h264-avi-mp3", "mpeg4-avi-b-frames", "four-codecs", "many-tracks", "open-groups")),
    # Times: where they start, what comes late, what comes unsteadily, pictures that are decoded before they are shown.
    *((name, OFFERED) for name in ("starts-before-0", "cut-inside-a-group", "sound-3-s-late", "opus-9-s-late")),
    *((name, OFFERED) for name in ("picture-2-s-late", "rate-varies", "rate-12-b-frames", "rate-1")),
    # Damage, and no index.
    *((name, OFFERED) for name in ("hole-in-sound", "mkv-hole", "mp4-end-missing", "mp4-wrong-bits", "mkv-live")),
    *((name, ENCODED) for name in ("starts-before-0", "cut-inside-a-group", "sound-3-s-late", "picture-2-s-late")),
    *((name, ENCODED) for name in ("rate-varies", "rate-12-b-frames", "hole-in-sound", "mp4-end-missing")),
    # Groups longer than a segment, fields, and colours that are changed.
    *((name, ENCODED) for name in ("groups-of-20-s", "one-keyframe", "interlaced-h264", "hevc-pq", "aac-5.1")),
    ("av1-mkv-opus", ENCODED),
}


def every() -> list[tuple[str, str]]:
    played = [name for name in BY_NAME if name not in NOT_PLAYED]
    return [*((name, OFFERED) for name in played), *((name, ENCODED) for name in played if name in PLAYED_ENCODED)]


def telling(players: Collection[str]) -> set[tuple[str, str]]:
    """What `make test-all` plays in `players`: also the first file of what is known of them, as it is offered if it is
    known of that."""
    known = {(one.files[0], one.what[0]) for one in KNOWN if set(players) & set(one.players)}
    return FAILED | known


def cases(sample: Collection[tuple[str, str]], players: Collection[str]) -> list[Any]:
    """(file, "offered" or "encoded"), for `make test` those of `sample`."""
    more = telling(players)
    return sampled(every(), lambda case: case in sample, lambda case: case in more)
