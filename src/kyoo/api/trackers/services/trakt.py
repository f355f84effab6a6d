"""Trakt: plays with their dates, a watchlist, ratings, what was dropped, and what is being watched (its public
contract, github.com/trakt/trakt-api). No status of a serie but these."""

from __future__ import annotations

import contextlib
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from kyoo.api.trackers import oauth
from kyoo.api.trackers.base import (
    DONE,
    Action,
    Answer,
    Application,
    ByDevice,
    ByRedirect,
    Complete,
    DeviceCode,
    LaterError,
    Limit,
    Live,
    Login,
    Order,
    Outcome,
    RefusedError,
    Remote,
    Renewing,
    Revoking,
    Session,
    Tokens,
    TrackerError,
    What,
)
from kyoo.api.trackers.coordinates import IMDB, TMDB, TVDB, episode, film, short, title_ids
from kyoo.api.trackers.marks import Marks, missed, unplaced
from kyoo.api.trackers.moments import iso, moment
from kyoo.api.trackers.orders import each
from kyoo.api.trackers.remote import ids_of, scored
from kyoo.api.trackers.services.trakt_reading import read, said_of
from kyoo.api.trackers.synced import Synced

#: The numbers of episodes are those of TMDB, and of TheTVDB where TMDB has none.
PROVIDERS = (TMDB, TVDB, IMDB)
#: How far the date of a play may be from ours: of what we dated, and of what Trakt dated when we scrobbled.
DATED, SCROBBLED = timedelta(seconds=2), timedelta(minutes=10)
#: Plays of one page of the history, and pages that are looked through for one.
PAGE, PAGES = 250, 20


class Trakt(Synced, ByRedirect, ByDevice, Renewing, Revoking, Live):
    name = "trakt"
    title = "Trakt"
    reads = Limit(0.35, 20)
    writes = Limit(1.05, 2)
    batch = 100
    providers = PROVIDERS

    def headers(self, application: Application, token: str | None) -> dict[str, str]:
        own = {"trakt-api-version": "2", "trakt-api-key": application.client_id}
        return {**own, **super().headers(application, token)}

    def budget(self, answer: Answer) -> tuple[int | None, float | None]:
        """`x-ratelimit` is JSON in one header; writes have a limit of one a second, which says nothing new."""
        with contextlib.suppress(ValueError, KeyError, TypeError):
            said = json.loads(answer.headers["x-ratelimit"])
            if int(said["remaining"]) <= 0 and (until := moment(said["until"])) is not None:
                return None, max(0.0, (until - datetime.now(UTC)).total_seconds())
        return None, None

    def fault(self, answer: Answer) -> TrackerError | None:
        match answer.status:
            case 403:
                return LaterError(
                    "application",
                    "Trakt no longer knows this server's application: an administrator has to look",
                    after=3600,
                )
            case 404:
                return RefusedError("unknown", "Trakt does not know it")
            case 420:
                return RefusedError("full", "Your list at Trakt is full: a free account holds no more")
            case 422:
                return RefusedError("invalid", "Trakt does not take it")
            case 423:
                return RefusedError("locked", "Your account at Trakt is locked: ask Trakt")
            case 426:
                return RefusedError("vip", "Trakt does this for VIP accounts only")
        return None

    # --- the link

    def page(self, application: Application, state: str, redirect: str, verifier: str) -> str:
        del verifier
        return oauth.page(f"{self.auth_url}/oauth/authorize", application, state, redirect)

    async def redeem(self, login: Login, code: str, redirect: str, verifier: str) -> Tokens:
        del verifier
        given = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect}
        answer = await oauth.ask(self.title, login, f"{self.url}/oauth/token", given, as_form=False)
        return oauth.tokens_of(self.title, answer)

    async def begin(self, login: Login) -> DeviceCode:
        answer = await login.wire(
            "POST", f"{self.url}/oauth/device/code", json={"client_id": login.application.client_id}
        )
        said = answer.body
        try:
            return DeviceCode(
                said["verification_url"],
                said["user_code"],
                said["device_code"],
                int(said["interval"]),
                int(said["expires_in"]),
            )
        except (KeyError, TypeError, ValueError):
            raise LaterError("nonsense", "Trakt answers nonsense") from None

    async def poll(self, login: Login, device: DeviceCode) -> Tokens | None:
        body = {
            "code": device.secret,
            "client_id": login.application.client_id,
            **oauth.secret_of(login.application),
        }
        answer = await login.wire(
            "POST", f"{self.url}/oauth/device/token", json=body, expected=(400, 404, 409, 410, 418, 429)
        )
        match answer.status:
            case 400:
                return None
            case 404 | 409 | 410:
                raise RefusedError("expired", "The code is no longer good: begin again")
            case 418:
                raise RefusedError("refused", "You refused it at Trakt")
            case 429:
                raise LaterError("slow_down", "Trakt is asked too often", after=float(device.interval))
        return oauth.tokens_of(self.title, answer)

    async def renew(self, login: Login, tokens: Tokens) -> Tokens:
        given = {
            "grant_type": "refresh_token",
            "refresh_token": tokens.refresh or "",
            "redirect_uri": login.redirect,
        }
        answer = await oauth.ask(self.title, login, f"{self.url}/oauth/token", given, as_form=False, renews=True)
        return oauth.tokens_of(self.title, answer, tokens)

    async def revoke(self, login: Login, tokens: Tokens) -> None:
        application = login.application
        body = {"token": tokens.access, "client_id": application.client_id, **oauth.secret_of(application)}
        await login.wire("POST", f"{self.url}/oauth/revoke", json=body)

    async def account(self, session: Session) -> str | None:
        answer = await session.wire("GET", f"{self.url}/users/settings")
        user = answer.body.get("user") if isinstance(answer.body, dict) else None
        name = user.get("username") if isinstance(user, dict) else None
        return name if isinstance(name, str) else None

    # --- what is told

    @classmethod
    def wants(cls, what: What, facts: Mapping[str, Any]) -> bool:
        if what == "status":
            return bool(facts["status"] != "rewatching")
        return True

    async def _history(self, session: Session, path: str, orders: Sequence[Order]) -> list[Outcome]:
        """One request for all that has coordinates."""
        marks = Marks(self.title)
        dated = not path.endswith("/remove")
        for order in orders:
            for facts, at in each(order):
                marks.add(order.id, facts, at if dated else None, PROVIDERS)
        return await self._mark(session, path, orders, marks)

    async def _mark(self, session: Session, path: str, orders: Sequence[Order], marks: Marks) -> list[Outcome]:
        answer = await session.wire("POST", f"{self.url}{path}", json=marks.body()) if marks.any else None
        return [marks.outcome(order.id, answer and answer.body) for order in orders]

    async def _stop(self, session: Session, order: Order) -> Outcome:
        """What ends before our eyes is a scrobble; Trakt answers a repeat with 409."""
        body = scrobble_body(order.facts, float(order.facts.get("percent") or 100))
        if body is None:
            return unplaced(self.title)
        answer = await session.wire("POST", f"{self.url}/scrobble/stop", json=body, expected=(404, 409))
        if answer.status == 404:
            return missed(self.title)
        if answer.status != 409 and isinstance(answer.body, dict) and answer.body.get("action") == "pause":
            # It counts from 80 % on; what we call finished is further.
            return (await self._history(session, "/sync/history", [order]))[0]
        return DONE

    async def _score(self, session: Session, order: Order) -> Outcome:
        score = order.facts.get("score")
        thing = title_body(order.facts)
        if thing is None:
            return unplaced(self.title)
        kind, body = thing
        if score is None:
            return await self._listed(session, "/sync/ratings/remove", kind, body)
        return await self._listed(session, "/sync/ratings", kind, {**body, "rating": scored(score)})

    async def _word(self, session: Session, order: Order) -> Outcome:
        """A status or its removal. What is completed by word has been watched."""
        thing = title_body(order.facts)
        if thing is None:
            return unplaced(self.title)
        kind, body = thing
        if order.what == "removed":
            await self._listed(session, "/sync/watchlist/remove", kind, body)
            if kind == "shows" and order.facts.get("status") == "dropped":
                await self._listed(session, "/users/hidden/dropped/remove", kind, body)
            return DONE
        match order.facts["status"]:
            case "planned":
                outcome = await self._listed(session, "/sync/watchlist", kind, body)
                await self._undrop(session, kind, body)
                return outcome
            case "completed":
                outcome = await self._completed(session, order)
                await self._listed(session, "/sync/watchlist/remove", kind, body)
                await self._undrop(session, kind, body)
                return outcome
            case "dropped" if kind == "shows":
                return await self._listed(session, "/users/hidden/dropped", kind, body)
            case "dropped":
                await self._listed(session, "/sync/watchlist/remove", kind, body)
                return Outcome(note="Trakt knows no dropped films; it is off your watchlist")
        await self._listed(session, "/sync/watchlist/remove", kind, body)
        await self._undrop(session, kind, body)
        return DONE

    async def _undrop(self, session: Session, kind: str, body: dict[str, Any]) -> None:
        if kind == "shows":
            await self._listed(session, "/users/hidden/dropped/remove", kind, body)

    async def _completed(self, session: Session, order: Order) -> Outcome:
        """Every entry by its own coordinates, and none that Trakt has already."""
        there = await self._watched(session, order.facts)
        marks = Marks(self.title)
        for facts, at in each(order):
            if facts.get("seen"):
                continue
            if (film(facts) and "film" in there) or (
                (place := episode(facts, PROVIDERS)) and (place.season, place.number) in there
            ):
                continue
            marks.add(order.id, facts, at, PROVIDERS)
        return (await self._mark(session, "/sync/history", [order], marks))[0]

    async def _watched(self, session: Session, facts: Mapping[str, Any]) -> set[Any]:
        """What Trakt knows as watched of a title: (season, number) of episodes, `film` for a film."""
        kind, body = title_body(facts) or ("", {})
        if not body:
            return set()
        provider, identifier = next(iter(body["ids"].items()))
        single = "movie" if kind == "movies" else "show"
        found = await session.wire(
            "GET", f"{self.url}/search/{provider}/{identifier}", params={"type": single}, expected=(404,)
        )
        if not isinstance(found.body, list) or not found.body:
            return set()
        try:
            trakt = int(found.body[0][single]["ids"]["trakt"])
        except (KeyError, TypeError, ValueError):
            return set()
        if single == "movie":
            answer = await session.wire("GET", f"{self.url}/sync/history/movies/{trakt}", expected=(404,))
            return {"film"} if isinstance(answer.body, list) and answer.body else set()
        answer = await session.wire(
            "GET",
            f"{self.url}/shows/{trakt}/progress/watched",
            params={"hidden": "false", "specials": "true", "count_specials": "true"},
            expected=(404,),
        )
        seasons = answer.body.get("seasons") if isinstance(answer.body, dict) else None
        return {
            (season.get("number"), one.get("number"))
            for season in seasons or ()
            for one in season.get("episodes") or ()
            if one.get("completed")
        }

    async def _listed(self, session: Session, path: str, kind: str, body: dict[str, Any]) -> Outcome:
        answer = await session.wire("POST", f"{self.url}{path}", json={kind: [body]})
        absent = answer.body.get("not_found") if isinstance(answer.body, dict) else None
        lost = isinstance(absent, dict) and absent.get(kind) and not path.endswith("/remove")
        return missed(self.title) if lost else DONE

    async def known(self, session: Session, order: Order) -> bool:
        """Trakt takes a play as often as it is told: whether this one is there says its history of that time."""
        if order.what != "watched" or (at := moment(order.facts["at"])) is None:
            return False
        early, late = at - DATED, at + DATED
        if order.live:
            sent = order.sent_at or at
            early, late = min(at, sent) - SCROBBLED, max(at, sent) + SCROBBLED
        marks = Marks(self.title)
        marks.add(order.id, order.facts, None, PROVIDERS)
        page, pages = 1, 1
        while page <= min(pages, PAGES):
            answer = await session.wire(
                "GET",
                f"{self.url}/sync/history",
                params={"start_at": iso(early), "end_at": iso(late), "page": str(page), "limit": str(PAGE)},
            )
            for play in answer.body if isinstance(answer.body, list) else ():
                when = moment(play.get("watched_at"))
                if when is not None and early <= when <= late and marks.names(play, ids_of):
                    return True
            with contextlib.suppress(ValueError):
                pages = int(answer.headers.get("x-pagination-page-count", "1"))
            page += 1
        return False

    async def scrobble(self, session: Session, action: Action, facts: Mapping[str, Any], percent: float) -> None:
        """Less than 1 % is no stop that Trakt takes."""
        body = scrobble_body(facts, percent)
        if body is not None and (action == "start" or percent >= 1):
            await session.wire("POST", f"{self.url}/scrobble/{action}", json=body, expected=(404, 409, 422))

    # --- what is read

    async def activities(self, session: Session) -> dict[str, Any]:
        answer = await session.wire("GET", f"{self.url}/sync/last_activities")
        return said_of(answer.body)

    def read(
        self, session: Session, before: Mapping[str, Any], now: Mapping[str, Any]
    ) -> AsyncIterator[Remote | Complete]:
        return read(session.wire, self.url, before, now, session.kept)


def title_body(facts: Mapping[str, Any]) -> tuple[str, dict[str, Any]] | None:
    """A film or a serie as one title."""
    show = facts["show"]
    ids = short(title_ids(show["ids"]), *PROVIDERS)
    if not ids:
        return None
    return "movies" if show["kind"] == "movie" else "shows", {"ids": ids}


def scrobble_body(facts: Mapping[str, Any], percent: float) -> dict[str, Any] | None:
    ids = film(facts)
    if ids and (known := short(ids, *PROVIDERS)):
        return {"progress": percent, "movie": {"ids": known}}
    place = episode(facts, PROVIDERS)
    if place is None:
        return None
    return {
        "progress": percent,
        "show": {"ids": short(place.ids)},
        "episode": {"season": place.season, "number": place.number},
    }
