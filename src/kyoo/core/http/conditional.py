"""Conditional requests (RFC 9110 §13): whether what the client has, or expects, is what is here."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


def is_current(headers: Mapping[str, str], tag: str, modified: datetime | None = None) -> bool:
    """Whether the client's copy will do: 304. `tag` is the strong ETag, quotes included."""
    if (tags := headers.get("if-none-match")) is not None:
        return _is_among(tag, [known.removeprefix("W/") for known in _listed(tags)])
    return modified is not None and _changed_since(modified, headers.get("if-modified-since")) is False


def is_another(headers: Mapping[str, str], tag: str, modified: datetime) -> bool:
    """Whether the client wants only what is not here any more: 412."""
    if (tags := headers.get("if-match")) is not None:
        return not _is_among(tag, _listed(tags))
    return _changed_since(modified, headers.get("if-unmodified-since")) is True


def _listed(tags: str) -> list[str]:
    return [tag.strip() for tag in tags.split(",")]


def _is_among(tag: str, tags: list[str]) -> bool:
    return tag in tags or "*" in tags


def _changed_since(modified: datetime, date: str | None) -> bool | None:
    """None for no date, or one that is none. HTTP knows whole seconds."""
    try:
        since = parsedate_to_datetime(date or "")
        return modified.replace(microsecond=0) > (since if since.tzinfo else since.replace(tzinfo=UTC))
    except (ValueError, OverflowError):
        return None
