"""How much slower than a common one this machine is now: what is to be quick takes as many times longer on it."""

from __future__ import annotations

import time

#: What the work of `_work` takes on a common core, in seconds.
COMMON = 0.008


def scaled(seconds: float) -> float:
    """What takes `seconds` on a common machine takes so many on this one, as busy as it is now; never less."""
    return seconds * max(1.0, min(_work() for _ in range(3)) / COMMON)


def _work() -> float:
    begun = time.perf_counter()
    sum(number * number for number in range(200_000))
    return time.perf_counter() - begun
