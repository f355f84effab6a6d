"""Awkward files drawn by lot: codecs, containers, groups of pictures, rates, offsets and damage that go together."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from tests.playing.files import (
    AAC,
    AV1,
    MP3,
    OPUS,
    PCM,
    VORBIS,
    VP8,
    VP9,
    Awkward,
    again,
    clip,
    v,
    x264,
    x265,
)

RATES = ("10", "15", "24000/1001", "24", "25", "30000/1001", "30", "50", "60000/1001")
#: Of MPEG-2, which has no others; a DVD has one.
RATES_OF_DISCS = ("24", "25", "30000/1001", "50")
AC3, EAC3, MP2, ALAC, FLAC = (("-c:a", codec) for codec in ("ac3", "eac3", "mp2", "alac", "flac"))
#: By container: which sound it may hold.
SOUND: dict[str, tuple[Sequence[str], ...]] = {
    "mkv": (AAC, AAC, AC3, EAC3, FLAC, OPUS, VORBIS, MP3, PCM),
    "webm": (OPUS, VORBIS),
    "mp4": (AAC, AAC, AC3, EAC3, ALAC, OPUS),
    "mov": (AAC, AC3, ALAC, PCM),
    "ts": (AAC, AC3, EAC3, MP2, MP3),
    "m2ts": (AAC, AC3, EAC3),
    "mpg": (AC3, MP2),
    "vob": (AC3, MP2),
    "flv": (AAC, MP3),
    "avi": (MP3,),
}
#: By kind of picture: where it may be, and be copied to.
PLACES = {
    "h264": ("mkv", "mp4", "mov", "ts", "m2ts", "flv"),
    "h264-in-order": ("mkv", "mp4", "mov", "ts", "m2ts", "flv", "avi"),
    "hevc": ("mkv", "mp4", "mov", "ts"),
    "mpeg2": ("mkv", "ts", "mpg", "vob"),
    "mpeg4": ("mkv", "mp4", "avi"),
    "vp8": ("mkv", "webm"),
    "vp9": ("mkv", "webm", "mp4"),
    "av1": ("mkv", "webm", "mp4"),
}
#: Sound that every container holds.
EVERYWHERE = {"aac", "ac3"}
STEREO_AT_MOST = {"libmp3lame", "mp2", "libvorbis"}


@dataclass(frozen=True)
class Drawn:
    """A recipe; `words` say what it is."""

    words: str
    file: Awkward


def drawn(seed: int) -> Drawn:
    """Always the same of a seed."""
    chance = random.Random(seed)
    kind = chance.choice(["h264", "h264", *PLACES])
    container = chance.choice(PLACES[kind])
    video = _video(kind, chance)
    audio = chance.choice(SOUND[container])
    rates = ("25",) if container in {"mpg", "vob"} else RATES_OF_DISCS if kind == "mpeg2" else RATES
    rate = chance.choice(rates)
    size = "352x288" if container == "vob" else chance.choice(["320x180", "256x144", "426x240", "640x360"])
    seconds = chance.choice([4, 8, 13])
    layout = chance.choice(["mono", "stereo"] if audio[1] in STEREO_AT_MOST else ["mono", "stereo", "5.1"])
    # FLV has no other rate for MP3.
    sampling = chance.choice([44_100] if container == "flv" else [48_000, 44_100, 32_000])
    if audio == OPUS:
        sampling = 48_000
    late = chance.choice([0, 0, 0.1, 0.333, 1.25, 2.7])
    # AVI has no times: what is late in it is filled with nothing.
    offset = ("-itsoffset", str(late)) if late and container != "avi" else ()
    of_video = chance.random() < 0.4
    output = _output(container, chance)
    change = chance.choice(["", "", "", "cut", "elsewhere", "pictures missing", "sound missing"])
    lost = {
        "pictures missing": ("-bsf:v", "noise=drop='between(n,60,70)'"),
        "sound missing": ("-bsf:a", "noise=drop='between(n,60,90)'"),
    }.get(change, ())
    places = [place for place in PLACES[kind] if place in {"mkv", "mp4", "ts"} and audio[1] in EVERYWHERE]
    place = chance.choice(places) if places else container
    start = chance.choice([0.5, 1.3, 2.21])

    def path() -> Path:
        made = clip(
            f"drawn-{seed}.{container}",
            video,
            audio,
            size=size,
            rate=rate,
            layout=layout,
            sampling=sampling,
            before_video=offset if of_video else (),
            before_audio=() if of_video else offset,
            output=(*output, *lost),
            seconds=seconds,
        )
        if change == "cut":
            return again(made, f"cut-{seed}.{container}", before=("-ss", str(start)))
        if change == "elsewhere":
            return again(made, f"elsewhere-{seed}.{place}")
        return made

    words = " ".join(
        [kind, container, *video, *audio, rate, size, layout, str(sampling), *offset, *output, change, place]
    )
    tolerance = max(0.045, 1.1 / float(Fraction(rate)))
    return Drawn(words, Awkward(f"drawn-{seed}", path, tolerance=tolerance, judged=change != "pictures missing"))


def _video(kind: str, chance: random.Random) -> Sequence[str]:
    gop = chance.choice([5, 12, 24, 40, 48, 75, 250])
    open_gop = chance.choice([0, 1])
    if kind == "h264":
        more = chance.sample(["b-pyramid=strict", "slices=4", "b-adapt=0", "scenecut=0"], chance.randrange(3))
        return x264("-bf", chance.choice("123"), "-x264-params", ":".join([f"open-gop={open_gop}", *more]), gop=gop)
    if kind == "h264-in-order":
        more = chance.sample(["intra-refresh=1", "slices=4"], chance.randrange(2))
        return x264("-bf", "0", *(("-x264-params", more[0]) if more else ()), gop=gop)
    if kind == "hevc":
        return x265(extra=f"bframes={chance.choice([0, 2, 4])}:open-gop={open_gop}:keyint={gop}")
    if kind in {"mpeg2", "mpeg4"}:
        return v({"mpeg2": "mpeg2video"}.get(kind, kind), "-bf", chance.choice("012" if kind == "mpeg2" else "02"))
    if kind == "vp9" and open_gop:
        return (*VP9, "-auto-alt-ref", "1", "-lag-in-frames", "10")
    return {"vp8": VP8, "vp9": VP9, "av1": AV1}[kind]


def _output(container: str, chance: random.Random) -> Sequence[str]:
    if container in {"ts", "m2ts"}:
        return chance.choice([(), ("-output_ts_offset", "1000"), ("-output_ts_offset", "95438")])
    if container in {"mp4", "mov"}:
        flags = ["", "+faststart", "+frag_keyframe+delay_moov", "+negative_cts_offsets"]
        flag = chance.choice(flags)
        return ("-movflags", flag) if flag else ()
    if container == "mkv":
        return chance.choice([(), ("-output_ts_offset", "5", "-avoid_negative_ts", "disabled")])
    return ()
