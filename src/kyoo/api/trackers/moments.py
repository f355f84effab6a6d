"""Moments and days as trackers write them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any


def moment(text: Any) -> datetime | None:
    """ISO 8601 with or without a zone (then UTC); None for anything else."""
    if isinstance(text, datetime):
        return text.astimezone(UTC)
    if not isinstance(text, str) or len(text) < 10:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    try:
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except OverflowError:
        return None


def iso(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"


def day(text: Any) -> date | None:
    """A whole date; one of which only the year or month is known is none."""
    found = moment(text)
    return found.date() if found is not None else None
