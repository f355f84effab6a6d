"""How long was watched, from what players report. No HTTP, no database."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from kyoo.core.events import Event

QUARTER = 900
#: A report so long after the one before says nothing of the time in between.
LONGEST = timedelta(hours=6)

What = Literal["video", "audio"]


@dataclass(frozen=True, slots=True)
class Under:
    """A play under way: where it stood, and when."""

    position: int
    paused: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class Step:
    """What one event adds, and what is under way after it: None when nothing is."""

    seconds: int
    finished: int
    after: Under | None


def step(before: Under | None, event: Event) -> Step:
    """Time passed and the picture went on: the lesser of both counts, so that neither a pause nor a leap does. Who
    marks something as seen has not watched it: what was finished counts when it was under way."""
    if before is not None and not timedelta() <= event.at - before.at <= LONGEST:
        before = None
    progress = event.body.get("progress") or {}
    position = int(progress.get("time") or 0)
    seconds = 0
    if before is not None and not before.paused:
        seconds = max(0, min(position - before.position, round((event.at - before.at).total_seconds())))
    if event.type == "stopped":
        return Step(seconds, 0, None)
    if event.type == "finished":
        # The report that finishes is told a second time, as what else it is.
        after = before and Under(position, before.paused, event.at)
        return Step(seconds, 1 if before is not None else 0, after)
    return Step(seconds, 0, Under(position, event.type == "paused", event.at))


def quarters(since: datetime, until: datetime) -> Iterator[tuple[datetime, int]]:
    """The quarters of an hour between two moments, and the seconds in each."""
    at = since.timestamp()
    end = until.timestamp()
    while at < end:
        begin = at // QUARTER * QUARTER
        to = min(end, begin + QUARTER)
        if seconds := round(to - at):
            yield datetime.fromtimestamp(begin, UTC), seconds
        at = to


def encoded(stream: dict[str, Any]) -> dict[str, tuple[str | None, What]]:
    """Of a row of `/video/streams`: the players whose picture or sound is encoded now, with their user."""
    reasons = {
        kind: {(track["index"], track["quality"]): track["reason"] for track in stream[f"{kind}s"]}
        for kind in ("video", "audio")
    }
    found: dict[str, tuple[str | None, What]] = {}
    for viewer in stream["viewers"]:
        if viewer["state"] != "playing":
            continue
        for kind in ("video", "audio"):
            track = viewer[kind]
            if track is not None and reasons[kind].get((track["index"], track["quality"])) is not None:
                found[viewer["clientId"]] = (viewer["profileId"], "video" if kind == "video" else "audio")
                break
    return found
