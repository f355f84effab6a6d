"""Ids and scores out of what trackers answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kyoo.api.trackers.coordinates import ALIASES, SHORT, is_id

_NAMES = {short: name for name, short in SHORT.items()} | ALIASES


def ids_of(ids: Any) -> dict[str, str]:
    """By our names of providers. "" and 0 are no ids, and slugs lie among them."""
    found: dict[str, str] = {}
    for key, value in ids.items() if isinstance(ids, Mapping) else ():
        provider = _NAMES.get(str(key))
        if provider and isinstance(value, str | int) and not isinstance(value, bool) and is_id(provider, str(value)):
            found[provider] = str(value)
    return found


def scored(score: int) -> int:
    """0 to 100 as 1 to 10: no tracker has a 0."""
    return min(10, max(1, (score + 5) // 10))


def hundred(rating: Any) -> int | None:
    """1 to 10 as 0 to 100; 0 and nonsense are no score."""
    if isinstance(rating, bool) or not isinstance(rating, int | float) or not 0 < rating <= 10:
        return None
    return round(rating * 10)


def number(value: Any, most: int = 10**6) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < most else None


def text(value: Any) -> str:
    return value[:300] if isinstance(value, str) else ""
