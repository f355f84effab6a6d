"""What to ask providers for: several searches, the likeliest to answer first."""

from __future__ import annotations

import re
from dataclasses import dataclass

from kyoo.scanner.matching.model import Evidence
from kyoo.scanner.naming.titles import normalise
from kyoo.scanner.providers.records import ShowKind

#: Courtesy: no show asks a provider more often.
MOST = 8
_NUMBER = re.compile(r"(?<=\w\s)(?P<number>\d{1,2}|[IVX]{1,4})\b(?!.*\d)")
_ROMAN = ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X"]


@dataclass(frozen=True, slots=True)
class Search:
    kind: ShowKind
    title: str
    year: int | None = None


def searches(evidence: Evidence) -> list[Search]:
    """By title with the year, then the other titles, then without years, then as the other kind when it is in doubt.
    Whoever searches stops when a verdict is sure."""
    readings = sorted(evidence.readings, key=lambda reading: reading.doubt)
    years = [*readings[0].years[:1], None]
    own = [each for each in readings if each.kind in (None, evidence.kind)]
    wanted = [Search(evidence.kind, each.title, each.years[0] if each.years else None) for each in own]
    wanted += [Search(evidence.kind, each.title) for each in own]
    wanted += [Search(evidence.kind, title, year) for title in _rewritten(readings[0].title) for year in years]
    if evidence.unsure_kind:
        other: ShowKind = "serie" if evidence.kind == "movie" else "movie"
        named = next((each for each in readings if each.kind == other), readings[0])
        wanted.insert(2, Search(other, named.title))
    unique: dict[tuple[ShowKind, str, int | None], Search] = {}
    for search in wanted:
        unique.setdefault((search.kind, normalise(search.title) or search.title, search.year), search)
    return list(unique.values())[:MOST]


def _rewritten(title: str) -> list[str]:
    """Other ways to write a title that a service may list it under: a sequel's number in the other numerals, and what
    stands before the number or the subtitle, which finds the whole row of sequels."""
    found = []
    match = _NUMBER.search(title)
    if match:
        number = match["number"]
        other = str(_ROMAN.index(number) + 1) if number in _ROMAN else ""
        if number.isdecimal() and 0 < int(number) <= len(_ROMAN):
            other = _ROMAN[int(number) - 1]
        if other:
            found.append(f"{title[: match.start()]}{other}{title[match.end() :]}")
        found.append(title[: match.start()])
    head = re.split(r"\s+[-–—]\s+|:\s", title, maxsplit=1)[0]
    if head != title and len(head) > 3:
        found.append(head)
    return [each.strip() for each in found]
