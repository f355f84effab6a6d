"""What a folder is: a season, a section of the library that says nothing, or a name that may hold the title."""

import re
from dataclasses import dataclass
from functools import lru_cache

from kyoo.scanner.naming.draft import Reading
from kyoo.scanner.naming.number_words import ROMAN
from kyoo.scanner.naming.number_words import number as read_number
from kyoo.scanner.naming.one_name import read_name
from kyoo.scanner.naming.vocabulary import (
    EXTRA_FOLDERS,
    FILM_FOLDERS,
    GENERIC_FOLDERS,
    OVA_FOLDERS,
    SEASON_WORDS,
    SERIES_FOLDERS,
    SPECIALS_FOLDERS,
)

_SEASON = re.compile(
    rf"(?:(?:{SEASON_WORDS})[ ._\-]*(?P<n>[0-9]{{1,4}})|series[ ._]*(?P<series>[0-9]{{1,2}})"
    rf"|(?P<after>[0-9]{{1,2}})(?:st|nd|rd|th|ª|º|°|\.)?[ ._]*(?:{SEASON_WORDS})(?![ ._\-]*[0-9]))(?:(?![^\W_]).*)?"
    rf"|(?:{SEASON_WORDS})[ ._]+(?P<roman>{ROMAN})"
    r"|s(?P<s>[0-9]{1,4})(?:[ ._]*[-:(\[].*)?",
    re.IGNORECASE,
)
_ONLY_NUMBER = re.compile(r"(?P<n>[0-9]{1,2})")
_DISC = re.compile(r"(?:cd|dis[ck]|dvd|bd|vol|volume|part|pt)[ ._\-]*[0-9]{1,3}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Folder:
    """`season` of a season's folder (0 for specials), `reading` of a name worth reading, neither if generic."""

    season: int | None = None
    special: bool = False
    reading: Reading | None = None


@lru_cache(maxsize=4096)
def read_folder(name: str) -> Folder:
    """Classify a folder by its name. Cached: all files of a folder ask for the same."""
    plain = name.strip().lower()
    if plain in SPECIALS_FOLDERS:
        return Folder(season=0, special=True)
    if plain in OVA_FOLDERS:
        return Folder(special=True)
    if (
        plain in GENERIC_FOLDERS
        or plain.replace("_", " ") in EXTRA_FOLDERS
        or _DISC.fullmatch(plain)
        or (len(plain) < 2 <= len(plain) + 1 and not plain.isalnum())
    ):
        return Folder()
    season = _SEASON.fullmatch(name.strip())
    if season:
        found = season["n"] or season["s"] or season["after"] or season["series"] or season["roman"]
        number = int(read_number(found.lower()))
        return Folder(season=number, special=number == 0)
    return Folder(reading=read_name(name, folder=True))


def only_number(name: str) -> int | None:
    """`1` in `Show/1/01.mkv`."""
    match = _ONLY_NUMBER.fullmatch(name.strip())
    return int(match["n"]) if match else None


def section_of(name: str) -> str | None:
    """`film` or `series` for a folder that holds only one of them."""
    plain = name.strip().lower()
    return "film" if plain in FILM_FOLDERS else "series" if plain in SERIES_FOLDERS else None
