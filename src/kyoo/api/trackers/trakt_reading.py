"""What Trakt knows of a user, title by title: plays, watchlist, ratings, dropped series."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from typing import Any

from kyoo.api.trackers.base import Remote, RemotePlay, Wire
from kyoo.api.trackers.moments import moment
from kyoo.api.trackers.remote import hundred, ids_of, number, text

PAGE = 250
#: Pages of one list; what comes after is left out of this read.
PAGES = 4000


async def read(wire: Wire, url: str, before: Mapping[str, Any], now: Mapping[str, Any]) -> AsyncIterator[Remote]:
    """One `Remote` a title; only of the lists that changed between the two answers of last_activities."""
    reading = _Reading(wire, url)
    if _changed(before, now, ("movies", "watched_at"), ("episodes", "watched_at")):
        said = (_at(before, "movies", "watched_at"), _at(before, "episodes", "watched_at"))
        await reading.history(min((one for one in said if one), default=None) if all(said) else None)
    if _changed(before, now, ("movies", "watchlisted_at"), ("shows", "watchlisted_at"), ("watchlist", "updated_at")):
        await reading.watchlist()
    if _changed(before, now, ("movies", "rated_at"), ("shows", "rated_at")):
        await reading.ratings()
    if _changed(before, now, ("shows", "dropped_at"), ("shows", "hidden_at")):
        await reading.dropped()
    for title in reading.titles.values():
        yield title


class _Reading:
    """Titles, gathered out of the lists."""

    def __init__(self, wire: Wire, url: str) -> None:
        self._wire, self._url = wire, url
        self.titles: dict[tuple[str, Any], Remote] = {}

    async def history(self, since: str | None) -> None:
        async for play in _pages(self._wire, f"{self._url}/sync/history", {"start_at": since} if since else {}):
            title = self._title(play)
            if title is None:
                continue
            one, at = play.get("episode"), moment(play.get("watched_at"))
            if title.kind == "movie":
                title.plays.append(RemotePlay(None, None, at))
            elif isinstance(one, dict) and number(one.get("number")) is not None:
                title.plays.append(RemotePlay(number(one["number"]), number(one.get("season")), at))
            _newest(title, at)

    async def watchlist(self) -> None:
        async for listed in _pages(self._wire, f"{self._url}/sync/watchlist", {}):
            title = self._title(listed)
            if title is not None and "episode" not in listed and "season" not in listed:
                title.status = "planned"
                _newest(title, moment(listed.get("listed_at")))

    async def ratings(self) -> None:
        for kind in ("movies", "shows"):
            async for rated in _pages(self._wire, f"{self._url}/sync/ratings/{kind}", {}):
                title = self._title(rated)
                if title is not None:
                    title.score = hundred(rated.get("rating"))
                    _newest(title, moment(rated.get("rated_at")))

    async def dropped(self) -> None:
        async for one in _pages(self._wire, f"{self._url}/users/hidden/dropped", {"type": "show"}):
            title = self._title(one)
            if title is not None:
                title.status = "dropped"
                _newest(title, moment(one.get("hidden_at")))

    def _title(self, one: Mapping[str, Any]) -> Remote | None:
        is_film = isinstance(one.get("movie"), dict)
        about = one.get("movie") if is_film else one.get("show")
        if not isinstance(about, dict):
            return None
        ids, raw = ids_of(about.get("ids")), about.get("ids")
        own = raw.get("trakt") if isinstance(raw, dict) else None
        key = ("movie" if is_film else "serie", own or tuple(sorted(ids.items())))
        if key not in self.titles:
            name, year = text(about.get("title")), number(about.get("year"))
            self.titles[key] = Remote("movie" if is_film else "serie", ids, name, year)
        return self.titles[key]


def _at(activities: Mapping[str, Any], group: str, key: str) -> str | None:
    found = activities.get(group)
    value = found.get(key) if isinstance(found, Mapping) else None
    return value if isinstance(value, str) else None


def _changed(before: Mapping[str, Any], now: Mapping[str, Any], *places: tuple[str, str]) -> bool:
    """Also when the service no longer says."""
    if not before:
        return True
    return any(_at(before, *place) != _at(now, *place) for place in places)


def _newest(title: Remote, at: datetime | None) -> None:
    if at is not None and (title.updated_at is None or at > title.updated_at):
        title.updated_at = at


async def _pages(wire: Wire, url: str, params: Mapping[str, str]) -> AsyncIterator[Mapping[str, Any]]:
    """Lists say in headers how many pages they have; those that say nothing have one."""
    page, pages = 1, 1
    while page <= min(pages, PAGES):
        answer = await wire("GET", url, params={**params, "page": str(page), "limit": str(PAGE)})
        for one in answer.body if isinstance(answer.body, list) else ():
            if isinstance(one, dict):
                yield one
        with contextlib.suppress(ValueError):
            pages = int(answer.headers.get("x-pagination-page-count", "1"))
        page += 1
