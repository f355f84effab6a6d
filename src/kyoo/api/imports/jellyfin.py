"""Jellyfin (also Emby, whose API is the same here): what an account watched, by its public API."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any

from kyoo.api.imports.asking import PAGE, PAGES, Asker, ServerError
from kyoo.api.imports.titles import Played, Title, Titles
from kyoo.api.imports.values import integer, provided, score, when, words

TITLE = "Jellyfin"
TICKS = 10_000_000
FIELDS = "ProviderIds,Path"


def headers(token: str) -> dict[str, str]:
    return {
        "Authorization": f'MediaBrowser Client="Kyoo", Device="Kyoo", DeviceId="kyoo", Version="1", Token="{token}"'
    }


async def users(asker: Asker) -> list[tuple[str, str]]:
    """(id, name) of every account; the key must be one of an administrator."""
    found = await asker.get_any("/Users")
    return [
        (str(one["Id"]), words(one.get("Name")))
        for one in (found if isinstance(found, list) else ())
        if isinstance(one, dict) and isinstance(one.get("Id"), str) and one["Id"].replace("-", "").isalnum()
    ]


async def myself(asker: Asker) -> str:
    """The account of a token."""
    user = (await asker.get("/Users/Me")).get("Id")
    if not isinstance(user, str) or not user.replace("-", "").isalnum():
        raise ServerError(f"What is at this address is no {TITLE}, or the token is of no user")
    return user


async def read(asker: Asker, user: str, titles: Titles) -> None:
    series: dict[str, Title] = {}
    async for item in _items(asker, user, "Series"):
        title = titles.get("serie", _ids(item), words(item.get("Name")), _year(item), key=str(item.get("Id")))
        series[str(item.get("Id"))] = title
        _rated(title, _data(item))
    async for item in _items(asker, user, "Movie"):
        title = titles.get("movie", _ids(item), words(item.get("Name")), _year(item), key=str(item.get("Id")))
        _rated(title, _data(item))
        _watched(titles, title, item, None, None)
    async for item in _items(asker, user, "Episode"):
        known = series.get(str(item.get("SeriesId")))
        number = integer(item.get("IndexNumber"))
        if known is not None and number is not None:
            last = integer(item.get("IndexNumberEnd")) or number
            for one in range(number, min(last, number + 20) + 1):
                _watched(titles, known, item, integer(item.get("ParentIndexNumber")), one)
    for title in titles.every():
        if title.status == "planned" and title.plays:
            title.status = None


async def _items(asker: Asker, user: str, kind: str) -> AsyncIterator[Mapping[str, Any]]:
    begin = 0
    for _ in range(PAGES):
        body = await asker.get(
            "/Items",
            userId=user,
            recursive="true",
            includeItemTypes=kind,
            fields=FIELDS,
            enableUserData="true",
            enableImages="false",
            sortBy="SortName,Id",
            startIndex=str(begin),
            limit=str(PAGE),
        )
        items = body.get("Items")
        if not isinstance(items, list):
            raise ServerError(f"What is at this address is no {TITLE}")
        for item in items:
            if isinstance(item, dict):
                yield item
        begin += len(items)
        if not items or begin >= (integer(body.get("TotalRecordCount"), 10**8) or 0):
            return


def _data(item: Mapping[str, Any]) -> Mapping[str, Any]:
    data = item.get("UserData")
    return data if isinstance(data, dict) else {}


def _ids(item: Mapping[str, Any]) -> dict[str, str]:
    given = item.get("ProviderIds")
    ids = {str(name).lower(): value for name, value in given.items()} if isinstance(given, dict) else {}
    return provided(tmdb=ids.get("tmdb"), tvdb=ids.get("tvdb"), imdb=ids.get("imdb"))


def _year(item: Mapping[str, Any]) -> int | None:
    return integer(item.get("ProductionYear"), 9999)


def _rated(title: Title, data: Mapping[str, Any]) -> None:
    """A favourite of which nothing was watched is one that somebody wants to see."""
    if found := score(data.get("Rating"), of=10):
        title.score = found
    if data.get("IsFavorite") is True:
        title.status = "planned"


def _watched(titles: Titles, title: Title, item: Mapping[str, Any], season: int | None, number: int | None) -> None:
    data = _data(item)
    at, path = when(data.get("LastPlayedDate"))[0], item.get("Path")
    place = path if isinstance(path, str) and len(path) < 4000 else None
    # Of a file with several episodes its path says nothing of one.
    if item.get("IndexNumberEnd") not in (None, item.get("IndexNumber")):
        place = None
    if data.get("Played") is True:
        titles.add(title, Played(at, season, number, path=place))
        return
    ticks, length = _ticks(data.get("PlaybackPositionTicks")), _ticks(item.get("RunTimeTicks"))
    if at is not None and 0 < ticks < length < 10**14:
        percent = min(94, round(100 * ticks / length))
        titles.add(title, Played(at, season, number, percent, int(ticks / TICKS), seen=False, path=place))


def _ticks(value: Any) -> float:
    """Ten million a second."""
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else 0.0
