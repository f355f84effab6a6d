"""Names of anime as the seasons of their serie: `Dr. Stone - New World - 03` is episode 3 of the third season.

Only what the lists surely say: a title of exactly one serie that is not that of the serie itself. Whose title is that
of the serie keeps its numbers, which mean what they say.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from kyoo.scanner.anime.model import Anime, Family
from kyoo.scanner.anime.numbering import Numbering
from kyoo.scanner.local.file_names import title_key
from kyoo.scanner.naming.model import FilmOf, Number, ParsedName

#: Behind a title, in its key: which part of a season the files are (split cours).
_PART = re.compile(
    r"(?P<base>.+?) (?:(?:part|cour|pt) (?P<number>[2-5]|ii|iii|iv)|(?P<ordinal>[2-5])(?:nd|rd|th) cour)"
)
#: Around the title of a serie, in its key: that it is a film, and which.
_FILM = re.compile(
    r"(?:(?:gekijou\s?ban|gekijo\s?ban|eiga) )?(?P<base>.+?)"
    r"(?: (?:the )?(?:movie|film)(?: (?P<number>\d{1,2}))?(?: (?P<rest>.+))?)?"
)
_FILM_NAME = re.compile(r"(?:^|\W)(?:gekijou|eiga|movie|film)", re.IGNORECASE)
_ROMAN = {"ii": 2, "iii": 3, "iv": 4}


def keys(title: str) -> list[str]:
    """The title keys that are asked for: the title, and what is left of it without words about parts and films."""
    key = title_key(title)
    found = {key: None}
    for pattern in (_PART, _FILM):
        if match := pattern.fullmatch(key):
            found[match["base"]] = None
    return list(found)


def translate(parsed: ParsedName, titled: Mapping[str, list[Anime]], families: Mapping[str, Family]) -> ParsedName:
    """The name as the lists read it, or as it is. `titled`: the anime of the title keys; `families` by their series."""
    if parsed.kind == "extra" or parsed.film_of or parsed.read_as or "tvdb" in parsed.external_ids:
        return parsed
    key = title_key(parsed.title)
    if hit := _one(titled.get(key, []), families, parsed.year):
        return as_part(parsed, hit, families[hit.serie or ""])
    part = _PART.fullmatch(key)
    if part and (hit := _one(titled.get(part["base"], []), families, None, main=True)):
        number = int(part["ordinal"] or _ROMAN.get(part["number"], 0) or part["number"])
        cour = _cour(hit, families[hit.serie or ""], parsed, number)
        return as_part(parsed, cour, families[hit.serie or ""]) if cour else parsed
    film = _FILM.fullmatch(key)
    if film and film["number"] and parsed.kind == "movie":
        hit = _one(titled.get(film["base"], []), families, None, main=True)
        return _numbered_film(parsed, families[hit.serie or ""], int(film["number"])) if hit else parsed
    return parsed


def _one(
    hits: Iterable[Anime], families: Mapping[str, Family], year: int | None, *, main: bool = False
) -> Anime | None:
    """The anime that a title means, if it is one of one serie. `main`: it may be the serie's own title."""
    known = [anime for anime in hits if anime.serie in families]
    of_year = [anime for anime in known if year and anime.year == year] or known
    if len({anime.serie for anime in of_year}) != 1:
        return None
    first = families[of_year[0].serie or ""].main
    if first is not None and any(anime.key == first.key for anime in known):
        return first if main else None
    # Cours of one season may have one title: numbers then run on from its first.
    if len(of_year) == 1:
        return of_year[0]
    seasons = {anime.tvdb.season for anime in of_year if anime.tvdb}
    return (
        min(of_year, key=lambda anime: anime.tvdb.offset if anime.tvdb else 0)
        if len(seasons) == 1 and seasons != {0}
        else None
    )


def as_part(parsed: ParsedName, anime: Anime, family: Family, position: int | None = None) -> ParsedName:
    """The files of this anime as those of its serie. `position`: which of its films the file is, if it has several."""
    numbering = anime.tvdb
    first = family.main
    title = first.name if first else anime.name
    if numbering is None or not title or numbering.main:
        return parsed
    if parsed.kind == "movie":
        return _film(parsed, numbering, family.serie, title, position or parsed.part or 1)
    numbers = [found for season, number in parsed.episodes for found in _number(numbering, season, number)]
    if parsed.episodes and not numbers:
        return parsed
    changes: dict[str, Any] = {
        "title": title,
        "episodes": tuple(dict.fromkeys(numbers)),
        "absolute_episodes": tuple(number for season, number in numbers if season is None),
        "years": (),
        "external_ids": parsed.external_ids | {"tvdb": family.serie},
        "alternative_titles": tuple(dict.fromkeys([parsed.title, *parsed.alternative_titles])),
    }
    if not parsed.episodes and numbering.season is not None:
        changes["seasons"] = (numbering.season,)
    return replace(parsed, **changes, read_as={name: getattr(parsed, name) for name in changes})


def _number(numbering: Numbering, season: int | None, number: Number) -> list[tuple[int | None, Number]]:
    """One number of a name in the seasons of the serie."""
    if season not in (None, 0, 1) or (season == 1 == numbering.season and number > numbering.offset):
        return [(season, number)]  # it counts as the serie does
    if number != int(number):  # a half number stands behind the whole one
        return [(found, base + number % 1) for found, base in numbering.out((1, int(number)))[:1]]
    own = 0 if season == 0 else 1
    return list(numbering.out((own, int(number))))


def _film(parsed: ParsedName, numbering: Numbering, serie: str, title: str, position: int) -> ParsedName:
    places = [number for season, number in numbering.out((1, position)) if season == 0]
    if not places:
        return parsed
    return replace(parsed, film_of=FilmOf(serie, title, places[0], title_key(title)))


def _numbered_film(parsed: ParsedName, family: Family, number: int) -> ParsedName:
    """`Title Movie 3`: counted as the lists have the films of the serie, if these are all and only films."""
    inside = [anime for anime in family.members if anime.inside and anime.ids.get("tmdb_movie") and anime.name]
    first = family.main
    if first is None or not inside or not all(_FILM_NAME.search(anime.name) for anime in inside):
        return parsed
    places = sorted(
        {
            special
            for anime in inside
            if anime.tvdb
            for position in range(1, len(anime.films) + 1)
            for season, special in anime.tvdb.out((1, position))
            if season == 0
        }
    )
    if not 1 <= number <= len(places):
        return parsed
    return replace(parsed, film_of=FilmOf(family.serie, first.name, places[number - 1], title_key(first.name)))


def _cour(hit: Anime, family: Family, parsed: ParsedName, number: int) -> Anime | None:
    """The part of a season: the `number`-th of those that follow each other in it."""
    season = next((season for season, _ in parsed.episodes if season), None) or (hit.tvdb.season if hit.tvdb else None)
    cours = sorted(
        (anime for anime in family.members if anime.tvdb and anime.tvdb.season == season and anime.name),
        key=lambda anime: anime.tvdb.offset if anime.tvdb else 0,
    )
    return cours[number - 1] if season and len(cours) >= number else None
