"""Plex: what the account of a token watched on a server, by the API that its clients use."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from typing import Any

from kyoo.api.imports.asking import PAGE, PAGES, Asker, ServerError
from kyoo.api.imports.titles import Played, Title, Titles
from kyoo.api.imports.values import integer, provided, score, when, words

TITLE = "Plex"
MOVIES, SHOWS, EPISODES = "1", "2", "4"
#: `tmdb://603`, and as agents of before 2020 wrote them: `com.plexapp.agents.thetvdb://79126/1/2?lang=en`.
GUID = re.compile(r"(?:com\.plexapp\.agents\.)?(tmdb|themoviedb|tvdb|thetvdb|imdb)://(tt\d+|\d+)")
NAMES = {"themoviedb": "tmdb", "thetvdb": "tvdb"}


def headers(token: str) -> dict[str, str]:
    return {"X-Plex-Token": token, "X-Plex-Client-Identifier": "kyoo", "X-Plex-Product": "Kyoo"}


async def read(asker: Asker, titles: Titles) -> None:
    sections = _container(await asker.get("/library/sections")).get("Directory")
    for section in sections if isinstance(sections, list) else ():
        key = str(section.get("key")) if isinstance(section, dict) else ""
        if not key.isdigit():
            continue
        if section.get("type") == "movie":
            async for item in _items(asker, key, MOVIES):
                title = _title("movie", item, titles)
                _watched(titles, title, item, None, None)
        elif section.get("type") == "show":
            shows: dict[str, Title] = {}
            async for item in _items(asker, key, SHOWS):
                shows[str(item.get("ratingKey"))] = _title("serie", item, titles)
            async for item in _items(asker, key, EPISODES):
                known, number = shows.get(str(item.get("grandparentRatingKey"))), integer(item.get("index"))
                if known is not None and number is not None:
                    _watched(titles, known, item, integer(item.get("parentIndex")), number)


def _container(body: Mapping[str, Any]) -> Mapping[str, Any]:
    found = body.get("MediaContainer")
    if not isinstance(found, dict):
        raise ServerError(f"What is at this address is no {TITLE}")
    return found


async def _items(asker: Asker, section: str, kind: str) -> AsyncIterator[Mapping[str, Any]]:
    begin = 0
    for _ in range(PAGES):
        place = {"X-Plex-Container-Start": str(begin), "X-Plex-Container-Size": str(PAGE)}
        body = _container(await asker.get(f"/library/sections/{section}/all", type=kind, includeGuids="1", **place))
        items = body.get("Metadata")
        items = items if isinstance(items, list) else []
        for item in items:
            if isinstance(item, dict):
                yield item
        begin += len(items)
        if not items or begin >= (integer(body.get("totalSize"), 10**8) or 0):
            return


def _title(kind: Any, item: Mapping[str, Any], titles: Titles) -> Title:
    title = titles.get(
        kind, _ids(item), words(item.get("title")), integer(item.get("year"), 9999), key=str(item.get("ratingKey"))
    )
    if found := score(item.get("userRating"), of=10):
        title.score = found
        title.changed(_at(item.get("lastRatedAt")))
    return title


def _ids(item: Mapping[str, Any]) -> dict[str, str]:
    given = item.get("Guid")
    guids = [one.get("id") for one in given if isinstance(one, dict)] if isinstance(given, list) else []
    found: dict[str, str] = {}
    for guid in (*guids, item.get("guid")):
        if isinstance(guid, str) and (match := GUID.match(guid)):
            found.setdefault(NAMES.get(match[1], match[1]), match[2])
    return provided(**found)


def _at(value: Any) -> datetime | None:
    seconds = integer(value, 10**11)
    return when(datetime.fromtimestamp(seconds, UTC))[0] if seconds and seconds < 2**33 else None


def _watched(titles: Titles, title: Title, item: Mapping[str, Any], season: int | None, number: int | None) -> None:
    at, path = _at(item.get("lastViewedAt")), _path(item)
    if (integer(item.get("viewCount")) or 0) > 0:
        titles.add(title, Played(at, season, number, path=path))
    offset, length = integer(item.get("viewOffset"), 10**10), integer(item.get("duration"), 10**10)
    if at is not None and offset and length and offset < length:
        percent = min(94, round(100 * offset / length))
        titles.add(title, Played(at, season, number, percent, offset // 1000, seen=False, path=path))


def _path(item: Mapping[str, Any]) -> str | None:
    """The first file; nothing that is of another shape."""
    try:
        file = item["Media"][0]["Part"][0]["file"]
    except (KeyError, IndexError, TypeError):
        return None
    return file if isinstance(file, str) and len(file) < 4000 else None
