"""Pauses double from the first to the longest, however often it failed."""

from __future__ import annotations

import itertools

from kyoo.core.pauses import pause
from kyoo.core.queue import LONGEST_PAUSE, pauses


def test_they_double_up_to_the_longest() -> None:
    assert [pause(failures, 15, 100) for failures in range(1, 6)] == [15, 30, 60, 100, 100]
    assert pause(10**9, 0.25, 3600) == 3600


def test_the_queue_waits_little_at_first() -> None:
    assert list(itertools.islice(pauses(), 7)) == [0.25, 0.5, 1, 2, 4, LONGEST_PAUSE, LONGEST_PAUSE]
