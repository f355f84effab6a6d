"""SIMKL: lists with a status, watched episodes, ratings, what is being watched (its API blueprint). 1,000 requests a
day for an application that SIMKL has not approved."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from kyoo import __version__
from kyoo.api.trackers import oauth
from kyoo.api.trackers.base import (
    DONE,
    EVERYTHING,
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
    RemotePlay,
    Session,
    Status,
    Tokens,
    TrackerError,
    UnlinkedError,
)
from kyoo.api.trackers.coordinates import ANIDB, ANILIST, IMDB, MAL, TMDB, TVDB, episode, film, short, title_ids
from kyoo.api.trackers.marks import Marks, missed, unplaced
from kyoo.api.trackers.moments import moment
from kyoo.api.trackers.orders import each
from kyoo.api.trackers.remote import hundred, ids_of, number, scored, text
from kyoo.api.trackers.synced import Synced

#: Its series count as TheTVDB does, its anime as each title by itself.
PROVIDERS = (MAL, ANIDB, ANILIST, TVDB, TMDB, IMDB)
STATUSES: dict[str, str] = {
    "planned": "plantowatch",
    "watching": "watching",
    "rewatching": "watching",
    "completed": "completed",
    "dropped": "dropped",
}
READ: dict[str, Status] = {
    "plantowatch": "planned",
    "watching": "watching",
    "completed": "completed",
    "hold": "watching",
    "dropped": "dropped",
    "notinteresting": "dropped",
}
SAME = timedelta(minutes=10)
#: Its lists by kind, and where the title of an entry is.
KINDS = (("shows", "show"), ("anime", "show"), ("movies", "movie"))


class Simkl(Synced, ByRedirect, ByDevice, Live):
    name = "simkl"
    title = "SIMKL"
    reads = Limit(0.2, 5)
    writes = Limit(1.05, 2)
    batch = 100
    providers = PROVIDERS
    each = False
    device_needs_secret = False

    def headers(self, application: Application, token: str | None) -> dict[str, str]:
        return {"simkl-api-key": application.client_id, **super().headers(application, token)}

    def fault(self, answer: Answer) -> TrackerError | None:
        word = answer.body.get("error") if isinstance(answer.body, dict) else None
        if answer.status == 401 or word == "user_token_failed":
            return UnlinkedError("unlinked", "SIMKL no longer accepts this account: link it anew")
        match answer.status:
            case 403 | 412:
                return LaterError(
                    "application",
                    "SIMKL does not accept this server's application: an administrator has to look",
                    after=3600,
                )
            case 404:
                return RefusedError("unknown", "SIMKL does not know it")
        return None

    def _about(self, application: Application) -> dict[str, str]:
        return {"client_id": application.client_id, "app-name": "kyoo", "app-version": __version__}

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
        answer = await login.wire("GET", f"{self.url}/oauth/pin", params=self._about(login.application))
        said = answer.body
        try:
            code = "".join(c for c in str(said["user_code"]) if c.isalnum())
            return DeviceCode(said["verification_url"], code, code, int(said["interval"]), int(said["expires_in"]))
        except (KeyError, TypeError, ValueError):
            raise LaterError("nonsense", "SIMKL answers nonsense") from None

    async def poll(self, login: Login, device: DeviceCode) -> Tokens | None:
        """200 all the same: `result` says whether it was confirmed."""
        answer = await login.wire(
            "GET", f"{self.url}/oauth/pin/{device.secret}", params=self._about(login.application), expected=(404,)
        )
        if answer.status == 404:
            raise RefusedError("expired", "The code is no longer good: begin again")
        said = answer.body if isinstance(answer.body, dict) else {}
        if said.get("result") == "OK" and said.get("access_token"):
            return oauth.tokens_of(self.title, answer)
        if "slow down" in str(said.get("message", "")).lower():
            raise LaterError("slow_down", "SIMKL is asked too often", after=float(device.interval))
        return None

    async def account(self, session: Session) -> str | None:
        answer = await session.wire("POST", f"{self.url}/users/settings", params=self._about(session.application))
        user = answer.body.get("user") if isinstance(answer.body, dict) else None
        name = user.get("name") if isinstance(user, dict) else None
        return name if isinstance(name, str) else None

    # --- what is told

    @classmethod
    def held(cls, kind: str, status: Status | None, *, seen: bool) -> Status | None:
        """A serie is watched or completed by what was watched of it. A film is planned until it is completed, and then
        it stays that."""
        if kind == "movie" and status in ("watching", "rewatching"):
            return "completed" if seen else "planned"
        return "watching" if status == "rewatching" or (status == "completed" and kind == "serie") else status

    @classmethod
    def told(cls, order: Order, base: Mapping[str, Any]) -> dict[str, Any]:
        if order.what == "removed":
            return {"status": None, "score": None, "seen": []}
        is_film = order.facts["show"]["kind"] == "movie"
        if order.what == "watched" and (is_film or base.get("status") in (None, "planned")):
            return {"status": "completed" if is_film else "watching"}
        if order.what == "status":
            return {"status": cls.held("movie" if is_film else "serie", order.facts["status"], seen=_seen(order, base))}
        return super().told(order, base)

    async def _post(self, session: Session, path: str, body: dict[str, Any], expected: Sequence[int] = ()) -> Answer:
        return await session.wire(
            "POST", f"{self.url}{path}", params=self._about(session.application), json=body, expected=expected
        )

    async def _history(
        self, session: Session, path: str, orders: Sequence[Order], *, unseen: bool = False
    ) -> list[Outcome]:
        marks = Marks(self.title)
        dated = not path.endswith("/remove")
        for order in orders:
            for facts, at in each(order):
                if not (unseen and facts.get("seen")):
                    marks.add(order.id, facts, at if dated else None, PROVIDERS)
        answer = await self._post(session, path, marks.body()) if marks.any else None
        return [marks.outcome(order.id, answer and answer.body) for order in orders]

    async def _stop(self, session: Session, order: Order) -> Outcome:
        body = scrobble_body(order.facts, float(order.facts.get("percent") or 100))
        if body is None:
            return unplaced(self.title)
        answer = await self._post(session, "/scrobble/stop", body, expected=(404, 409))
        if answer.status == 404:
            return missed(self.title)
        if answer.status != 409 and isinstance(answer.body, dict) and answer.body.get("action") == "pause":
            return (await self._history(session, "/sync/history", [order]))[0]
        return DONE

    async def _word(self, session: Session, order: Order) -> Outcome:
        facts = order.facts
        kind = "movies" if facts["show"]["kind"] == "movie" else "shows"
        ids = short(title_ids(facts["show"]["ids"]), *PROVIDERS)
        if not ids:
            return unplaced(self.title)
        if order.what == "score":
            if (score := facts.get("score")) is None:
                return await self._listed(session, "/sync/ratings/remove", kind, {"ids": ids})
            return await self._listed(session, "/sync/ratings", kind, {"ids": ids, "rating": scored(score)})
        if order.what == "removed":
            # To take a title off a list there is to forget what was watched of it.
            if facts.get("seen") and not session.unwatch:
                return Outcome(note="SIMKL keeps what you watched of it")
            return await self._listed(session, "/sync/history/remove", kind, {"ids": ids})
        status = facts["status"]
        if status == "completed" and kind == "shows":
            # A whole serie there may have more episodes than here: each by itself. SIMKL completes it when it has all,
            # but leaves it dropped when it had them before.
            if any(base.get("status") in ("dropped", "planned") for base in order.bases.values()):
                await self._listed(session, "/sync/add-to-list", kind, {"to": STATUSES["watching"], "ids": ids})
            return (await self._history(session, "/sync/history", [order], unseen=True))[0]
        if kind == "movies" and status in ("watching", "rewatching"):
            if any(base.get("status") == "completed" for base in order.bases.values()):
                return DONE
            status = self.held("movie", status, seen=_seen(order, *order.bases.values()))
        body: dict[str, Any] = {"to": STATUSES[status], "ids": ids}
        if status == "completed" and facts.get("at"):
            body["watched_at"] = facts["at"]
        return await self._listed(session, "/sync/add-to-list", kind, body)

    async def _listed(self, session: Session, path: str, kind: str, body: dict[str, Any]) -> Outcome:
        answer = await self._post(session, path, {kind: [body]})
        absent = answer.body.get("not_found") if isinstance(answer.body, dict) else None
        return missed(self.title) if isinstance(absent, dict) and absent.get(kind) and "remove" not in path else DONE

    async def known(self, session: Session, order: Order) -> bool:
        """Asks of the very film or episode, and when it was watched last: before this time, it was not this one."""
        if order.what != "watched":
            return False
        ids = film(order.facts)
        asked: dict[str, Any]
        if ids:
            asked = {"type": "movie", **short(ids, *PROVIDERS)}
        else:
            place = episode(order.facts, PROVIDERS)
            if place is None:
                return False
            asked = {"type": "tv" if place.season is not None else "anime", **short(place.ids), "episode": place.number}
            if place.season is not None:
                asked["season"] = place.season
        answer = await session.wire(
            "POST", f"{self.url}/sync/watched", params=self._about(session.application), json=[asked]
        )
        found = answer.body[0] if isinstance(answer.body, list) and answer.body else None
        if not isinstance(found, dict) or found.get("result") is not True:
            return False
        at, last = moment(order.facts.get("at")), moment(found.get("last_watched"))
        return at is None or last is None or last > at - SAME

    async def scrobble(self, session: Session, action: Action, facts: Mapping[str, Any], percent: float) -> None:
        body = scrobble_body(facts, percent)
        if body is not None:
            await self._post(session, f"/scrobble/{action}", body, expected=(404, 409, 422))

    # --- what is read

    async def activities(self, session: Session) -> dict[str, Any]:
        answer = await session.wire("GET", f"{self.url}/sync/activities", params=self._about(session.application))
        body = answer.body if isinstance(answer.body, dict) else {}
        groups = [(kind, body.get(kind)) for kind in ("tv_shows", "anime", "movies")]
        said = {
            kind: {key: _short(group.get(key)) for key in ("all", "removed_from_list")}
            for kind, group in groups
            if isinstance(group, Mapping)
        }
        return {"all": _short(body.get("all")), **said}

    async def read(
        self, session: Session, before: Mapping[str, Any], now: Mapping[str, Any]
    ) -> AsyncIterator[Remote | Complete]:
        """Since the last time only; `null` means that nothing changed. What was taken off a list is not said, so the
        lists are read whole when that happened."""
        removed = any(_removed(before, kind) != _removed(now, kind) for kind in ("tv_shows", "anime", "movies"))
        params = {
            **self._about(session.application),
            "extended": "full",
            "episode_watched_at": "yes",
            "include_all_episodes": "yes",
        }
        since = before.get("all")
        if isinstance(since, str) and not removed:
            params["date_from"] = since
        answer = await session.wire("GET", f"{self.url}/sync/all-items/", params=params)
        body = answer.body if isinstance(answer.body, dict) else {}
        sound, any_ = True, False
        for kind, key in KINDS:
            sound = sound and isinstance(body.get(kind) or [], list)
            for entry in body.get(kind) or ():
                found = remote(entry, key)
                if found is not None:
                    any_ = True
                    yield found
                sound = sound and found is not None
        if "date_from" not in params and sound and any_:
            yield EVERYTHING


def _seen(order: Order, *bases: Mapping[str, Any]) -> bool:
    """Whether what an order is about was seen, here or there."""
    facts = order.facts
    return bool(facts.get("seen") or facts.get("completedAt")) or any(b.get("status") == "completed" for b in bases)


def _short(said: Any) -> str | None:
    return said[:40] if isinstance(said, str) else None


def _removed(activities: Mapping[str, Any], kind: str) -> Any:
    group = activities.get(kind)
    return group.get("removed_from_list") if isinstance(group, Mapping) else None


def remote(entry: Any, key: str) -> Remote | None:
    about = entry.get(key) if isinstance(entry, dict) else None
    if not isinstance(about, dict):
        return None
    is_film = key == "movie" or entry.get("anime_type") == "movie"
    last = moment(entry.get("last_watched_at"))
    found = Remote(
        "movie" if is_film else "serie",
        ids_of(about.get("ids")),
        text(about.get("title")),
        number(about.get("year")),
        READ.get(str(entry.get("status"))),
        hundred(entry.get("user_rating")),
        updated_at=max(
            filter(None, (last, moment(entry.get("user_rated_at")), moment(entry.get("added_to_watchlist_at")))),
            default=None,
        ),
    )
    if is_film:
        if found.status == "completed" or last is not None:
            found.plays.append(RemotePlay(None, None, last))
        return found
    for season in entry.get("seasons") or ():
        for one in season.get("episodes") or ():
            if (count := number(one.get("number"))) is not None and one.get("watched") is not False:
                found.plays.append(
                    RemotePlay(
                        count, number(season.get("number")), moment(one.get("watched_at") or one.get("last_watched_at"))
                    )
                )
    return found


def scrobble_body(facts: Mapping[str, Any], percent: float) -> dict[str, Any] | None:
    ids = film(facts)
    if ids and (known := short(ids, *PROVIDERS)):
        return {"progress": percent, "movie": {"ids": known}}
    place = episode(facts, PROVIDERS)
    if place is None:
        return None
    if place.season is None:
        return {"progress": percent, "anime": {"ids": short(place.ids)}, "episode": {"number": place.number}}
    numbers = {"season": place.season, "number": place.number}
    return {"progress": percent, "show": {"ids": short(place.ids)}, "episode": numbers}
