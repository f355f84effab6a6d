"""What MDBList knows of a user, title by title: last plays, ratings, the watchlist, dropped series. Lists come by
cursors."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from typing import Any

from kyoo.api.trackers.base import Complete, Remote, RemotePlay, Status, Wire
from kyoo.api.trackers.coordinates import IMDB, TMDB, TVDB, is_id
from kyoo.api.trackers.moments import moment
from kyoo.api.trackers.remote import hundred, ids_of, number, text

PAGE = 1000
#: Pages of one list; what comes after is left out of this read.
PAGES = 500


#: What is needed of last_activities.
SAID = ("watched_at", "episode_watched_at", "season_watched_at", "watchlisted_at", "rated_at", "dropped_at")


def said_of(body: Any) -> dict[str, str]:
    activities = body if isinstance(body, Mapping) else {}
    return {name: said[:40] for name in SAID if isinstance(said := activities.get(name), str)}


async def read(
    wire: Wire, url: str, before: Mapping[str, Any], now: Mapping[str, Any]
) -> AsyncIterator[Remote | Complete]:
    """One `Remote` a title; only of the lists that changed between the two answers of last_activities. `since` means
    when something was watched and not when it was told, so a list that changed is read whole."""
    reading = _Reading(wire, url)
    statuses: set[Status] = set()
    if _changed(before, now, "watched_at", "episode_watched_at", "season_watched_at"):
        await reading.watched()
    if _changed(before, now, "dropped_at"):
        await reading.dropped()
        statuses.add("dropped")
    if _changed(before, now, "watchlisted_at"):
        await reading.watchlist()
        statuses.add("planned")
    rated = _changed(before, now, "rated_at")
    if rated:
        await reading.ratings()
    for title in reading.titles.values():
        yield title
    if not reading.cut:
        yield Complete(frozenset(statuses), scores=rated)


class _Reading:
    """Titles, gathered out of the lists. `cut`: a list was longer than what is read of one, or was none."""

    def __init__(self, wire: Wire, url: str) -> None:
        self._wire, self._url = wire, url
        self.titles: dict[tuple[str, Any], Remote] = {}
        self.cut = False

    async def watched(self) -> None:
        """A serie or season that is marked whole has its episodes in the list, too."""
        for kind in ("movie", "episode"):
            async for one in self._pages("/sync/watched", kind + "s", mediatype=kind):
                at = moment(one.get("last_watched_at")) or moment(one.get("watched_at"))
                if kind == "movie":
                    title = self._title("movie", one.get("movie"))
                    play = RemotePlay(None, None, at)
                else:
                    place = one.get("episode")
                    if not isinstance(place, dict) or number(place.get("number")) is None:
                        continue
                    title = self._title("serie", place.get("show") or one.get("show"))
                    play = RemotePlay(number(place["number"]), number(place.get("season")), at)
                if title is not None:
                    title.plays.append(play)
                    _newest(title, at)

    async def ratings(self) -> None:
        async for kind, one in self._both("/sync/ratings"):
            title = self._title(kind, one.get("movie" if kind == "movie" else "show"))
            if title is not None:
                title.score = hundred(one.get("rating"))
                _newest(title, moment(one.get("rated_at")))

    async def dropped(self) -> None:
        async for one in self._pages("/sync/dropped", "shows"):
            title = self._title("serie", one.get("show"))
            if title is not None:
                title.status = "dropped"
                _newest(title, moment(one.get("dropped_at")))

    async def watchlist(self) -> None:
        """Its entries are titles themselves, their ids beside them or in `ids`."""
        async for kind, one in self._both("/watchlist/items"):
            title = self._title(kind, one)
            if title is not None:
                title.status = title.status or "planned"
                _newest(title, moment(one.get("watchlist_at")) or moment(one.get("listed_at")))

    def _title(self, kind: str, about: Any) -> Remote | None:
        if not isinstance(about, dict):
            self.cut = True
            return None
        ids = ids_of(about.get("ids"))
        for provider, key in ((IMDB, "imdb_id"), (TVDB, "tvdb_id"), (TMDB, "tmdb_id"), (TMDB, "id")):
            value = about.get(key)
            if provider not in ids and isinstance(value, str | int) and is_id(provider, str(value)):
                ids[provider] = str(value)
        if not ids:
            self.cut = True
            return None
        # Lists name a title by more or fewer ids: TMDB's is in all of them, as MDBList's own titles have one.
        name = (kind, ids.get(TMDB) or tuple(sorted(ids.items())))
        if name not in self.titles:
            year = number(about.get("year")) or number(about.get("release_year"))
            self.titles[name] = Remote("movie" if kind == "movie" else "serie", ids, text(about.get("title")), year)
        known = self.titles[name]
        known.ids = {**ids, **known.ids}
        return known

    async def _both(self, path: str) -> AsyncIterator[tuple[str, Mapping[str, Any]]]:
        async for body in self._bodies(path):
            for kind, key in (("movie", "movies"), ("serie", "shows")):
                self.cut = self.cut or not isinstance(body.get(key), list)
                for one in _dicts(body.get(key)):
                    yield kind, one

    async def _pages(self, path: str, key: str, **params: str) -> AsyncIterator[Mapping[str, Any]]:
        async for body in self._bodies(path, **params):
            self.cut = self.cut or not isinstance(body.get(key), list)
            for one in _dicts(body.get(key)):
                yield one

    async def _bodies(self, path: str, **params: str) -> AsyncIterator[Mapping[str, Any]]:
        """Page by page: by the cursor of the last, else by offset while pages are full."""
        cursor, offset = "", 0
        for _ in range(PAGES):
            place = {"cursor": cursor} if cursor else {"offset": str(offset)} if offset else {}
            answer = await self._wire("GET", f"{self._url}{path}", params={**params, "limit": str(PAGE), **place})
            body = answer.body if isinstance(answer.body, dict) else {}
            yield body
            paging = body.get("pagination")
            following = paging.get("next_cursor") if isinstance(paging, dict) else None
            if isinstance(following, str) and following and following != cursor:
                cursor = following
                continue
            count = sum(len(value) for value in body.values() if isinstance(value, list))
            if (isinstance(paging, dict) and "next_cursor" in paging) or count < PAGE:
                return
            cursor, offset = "", offset + PAGE
        self.cut = True


def _dicts(value: Any) -> list[Mapping[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _changed(before: Mapping[str, Any], now: Mapping[str, Any], *names: str) -> bool:
    return not before or any(before.get(name) != now.get(name) for name in names)


def _newest(title: Remote, at: datetime | None) -> None:
    if at is not None and (title.updated_at is None or at > title.updated_at):
        title.updated_at = at
