"""The program ffmpeg: whether the one that is to be used is there, runs and is safe. Looked at at the start."""

from __future__ import annotations

import re
import shutil
import subprocess
from functools import lru_cache

#: Seconds that it may take to say its version, on a machine that has just begun to work.
PATIENCE = 20

#: The first versions of each line in which CVE-2026-8461 is mended. Newer lines have it from their beginning; before
#: 6.0 ffmpeg could not read files that are open already.
SAFE = ((6, 1, 6), (7, 1, 5), (8, 0, 3), (8, 1, 2))

VERSION = re.compile(r"ffmpeg version (?P<version>\S+)")


#: What stands before a line of ffmpeg: which part of it speaks, and where that lies in its memory.
SPEAKER = re.compile(r"\[[^\[\]]{1,200} @ (?:0x)?[0-9a-fA-F]+\]\s*")


def plain(words: str) -> str:
    """What ffmpeg says, in one line, without what means nothing to anybody else."""
    return " ".join(SPEAKER.sub("", words).split())


@lru_cache(maxsize=8)
def check_ffmpeg(name: str) -> str:
    """The version of the ffmpeg named by its path or, in PATH, by its name alone. ValueError when it cannot be used."""
    path = shutil.which(name)
    if path is None:
        raise ValueError("must be a program that exists and may be run")
    try:
        done = subprocess.run(
            [path, "-version"], capture_output=True, stdin=subprocess.DEVNULL, timeout=PATIENCE, check=False, env={}
        )
    except subprocess.TimeoutExpired:
        raise ValueError(f"must be an ffmpeg: it does not say its version within {PATIENCE} seconds") from None
    except OSError as error:
        raise ValueError(f"must be an ffmpeg that runs here ({error.strerror})") from None
    said = VERSION.match(done.stdout[:1000].decode(errors="replace"))
    if done.returncode != 0 or said is None:
        raise ValueError("must be an ffmpeg: it does not say its version")
    return said["version"]


def version_of(text: str) -> tuple[int, ...] | None:
    """The numbers of a release; None for a build of a development branch."""
    found = re.match(r"n?(\d+)\.(\d+)(?:\.(\d+))?", text)
    return tuple(int(number or 0) for number in found.groups()) if found else None


def is_safe(version: tuple[int, ...]) -> bool:
    return version[:2] > SAFE[-1][:2] or any(version[:2] == first[:2] and version >= first for first in SAFE)


def unsafe(text: str) -> str | None:
    """What must be instead of a version, if that is not safe. Nothing is known of development branches."""
    version = version_of(text)
    if version is None or is_safe(version):
        return None
    lowest = ", ".join(".".join(map(str, version)) for version in SAFE)
    return (
        f"must be ffmpeg {lowest} or newer, not {text[:40]} (CVE-2026-8461: a crafted file runs code); "
        "KYOO_FFMPEG_CHECK=false if it was mended by whoever built it"
    )


@lru_cache(maxsize=8)
def decoders_of(name: str) -> frozenset[str]:
    """The names of the decoders of an ffmpeg that `check_ffmpeg` has found usable."""
    command = [shutil.which(name) or name, "-hide_banner", "-decoders"]
    try:
        done = subprocess.run(
            command, capture_output=True, stdin=subprocess.DEVNULL, timeout=PATIENCE, check=False, env={}
        )
    except (subprocess.TimeoutExpired, OSError):
        return frozenset()
    return frozenset(re.findall(r"^ [VAS][A-Z.]{5} (\S+)", done.stdout.decode(errors="replace"), re.MULTILINE))
