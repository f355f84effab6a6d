"""Players that are programs: ffmpeg, mpv, GStreamer and VLC. Each plays an address from the start, and from a place."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from tests.media import ffmpeg
from tests.playing import measure
from tests.playing.watching import Seen, Truth

HERE = Path(__file__).parent
#: How long (s) a player may take for one file, on a busy machine.
PATIENCE = 120
#: For how long (s) VLC shows nothing after a seek, at most.
BLIND = 0.8
#: What ffmpeg says of renditions that nobody asked for, and mpv where there is no cookie jar.
NO_COMPLAINT = (
    *("No filtered frames", "Packet corrupt", "corrupt input packet", "client removed during hook handling"),
    # Of a packet that it cuts off with its rendition.
    "[NULL @",
    # Of pixels of the whole range, and of what the test writes where pictures come unsteadily.
    *("deprecated pixel format used", "Multiple keyframes with same PTS", "Last message repeated"),
    # Of a seek.
    *("duplicated MOOV Atom", "The m3u8 list sequence may have been wrapped"),
)


def run(command: list[str]) -> tuple[str, list[str]]:
    """What a program prints, and its complaints."""
    environment = {**os.environ, "GST_DEBUG": "0", "PYTHONPATH": str(HERE.parents[1])}
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=PATIENCE, check=False, env=environment
        )
    except subprocess.TimeoutExpired:
        return "", [f"does not end in {PATIENCE} s"]
    complaints = [line.strip() for line in done.stderr.decode(errors="replace").splitlines() if line.strip()]
    complaints = [line for line in complaints if not any(harmless in line for harmless in NO_COMPLAINT)]
    if done.returncode:
        complaints.append(f"exit status {done.returncode}")
    return done.stdout.decode(), complaints


def recorded(real: Truth, folder: Path, command: Callable[[Path, float], list[str]], *places: float) -> Seen:
    """Seen through a player that writes what it plays into a file, with its times, from each of `places`; 0 is the
    start."""
    files = {place: folder / f"{number}.nut" for number, place in enumerate(places)}
    complaints = [complaint for place, path in files.items() for complaint in run(command(path, place))[1]]
    flashes: list[float] = []
    beeps: list[float] = []
    firsts: list[float | None] = []
    ends: list[float] = []
    for path in files.values():
        kinds = measure.kinds(path) if path.exists() and path.stat().st_size else set()
        shown = measure.pictures(path) if "video" in kinds else []
        sounds = measure.beeps(path) if "audio" in kinds else []
        flashes += measure.flashes(path) if "video" in kinds else []
        beeps += [float(time) for time in sounds]
        firsts.append(shown[0] if shown else None)
        ends.append(max([0.0, *shown, *sounds]))
        path.unlink(missing_ok=True)
    return Seen(
        flashes=flashes,
        beeps=beeps,
        stretches=[(place or firsts[0] or 0.0, end) for place, end in zip(places, ends, strict=True)],
        first=firsts[0],
        landed=firsts[1] if len(places) > 1 else None,
        ended=min(ends) > real.end - 0.5,
        complaints=complaints,
    )


def play_in_ffmpeg(url: str, real: Truth, folder: Path) -> Seen:
    def command(path: Path, place: float) -> list[str]:
        return [
            *(ffmpeg(), "-nostdin", "-v", "warning", "-copyts", *(("-ss", f"{place}") if place else ()), "-i", url),
            *("-map", "0:v:0?", "-map", "0:a:0?", "-vf", "scale=32:32,format=gray", "-fps_mode", "passthrough"),
            *("-enc_time_base:v", "1:90000"),
            *("-c:v", "rawvideo", "-c:a", "pcm_s16le", "-y", str(path)),
        ]

    return recorded(real, folder, command, 0.0, real.seek)


def play_in_mpv(url: str, real: Truth, folder: Path) -> Seen:
    def command(path: Path, place: float) -> list[str]:
        return [
            *("mpv", "--no-config", "--msg-level=all=warn", *((f"--start={place}",) if place else ())),
            *(f"--o={path}", "--of=nut", "--ovc=rawvideo", "--oac=pcm_s16le", "--orawts"),
            *("--vf=scale=w=32:h=32,format=gray", "--term-status-msg=", url),
        ]

    # Not from a place: mpv 0.40 on ffmpeg 7.1 finds nothing but damage there, on HLS that ffmpeg writes, too.
    return recorded(real, folder, command, 0.0)


def play_in_gstreamer(url: str, real: Truth, folder: Path) -> Seen:
    python = gstreamer()
    assert python
    said, complaints = run([python, str(HERE / "gstreamer_player.py"), url, str(real.seek)])
    if not said:
        return Seen([], [], [], None, None, ended=False, complaints=[*complaints, "crashed"])
    report: dict[str, Any] = json.loads(said)
    firsts, lasts = report["firsts"], report["lasts"]
    return Seen(
        flashes=[*report["flashes"][0], *report["flashes"][1]],
        beeps=[*report["beeps"][0], *report["beeps"][1]],
        stretches=[(firsts[0] or 0.0, lasts[0]), (real.seek, lasts[1])],
        first=firsts[0],
        landed=firsts[1],
        ended=min(lasts) > real.end - 0.5,
        is_without_edits=True,
        # Warnings of GLib on stderr are about plugins, whatever is played.
        complaints=report["complaints"],
    )


def play_in_vlc(url: str, real: Truth, folder: Path) -> Seen:
    seek = max(real.stay + 0.6, real.seek - BLIND)
    command = [sys.executable, str(HERE / "vlc_player.py"), url, str(real.stay), str(seek), str(real.phase)]
    said, complaints = run(command)
    if not said:
        return Seen([], [], [], None, None, ended=False, complaints=[*complaints, "crashed"])
    report: dict[str, Any] = json.loads(said)
    firsts = report["firsts"]
    return Seen(
        flashes=report["flashes"],
        beeps=report["beeps"],
        stretches=[(0.5, report["stayed"]), (seek + BLIND, report["last"])],
        # VLC tells no times of pictures but by the clock on the wall: the first and the landing are shown at once.
        first=None if firsts[0] is None else real.first,
        landed=None,
        ended=report["ended"],
        is_without_edits=True,
        complaints=report["complaints"],
    )


@cache
def gstreamer() -> str | None:
    """A Python with GStreamer's bindings, as distributions have it beside GStreamer."""
    probe = "import gi; gi.require_version('Gst', '1.0'); from gi.repository import Gst; Gst.init(None)"
    probe += (
        "; import sys; sys.exit(not all(Gst.ElementFactory.find(e) for e in ('playbin3', 'hlsdemux2', 'avdec_h264')))"
    )
    for python in (sys.executable, "/usr/bin/python3"):
        if not subprocess.run([python, "-c", probe], capture_output=True, check=False).returncode:
            return python
    return None


@cache
def libvlc() -> bool:
    # Left at once: while VLC loads its plugins, exit() may wait for them for ever.
    probe = "import os, vlc; os._exit(vlc.Instance('--quiet') is None)"
    return not subprocess.run([sys.executable, "-c", probe], capture_output=True, check=False).returncode


@dataclass(frozen=True)
class Program:
    play: Callable[[str, Truth, Path], Seen]
    is_there: Callable[[], object]


PROGRAMS = {
    "ffmpeg": Program(play_in_ffmpeg, lambda: True),
    "mpv": Program(play_in_mpv, lambda: shutil.which("mpv")),
    "gstreamer": Program(play_in_gstreamer, gstreamer),
    "vlc": Program(play_in_vlc, libvlc),
}
