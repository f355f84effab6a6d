"""Reading the public lists: bytes in, records out. An entry that makes no sense is left out, and never more than it.

The lists: Anime-Lists' `anime-list-master.xml` (AniDB ↔ TheTVDB, TMDB, with numbers), AniDB's titles as XML, Fribb's
and Kometa's JSON (ids of all services), and PlexAniBridge's JSON (AniList ↔ TheTVDB, with numbers).
"""

from __future__ import annotations

import json
import re
import xml.parsers.expat
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from kyoo.scanner.anime.model import Anime
from kyoo.scanner.anime.numbering import ABSOLUTE, Number, Numbering, Own, Range

#: More than any list has; what is beyond is left out.
MAX_ENTRIES = 200_000
MAX_TITLES = 500_000
MAX_TEXT = 500
#: Pairs and ranges of one anime; One Piece has 150.
MAX_RULES = 10_000
#: Those of a whole list, which has 5,000.
MAX_ALL_RULES = 300_000
#: The highest number of an episode; Sazae-san has 8,000.
MAX_NUMBER = 99_999

_YEAR = re.compile(r"(?P<name>.*\S)\s*\((?P<year>(?:19|20)\d\d)\)", re.DOTALL)
_PAIR = re.compile(r"\s*(\d{1,6})\s*-\s*(\d{1,6}(?:\s*\+\s*\d{1,6})*)\s*")
_EPISODES = re.compile(r"e(\d{1,6})(?:-(?:e(\d{1,6}))?)?")
_IMDB = re.compile(r"tt\d{1,12}")


class UnreadableListError(ValueError):
    """The list as a whole is not what it must be: nothing of it is taken."""


class Title(NamedTuple):
    """One title of an anime: `kind` is main, official, synonym or short."""

    key: str
    text: str
    kind: str
    language: str


class _Walk(ABC):
    """Events of an XML document, without a tree, so that neither depth nor size can exhaust anything."""

    def __init__(self) -> None:
        self.parser = xml.parsers.expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.data
        # Entities can multiply a document without bound, and no list needs one.
        self.parser.StartDoctypeDeclHandler = self._refuse
        self._text: list[str] = []
        self._length = 0

    def read(self, content: bytes) -> None:
        try:
            self.parser.Parse(content, True)
        except (xml.parsers.expat.ExpatError, ValueError, LookupError) as error:
            raise UnreadableListError(f"it is no XML: {error}") from None

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._text, self._length = [], 0
        self.opened(tag, attributes)

    def end(self, tag: str) -> None:
        self.closed(tag, "".join(self._text))
        self._text, self._length = [], 0

    def data(self, text: str) -> None:
        if self._length < 1_000_000:
            self._text.append(text)
            self._length += len(text)

    @abstractmethod
    def opened(self, tag: str, attributes: dict[str, str]) -> None: ...

    @abstractmethod
    def closed(self, tag: str, text: str) -> None: ...

    def _refuse(self, *_: Any) -> None:
        raise UnreadableListError("it declares a document type")


class _AnimeList(_Walk):
    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, Anime] = {}
        self._root = ""
        self._entry: dict[str, str] | None = None
        self._name = ""
        self._before: dict[int, int] = {}
        self._mapping: dict[str, str] = {}
        self._rules: dict[str, _Rules] = {}
        self._count = 0

    def opened(self, tag: str, attributes: dict[str, str]) -> None:
        self._root = self._root or tag
        if tag == "anime":
            self._entry, self._name, self._before = attributes, "", {}
            self._rules = {"tvdbseason": _Rules(), "tmdbseason": _Rules()}
        elif tag == "mapping":
            self._mapping = attributes

    def closed(self, tag: str, text: str) -> None:
        if self._entry is None:
            return
        if tag == "name":
            self._name = self._name or " ".join(text.split())[:MAX_TEXT]
        elif tag == "before":
            self._before |= {own: others[0] for own, others in _pairs(text) if others[0]}
        elif tag == "mapping":
            for attribute, rules in self._rules.items():
                if self._count < MAX_ALL_RULES:
                    self._count += rules.add(self._mapping, attribute, text)
        elif tag == "anime":
            anime = self._anime(self._entry)
            if anime and len(self.found) < MAX_ENTRIES:
                self.found.setdefault(anime.key, anime)
            self._entry = None

    def _anime(self, entry: dict[str, str]) -> Anime | None:
        anidb = _whole(entry.get("anidbid"))
        if not anidb:
            return None
        name, year = split_year(self._name)
        serie = entry.get("tvdbid", "").strip()
        tvdb, tmdb = _whole(serie), _whole(entry.get("tmdbtv"))
        ids = {
            "anidb": (str(anidb),),
            "tvdb": (str(tvdb),) if tvdb else (),
            "tmdb_tv": (str(tmdb),) if tmdb else (),
            "tmdb_movie": tuple(str(n) for part in entry.get("tmdbid", "").split(",") if (n := _whole(part))),
            "imdb": _imdb(entry.get("imdbid", "").split(",")),
        }
        return Anime(
            key=f"anidb:{anidb}",
            name=name,
            year=year,
            kind=None if tvdb else serie[:MAX_TEXT].lower() or None,
            ids={service: values for service, values in ids.items() if values},
            tvdb=self._numbering(entry, "defaulttvdbseason", "episodeoffset", "tvdbseason") if tvdb else None,
            tmdb=self._numbering(entry, "tmdbseason", "tmdboffset", "tmdbseason") if tmdb else None,
            before=self._before,
        )

    def _numbering(self, entry: dict[str, str], season: str, offset: str, rules: str) -> Numbering | None:
        written = entry.get(season, "").strip()
        number = _whole(written)
        if number is None and written != ABSOLUTE:
            return None
        found = self._rules[rules]
        return Numbering(
            season=None if written == ABSOLUTE else number,
            offset=_signed(entry.get(offset)) or 0,
            pairs=dict(found.pairs),
            ranges=tuple(found.ranges),
        )


class _Rules:
    """The pairs and ranges of one anime for one service."""

    def __init__(self) -> None:
        self.pairs: dict[Own, tuple[Number, ...]] = {}
        self.ranges: list[Range] = []

    def add(self, mapping: dict[str, str], attribute: str, text: str) -> int:
        """How many there are more."""
        own_season, season = _whole(mapping.get("anidbseason")), _whole(mapping.get(attribute))
        before = len(self.pairs) + len(self.ranges)
        if own_season is None or season is None or before > MAX_RULES:
            return 0
        for own, others in _pairs(text):
            numbers = tuple((season, number) for number in others if number)
            self.pairs[own_season, own] = tuple(dict.fromkeys((*self.pairs.get((own_season, own), ()), *numbers)))
        if {"start", "end", "offset"} & mapping.keys():
            start, end = _whole(mapping.get("start")) or 1, _whole(mapping.get("end"))
            if end is None or end >= start:
                self.ranges.append(Range(own_season, season, start, end, _signed(mapping.get("offset")) or 0))
        return len(self.pairs) + len(self.ranges) - before


class _Titles(_Walk):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[Title] = []
        self._anidb: int | None = None
        self._title: dict[str, str] = {}

    def opened(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "anime":
            self._anidb = _whole(attributes.get("aid") or attributes.get("anidbid"))
        elif tag == "title":
            self._title = attributes

    def closed(self, tag: str, text: str) -> None:
        name = " ".join(text.split())[:MAX_TEXT]
        if tag == "title" and self._anidb and name and len(self.found) < MAX_TITLES:
            language = self._title.get("xml:lang", "")[:20]
            self.found.append(Title(f"anidb:{self._anidb}", name, self._title.get("type", "")[:20], language))


def anime_list(content: bytes) -> list[Anime]:
    """Anime-Lists' XML."""
    walk = _AnimeList()
    walk.read(content)
    if not walk.found:
        raise UnreadableListError("it has no anime")
    return list(walk.found.values())


def titles(content: bytes) -> list[Title]:
    """AniDB's titles as XML."""
    walk = _Titles()
    walk.read(content)
    if not walk.found:
        raise UnreadableListError("it has no titles")
    return walk.found


def ids(content: bytes) -> list[tuple[str, str, str]]:
    """(anime, service, id) of Fribb's list, or of one of its shape."""
    return [
        (f"anidb:{anidb}", service, value)
        for entry in _entries(content)
        if (anidb := _whole(entry.get("anidb_id")))
        for service, value in _ids_of(entry)
    ]


def kometa_ids(content: bytes) -> list[tuple[str, str, str]]:
    """(anime, service, id) of Kometa's list, which is keyed by AniDB's ids."""
    return [
        (f"anidb:{anidb}", service, value)
        for key, entry in _keyed(content)
        if (anidb := _whole(key))
        for service, value in _ids_of(entry)
    ]


def bridge(content: bytes) -> list[Anime]:
    """PlexAniBridge's list, which is keyed by AniList's ids."""
    found = []
    for key, entry in _keyed(content):
        if anilist := _whole(key):
            known: dict[str, tuple[str, ...]] = {"anilist": (str(anilist),)}
            for service, value in [("anidb", _whole(entry.get("anidb_id"))), *_ids_of(entry)]:
                if value and service != "anilist":
                    known[service] = (*known.get(service, ()), str(value))
            tvdb = _bridged(entry.get("tvdb_mappings")) if known.get("tvdb") else None
            found.append(Anime(key=f"anilist:{anilist}", name="", ids=known, tvdb=tvdb))
    return found


def _bridged(mappings: Any) -> Numbering | None:
    """`{"s1": "e1-e12", "s2": ""}`: the episodes of the anime, one after the other, in these of the serie."""
    if not isinstance(mappings, dict):
        return None
    seasons = [(int(key[1:]), value) for key, value in mappings.items() if re.fullmatch(r"s\d{1,4}", str(key))]
    spans: list[Range] = []
    number = 1
    for season, written in seasons:
        parts = [part.strip() for part in str(written or "").split(",")]
        for part in parts:
            match = _EPISODES.fullmatch(part)
            if part and not match:
                return None
            start = _whole(match[1]) if match else 1
            if not start or number > MAX_NUMBER:
                return None
            to_end = match is None or (match[2] is None and part.endswith("-"))
            end = None if to_end else max(start, _whole(match[2]) or start) if match else None
            last = None if end is None else number + end - start
            spans.append(Range(1, season, number, last, start - number))
            if last is None:  # without end, so nothing can follow
                return Numbering(season, spans[0].offset, ranges=tuple(spans)) if len(spans) == 1 else _listed(spans)
            number = last + 1
    return _listed(spans) if spans else None


def _listed(spans: list[Range]) -> Numbering:
    return Numbering(spans[0].season, spans[0].offset, ranges=tuple(spans))


def split_year(name: str) -> tuple[str, int | None]:
    """A name without the year in brackets behind it."""
    match = _YEAR.fullmatch(name)
    return (match["name"], int(match["year"])) if match else (name, None)


def _pairs(text: str) -> Iterator[tuple[int, list[int]]]:
    """`;1-5;2-6+7;3-0;`: own number and those of the serie."""
    for index, part in enumerate(text.split(";")):
        match = _PAIR.fullmatch(part)
        if match and index < MAX_RULES and (own := _whole(match[1])) is not None:
            others = [number for written in match[2].split("+") if (number := _whole(written)) is not None]
            if others:
                yield own, others


def _ids_of(entry: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Ids in any of the shapes of the JSON lists: a number, a text of several, a list, by kind."""
    for key, service in _KEYS.items():
        value = entry.get(key)
        if isinstance(value, dict):  # Fribb: {"tv": 1} or {"movie": [1, 2]}
            for kind, inner in value.items():
                if kind in ("tv", "movie"):
                    yield from ((f"tmdb_{kind}", one) for one in _several(inner))
        elif service == "imdb":
            yield from (("imdb", one) for one in _imdb(_flat(value)))
        elif service == "tmdb":  # Fribb before 2026: a number, whose kind `type` tells
            kind = "movie" if str(entry.get("type", "")).upper() == "MOVIE" else "tv"
            yield from ((f"tmdb_{kind}", one) for one in _several(value))
        else:
            yield from ((service, one) for one in _several(value))


_KEYS = {
    "anilist_id": "anilist",
    "mal_id": "mal",
    "tvdb_id": "tvdb",
    "thetvdb_id": "tvdb",
    "themoviedb_id": "tmdb",
    "tmdb_movie_id": "tmdb_movie",
    "tmdb_show_id": "tmdb_tv",
    "imdb_id": "imdb",
}


def _entries(content: bytes) -> Iterator[dict[str, Any]]:
    value = _json(content)
    if not isinstance(value, list):
        raise UnreadableListError("it is no list")
    yield from (entry for entry in value[:MAX_ENTRIES] if isinstance(entry, dict))


def _keyed(content: bytes) -> Iterator[tuple[str, dict[str, Any]]]:
    value = _json(content)
    if not isinstance(value, dict):
        raise UnreadableListError("it is no object")
    for index, (key, entry) in enumerate(value.items()):
        if isinstance(entry, dict) and index < MAX_ENTRIES:
            yield key, entry


def _json(content: bytes) -> Any:
    try:
        return json.loads(content)
    except (ValueError, RecursionError) as error:
        raise UnreadableListError(f"it is no JSON: {str(error)[:200]}") from None


def _flat(value: Any) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [part for one in values[:MAX_RULES] if isinstance(one, int | str) for part in str(one).split(",")]


def _several(value: Any) -> tuple[str, ...]:
    return tuple(dict.fromkeys(str(number) for part in _flat(value) if (number := _whole(part))))


def _imdb(parts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part.strip() for part in parts if _IMDB.fullmatch(part.strip())))


def _whole(value: Any) -> int | None:
    """A number that is written plainly; ids fit the database's integers."""
    text = str(value).strip() if isinstance(value, int | str) else ""
    return int(text) if len(text) <= 9 and text.isascii() and text.isdigit() else None


def _signed(value: str | None) -> int | None:
    text = (value or "").strip()
    number = _whole(text.removeprefix("-").removeprefix("+"))
    return None if number is None or number > MAX_NUMBER else -number if text.startswith("-") else number
