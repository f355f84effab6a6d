"""Where a file stands in its serie: from the numbers of a name to places of entries."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from kyoo.scanner.anime.order import Slot
from kyoo.scanner.local.nfo import Nfo
from kyoo.scanner.naming.model import ParsedName
from kyoo.scanner.naming.titles import slugify


@dataclass(frozen=True, slots=True)
class Place:
    """One entry of a serie.

    - `episode`: `season` (≥ 1) and `number`;
    - `special`: `number`;
    - `film`: a film that is the special `number`;
    - `between`: a half number (13.5), shown as a special between two episodes of `season`;
    - `named`: something without a number (an OVA, a pack of a season), known by `name`.
    """

    kind: Literal["episode", "special", "film", "between", "named"]
    season: int = 0
    number: float = 0
    name: str = ""

    @property
    def special_number(self) -> int:
        """The number of a special. A half number takes one that no special of a real serie has."""
        return int(self.number) if self.kind == "special" else self.season * 100_000 + round(self.number * 10)

    def link(self, serie: str) -> dict[str, Any]:
        """The link (docs/protocol/api.md#links) to this entry of the serie with that slug."""
        if self.kind == "episode":
            return {"serie": serie, "season": self.season, "episode": int(self.number)}
        if self.kind in ("film", "named"):
            return {"slug": self.entry_slug(serie)}
        return {"serie": serie, "special": self.special_number}

    def entry_slug(self, serie: str) -> str:
        """The slug of a `named` entry or of a film. That of a film must not change with its title."""
        if self.kind == "film":
            return f"{serie}-movie-{int(self.number)}"
        return f"{serie}-{slugify(self.name)}"


def places(parsed: ParsedName, chosen: list[tuple[int | None, float]] | None = None) -> list[Place]:
    """The entries a file holds, in its order; at least one. `chosen` are numbers a person gave instead."""
    if parsed.film_of and not chosen:
        return [Place("film", number=parsed.film_of.number)]
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


def slot(place: Place, nfo: Nfo | None = None, day: date | None = None) -> Slot[Place]:
    """What is known of where a place is in the watch order. The .nfo file of a special may say where it is watched."""
    if place.kind in ("episode", "between"):
        return Slot(place, place.season, place.number)
    return Slot(
        place,
        season=0,
        number=math.inf if place.kind == "named" else place.number,
        day=day,
        before=nfo.before if nfo else None,
        after_season=nfo.after_season if nfo else None,
        dated=place.kind == "film",
    )
