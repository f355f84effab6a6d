"""The program ffmpeg: whether the one that is to be used is there and runs. Looked at when the server starts."""

from __future__ import annotations

import re
import shutil
import subprocess
from functools import lru_cache

#: Seconds that it may take to say its version, on a machine that has just begun to work.
PATIENCE = 20

VERSION = re.compile(r"ffmpeg version (?P<version>\S+)")


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
