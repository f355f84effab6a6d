"""MDBList: films and episodes with the date of their last play, ratings, a watchlist, dropped series, and what is being
watched. Linked by the user's own key, which MDBList takes in the query only."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from kyoo.api.trackers.base import (
    DONE,
    Action,
    Answer,
    Application,
    ByKey,
    Complete,
    LaterError,
    Limit,
    Live,
    Order,
    Outcome,
    RefusedError,
    Remote,
    Session,
    TrackerError,
    UnlinkedError,
)
from kyoo.api.trackers.coordinates import IMDB, TMDB, TVDB, episode, film, short, title_ids
from kyoo.api.trackers.marks import Marks, missed, unplaced
from kyoo.api.trackers.orders import each
from kyoo.api.trackers.remote import scored, text
from kyoo.api.trackers.services.mdblist_reading import read, said_of
from kyoo.api.trackers.synced import Synced

PROVIDERS = (TMDB, TVDB, IMDB)
#: Seconds without requests when its limit of a day is used up and it does not say until when.
USED_UP = 15 * 60.0
LONGEST = 24 * 3600.0
#: A stop from here on is a play there.
COUNTS = 80


class MdbList(Synced, ByKey, Live):
    name = "mdblist"
    title = "MDBList"
    reads = Limit(0.25, 10)
    writes = Limit(1.05, 5)
    batch = 100
    providers = PROVIDERS
    #: It keeps one date of each film and episode, the last.
    each = False
    history = "/sync/watched"

    def headers(self, application: Application, token: str | None) -> dict[str, str]:
        del application, token
        return {}

    def query(self, token: str | None) -> dict[str, str]:
        return {"apikey": token} if token else {}

    def budget(self, answer: Answer) -> tuple[int | None, float | None]:
        return None, _pause(answer) if answer.status == 429 else None

    def fault(self, answer: Answer) -> TrackerError | None:
        match answer.status:
            case 401 | 403:
                return UnlinkedError(
                    "unlinked", "MDBList does not accept your key: give it the one of your settings there"
                )
            case 404:
                return RefusedError("unknown", "MDBList does not know it")
            case 429:
                return LaterError("limited", "MDBList allows no more requests for now", after=_pause(answer))
        return None

    async def account(self, session: Session) -> str | None:
        answer = await session.wire("GET", f"{self.url}/user")
        user = answer.body if isinstance(answer.body, dict) else {}
        return text(user.get("username")) or text(user.get("user_name")) or text(user.get("name")) or None

    # --- what is told

    async def _history(
        self, session: Session, path: str, orders: Sequence[Order], *, unseen: bool = False
    ) -> list[Outcome]:
        """One request for all that has coordinates."""
        marks = Marks(self.title)
        dated = not path.endswith("/remove")
        for order in orders:
            for facts, at in each(order):
                if not (unseen and facts.get("seen")):
                    marks.add(order.id, facts, at if dated else None, PROVIDERS)
        answer = await session.wire("POST", f"{self.url}{path}", json=marks.body()) if marks.any else None
        return [marks.outcome(order.id, answer and answer.body) for order in orders]

    async def _stop(self, session: Session, order: Order) -> Outcome:
        percent = float(order.facts.get("percent") or 100)
        body = scrobble_body(order.facts, max(percent, float(COUNTS)))
        if body is None:
            return unplaced(self.title)
        answer = await session.wire("POST", f"{self.url}/scrobble/stop", json=body, expected=(404, 409))
        return missed(self.title) if answer.status == 404 else DONE

    async def _score(self, session: Session, order: Order) -> Outcome:
        thing = _title(order.facts)
        if thing is None:
            return unplaced(self.title)
        kind, ids = thing
        if (score := order.facts.get("score")) is None:
            return await self._listed(session, "/sync/ratings/remove", kind, {"ids": ids})
        return await self._listed(session, "/sync/ratings", kind, {"ids": ids, "rating": scored(score)})

    async def _word(self, session: Session, order: Order) -> Outcome:
        """A status or its removal. What is completed by word has been watched, each entry by itself: a mark of a whole
        serie there would mark episodes that nobody has here."""
        thing = _title(order.facts)
        if thing is None:
            return unplaced(self.title)
        kind, ids = thing
        status = order.facts.get("status")
        if order.what == "removed":
            await self._listed(session, "/watchlist/items/remove", kind, ids)
            if kind == "shows" and status == "dropped":
                await self._listed(session, "/sync/dropped/remove", kind, {"ids": ids})
            return DONE
        if status == "planned":
            outcome = await self._listed(session, "/watchlist/items/add", kind, ids)
            if kind == "shows":
                await self._listed(session, "/sync/dropped/remove", kind, {"ids": ids})
            return outcome
        await self._listed(session, "/watchlist/items/remove", kind, ids)
        if kind == "movies":
            if status == "dropped":
                return Outcome(note="MDBList knows no dropped films; it is off your watchlist")
        elif status == "dropped":
            dropped: dict[str, Any] = {"ids": ids}
            if order.facts.get("at"):
                dropped["dropped_at"] = order.facts["at"]
            return await self._listed(session, "/sync/dropped", kind, dropped)
        else:
            await self._listed(session, "/sync/dropped/remove", kind, {"ids": ids})
        if status == "completed":
            return (await self._history(session, "/sync/watched", [order], unseen=True))[0]
        return DONE

    async def _listed(self, session: Session, path: str, kind: str, body: dict[str, Any]) -> Outcome:
        removes = path.endswith("/remove")
        answer = await session.wire(
            "POST", f"{self.url}{path}", json={kind: [body]}, expected=(404,) if removes else ()
        )
        absent = answer.body.get("not_found") if isinstance(answer.body, dict) else None
        # Lists, or counts of them.
        lost = absent.get(kind) if isinstance(absent, dict) else None
        return missed(self.title) if lost and not removes else DONE

    async def scrobble(self, session: Session, action: Action, facts: Mapping[str, Any], percent: float) -> None:
        """A stop before the end is what a pause is: it keeps the place."""
        body = scrobble_body(facts, percent)
        if body is not None and (action == "start" or percent >= 1):
            await session.wire("POST", f"{self.url}/scrobble/{action}", json=body, expected=(400, 404, 409, 422))

    # --- what is read

    async def activities(self, session: Session) -> dict[str, Any]:
        answer = await session.wire("GET", f"{self.url}/sync/last_activities")
        return said_of(answer.body)

    def read(
        self, session: Session, before: Mapping[str, Any], now: Mapping[str, Any]
    ) -> AsyncIterator[Remote | Complete]:
        return read(session.wire, self.url, before, now)


def _title(facts: Mapping[str, Any]) -> tuple[str, dict[str, Any]] | None:
    """A film or a serie as one title."""
    ids = short(title_ids(facts["show"]["ids"]), *PROVIDERS)
    return ("movies" if facts["show"]["kind"] == "movie" else "shows", ids) if ids else None


def scrobble_body(facts: Mapping[str, Any], percent: float) -> dict[str, Any] | None:
    """The episode is inside its season, inside its serie. More than two decimals are refused."""
    progress = int(percent * 100) / 100
    ids = film(facts)
    if ids and (known := short(ids, *PROVIDERS)):
        return {"progress": progress, "movie": {"ids": known}}
    place = episode(facts, PROVIDERS)
    if place is None:
        return None
    season = {"number": place.season, "episode": {"number": place.number}}
    return {"progress": progress, "show": {"ids": short(place.ids), "season": season}}


def _pause(answer: Answer) -> float:
    """Seconds until it answers again, by the headers that say so."""
    for name, since in (("retry-after", 0.0), ("x-ratelimit-reset", time.time())):
        try:
            seconds = float(answer.headers[name]) - since
        except (KeyError, ValueError):
            continue
        if 0 < seconds <= LONGEST:
            return seconds
    return USED_UP
