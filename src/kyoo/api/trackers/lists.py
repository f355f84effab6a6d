"""A title in a list that counts episodes, as MyAnimeList and AniList keep them: no plays and no dates of them, a number
for how far somebody has come. What an order makes of such an entry; no HTTP."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from kyoo.api.trackers.base import Order, Status
from kyoo.api.trackers.coordinates import anime, is_film, titles
from kyoo.api.trackers.moments import moment


@dataclass(frozen=True, slots=True)
class Entry:
    """`total` None: not known yet. `paused` is a status that we have not; it counts as watching. `id` is what the
    service calls the entry, None when there is none."""

    total: int | None = None
    id: str | None = None
    status: Status | None = None
    paused: bool = False
    progress: int = 0
    repeats: int = 0
    score: int | None = None
    started: date | None = None
    completed: date | None = None
    updated_at: datetime | None = None

    @property
    def whole(self) -> bool:
        return bool(self.total) and self.progress >= (self.total or 0)


@dataclass(frozen=True, slots=True)
class Touch:
    """What an order is about at the service: a title there, and the entries of ours that it counts."""

    title: str
    numbers: Sequence[tuple[int, dict[str, Any]]]


def touched(order: Order, provider: str) -> list[Touch]:
    """The titles that an order is about; empty when that is not exactly known."""
    facts = order.facts
    if order.what == "watched" and facts.get("entry") is not None and not facts.get("entries"):
        place = anime(facts, provider)
        return [Touch(place.ids[provider], [(place.number, facts["entry"])])] if place else []
    if is_film(facts):
        place = anime(facts, provider)
        return [Touch(place.ids[provider], [(1, {"seen": facts.get("seen"), "kind": "movie"})])] if place else []
    found = [Touch(title, numbers) for title, numbers in titles(facts, provider)]
    if (
        order.what == "status"
        and facts["status"] in ("planned", "watching", "dropped", "rewatching")
        and len(found) > 1
    ):
        return [_present(found, facts)]
    return found


def _present(found: Sequence[Touch], facts: dict[str, Any]) -> Touch:
    """The title that somebody is in: that of the next entry, else the first that is not seen whole."""
    following = facts.get("next")
    for touch in found:
        if any(entry.get("slug") == following for _, entry in touch.numbers):
            return touch
    return next((touch for touch in found if not all(e.get("seen") for _, e in touch.numbers)), found[0])


def watched(known: Entry, number: int, at: datetime, *, rewatching: bool, agreed: Status | None = None) -> Entry:
    """After an episode was watched. What was changed there later stays, as this may be told late; what is as both
    `agreed` was changed by nobody since."""
    late = known.updated_at is not None and at < known.updated_at and known.status != agreed
    if known.status == "completed" and not rewatching:
        return known
    if rewatching and known.status != "rewatching":
        if late:
            return known
        known = replace(known, status="rewatching", progress=0)
    progress = max(known.progress, number)
    if known.total:
        progress = min(progress, known.total)
    changed = replace(known, progress=progress, started=known.started or at.date())
    if changed.whole:
        again = known.status == "rewatching"
        return replace(
            changed,
            status="completed",
            paused=False,
            repeats=known.repeats + again,
            completed=known.completed if again and known.completed else at.date(),
        )
    if late and (known.status == "dropped" or known.paused):
        return changed
    return replace(changed, status="rewatching" if known.status == "rewatching" else "watching", paused=False)


def unwatched(known: Entry, numbers: Sequence[tuple[int, dict[str, Any]]]) -> Entry:
    """After entries were marked as not seen: as far as what is still seen."""
    if known.id is None:
        return known
    progress = min(known.progress, max((number for number, entry in numbers if entry.get("seen")), default=0))
    status: Status | None = "planned" if progress == 0 else "watching" if known.status == "completed" else known.status
    return replace(known, progress=progress, status=status, completed=None)


def worded(known: Entry, status: Status, order: Order) -> Entry:
    """After its owner said what a title is to them."""
    at = moment(order.facts.get("at"))
    day = at.date() if at else None
    started = moment(order.facts.get("startedAt"))
    changed = replace(known, status=status, paused=False, started=started.date() if started else known.started)
    if status == "completed":
        completed = moment(order.facts.get("completedAt"))
        return replace(
            changed,
            progress=known.total or known.progress,
            completed=completed.date() if completed else known.completed or day,
        )
    if status == "rewatching" and known.status != "rewatching":
        return replace(changed, progress=0)
    if status == "planned" and known.progress:
        # Planned again; what was seen of it stays seen.
        return changed
    return changed


def applied(order: Order, touch: Touch, known: Entry, base: Mapping[str, Any] | None = None) -> Entry:
    """What an order makes of an entry, of which `base` was agreed on before."""
    facts = order.facts
    match order.what:
        case "watched":
            changed = known
            for number, entry in sorted(touch.numbers, key=lambda pair: pair[0]):
                at = moment(entry.get("at")) or moment(facts.get("at"))
                if at is not None and (entry.get("seen") is not False):
                    again, agreed = bool(facts.get("rewatching")), (base or {}).get("status")
                    changed = watched(changed, number, at, rewatching=again, agreed=agreed)
            return changed
        case "unwatched":
            return unwatched(known, touch.numbers)
        case "status":
            return worded(known, facts["status"], order)
        case "score":
            status: Status = facts.get("status") or "completed"
            fresh = known if known.id is not None else worded(known, status, order)
            return replace(fresh, score=facts.get("score"))
        case _:
            return known
