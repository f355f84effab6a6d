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
DAMAGE = (
    "What is left of a damaged file is served as it is, and ffmpeg's decoders complain of it: of the file itself, too"
)
GIVES_UP = "mpv 0.40 ends where too much is missing: with the file itself, and with HLS that ffmpeg writes, too"
UNTIMED = (
    "libavformat gives pictures before 0 of Matroska no time, and ffmpeg shows them twice and jumps; we begin with the "
    "keyframe that the first picture with a time needs, which is a white one here"
)
SHORTEST = "Shaka ends where the shorter of picture and sound ends: with HLS that ffmpeg writes, too"
UNSEEKABLE = "ffmpeg complains of a seek to where the picture has ended: with HLS that ffmpeg writes, too"
CUT_OFF = (
    "Shaka leaves out the last picture, here of a whole second, when by its rounding it lasts longer than the sound"
)
SELDOM = "VLC shows a picture each second when it is ready for it: of the file itself, too"
KNOWN: tuple[Known, ...] = (
    Known(
        ("shaka",),
        (
            *("sound-shorter", "picture-shorter", "sound-3-s-late", "sound-3-s-late-mp4", "ac3-3-s-late"),
            *("opus-9-s-late", "picture-2-s-late"),
        ),
        "not showing what was|does not reach the end",
        SHORTEST,
    ),
    Known(("ffmpeg",), ("picture-shorter",), "could not seek to|mmco: unref short failure", UNSEEKABLE),
    # Only with HLS of the shape of the other: ffmpeg writes this one on a clock of its own.
    Known(("ffmpeg",), ("opus-9-s-late",), "could not seek to|mmco: unref short failure", UNSEEKABLE, control=None),
    Known(("shaka",), ("rate-1",), "no flash at 7.00 s", CUT_OFF, control=None),
    Known(("vlc",), ("rate-1",), "a flash at [02]|no flash at", SELDOM, control="file"),
    Known(
        ("ffmpeg", "mpv", "gstreamer", "hlsjs", "shaka"),
        ("starts-before-0",),
        "a flash at 1.[45][0-9] s",
        UNTIMED,
        ("offered",),
        None,
    ),
    Known(("vlc",), ("starts-before-0",), "a flash at 1.[45][0-9] s|no flash at 2.00", UNTIMED, ("offered",), None),
    Known(("mpv",), ("mp4-wide-hole",), "exit status 2|does not reach the end", GIVES_UP, ("offered",)),
    Known(
        ("ffmpeg",),
        ("mp4-end-missing", "ts-hole", "mkv-hole", "mp4-hole", "ts-wide-hole", "mkv-wide-hole", "mp4-wide-hole"),
        r"^(?:\[(?:h264|aac|vist#|aist#|vost#)|previous: |changing to )",
        DAMAGE,
        ("offered",),
        "file",
    ),
    Known(
        ("hlsjs", "shaka"),
        ("open-groups",),
        "does not reach the end|gave up|3016|not showing",
        OPEN_GROUPS,
        ("offered",),
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
