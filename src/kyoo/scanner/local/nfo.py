"""Reading .nfo files in Kodi's format: films, series, episodes. Never fails: what cannot be read is left out.

The format: https://kodi.wiki/view/NFO_files. Entity declarations are refused, so that a file can neither read others
nor grow without bound.
"""

from __future__ import annotations

import os
import re
import stat
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Literal

import structlog

from kyoo.scanner.providers.records import Content

log = structlog.get_logger()

#: More than any metadata needs; release notes and hostile files can be larger.
MAX_BYTES = 2 * 1024 * 1024
#: More nested elements than any metadata has.
MAX_DEPTH = 40

Kind = Literal["movie", "tvshow", "episodedetails"]

_DECLARATION = re.compile(r"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_XML_HEADER = re.compile(r"<\?xml[^>]{0,200}\?>")
_BARE_AMPERSAND = re.compile(r"&(?!(?:#\d+|#x[0-9a-fA-F]+|amp|lt|gt|quot|apos);)")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_TAG = re.compile(r"<(/?)[A-Za-z][^<>]*?(/?)>")
#: What the api takes as a link, in a case that it may be written in.
_WEB_LINK = re.compile(r"https?://\S{1,3900}", re.IGNORECASE)
_LINKS = {
    "imdb": re.compile(r"imdb\.com/title/(tt\d{5,10})"),
    "themoviedatabase": re.compile(r"themoviedb\.org/(?:movie|tv)/(\d+)"),
    "tvdb": re.compile(r"thetvdb\.com/(?:\S{0,200}?[?&]id=|dereferrer/(?:movie|series)/)(\d+)"),
    "anidb": re.compile(r"anidb\.net/(?:anime/|a)(\d+)"),
    "anilist": re.compile(r"anilist\.co/anime/(\d+)"),
}
#: Tags of an episode that say what it is.
CONTENTS: dict[str, Content] = {"filler": "filler", "recap": "recap", "ova": "ova", "story": "story", "canon": "story"}
#: Kodi's names of providers → ours.
PROVIDERS = {"tmdb": "themoviedatabase", "themoviedb": "themoviedatabase", "thetvdb": "tvdb", "imdb": "imdb"}


@dataclass
class Person:
    name: str
    role: str | None = None


@dataclass
class Nfo:
    """The metadata of one film, serie or episode. Ratings are 0–100, the runtime is in minutes."""

    kind: Kind
    title: str | None = None
    original_title: str | None = None
    plot: str | None = None
    tagline: str | None = None
    year: int | None = None
    aired: date | None = None
    runtime: int | None = None
    status: str | None = None
    trailer: str | None = None
    genres: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    studios: list[str] = field(default_factory=list)
    ratings: dict[str, int] = field(default_factory=dict)
    external_ids: dict[str, str] = field(default_factory=dict)
    actors: list[Person] = field(default_factory=list)
    directors: list[str] = field(default_factory=list)
    writers: list[str] = field(default_factory=list)
    collection: str | None = None
    season: int | None = None
    episode: int | None = None
    #: Where a special is watched: before that episode, or after that season (episode None).
    before: tuple[int, int] | None = None
    after_season: int | None = None
    #: What a tag says that an episode is.
    content: Content | None = None
    season_names: dict[int, str] = field(default_factory=dict)


def read_nfo(path: Path) -> list[Nfo]:
    """What the file holds; several items for a file with several episodes, none when it cannot be used."""
    try:
        raw = _read(path)
    except OSError as error:
        log.info("an .nfo file cannot be read", path=str(path), reason=str(error))
        return []
    if len(raw) > MAX_BYTES:
        log.info("an .nfo file is too large", path=str(path))
        return []
    return parse_nfo(decode(raw))


def _read(path: Path) -> bytes:
    # Not blocking: a named pipe would keep the reader waiting for ever.
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError("it is no file")
        return file.read(MAX_BYTES + 1)


def decode(raw: bytes) -> str:
    """UTF-8, UTF-16 with its mark, else Windows' western characters (what old programs wrote)."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", "replace")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")


def parse_nfo(text: str) -> list[Nfo]:
    """The items of a document. Links to providers that stand around or instead of the XML count as ids."""
    links = {provider: match[1] for provider, pattern in _LINKS.items() if (match := pattern.search(text))}
    items = [item for element in _elements(text) if (item := _item(element)) is not None]
    for item in items:
        # A link beside several episodes is that of their serie.
        if len(items) == 1 and item.kind != "episodedetails":
            item.external_ids = links | item.external_ids
    if not items and links and "<" not in text:
        return [Nfo("movie", external_ids=links), Nfo("tvshow", external_ids=links)]
    return items


def _elements(text: str) -> Iterator[ET.Element]:
    if "<" not in text or _DECLARATION.search(text) or not _shallow(text):
        return
    body = _XML_HEADER.sub("", _CONTROL.sub("", text[text.index("<") :]))
    # Several episodes stand side by side, and some programs put a link after the end: neither is one XML document.
    for candidate in (body, _BARE_AMPERSAND.sub("&amp;", body)):
        try:
            root = ET.fromstring(f"<nfo>{candidate}</nfo>")  # noqa: S314
        except ET.ParseError:
            continue
        yield from root
        return


def _shallow(text: str) -> bool:
    """Whether no element lies too deep: freeing a very deep tree can exhaust the stack."""
    depth = 0
    for match in _TAG.finditer(text):
        if not match[2]:
            depth += -1 if match[1] else 1
        if depth > MAX_DEPTH:
            return False
    return True


def _item(element: ET.Element) -> Nfo | None:
    kind = element.tag.lower()
    if kind not in ("movie", "tvshow", "episodedetails"):
        return None
    item = Nfo(kind)  # type: ignore[arg-type]
    item.title = _text(element, "title")
    item.original_title = _text(element, "originaltitle")
    item.plot = _text(element, "plot") or _text(element, "outline")
    item.tagline = _text(element, "tagline")
    item.aired = next(
        (day for tag in ("premiered", "aired", "releasedate") if (day := _date(_text(element, tag)))), None
    )
    item.year = _number(_text(element, "year")) or (item.aired.year if item.aired else None)
    item.runtime = _number(_text(element, "runtime"))
    item.status = _text(element, "status")
    trailer = _text(element, "trailer")
    item.trailer = trailer if trailer and _WEB_LINK.fullmatch(trailer) else None
    item.genres = _texts(element, "genre", separators="/,|")
    item.tags = _texts(element, "tag")
    item.studios = _texts(element, "studio")
    item.directors = _texts(element, "director")
    item.writers = _texts(element, "credits", separators="/,") or _texts(element, "writer")
    item.actors = [
        Person(name, _text(actor, "role")) for actor in element.iter("actor") if (name := _text(actor, "name"))
    ]
    item.collection = _text(element.find("set"), "name") or _text(element, "set")
    item.season, item.episode = _number(_text(element, "season")), _number(_text(element, "episode"))
    item.ratings = dict(_ratings(element))
    item.external_ids = dict(_ids(element))
    _place_special(item, element)
    if kind == "episodedetails":
        said = {word.casefold() for word in item.tags}
        item.content = next((content for word, content in CONTENTS.items() if word in said), None)
    for named in element.iter("namedseason"):
        number = _number(named.get("number"))
        if number is not None and named.text and named.text.strip():
            item.season_names[number] = named.text.strip()
    return item


def _place_special(item: Nfo, element: ET.Element) -> None:
    for season_tag, episode_tag in (
        ("displayseason", "displayepisode"),
        ("airsbefore_season", "airsbefore_episode"),
    ):
        season, episode = _number(_text(element, season_tag)), _number(_text(element, episode_tag))
        if season is not None and season > 0 and episode is not None and episode >= 0:
            item.before = (season, episode)
            return
    item.after_season = _number(_text(element, "airsafter_season")) or _number(_text(element, "displayafterseason"))


def _ratings(element: ET.Element) -> Iterator[tuple[str, int]]:
    found = False
    for rating in element.iterfind("ratings/rating"):
        value, top = _decimal(_text(rating, "value")), _decimal(rating.get("max")) or 10.0
        if value is not None and value > 0 and top > 0:
            found = True
            yield _provider(rating.get("name") or "nfo"), _percent(value / top)
    value = _decimal(_text(element, "rating"))
    if not found and value is not None and value > 0:
        yield "nfo", _percent(value / 10)


def _percent(share: float) -> int:
    return round(min(max(share, 0.0), 1.0) * 100)


def _ids(element: ET.Element) -> Iterator[tuple[str, str]]:
    for tag, provider in (("imdbid", "imdb"), ("imdb_id", "imdb"), ("tmdbid", "themoviedatabase"), ("tvdbid", "tvdb")):
        if value := _text(element, tag):
            yield provider, value
    plain = _text(element, "id")
    if plain and plain.startswith("tt"):
        yield "imdb", plain
    for unique in element.iterfind("uniqueid"):
        value = (unique.text or "").strip()
        if value and unique.get("type"):
            yield _provider(unique.get("type") or ""), value


def _provider(name: str) -> str:
    lowered = re.sub(r"[^a-z0-9]+", "", name.lower())
    return PROVIDERS.get(lowered, lowered or "nfo")


def _text(element: ET.Element | None, tag: str) -> str | None:
    found = element.find(tag) if element is not None else None
    text = (found.text or "").strip() if found is not None else ""
    return text or None


def _texts(element: ET.Element, tag: str, separators: str = "") -> list[str]:
    found: dict[str, None] = {}
    for child in element.iterfind(tag):
        text = child.text or ""
        parts = re.split(f"[{re.escape(separators)}]", text) if separators else [text]
        found.update((part.strip(), None) for part in parts if part.strip())
    return list(found)


def _number(text: str | None) -> int | None:
    match = re.match(r"\s*(\d{1,6})\b", text) if text else None
    return int(match[1]) if match else None


def _decimal(text: str | None) -> float | None:
    match = re.match(r"\s*(\d{1,6}(?:[.,]\d+)?)", text) if text else None
    return float(match[1].replace(",", ".")) if match else None


def _date(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text[:10]) if text else None
    except ValueError:
        return None
