"""The evidence of a show's files: what their names say, joined, and what was measured."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from statistics import median

from kyoo.scanner.local.file_names import numbered_title
from kyoo.scanner.matching.model import Evidence, NameReading
from kyoo.scanner.naming.model import ParsedName
from kyoo.scanner.naming.titles import normalise
from kyoo.scanner.providers.records import ShowKind

#: Country words behind a title, and what they stand for.
_COUNTRIES = {
    "us": "US", "usa": "US", "uk": "GB", "gb": "GB", "au": "AU", "nz": "NZ", "ca": "CA", "jp": "JP", "kr": "KR",
    "fr": "FR", "de": "DE", "es": "ES", "it": "IT", "se": "SE", "dk": "DK", "no": "NO", "nl": "NL", "be": "BE",
    "br": "BR", "in": "IN", "cn": "CN", "ie": "IE", "mx": "MX", "za": "ZA",
}  # fmt: skip
#: In small letters the others are words.
_PLAIN_COUNTRIES = frozenset({"us", "usa", "uk", "au", "nz"})
_COUNTRY = re.compile(r"^(?P<title>.*\w\W*?)[\s,]+(?P<open>[(\[]?)(?P<country>[A-Za-z]{2,3})[)\]]?$", re.DOTALL)
_YEAR_BEHIND = re.compile(r"^(?P<title>.*\w\W*?)[\s,]+[(\[]?(?P<year>(?:19|20)\d\d)[)\]]?$", re.DOTALL)
_YEAR_BEFORE = re.compile(r"^(?P<year>(?:19|20)\d\d)[\s.\-]+(?P<title>\D*\w\D*)$", re.DOTALL)
_YEAR_INSIDE = re.compile(r"^(?P<title>.*\w\W*?)[\s,]+(?P<year>(?:19|20)\d\d)(?:\s+\w+){1,3}$", re.DOTALL)
#: What releases put before a name in small letters: "grp-night.ferry".
_GROUP_BEFORE = re.compile(r"^[A-Za-z0-9]{2,8}-(?P<title>\w+(?: \w+)*)$")
#: Folders that hold many shows name none of them.
_SHORTEST_FOLDER = 3

_OTHER_NAME, _FOLDER, _GUESS = 0.3, 1.0, 0.6


def evidence_of(
    kind: ShowKind,
    title: str,
    year: int | None,
    files: Iterable[ParsedName],
    *,
    ids: Mapping[str, str] | None = None,
    minutes: Iterable[float] = (),
    other_titles: Iterable[str] = (),
    languages: Mapping[str, int] | None = None,
) -> Evidence:
    """`title` and `year` are what the show is called here; `minutes` the measured length of the film or of episodes;
    `other_titles` those of folders that hold nothing else."""
    names = list(files)
    years = tuple(dict.fromkeys(([year] if year else []) + [each for name in names for each in name.years]))
    lengths = [each for each in minutes if each]
    episodes: dict[int | None, float] = {}
    for name in names:
        for season, number in name.episodes:
            episodes[season] = max(episodes.get(season, 0), number)
        for season in name.seasons:
            episodes.setdefault(season, 0)
    return Evidence(
        kind=kind,
        readings=tuple(_readings(title, years, names, other_titles)),
        unsure_kind=any(name.unsure for name in names),
        ids=dict(ids or {}),
        minutes=median(lengths) if lengths else None,
        episodes=episodes,
        languages=dict(languages or {}),
    )


def _readings(
    title: str, years: tuple[int, ...], names: list[ParsedName], other_titles: Iterable[str]
) -> list[NameReading]:
    spelled = Counter(name.title for name in names)
    common = [each for each, _ in spelled.most_common(3)]
    others = Counter(each for name in names for each in name.alternative_titles)
    found = [NameReading(each, years) for each in dict.fromkeys([title, *common])]
    found += [NameReading(each, years, doubt=_OTHER_NAME) for each, _ in others.most_common(6) if _telling(each)]
    found += [NameReading(each, years, doubt=_FOLDER) for each in other_titles if _telling(each)]
    numbered = [pair[0] for name in names if (pair := numbered_title(name))]
    found += [NameReading(each, years, None, _GUESS, "serie") for each in dict.fromkeys(numbered)]
    for reading in list(found):
        found += _more(reading)
    unique: dict[tuple[object, ...], NameReading] = {}
    for reading in found:
        key = (normalise(reading.title) or reading.title, reading.years, reading.country, reading.kind)
        if key not in unique or reading.doubt < unique[key].doubt:
            unique[key] = reading
    return list(unique.values())


def _telling(title: str) -> bool:
    plain = normalise(title)
    return len(plain) >= _SHORTEST_FOLDER or not plain.isascii()


def _more(reading: NameReading) -> list[NameReading]:
    """Other ways to read it: the year is a part of the title, or the end of the title is a year or a country."""
    found = [
        NameReading(f"{reading.title} {year}", tuple(other for other in reading.years if other != year), None,
                reading.doubt + _GUESS)
        for year in reading.years
    ]  # fmt: skip
    for pattern in (_YEAR_BEHIND, _YEAR_BEFORE, _YEAR_INSIDE):
        if match := pattern.fullmatch(reading.title):
            years = (int(match["year"]), *reading.years)
            found.append(NameReading(match["title"].strip(), years, None, reading.doubt + _GUESS))
    if match := _GROUP_BEFORE.fullmatch(reading.title):
        found.append(NameReading(match["title"], reading.years, None, reading.doubt + _FOLDER))
    if (match := _COUNTRY.fullmatch(reading.title)) and (country := _COUNTRIES.get(match["country"].lower())):
        spelled = match["country"].isupper() or match["open"] or match["country"].lower() in _PLAIN_COUNTRIES
        if spelled:
            found.append(NameReading(match["title"].strip(), reading.years, country, reading.doubt))
    return found
