"""Numbers of episodes from one way of counting to another: AniDB's and AniList's anime ↔ the seasons of a serie.

Each anime counts from 1 (season 1), and its specials from 1 (season 0). The rules are those of the anime-list XML:
single pairs win, then ranges with an offset, which hold between their start and end only, then the default season.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

#: (season, episode) of a serie; season None counts absolutely, 0 holds specials.
Number = tuple[int | None, int]
#: (season, episode) of an anime: 1 its episodes, 0 its specials.
Own = tuple[int, int]

#: Written in place of a season when a serie counts absolutely.
ABSOLUTE = "a"


@dataclass(frozen=True, slots=True)
class Range:
    """Episodes `start` to `end` (None: without end) of the anime are `offset` further in that season of the serie."""

    own_season: int
    season: int
    start: int = 1
    end: int | None = None
    offset: int = 0

    def holds(self, own: Own) -> bool:
        season, number = own
        return season == self.own_season and self.start <= number and (self.end is None or number <= self.end)


@dataclass(frozen=True, slots=True)
class Numbering:
    """How the numbers of one anime become those of its serie. `season` None: the serie counts absolutely.
    `main`: the anime is where the serie begins, so that its specials are those of the serie unless said otherwise.
    An empty tuple in `pairs` says that the serie has no such episode."""

    season: int | None
    offset: int = 0
    pairs: dict[Own, tuple[Number, ...]] = field(default_factory=dict)
    ranges: tuple[Range, ...] = ()

    @property
    def main(self) -> bool:
        return self.season in (None, 1) and self.offset == 0

    def out(self, own: Own) -> tuple[Number, ...]:
        """Where an episode of the anime is in the serie: nowhere, in one place, or in several."""
        if own in self.pairs:
            return self.pairs[own]
        own_season, number = own
        for span in self.ranges:
            if span.holds(own) and number + span.offset > 0:
                return ((span.season, number + span.offset),)
        if own_season == 1:
            return ((self.season, number + self.offset),) if number + self.offset > 0 else ()
        return ((0, number),) if own_season == 0 and self.main else ()

    def back(self, number: Number) -> tuple[Own, ...]:
        """The episodes of the anime that are there: those that `out` leads to it."""
        return tuple(own for own in dict.fromkeys(self._candidates(number)) if number in self.out(own))

    def said(self, number: Number) -> tuple[Own, ...]:
        """`back`, by pairs and ranges only: what somebody wrote down, rather than what the default season gives."""
        return tuple(own for own in self.back(number) if own in self.pairs or any(r.holds(own) for r in self.ranges))

    def _candidates(self, number: Number) -> Iterator[Own]:
        season, episode = number
        for own, targets in self.pairs.items():
            if number in targets:
                yield own
        for span in self.ranges:
            if span.season == season and episode - span.offset > 0:
                yield span.own_season, episode - span.offset
        if season == self.season and episode > self.offset:
            yield 1, episode - self.offset
        if season == 0:
            yield 0, episode

    def stored(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "season": ABSOLUTE if self.season is None else self.season,
            "offset": self.offset,
            "pairs": [[*own, [list(number) for number in numbers]] for own, numbers in self.pairs.items()],
            "ranges": [[r.own_season, r.season, r.start, r.end, r.offset] for r in self.ranges],
        }

    @classmethod
    def loaded(cls, value: dict[str, Any]) -> Numbering:
        return cls(
            season=None if value["season"] == ABSOLUTE else value["season"],
            offset=value["offset"],
            pairs={(season, number): tuple((s, n) for s, n in to) for season, number, to in value["pairs"]},
            ranges=tuple(Range(*span) for span in value["ranges"]),
        )
