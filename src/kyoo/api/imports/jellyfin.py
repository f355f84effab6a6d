"""Jellyfin (also Emby, whose API is the same here): what an account watched, by its public API."""

from __future__ import annotations

import re
import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from kyoo.api.imports.asking import PAGE, PAGES, Asker, ServerError
from kyoo.api.imports.titles import Played, Title, Titles
from kyoo.api.imports.values import integer, provided, score, when, words

TITLE = "Jellyfin"
TICKS = 10_000_000
FIELDS = "ProviderIds,Path"
#: What may stand in a header.
TOKEN = re.compile(r"[A-Za-z0-9._~+/=-]{1,512}")


def headers(token: str | None, device: str = "kyoo") -> dict[str, str]:
    known = f'MediaBrowser Client="Kyoo", Device="Kyoo", DeviceId="{device}", Version="1"'
    return {"Authorization": f'{known}, Token="{token}"' if token else known}


@asynccontextmanager
async def logged_in(asker: Asker, name: str, password: str) -> AsyncIterator[str]:
    """The account of a name and a password. The token lasts as long as this, and belongs to a device of its own: a
    login of the same account on the same device would end another import."""
    device = f"kyoo-{secrets.token_hex(8)}"
    asker.use(headers(None, device))
    answer = await asker.log_in("/Users/AuthenticateByName", {"Username": name, "Pw": password})
    token, user = answer.get("AccessToken"), answer.get("User")
    identifier = user.get("Id") if isinstance(user, dict) else None
    if not isinstance(token, str) or TOKEN.fullmatch(token) is None or not _is_user(identifier):
        raise ServerError(f"What is at this address is no {TITLE}")
    asker.use(headers(token, device))
    try:
        yield str(identifier)
    finally:
        await asker.log_out("/Sessions/Logout")


async def users(asker: Asker) -> list[tuple[str, str]]:
    """(id, name) of every account; the key must be one of an administrator."""
    found = await asker.get_any("/Users")
    return [
        (str(one["Id"]), words(one.get("Name")))
        for one in (found if isinstance(found, list) else ())
        if isinstance(one, dict) and _is_user(one.get("Id"))
    ]


async def myself(asker: Asker) -> str:
    """The account of a token."""
    user = (await asker.get("/Users/Me")).get("Id")
    if not _is_user(user):
        raise ServerError(f"What is at this address is no {TITLE}, or the token is of no user")
    return str(user)


def _is_user(identifier: Any) -> bool:
    return isinstance(identifier, str) and identifier.replace("-", "").isalnum()


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
