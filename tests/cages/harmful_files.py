"""libav as it would be if files that begin with these words had found a fault in it."""

from __future__ import annotations

import os
import signal
import time
from typing import Any

from kyoo.transcoder.libav import inspections


def look(arguments: dict[str, Any], descriptors: list[int]) -> bytes:
    match os.pread(descriptors[0], 5, 0):
        case b"CRASH":
            os.kill(os.getpid(), signal.SIGSEGV)
        case b"HANG ":
            time.sleep(60)
        case b"LIES ":
            return b"[1, 2]\nnonsense"
        case b"DIES ":
            raise ValueError(f"an answer of {object()}")
        case b"WRONG":
            inspections.INSPECTIONS["probe"] = _go_wrong
        case b"HUGE ":
            inspections.INSPECTIONS["probe"] = _take_memory
    return inspections.look(arguments, descriptors)


def _go_wrong(*_arguments: Any, **_options: Any) -> bytes:
    raise ValueError(f"{object()} is\nnot in the list")


def _take_memory(*_arguments: Any, **_options: Any) -> bytes:
    raise MemoryError


CALLS = inspections.CALLS | {"look": look}
