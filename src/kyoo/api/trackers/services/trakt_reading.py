"""What Trakt knows of a user, title by title: plays, watchlist, ratings, dropped series."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from typing import Any

from kyoo.api.trackers.base import Answer, Complete, Remote, RemotePlay, Status, Wire
from kyoo.api.trackers.moments import moment
from kyoo.api.trackers.remote import hundred, ids_of, number, text

PAGE = 250
#: Pages of one list; what comes after is left out of this read.
PAGES = 2000


#: What is needed of last_activities.
GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("movies", ("watched_at", "watchlisted_at", "rated_at")),
    ("episodes", ("watched_at",)),
    ("shows", ("watchlisted_at", "rated_at", "dropped_at", "hidden_at")),
    ("watchlist", ("updated_at",)),
)


def said_of(body: Any) -> dict[str, Any]:
    """What is kept of an answer of last_activities, of which all the rest may be anything."""
    activities = body if isinstance(body, Mapping) else {}
    return {
        group: {key: said[:40] for key in keys if (said := _at(activities, group, key)) is not None}
        for group, keys in GROUPS
    }


async def read(
    wire: Wire, url: str, before: Mapping[str, Any], now: Mapping[str, Any], kept: dict[str, Any]
) -> AsyncIterator[Remote | Complete]:
    """One `Remote` a title; only of the lists that changed between the two answers of last_activities. `kept`: how many
    plays there were, and the newest of their numbers."""
    reading = _Reading(wire, url)
    if _changed(before, now, ("movies", "watched_at"), ("episodes", "watched_at")):
        known = (number(kept.get("plays")), number(kept.get("last"), 2**53)) if before else (None, None)
        kept |= await reading.history(_since(before), *known)
    statuses: set[Status] = set()
    if _changed(before, now, ("movies", "watchlisted_at"), ("shows", "watchlisted_at"), ("watchlist", "updated_at")):
        await reading.watchlist()
        statuses.add("planned")
    rated = _changed(before, now, ("movies", "rated_at"), ("shows", "rated_at"))
    if rated:
        await reading.ratings()
    if _changed(before, now, ("shows", "dropped_at"), ("shows", "hidden_at")):
        await reading.dropped()
        statuses.add("dropped")
    for title in reading.titles.values():
        yield title
    if not reading.cut:
        yield Complete(frozenset(statuses), scores=rated)


def _since(before: Mapping[str, Any]) -> str | None:
    said = [one for group in ("movies", "episodes") if (one := _at(before, group, "watched_at"))]
    return min(said) if len(said) == 2 else None


class _Reading:
    """Titles, gathered out of the lists. `cut`: a list was longer than what is read of one, or was none."""

    def __init__(self, wire: Wire, url: str) -> None:
        self._wire, self._url = wire, url
        self.titles: dict[tuple[str, Any], Remote] = {}
        self.cut = False

    async def history(self, since: str | None, known: int | None, last: int | None) -> dict[str, Any]:
        """The plays that are newer than number `last`. Most are found by their date; when there are more than `known`
        and those, some got a date of before, and all are looked through."""
        newest, count = last or 0, None
        for start in dict.fromkeys((since if last is not None else None, None)):
            if start is None:
                newest = last or 0
            fresh = 0
            plays, known_ids = [], set()
            total: list[int] = []
            async for play in self._pages("/sync/history", {"start_at": start} if start else {}, total):
                own = number(play.get("id"), 2**53)
                if own is not None:
                    if own in known_ids:
                        # Pages move on when something is watched meanwhile.
                        continue
                    known_ids.add(own)
                    newest = max(newest, own)
                if own is None or last is None or own > last:
                    fresh += 1
                    plays.append(play)
            if start is None:
                count = fresh if last is None else total[0] if total else None
                break
            count = await self._total()
            if known is not None and count is not None and count <= known + fresh:
                break
        for play in plays:
            self._play(play)
        return {"plays": count, "last": newest}

    async def _total(self) -> int | None:
        answer = await self._wire("GET", f"{self._url}/sync/history", params={"page": "1", "limit": "1"})
        return _header(answer, "x-pagination-item-count")

    def _play(self, play: Mapping[str, Any]) -> None:
        title = self._title(play)
        if title is None:
            return
        one, at = play.get("episode"), moment(play.get("watched_at"))
        if title.kind == "movie":
            title.plays.append(RemotePlay(None, None, at))
        elif isinstance(one, dict) and number(one.get("number")) is not None:
            title.plays.append(RemotePlay(number(one["number"]), number(one.get("season")), at))
        _newest(title, at)

    async def watchlist(self) -> None:
        async for listed in self._pages("/sync/watchlist", {}):
            title = self._title(listed)
            self.cut = self.cut or title is None
            if title is not None and "episode" not in listed and "season" not in listed:
                title.status = "planned"
                _newest(title, moment(listed.get("listed_at")))

    async def ratings(self) -> None:
        for kind in ("movies", "shows"):
            async for rated in self._pages(f"/sync/ratings/{kind}", {}):
                title = self._title(rated)
                self.cut = self.cut or title is None
                if title is not None:
                    title.score = hundred(rated.get("rating"))
                    _newest(title, moment(rated.get("rated_at")))

    async def dropped(self) -> None:
        async for one in self._pages("/users/hidden/dropped", {"type": "show"}):
            title = self._title(one)
            self.cut = self.cut or title is None
            if title is not None:
                title.status = "dropped"
                _newest(title, moment(one.get("hidden_at")))

    async def _pages(
        self, path: str, params: Mapping[str, str], total: list[int] | None = None
    ) -> AsyncIterator[Mapping[str, Any]]:
        """Lists say in headers how many pages and rows (into `total`) they have; those that say nothing have one."""
        page, pages = 1, 1
        while page <= pages:
            answer = await self._wire(
                "GET", f"{self._url}{path}", params={**params, "page": str(page), "limit": str(PAGE)}
            )
            self.cut = self.cut or not isinstance(answer.body, list)
            for one in answer.body if isinstance(answer.body, list) else ():
                if isinstance(one, dict):
                    yield one
            pages = _header(answer, "x-pagination-page-count") or 1
            if total is not None and (count := _header(answer, "x-pagination-item-count")) is not None:
                total[:] = [count]
            page += 1
            if page > PAGES:
                self.cut = self.cut or page <= pages
                return

    def _title(self, one: Mapping[str, Any]) -> Remote | None:
        is_film = isinstance(one.get("movie"), dict)
        about = one.get("movie") if is_film else one.get("show")
        if not isinstance(about, dict):
            return None
        ids, raw = ids_of(about.get("ids")), about.get("ids")
        own = number(raw.get("trakt"), 2**53) if isinstance(raw, dict) else None
        name, year = text(about.get("title")), number(about.get("year"))
        key = ("movie" if is_film else "serie", own or (*sorted(ids.items()), name, year))
        if key not in self.titles:
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


def _header(answer: Answer, name: str) -> int | None:
    with contextlib.suppress(ValueError):
        return number(int(answer.headers.get(name, "")))
    return None
