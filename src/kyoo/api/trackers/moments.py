"""Moments and days as trackers write them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

#: Nobody watched a film before there were films, or will have by the day after tomorrow.
FILMS, AHEAD = datetime(1888, 1, 1, tzinfo=UTC), timedelta(days=2)
#: Of the Unix epoch: what stands for a time that nobody knows.
UNKNOWN = (0.0, 1.0)


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


def possible(at: datetime | None) -> datetime | None:
    """A moment at which something can have been watched, or said of it; None for any other."""
    if at is None or not FILMS <= at <= datetime.now(UTC) + AHEAD or at.timestamp() in UNKNOWN:
        return None
    return at


def iso(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"


def day(text: Any) -> date | None:
    """A whole date; one of which only the year or month is known is none."""
    found = moment(text)
    return found.date() if found is not None else None
