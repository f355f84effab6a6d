"""The watch order of a serie: where its episodes, specials and films stand among each other, whatever the source.

Episodes keep their numbers: absolute ones where a source counts so, else counted through the seasons. Everything else
stands between two of them: where somebody says so, else by the day it came out. Orders are decimals ≥ 0 (13.5).
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)

#: Season and episode; episode None is the whole season.
Mark = tuple[int, int | None]


@dataclass(frozen=True, slots=True)
class Slot(Generic[K]):
    """What is known of where an entry is watched. `season` ≥ 1: an episode, whose `number` may be a half one (13.5).
    Season 0 is anything else; `dated` says that it is a piece of the story long enough to be watched in its time (a
    film, a recap), so that its day may place it."""

    key: K
    season: int
    number: float
    absolute: int | None = None
    day: date | None = None
    before: Mark | None = None
    after_season: int | None = None
    dated: bool = False


def watch_order(slots: Iterable[Slot[K]]) -> dict[K, float]:
    """The order of every entry; no two have the same."""
    known = list({slot.key: slot for slot in slots}.values())
    episodes = sorted((slot for slot in known if slot.season > 0), key=lambda slot: (slot.season, slot.number))
    found = _count(episodes)
    gaps: dict[int, list[Slot[K]]] = {}
    for slot in known:
        if slot.season == 0:
            gaps.setdefault(_gap(slot, episodes), []).append(slot)
    if 0 in gaps and episodes and found[episodes[0].key] <= 0:  # room before an episode 0
        found = {key: order + 1 for key, order in found.items()}
    points = [found[slot.key] for slot in episodes]
    for index, between in gaps.items():
        between.sort(key=lambda slot: (slot.day or date.max, slot.number, str(slot.key)))
        low = points[index - 1] if index else 0.0
        if index == len(points):
            found.update((slot.key, float(math.floor(low) + step)) for step, slot in enumerate(between, start=1))
            continue
        room = (points[index] - low) / (len(between) + 1)
        found.update((slot.key, round(low + room * step, 6)) for step, slot in enumerate(between, start=1))
    return found


def _count(episodes: Sequence[Slot[K]]) -> dict[K, float]:
    """Orders of the episodes: their absolute numbers where these make sense, else counted."""
    trusted = _trusted(episodes)
    found: dict[K, float] = {}
    last, season, start = -1.0, 0, 0.0
    for index, slot in enumerate(episodes):
        if slot.season != season:
            # A season that begins above the last number goes on counting (absolute numbers split over seasons).
            season, start = slot.season, 0.0 if slot.number > last else float(math.ceil(last))
        order = trusted.get(index)
        if order is None:
            order = start + slot.number
            following = next((trusted[later] for later in range(index + 1, len(episodes)) if later in trusted), None)
            if order <= last:
                order = math.floor(last) + 1 + slot.number % 1
            if following is not None and order >= following:
                order = (last + following) / 2
        else:
            start = order - slot.number
        found[slot.key] = round(order, 6)
        last = order
    return found


def _trusted(episodes: Sequence[Slot[K]]) -> dict[int, float]:
    """Absolute numbers, if they rise through all seasons as they must; one that is wrong makes all of them doubtful."""
    given = [(index, float(slot.absolute)) for index, slot in enumerate(episodes) if slot.absolute]
    rising = all(one[1] < other[1] for one, other in pairwise(given))
    return dict(given) if rising else {}


def _gap(slot: Slot[K], episodes: Sequence[Slot[K]]) -> int:
    """Before which episode an entry stands, by its index; their number: behind all."""
    if slot.before is not None:
        season, number = slot.before
        wanted = (season, number or 0)
        # Without that episode: before the next one there is, or behind the season that is there.
        return next(
            (index for index, episode in enumerate(episodes) if (episode.season, episode.number) >= wanted),
            len(episodes),
        )
    if slot.after_season is not None:
        return sum(1 for episode in episodes if episode.season <= slot.after_season)
    if slot.dated and slot.day is not None and any(episode.day for episode in episodes):
        return _by_day(slot.day, episodes)
    return len(episodes)


def _by_day(day: date, episodes: Sequence[Slot[K]]) -> int:
    """Behind what came out before that day, with as few days on the wrong side as can be: some are wrong."""
    wrong = sum(1 for episode in episodes if episode.day and episode.day <= day)
    best, least = 0, wrong
    for index, episode in enumerate(episodes, start=1):
        if episode.day:
            wrong += -1 if episode.day <= day else 1
            if wrong < least:
                best, least = index, wrong
    return best
