"""Where a file stands in its serie: from the numbers of a name to places of entries, and the order of all places."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from kyoo.scanner.naming.model import ParsedName
from kyoo.scanner.naming.titles import slugify


@dataclass(frozen=True, slots=True)
class Place:
    """One entry of a serie.

    - `episode`: `season` (≥ 1) and `number`;
    - `special`: `number`;
    - `between`: a half number (13.5), shown as a special between two episodes of `season`;
    - `named`: something without a number (an OVA, a pack of a season), known by `name`.
    """

    kind: Literal["episode", "special", "between", "named"]
    season: int = 0
    number: float = 0
    name: str = ""

    @property
    def special_number(self) -> int:
        """The number of a special. A half number takes one that no special of a real serie has."""
        return int(self.number) if self.kind == "special" else self.season * 100_000 + round(self.number * 10)

    def link(self, serie: str) -> dict[str, Any]:
        """The link of the api's contract (§9.3) to this entry of the serie with that slug."""
        if self.kind == "episode":
            return {"serie": serie, "season": self.season, "episode": int(self.number)}
        if self.kind == "named":
            return {"slug": self.entry_slug(serie)}
        return {"serie": serie, "special": self.special_number}

    def entry_slug(self, serie: str) -> str:
        """The slug of a `named` entry."""
        return f"{serie}-{slugify(self.name)}"


def places(parsed: ParsedName, chosen: list[tuple[int | None, float]] | None = None) -> list[Place]:
    """The entries a file holds, in its order; at least one. `chosen` are numbers a person gave instead."""
    found = [numbered(season, number) for season, number in (chosen or parsed.episodes)]
    if not found and parsed.date:
        # A daily show: the year is the season, and the day a number that later files do not shift.
        found = [Place("episode", parsed.date.year, parsed.date.month * 100 + parsed.date.day)]
    if not found:
        found = [Place("named", name=_name(parsed))]
    return list(dict.fromkeys(found))


def numbered(season: int | None, number: float) -> Place:
    """The place of a number; season None is an absolute number, 0 a special."""
    if number != int(number):
        return Place("between", season or 1, number)
    if season == 0:
        return Place("special", number=int(number))
    # Without a season the number is absolute; no provider says here where seasons begin, so it is the first one.
    return Place("episode", 1 if season is None else season, int(number))


def _name(parsed: ParsedName) -> str:
    if parsed.episode_title:
        return parsed.episode_title
    if parsed.seasons:
        return "Season " + ", ".join(map(str, parsed.seasons))
    return "Special" if parsed.special else parsed.title


def orders(wanted: Iterable[Place]) -> dict[Place, float]:
    """The watch order of the places of one serie: episodes season by season, half numbers between them, then specials
    and unnumbered ones, so that a first visit starts with the first episode. Only the sequence has a meaning."""
    all_places = set(wanted)
    numbers: dict[int, list[float]] = {}
    for place in all_places:
        if place.kind in ("episode", "between"):
            numbers.setdefault(place.season, []).append(place.number)
    found: dict[Place, float] = {}
    offsets: dict[int, float] = {}
    last = 0.0
    for season, present in sorted(numbers.items()):
        # A season that starts above the last number goes on counting (absolute numbers split over seasons).
        offsets[season] = 0 if min(present) > last else math.ceil(last)
        last = offsets[season] + max(present)
    for place in all_places:
        if place.kind in ("episode", "between"):
            found[place] = offsets[place.season] + place.number
    rest = sorted((p for p in all_places if p not in found), key=lambda p: (p.kind != "special", p.number, p.name))
    for index, place in enumerate(rest, start=1):
        found[place] = int(last) + index
    return found
