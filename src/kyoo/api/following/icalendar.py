"""Calendars as RFC 5545 writes them: folded lines, escaped texts. No HTTP, no database."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

#: Octets of a line, without its end (§3.1).
LINE = 75
#: What no text may hold (§3.1), line breaks aside.
CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Occasion:
    """`begins` is a day, or a moment. `uid` stays the same whatever else changes."""

    uid: str
    begins: date | datetime
    summary: str
    changed: datetime
    description: str | None = None
    url: str | None = None


def calendar(name: str, occasions: Iterable[Occasion]) -> bytes:
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Kyoo//Episodes//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"NAME:{text(name)}",
        f"X-WR-CALNAME:{text(name)}",
        "REFRESH-INTERVAL;VALUE=DURATION:PT6H",
        "X-PUBLISHED-TTL:PT6H",
        *(line for occasion in occasions for line in _event(occasion)),
        "END:VCALENDAR",
    ]
    return b"".join(folded(line) for line in lines)


def _event(occasion: Occasion) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{text(occasion.uid)}"
    yield f"DTSTAMP:{moment(occasion.changed)}"
    yield f"LAST-MODIFIED:{moment(occasion.changed)}"
    if isinstance(occasion.begins, datetime):
        yield f"DTSTART:{moment(occasion.begins)}"
        yield f"DTEND:{moment(occasion.begins + timedelta(minutes=30))}"
    else:
        yield f"DTSTART;VALUE=DATE:{day(occasion.begins)}"
        # The first day that is no longer of it.
        yield f"DTEND;VALUE=DATE:{day(occasion.begins + timedelta(days=1))}"
    yield f"SUMMARY:{text(occasion.summary)}"
    if occasion.description:
        yield f"DESCRIPTION:{text(occasion.description)}"
    if occasion.url:
        yield f"URL:{''.join(occasion.url.split())}"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def text(value: str) -> str:
    """Of a name that somebody gave: it can end no line and begin no property."""
    lines = value.replace("\r\n", "\n").replace("\r", "\n")
    escaped = CONTROL.sub(" ", lines).replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return escaped.replace("\n", "\\n")


def folded(line: str) -> bytes:
    """A line, continued on others that begin with a blank; no character is cut."""
    parts: list[bytes] = []
    part = b""
    for character in line:
        encoded = character.encode("utf-8", "replace")
        if len(part) + len(encoded) > LINE:
            parts.append(part)
            part = b" "
        part += encoded
    return b"\r\n".join([*parts, part]) + b"\r\n"


def moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def day(of: date) -> str:
    return f"{of.year:04d}{of.month:02d}{of.day:02d}"
