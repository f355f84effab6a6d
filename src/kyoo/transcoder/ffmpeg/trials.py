"""What an ffmpeg can do on this machine, by trying: the encoders that are used, filters, graphics cards. Blocking."""

from __future__ import annotations

import os
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from kyoo.transcoder.ffmpeg.commands import TRIAL_SUBTITLE, Program, trial_arguments, trial_of_filters
from kyoo.transcoder.ffmpeg.program import plain

#: Without these some films do not play.
NEEDED = ("libx264", "aac", "srt", "ass", "webvtt")
#: Encoders of graphics cards, and the devices that they need.
OF_CARDS = {"h264_vaapi": "/dev/dri", "h264_qsv": "/dev/dri", "h264_nvenc": "/dev/nvidia0"}
#: Of pictures that are encoded, in seconds; and how long that may take on the slowest machine.
PICTURES, PATIENCE = 4, 60


@dataclass(frozen=True)
class Trial:
    """`speed`: seconds of film in a second; `failure` says why it does not work."""

    codec: str
    speed: float = 0.0
    failure: str | None = None


def try_encoder(program: Program, codec: str) -> Trial:
    seconds = PICTURES if codec == "libx264" else 1
    took, failure = _run(trial_arguments(program, codec, seconds), TRIAL_SUBTITLE)
    return Trial(codec, seconds / max(took, 0.001), failure)


def try_filters(program: Program) -> str | None:
    """Why films in HDR and interlaced ones cannot be played; None: they can."""
    return _run(trial_of_filters(program))[1]


def cards() -> dict[str, str]:
    """The encoders whose devices are there, each with the device."""
    return {codec: device for codec, device in OF_CARDS.items() if Path(device).exists()}


def may_use(device: str) -> bool:
    """Whether this account may use a device, or one of the folder of devices."""
    path = Path(device)
    nodes = sorted(path.glob("renderD*")) if path.is_dir() else [path]
    return any(os.access(node, os.R_OK | os.W_OK) for node in nodes)


def _run(command: list[str], given: bytes = b"") -> tuple[float, str | None]:
    begun = time.monotonic()
    try:
        done = subprocess.run(command, input=given, capture_output=True, timeout=PATIENCE, check=False, env={})
    except subprocess.TimeoutExpired:
        return PATIENCE, f"it takes over {PATIENCE} seconds"
    except OSError as error:
        return 0.0, str(error.strerror)
    took = time.monotonic() - begun
    if done.returncode == 0:
        return took, None
    words = plain(done.stderr.decode(errors="replace"))
    return took, words[:200] or f"it ends with status {done.returncode}"
