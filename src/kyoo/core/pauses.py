"""How long to wait before something that failed is tried again."""

from __future__ import annotations


def pause(failures: int, first: float, longest: float) -> float:
    """Seconds after so many failures in a row: `first` after one, then twice as long each time, at most `longest`."""
    return min(first * 2.0 ** min(failures - 1, 64), longest)
