"""From the words of .nfo files to those of the wire: genres, people, studios, links to providers, dates."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date
from urllib.parse import quote

from kyoo.scanner.local.nfo import Nfo
from kyoo.scanner.models.seed import (
    CollectionTexts,
    ExternalId,
    SeedCharacter,
    SeedCollection,
    SeedPerson,
    SeedStaff,
    SeedStudio,
    StudioTexts,
)
from kyoo.scanner.naming.titles import normalise, slugify
from kyoo.scanner.providers.records import ShowKind

_GENRES = frozenset(
    """
    action adventure animation comedy crime documentary drama family fantasy history horror music mystery romance
    science-fiction thriller war western kids reality politics soap talk
    """.split()  # noqa: SIM905 (a table reads best as one text)
)
#: Other names of the genres, normalised.
_GENRE_NAMES = {
    "anime": "animation",
    "animated": "animation",
    "biography": "history",
    "children": "kids",
    "comedies": "comedy",
    "documentaries": "documentary",
    "historical": "history",
    "musical": "music",
    "political": "politics",
    "reality tv": "reality",
    "romantic": "romance",
    "sci fi": "science-fiction",
    "science fiction": "science-fiction",
    "scifi": "science-fiction",
    "suspense": "thriller",
    "talk show": "talk",
}
#: Characters of an id that a link can be made of.
MAX_ID = 300
_PAGES: dict[tuple[str, str], str] = {
    ("movie", "themoviedatabase"): "https://www.themoviedb.org/movie/{}",
    ("serie", "themoviedatabase"): "https://www.themoviedb.org/tv/{}",
    ("movie", "imdb"): "https://www.imdb.com/title/{}",
    ("serie", "imdb"): "https://www.imdb.com/title/{}",
    ("movie", "tvdb"): "https://thetvdb.com/dereferrer/movie/{}",
    ("serie", "tvdb"): "https://thetvdb.com/dereferrer/series/{}",
    ("movie", "anidb"): "https://anidb.net/anime/{}",
    ("serie", "anidb"): "https://anidb.net/anime/{}",
    ("movie", "anilist"): "https://anilist.co/anime/{}",
    ("serie", "anilist"): "https://anilist.co/anime/{}",
    ("movie", "mal"): "https://myanimelist.net/anime/{}",
    ("serie", "mal"): "https://myanimelist.net/anime/{}",
    ("movie", "wikidata"): "https://www.wikidata.org/wiki/{}",
    ("serie", "wikidata"): "https://www.wikidata.org/wiki/{}",
    ("serie", "tvmaze"): "https://www.tvmaze.com/shows/{}",
    ("collection", "themoviedatabase"): "https://www.themoviedb.org/collection/{}",
    ("collection", "wikidata"): "https://www.wikidata.org/wiki/{}",
    ("studio", "themoviedatabase"): "https://www.themoviedb.org/company/{}",
    ("studio", "anilist"): "https://anilist.co/studio/{}",
    ("studio", "wikidata"): "https://www.wikidata.org/wiki/{}",
    ("person", "themoviedatabase"): "https://www.themoviedb.org/person/{}",
    ("person", "imdb"): "https://www.imdb.com/name/{}",
    ("person", "tvdb"): "https://thetvdb.com/people/{}",
    ("person", "anilist"): "https://anilist.co/staff/{}",
    ("person", "tvmaze"): "https://www.tvmaze.com/people/{}",
    ("person", "wikidata"): "https://www.wikidata.org/wiki/{}",
}


def genres(names: Iterable[str]) -> tuple[list[str], list[str]]:
    """The wire's genres, and the names that are none (they make good tags)."""
    known: dict[str, None] = {}
    unknown: dict[str, None] = {}
    for name in names:
        found = [genre for part in [name, *re.split(r"\s+(?:&|and)\s+", name)] if (genre := _genre(part))]
        known.update((genre, None) for genre in found)
        if not found:
            unknown[name] = None
    return list(known), list(unknown)


def _genre(name: str) -> str | None:
    plain = normalise(name)
    slug = plain.replace(" ", "-")
    return slug if slug in _GENRES else _GENRE_NAMES.get(plain)


def external_ids(kind: ShowKind, ids: dict[str, str]) -> ExternalId:
    return {
        provider: [{"dataId": value, "link": page_of(kind, provider, value)}] for provider, value in sorted(ids.items())
    }


def page_of(what: str, provider: str, value: str) -> str | None:
    """The page of an id, which may be anything that somebody wrote into an .nfo file. `what` is the kind of a show,
    `collection`, `studio` or `person`."""
    template = _PAGES.get((what, provider))
    return template.format(quote(value, safe="", errors="replace")) if template and len(value) <= MAX_ID else None


def studios(names: Iterable[str], language: str) -> list[SeedStudio]:
    by_slug = {slugify(name): name for name in names}
    return [SeedStudio(slug=slug, translations={language: StudioTexts(name=name)}) for slug, name in by_slug.items()]


def staff(nfo: Nfo, portrait: Callable[[str], str | None]) -> list[SeedStaff]:
    """Actors with their characters, directors, writers; nobody twice in one role. `portrait`: the picture of a name."""
    found: dict[tuple[str, str, str], SeedStaff] = {}

    def add(role: str, name: str, character: str | None = None) -> None:
        slug = slugify(name)
        person = SeedPerson(slug=slug, name=name, image=portrait(name))
        shown = SeedCharacter(name=character) if character else None
        found.setdefault(
            (role, slug, character or ""),
            SeedStaff(kind=role, character=shown, staff=person),
        )

    for name in nfo.directors:
        add("director", name)
    for actor in nfo.actors:
        add("actor", actor.name, actor.role)
    for name in nfo.writers:
        add("writter", name)
    return list(found.values())


def collection(name: str | None, language: str) -> SeedCollection | None:
    if not name:
        return None
    return SeedCollection(
        slug=slugify(name), original_language=language, translations={language: CollectionTexts(name=name)}
    )


def first_day(year: int | None) -> date | None:
    """The date that stands for a year."""
    return date(year, 1, 1) if year is not None and 1 <= year <= 9999 else None


def aliases(title: str, others: Iterable[str | None]) -> list[str]:
    """Other titles, each spelling once."""
    seen = {normalise(title)}
    found: list[str] = []
    for other in others:
        if other and normalise(other) not in seen:
            seen.add(normalise(other))
            found.append(other)
    return found
