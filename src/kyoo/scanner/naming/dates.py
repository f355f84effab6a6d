"""Air dates in names: `2018.06.22`, `20200116`, `5th Mar 2025`, `22-06-2018`. Years of titles are in `years`."""

import datetime
import re
from typing import NamedTuple

from kyoo.scanner.naming.counting_words import MONTHS, MONTHS_BEHIND

_SEP = r"[ ._\-/]"
_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_MONTH_BEHIND = "|".join(sorted(MONTHS_BEHIND, key=len, reverse=True))
_YMD = re.compile(
    rf"(?<![0-9])(?P<y>(?:19|20)[0-9]{{2}})(?P<s>{_SEP})(?P<a>[0-9]{{1,2}})(?P=s)(?P<b>[0-9]{{1,2}})(?![0-9])"
)
_DMY = re.compile(
    # "S02.07.2019" is an episode of 2019.
    rf"(?<![0-9])(?<!(?<![^\W_])s)(?P<a>[0-9]{{1,2}})(?P<s>{_SEP})(?P<b>[0-9]{{1,2}})(?P=s)(?P<y>(?:19|20)[0-9]{{2}})"
    r"(?![0-9])"
)
_COMPACT = re.compile(r"(?<![^\W_])(?P<y>(?:19|20)[0-9]{2})(?P<a>[0-9]{2})(?P<b>[0-9]{2})(?![^\W_])")
_SIX = re.compile(r"(?<=[^\W_][ ._])(?P<y>[12][0-9])(?P<a>[01][0-9])(?P<b>[0-3][0-9])(?=[ ._]|$)")
_BEHIND = re.compile(r"[ ._](?P<y>[12][0-9])(?P<a>[01][0-9])(?P<b>[0-3][0-9])(?=[ ._]|$)")
_WEEKDAY = rf"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day,?{_SEP}+)?"
_NAMED = re.compile(
    rf"(?<![^\W_]){_WEEKDAY}(?P<d>[0-9]{{1,2}})(?:st|nd|rd|th|er|\.)?{_SEP}+(?:de )?(?P<m>{_MONTH_BEHIND})\.?{_SEP}+"
    r"(?:de )?(?P<y>(?:19|20)?[0-9]{2})(?![0-9])"
)
# Not first of the name: `September 5 2024` is a film.
_MONTH_FIRST = re.compile(
    rf"(?:(?<=[^\W_][ ._\-])|(?<=[ ._\-,]{{2}})){_WEEKDAY}(?P<m>{_MONTH})\.?{_SEP}+(?P<d>[0-9]{{1,2}})"
    rf"(?:st|nd|rd|th)?,?{_SEP}+"
    r"(?P<y>(?:19|20)[0-9]{2})(?![0-9])"
)
_YEAR_FIRST = re.compile(
    rf"(?<![0-9])(?P<y>(?:19|20)[0-9]{{2}}){_SEP}+(?P<m>{_MONTH})\.?{_SEP}+(?P<d>[0-9]{{1,2}})(?:st|nd|rd|th)?(?![^\W_])"
)
# Two-digit years are taken only where nothing but a date can stand: after a title, both dashes or both dots alike.
_SHORT = re.compile(
    r"(?<=[^\W\d_][ ._])(?P<a>[0-9]{2})(?P<s>[.\-])(?P<b>[0-9]{2})(?P=s)(?P<y>[0-9]{2})(?![0-9]|[.\-][0-9])"
)


class FoundDate(NamedTuple):
    """A date and where it stands."""

    start: int
    end: int
    date: datetime.date


def find_date(low: str) -> FoundDate | None:
    """The first date written in full; day and month are told apart if one is over 12, else the day comes first."""
    for pattern in (_YMD, _COMPACT):
        for match in pattern.finditer(low):
            found = _valid(int(match["y"]), int(match["a"]), int(match["b"]))
            if found:
                return FoundDate(match.start(), match.end(), found)
    for pattern in (_NAMED, _MONTH_FIRST, _YEAR_FIRST):
        for match in pattern.finditer(low):
            year = int(match["y"])
            found = _valid(year if year > 99 else _century(year), MONTHS_BEHIND[match["m"]], int(match["d"]))
            if found:
                return FoundDate(match.start(), match.end(), found)
    for match in _DMY.finditer(low):
        found = _valid(int(match["y"]), int(match["b"]), int(match["a"]))
        if found:
            return FoundDate(match.start(), match.end(), found)
    return None


def find_short_date(low: str) -> FoundDate | None:
    """A date with a two-digit year: `18.09.00`, `140722`. To be asked only of names without any other number."""
    for match in _SHORT.finditer(low):
        found = _valid(_century(int(match["y"])), int(match["b"]), int(match["a"]))
        if found:
            return FoundDate(match.start(), match.end(), found)
    for match in _SIX.finditer(low):
        found = _valid(_century(int(match["y"])), int(match["a"]), int(match["b"]))
        if found and int(match["a"]) <= 12:
            return FoundDate(match.start(), match.end(), found)
    return None


def find_date_behind(low: str, position: int) -> FoundDate | None:
    """`E07.240315.720p`: six digits right behind an episode, as Korean releases have them."""
    match = _BEHIND.match(low, position)
    found = _valid(2000 + int(match["y"]), int(match["a"]), int(match["b"])) if match else None
    return FoundDate(match.start(), match.end(), found) if match and found and int(match["a"]) <= 12 else None


def _century(year: int) -> int:
    return year + (2000 if year < 70 else 1900)


def _valid(year: int, month: int, day: int) -> datetime.date | None:
    """The date, month and day swapped if only that exists."""
    if not (1 <= month <= 31 and 1 <= day <= 31):
        return None
    if month > 12:
        month, day = day, month
    try:
        return datetime.date(year, month, day)
    except ValueError:  # 30 February
        return None
