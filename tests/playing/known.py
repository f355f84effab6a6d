"""What is known to go wrong in a player with a file, by no fault of what is served, why, and what shows that."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Known:
    """`players` complain of `files` in words that match `said`."""

    players: tuple[str, ...]
    files: tuple[str, ...]
    said: str
    why: str
    #: Which of the two addresses: all that is "offered", or only what is "encoded".
    what: tuple[str, ...] = ("offered", "encoded")
    #: What goes wrong in the same way without our server (test_controls.py): one of controls.CONTROLS.
    control: str | None = "hls"

    def covers(self, fault: str) -> bool:
        return bool(re.search(self.said, fault))


OPEN_GROUPS = (
    "Chromium's decoder in software gives up at the first pictures after a seek, which refer to what was skipped: on "
    "HLS that ffmpeg writes, too"
)
SKIPPED = (
    "ffmpeg's decoder complains of the first pictures after a seek, which refer to what was skipped: "
    "on HLS that ffmpeg writes, too"
)
DAMAGE = (
    "What is left of a damaged file is served as it is, and ffmpeg's decoders complain of it: of the file itself, too"
)
UNTIMED = (
    "libavformat gives pictures before 0 of Matroska no time, and ffmpeg shows them twice and jumps; we begin with the "
    "keyframe that the first picture with a time needs, which is a white one here"
)
WRONG_BITS = (
    "Chromium's decoder gives up at a picture whose bits are wrong: on HLS that ffmpeg writes, too. Our own page goes "
    "on with an encoded picture, or without these two seconds where none is offered"
)
SELDOM = "VLC shows a picture each second when it is ready for it: of the file itself, too"
ONE_CODEC = (
    "Shaka takes all tracks of a group for tracks of one codec, the first that it likes of those that CODECS names, "
    "and asks no browser for the others; Chromium has no AC-3: of HLS that ffmpeg writes of AAC and AC-3, too"
)
CHANGES = (
    "Chromium's own HLS cannot change from a copy in AV1, VP9, Opus or FLAC to what is encoded, and does so at once: "
    "with HLS that ffmpeg writes of two such qualities, too"
)
AT_ONCE = (
    "Chromium's own HLS shows a first picture that is some milliseconds late at 0, and sounds what is heard with it "
    "when that is due: with HLS that ffmpeg writes so, too"
)
CHANGES_QUALITY = (
    "VLC leaves out a flash near the start where there are two qualities: in HLS that ffmpeg writes, too; of one "
    "it shows all"
)
LONG_PICTURES = (
    "GStreamer takes how long the picture before a pause lasts for the length of those behind it, too, where it is a "
    "fragment by itself, and shows such again after a seek"
)
KNOWN: tuple[Known, ...] = (
    Known(
        ("vlc",),
        ("open-groups", "mp4-wrong-bits"),
        "no flash at 1.00",
        CHANGES_QUALITY,
        ("offered",),
        "qualities as hls",
    ),
    # ffmpeg does not write this one so.
    Known(("vlc",), ("hevc-ts-open-groups",), "no flash at 1.02", CHANGES_QUALITY, ("offered",), None),
    Known(("ffmpeg",), ("open-groups",), "mmco: unref short failure", SKIPPED, ("offered",)),
    Known(
        ("hlsjs", "shaka", "native"),
        ("mp4-wrong-bits", "mp4-wrong-bits-small"),
        "PIPELINE_ERROR_DECODE|gave up|not playing|does not reach the end",
        WRONG_BITS,
        ("offered",),
    ),
    Known(("page",), ("mp4-wrong-bits-small",), "no (?:flash|beep) at 3.00, 4.00", WRONG_BITS, ("offered",), None),
    Known(
        ("shaka",), ("four-codecs",), "^error: |does not reach|not showing", ONE_CODEC, ("offered",), "tracks as hls"
    ),
    Known(("vlc",), ("rate-1",), "a flash at [02]|no flash at", SELDOM, control="file"),
    Known(
        ("ffmpeg", "mpv", "gstreamer", "hlsjs", "shaka", "native", "page"),
        ("starts-before-0",),
        "a flash at 1.[45][0-9] s",
        UNTIMED,
        control=None,
    ),
    Known(("gstreamer",), ("rate-varies-untold",), "a flash at 15.5", LONG_PICTURES, ("encoded",), None),
    Known(("vlc",), ("starts-before-0",), "a flash at 1.[45][0-9] s|no flash at 2.00", UNTIMED, control=None),
    Known(
        ("ffmpeg",),
        (
            *("ts-hole", "mkv-hole", "mp4-hole", "flv-hole", "ts-wide-hole", "mkv-wide-hole", "mp4-wide-hole"),
            *("mp4-wrong-bits", "mp4-wrong-bits-small"),
        ),
        r"^(?:\[(?:h264|aac|vist#|aist#|vost#)|previous: |changing to )",
        DAMAGE,
        ("offered",),
        "file",
    ),
    Known(
        ("native",),
        ("av1-mkv-opus", "vp9-webm", "vp9-mp4", "flac-96k", "ffv1-mkv-flac", "opus-9-s-late", "flac-3-s-late"),
        "codec changes not allowed|gave up|does not reach the end",
        CHANGES,
        ("offered",),
        "qualities as hls",
    ),
    # Of these it does not leave the first quality of ffmpeg's.
    Known(
        ("native",),
        ("av1-hlg", "av1-mp4", "aom-av1-mp4"),
        "codec changes not allowed|gave up|does not reach the end",
        CHANGES,
        ("offered",),
        None,
    ),
    Known(
        ("native",),
        ("h264-avi-mp3", "wmv-asf"),
        "no flash at|a flash at|pictures are -",
        AT_ONCE,
        ("offered",),
    ),
    # ffmpeg writes these with a first picture at 0.
    Known(("native",), ("h264-mp4-fragmented",), "no flash at|a flash at|pictures are -", AT_ONCE, ("offered",), None),
    Known(("native",), ("mpeg4-avi-b-frames",), "pictures are -", AT_ONCE, control=None),
    Known(
        ("native",), ("open-groups",), "PIPELINE_ERROR_DECODE|gave up|does not reach the end", OPEN_GROUPS, ("offered",)
    ),
    Known(
        ("hlsjs", "shaka"),
        ("open-groups",),
        "does not reach the end|gave up|3016|not showing",
        OPEN_GROUPS,
        ("offered",),
    ),
    Known(
        ("page",), ("open-groups",), "does not reach the end|not showing|the page says", OPEN_GROUPS, ("offered",), None
    ),
)


def known(player: str, file: str, what: str) -> list[Known]:
    return [one for one in KNOWN if player in one.players and file in one.files and what in one.what]


def news(player: str, file: str, what: str, faults: Sequence[str]) -> list[str]:
    """The faults that are not known, and what is known but does not go wrong any more."""
    declared = known(player, file, what)
    new = [fault for fault in faults if not any(one.covers(fault) for one in declared)]
    gone = [one.said for one in declared if not any(map(one.covers, faults))]
    return [*new, *(f"no longer: {said}" for said in gone)]
