"""Pauses double from the first to the longest, however often it failed."""

from __future__ import annotations

import itertools

import pytest

from kyoo.core.database.queue import LONGEST_PAUSE, pauses
from kyoo.core.pauses import pause, retry_after


def test_they_double_up_to_the_longest() -> None:
    assert [pause(failures, 15, 100) for failures in range(1, 6)] == [15, 30, 60, 100, 100]
    assert pause(10**9, 0.25, 3600) == 3600


def test_the_queue_waits_little_at_first() -> None:
    assert list(itertools.islice(pauses(), 7)) == [0.25, 0.5, 1, 2, 4, LONGEST_PAUSE, LONGEST_PAUSE]


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("60", 60),
        ("1.5", 1.5),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
        ("²", None),
    ],
)
def test_retry_after(value: str, seconds: float | None) -> None:
    assert retry_after({"retry-after": value}) == seconds
