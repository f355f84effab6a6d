"""ffmpeg: its version, each encoder proven by using it, the filters, and the graphics cards of the machine."""

from __future__ import annotations

from collections.abc import Iterator

from kyoo.serve.doctor.findings import Finding
from kyoo.serve.doctor.subject import Subject
from kyoo.transcoder.ffmpeg.commands import Program
from kyoo.transcoder.ffmpeg.program import check_ffmpeg, unsafe
from kyoo.transcoder.ffmpeg.trials import NEEDED, cards, may_use, try_encoder, try_filters
from kyoo.transcoder.hls.admission import usable_cores
from kyoo.transcoder.settings import TranscoderSettings

#: Encoding slower than playing: whoever watches waits.
LEAST_SPEED = 1.2
#: What each encoder and filter is for.
PURPOSE = {
    "libx264": "lower qualities of pictures",
    "aac": "sound that a player does not know",
    "srt": "subtitles as text",
    "ass": "subtitles with a layout",
    "webvtt": "subtitles for browsers",
}
ANOTHER = "Leave KYOO_FFMPEG out: the ffmpeg that is installed with kyoo has everything"


def ffmpeg(subject: Subject) -> Iterator[Finding]:
    settings = subject.settings.get("transcoder")
    if not isinstance(settings, TranscoderSettings):
        return
    path = settings.ffmpeg_path()
    try:
        version = check_ffmpeg(path)
    except ValueError as error:
        yield Finding("ffmpeg", f"{path} {error}", ANOTHER)
        return
    if problem := unsafe(version):
        yield Finding("ffmpeg", f"ffmpeg {version} is not safe: it {problem}", ANOTHER)
    else:
        yield Finding("ffmpeg", f"ffmpeg {version}")
    program = Program(path, settings.preset, settings.decoders)
    for codec in NEEDED:
        trial = try_encoder(program, codec)
        if trial.failure is not None:
            yield Finding("ffmpeg", f"{codec} ({PURPOSE[codec]}) does not work: {trial.failure}", ANOTHER)
        elif codec == "libx264":
            yield _speed(trial.speed, settings)
        else:
            yield Finding("ffmpeg", f"{codec} works ({PURPOSE[codec]})")
    if (failure := try_filters(program)) is not None:
        yield Finding("ffmpeg", f"HDR and interlaced films cannot be played: {failure}", ANOTHER)
    else:
        yield Finding("ffmpeg", "HDR is shown on every screen, interlaced films are deinterlaced")
    yield from hardware(program)


def _speed(speed: float, settings: TranscoderSettings) -> Finding:
    what = (
        f"libx264 works: 720p at {speed:.1f} times the speed of playing on {usable_cores()} cores "
        f"with the preset {settings.preset}"
    )
    if speed < LEAST_SPEED:
        return Finding(
            "ffmpeg",
            what,
            "Lower qualities will stutter: KYOO_PRESET=ultrafast, a faster machine, or players that take the original",
            advice=True,
        )
    return Finding("ffmpeg", what)


def hardware(program: Program) -> Iterator[Finding]:
    """What the graphics cards could do; this release encodes with the processor, so none of it is a fault."""
    found = cards()
    if not found:
        yield Finding("hardware", "no graphics card is seen; pictures are encoded by the processor")
    for codec, device in found.items():
        if not may_use(device):
            yield Finding("hardware", f"{device} may not be used by this account; nothing of kyoo needs it yet")
            continue
        trial = try_encoder(program, codec)
        does = f"does not work: {trial.failure}" if trial.failure else f"works at {trial.speed:.1f} times the speed"
        yield Finding("hardware", f"{codec} {does}; pictures are encoded by the processor all the same")
