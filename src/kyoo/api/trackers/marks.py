"""Films and episodes as Trakt, SIMKL and MDBList take them: many in one body, each by exact coordinates, and what their
answers say was not found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from kyoo.api.trackers.base import DONE, Outcome, RefusedError
from kyoo.api.trackers.coordinates import episode, film, short

Ids = dict[str, Any]


class Marks:
    """`add` what is to be marked; `body` is the request, `outcome` what its answer means."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._unplaced: Counter[int] = Counter()
        self._films: list[tuple[int, Ids, str | None]] = []
        self._episodes: list[tuple[int, Ids, int | None, int, str | None]] = []

    @property
    def any(self) -> bool:
        return bool(self._films or self._episodes)

    def add(self, order: int, facts: Mapping[str, Any], at: str | None, providers: Sequence[str]) -> None:
        ids = short(film(facts) or {}, *providers)
        place = None if ids else episode(facts, providers)
        if ids:
            self._films.append((order, ids, at))
        elif place is not None:
            self._episodes.append((order, short(place.ids), place.season, place.number, at))
        else:
            self._unplaced[order] += 1

    def body(self) -> dict[str, Any]:
        """A title that is marked twice, at two times, is there twice: each episode once in a list."""
        body: dict[str, Any] = {}
        if self._films:
            body["movies"] = [{"ids": ids, **_dated(at)} for _, ids, at in self._films]
        shows: list[tuple[Ids, set[tuple[int | None, int]], dict[str, Any]]] = []
        for _, ids, season, number, at in self._episodes:
            place = (season, number)
            free = next((known for known in shows if known[0] == ids and place not in known[1]), None)
            if free is None:
                free = (ids, set(), {"ids": ids})
                shows.append(free)
            free[1].add(place)
            _episodes_of(free[2], season).append({"number": number, **_dated(at)})
        if shows:
            body["shows"] = [show for *_, show in shows]
        return body

    def outcome(self, order: int, answer: Any) -> Outcome:
        """Of one order. Of several entries, some may have no coordinates: the others are marked all the same."""
        placed = sum(one[0] == order for one in (*self._films, *self._episodes))
        missing = self._unplaced[order]
        if missing and not placed:
            return unplaced(self._title)
        if order in self._lost(answer):
            return missed(self._title)
        if missing:
            return Outcome(note=f"{missing} of {placed + missing} entries have no exact place at {self._title}")
        return DONE

    def _lost(self, answer: Any) -> set[int]:
        """The orders of which the answer says `not_found`."""
        absent = answer.get("not_found") if isinstance(answer, dict) else None
        if not isinstance(absent, dict):
            return set()
        films = [_ids(one) for one in absent.get("movies") or ()]
        shows = [
            one for key in ("shows", "anime", "episodes") for one in absent.get(key) or () if isinstance(one, dict)
        ]
        lost = {order for order, ids, _ in self._films if any(_same(ids, other) for other in films)}
        for order, ids, season, number, _ in self._episodes:
            for show in shows:
                numbers = _numbers(show)
                if _same(ids, _ids(show)) and (not numbers or (season, number) in numbers):
                    lost.add(order)
        return lost

    def names(self, play: Mapping[str, Any], ids_of: Callable[[Any], dict[str, str]]) -> bool:
        """Whether a play of the service's history is one of these."""
        if isinstance(play.get("movie"), dict):
            there = short(ids_of(play["movie"].get("ids")))
            return any(_same(ids, there) for _, ids, _ in self._films)
        one, show = play.get("episode"), play.get("show")
        if not isinstance(one, dict) or not isinstance(show, dict):
            return False
        there, place = short(ids_of(show.get("ids"))), (one.get("season"), one.get("number"))
        return any(_same(ids, there) and (season, number) == place for _, ids, season, number, _ in self._episodes)


def _dated(at: str | None) -> dict[str, str]:
    return {"watched_at": at} if at else {}


def _episodes_of(show: dict[str, Any], season: int | None) -> list[dict[str, Any]]:
    if season is None:
        found: list[dict[str, Any]] = show.setdefault("episodes", [])
        return found
    seasons: list[dict[str, Any]] = show.setdefault("seasons", [])
    for known in seasons:
        if known["number"] == season:
            episodes: list[dict[str, Any]] = known["episodes"]
            return episodes
    seasons.append({"number": season, "episodes": []})
    made: list[dict[str, Any]] = seasons[-1]["episodes"]
    return made


def _ids(one: Any) -> Ids:
    ids = one.get("ids") if isinstance(one, dict) else None
    return ids if isinstance(ids, dict) else {}


def _same(ours: Ids, theirs: Ids) -> bool:
    return any(str(theirs[name]) == str(value) for name, value in ours.items() if theirs.get(name) not in (None, "", 0))


def _numbers(show: Mapping[str, Any]) -> set[tuple[int | None, int]]:
    numbers = {
        (season.get("number"), one.get("number"))
        for season in show.get("seasons") or ()
        for one in season.get("episodes") or ()
    }
    return numbers | {(None, one.get("number")) for one in show.get("episodes") or ()}


def unplaced(title: str) -> Outcome:
    return Outcome(
        RefusedError("unplaced", f"What this is at {title} is not exactly known, so nothing was marked there")
    )


def missed(title: str) -> Outcome:
    return Outcome(RefusedError("unknown", f"{title} does not know it"))
