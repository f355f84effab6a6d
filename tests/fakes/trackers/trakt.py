"""Trakt, as its public contract and recorded answers have it: plays are taken as often as they are told; a repeated
scrobble is answered by 409, one under 1 % by 422."""

from __future__ import annotations

import json
import secrets
from datetime import datetime, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from tests.fakes.trackers.service import CLIENT, SECRET, FakeService, iso


class FakeTrakt(FakeService):
    name = "trakt"

    def __init__(self) -> None:
        super().__init__()
        # Titles by (kind, ids): what Trakt knows.
        self.titles: list[dict[str, Any]] = []
        self.plays: list[dict[str, Any]] = []
        self.watchlist: dict[tuple[str, int], str] = {}
        self.ratings: dict[tuple[str, int], tuple[int, str]] = {}
        self.dropped: dict[int, str] = {}
        self.activities: dict[str, dict[str, str]] = {"movies": {}, "episodes": {}, "shows": {}, "watchlist": {}}
        self.devices: dict[str, dict[str, Any]] = {}
        self.watching: dict[str, Any] | None = None
        self.paused: list[dict[str, Any]] = []
        self.page = 250

    def add(self, kind: str, trakt: int, title: str, year: int = 2020, **ids: Any) -> None:
        self.titles.append({"kind": kind, "title": title, "year": year, "ids": {"trakt": trakt, **ids}})

    def play(self, kind: str, trakt: int, at: datetime, season: int = 0, number: int = 0) -> None:
        """Watched elsewhere."""
        self._watch(self._by_trakt(kind, trakt), iso(at), season, number, "watch")

    def word(self, kind: str, trakt: int, status: str | None) -> None:
        """Said elsewhere: planned, dropped, or neither."""
        groups = "movies" if kind == "movie" else "shows"
        if (status == "planned") != ((kind, trakt) in self.watchlist):
            self.watchlist.pop((kind, trakt), None)
            if status == "planned":
                self.watchlist[kind, trakt] = iso(self.now)
            self._touch(groups, "watchlisted_at")
        if kind == "show" and (status == "dropped") != (trakt in self.dropped):
            self.dropped.pop(trakt, None)
            if status == "dropped":
                self.dropped[trakt] = iso(self.now)
            self._touch("shows", "dropped_at")

    def score(self, kind: str, trakt: int, rating: int | None) -> None:
        self.ratings.pop((kind, trakt), None)
        if rating is not None:
            self.ratings[kind, trakt] = (rating, iso(self.now))
        self._touch("movies" if kind == "movie" else "shows", "rated_at")

    def routes(self) -> list[Route]:
        return [
            self.route("/oauth/authorize", self.authorize, "GET", open_=True),
            self.route("/oauth/token", self.token, "POST", open_=True),
            self.route("/oauth/revoke", self.revoke, "POST", open_=True),
            self.route("/oauth/device/code", self.device_code, "POST", open_=True),
            self.route("/oauth/device/token", self.device_token, "POST", open_=True),
            self.route("/users/settings", self.settings, "GET"),
            self.route("/scrobble/{action}", self.scrobble, "POST"),
            self.route("/sync/history", self.history, "GET", "POST"),
            self.route("/sync/history/remove", self.unwatch, "POST"),
            self.route("/sync/history/movies/{trakt:int}", self.history_of, "GET"),
            self.route("/sync/watchlist", self.list_, "GET", "POST"),
            self.route("/sync/watchlist/remove", self.unlist, "POST"),
            self.route("/sync/ratings", self.rate, "POST"),
            self.route("/sync/ratings/remove", self.unrate, "POST"),
            self.route("/sync/ratings/{kind}", self.rated, "GET"),
            self.route("/users/hidden/dropped", self.drop, "GET", "POST"),
            self.route("/users/hidden/dropped/remove", self.undrop, "POST"),
            self.route("/sync/last_activities", self.last_activities, "GET"),
            self.route("/search/{provider}/{id}", self.search, "GET", open_=True),
            self.route("/shows/{trakt:int}/progress/watched", self.progress, "GET"),
        ]

    def refusal(self) -> Response:
        return PlainTextResponse("", 401, media_type="text/html")

    def _limits(self, remaining: int = 900) -> dict[str, str]:
        said = {
            "name": "AUTHED_API_GET_LIMIT",
            "period": 300,
            "limit": 1000,
            "remaining": remaining,
            "until": iso(self.now + timedelta(seconds=60)),
        }
        return {"x-ratelimit": json.dumps(said)}

    def _touch(self, group: str, key: str) -> None:
        self.activities[group][key] = (self.now).strftime("%Y-%m-%dT%H:%M:%S.%f")[:23] + "Z"

    # --- logins

    async def revoke(self, request: Request) -> Response:
        body = request.state.body
        if body.get("client_id") != CLIENT or body.get("client_secret") != SECRET:
            return JSONResponse({"error": "invalid_client"}, 401)
        self.revoked.append(body["token"])
        self.grants = [grant for grant in self.grants if grant.access != body["token"]]
        return JSONResponse({}, 200)

    async def device_code(self, request: Request) -> Response:
        if request.state.body.get("client_id") != CLIENT:
            return PlainTextResponse("", 403)
        device = secrets.token_hex(16)
        self.devices[device] = {"state": "pending", "polled": None}
        return JSONResponse(
            {
                "device_code": device,
                "user_code": "5055CC52",
                "verification_url": "https://trakt.example/activate",
                "expires_in": 600,
                "interval": 1,
            }
        )

    async def device_token(self, request: Request) -> Response:
        device = self.devices.get(request.state.body.get("code"))
        if device is None:
            return PlainTextResponse("", 404)
        polled, device["polled"] = device["polled"], self.now
        if polled is not None and self.now - polled < timedelta(seconds=0.9):
            return PlainTextResponse("", 429)
        match device["state"]:
            case "agreed":
                device["state"] = "used"
                return self.tokens(self.grant())
            case "refused":
                return PlainTextResponse("", 418)
            case "expired":
                return PlainTextResponse("", 410)
            case "used":
                return PlainTextResponse("", 409)
        return PlainTextResponse("", 400)

    def type_code(self, state: str = "agreed") -> None:
        for device in self.devices.values():
            device["state"] = state

    async def settings(self, request: Request) -> Response:
        del request
        return JSONResponse({"user": {"username": self.account, "ids": {"slug": self.account}}}, headers=self._limits())

    # --- what it knows

    def _find(self, kind: str, ids: Any) -> dict[str, Any] | None:
        for title in self.titles:
            if title["kind"] == kind and any(title["ids"].get(key) == value for key, value in (ids or {}).items()):
                return title
        return None

    def _by_trakt(self, kind: str, trakt: int) -> dict[str, Any]:
        return next(one for one in self.titles if one["kind"] == kind and one["ids"]["trakt"] == trakt)

    async def search(self, request: Request) -> Response:
        provider, kind = request.path_params["provider"], request.query_params["type"]
        wanted = request.path_params["id"] if provider == "imdb" else int(request.path_params["id"])
        found = self._find(kind, {provider: wanted})
        return JSONResponse([{"type": kind, "score": 1000, kind: _shown(found)}] if found else [])

    # --- plays

    def _watch(self, title: dict[str, Any], at: str, season: int, number: int, action: str) -> int:
        play = {"id": len(self.plays) + 1, "watched_at": at, "action": action, "type": "movie", "movie": _shown(title)}
        if title["kind"] == "show":
            play = {
                **play,
                "type": "episode",
                "episode": {"season": season, "number": number, "title": "", "ids": {"trakt": season * 1000 + number}},
                "show": play["movie"],
            }
            del play["movie"]
        self.plays.append(play)
        self._touch("movies" if title["kind"] == "movie" else "episodes", "watched_at")
        self.watchlist.pop((title["kind"], title["ids"]["trakt"]), None)
        return int(play["id"])  # type: ignore[call-overload]

    async def scrobble(self, request: Request) -> Response:
        action, body = request.path_params["action"], request.state.body
        kind = "movie" if "movie" in body else "show"
        title = self._find(kind, body[kind].get("ids"))
        if title is None or (kind == "show" and not body.get("episode")):
            return PlainTextResponse("", 404)
        progress = body["progress"]
        if action != "start" and progress < 1:
            return JSONResponse({"error": "progress"}, 422)
        one = body.get("episode") or {}
        season, number = one.get("season", 0), one.get("number", 0)
        answer = {"id": 0, "action": action, "progress": progress, kind: _shown(title)}
        if action == "start":
            self.watching = answer
        elif action == "stop" and progress > 80:
            self.watching = None
            since = iso(self.now - timedelta(hours=1))
            for play in self.plays:
                same = play.get(kind, {}).get("ids") == title["ids"] and _place(play) == (season, number)
                if play["action"] == "scrobble" and same and play["watched_at"] > since:
                    expires = iso(self.now + timedelta(hours=1))
                    return JSONResponse({"watched_at": play["watched_at"], "expires_at": expires}, 409)
            answer |= {"id": self._watch(title, iso(self.now), season, number, "scrobble"), "action": "scrobble"}
        else:
            self.watching = None
            self.paused.append(answer)
            answer["action"] = "pause"
        return JSONResponse(answer, 201)

    async def history(self, request: Request) -> Response:
        if request.method == "GET":
            query = request.query_params
            plays = [
                play
                for play in sorted(self.plays, key=lambda play: (play["watched_at"], play["id"]), reverse=True)
                if query.get("start_at", "") <= play["watched_at"] <= query.get("end_at", "9")
            ]
            return self._paged(request, plays)
        added, absent = {"movies": 0, "episodes": 0}, _nothing()
        for movie in request.state.body.get("movies", ()):
            title = self._find("movie", movie["ids"])
            if title is None:
                absent["movies"].append({"ids": movie["ids"]})
                continue
            self._watch(title, _dated(movie, self.now), 0, 0, "watch")
            added["movies"] += 1
        for show in request.state.body.get("shows", ()):
            title = self._find("show", show["ids"])
            if title is None:
                absent["shows"].append(show)
                continue
            # Without an episode, all of them.
            for season in show.get("seasons") or [{"number": 1, "episodes": [{"number": n} for n in range(1, 100)]}]:
                for one in season["episodes"]:
                    self._watch(title, _dated(one, self.now), season["number"], one["number"], "watch")
                    added["episodes"] += 1
        return JSONResponse({"added": added, "not_found": absent}, 201)

    async def history_of(self, request: Request) -> Response:
        trakt = request.path_params["trakt"]
        return JSONResponse([p for p in self.plays if p["type"] == "movie" and p["movie"]["ids"]["trakt"] == trakt])

    async def unwatch(self, request: Request) -> Response:
        before = len(self.plays)
        for movie in request.state.body.get("movies", ()):
            title = self._find("movie", movie["ids"])
            self.plays = [p for p in self.plays if not title or p.get("movie", {}).get("ids") != title["ids"]]
        for show in request.state.body.get("shows", ()):
            title = self._find("show", show["ids"])
            places = {(s["number"], e["number"]) for s in show.get("seasons", ()) for e in s["episodes"]}
            self.plays = [
                play
                for play in self.plays
                if not title
                or play.get("show", {}).get("ids") != title["ids"]
                or bool(places and _place(play) not in places)
            ]
        self._touch("episodes", "watched_at")
        return JSONResponse({"deleted": {"episodes": before - len(self.plays)}, "not_found": _nothing()})

    async def progress(self, request: Request) -> Response:
        title = self._by_trakt("show", request.path_params["trakt"])
        seen = {_place(play) for play in self.plays if play.get("show", {}).get("ids") == title["ids"]}
        seasons: dict[int, list[dict[str, Any]]] = {}
        for season, number in sorted(seen):
            seasons.setdefault(season, []).append({"number": number, "completed": True})
        return JSONResponse({"seasons": [{"number": n, "episodes": eps} for n, eps in seasons.items()]})

    # --- lists

    def _each(self, body: dict[str, Any]) -> list[tuple[dict[str, Any], dict[str, Any] | None]]:
        pairs = []
        for kind, key in (("movie", "movies"), ("show", "shows")):
            pairs += [(one, self._find(kind, one["ids"])) for one in body.get(key, ())]
        return pairs

    async def list_(self, request: Request) -> Response:
        if request.method == "GET":
            listed = [
                {"listed_at": at, "type": kind, kind: _shown(self._by_trakt(kind, trakt))}
                for (kind, trakt), at in self.watchlist.items()
            ]
            return self._paged(request, listed)
        absent = _nothing()
        for one, title in self._each(request.state.body):
            if title is None:
                absent["movies" if "movies" in request.state.body else "shows"].append(one)
                continue
            self.watchlist.setdefault((title["kind"], title["ids"]["trakt"]), iso(self.now))
            self._touch("movies" if title["kind"] == "movie" else "shows", "watchlisted_at")
        return JSONResponse({"added": {}, "existing": {}, "not_found": absent}, 201)

    async def unlist(self, request: Request) -> Response:
        for _, title in self._each(request.state.body):
            if title and self.watchlist.pop((title["kind"], title["ids"]["trakt"]), None):
                self._touch("movies" if title["kind"] == "movie" else "shows", "watchlisted_at")
        return JSONResponse({"deleted": {}, "not_found": _nothing()})

    async def rate(self, request: Request) -> Response:
        for one, title in self._each(request.state.body):
            if not isinstance(one.get("rating"), int) or not 1 <= one["rating"] <= 10:
                return PlainTextResponse("", 422)
            if title:
                self.ratings[title["kind"], title["ids"]["trakt"]] = (one["rating"], iso(self.now))
                self._touch("movies" if title["kind"] == "movie" else "shows", "rated_at")
        return JSONResponse({"added": {}, "not_found": _nothing()}, 201)

    async def unrate(self, request: Request) -> Response:
        for _, title in self._each(request.state.body):
            if title:
                self.ratings.pop((title["kind"], title["ids"]["trakt"]), None)
                self._touch("movies" if title["kind"] == "movie" else "shows", "rated_at")
        return JSONResponse({"deleted": {}, "not_found": _nothing()})

    async def rated(self, request: Request) -> Response:
        wanted = request.path_params["kind"].removesuffix("s")
        return self._paged(
            request,
            [
                {"rated_at": at, "rating": rating, "type": kind, kind: _shown(self._by_trakt(kind, trakt))}
                for (kind, trakt), (rating, at) in self.ratings.items()
                if kind == wanted
            ],
        )

    async def drop(self, request: Request) -> Response:
        if request.method == "GET":
            hidden = [
                {"hidden_at": at, "type": "show", "show": _shown(self._by_trakt("show", n))}
                for n, at in self.dropped.items()
            ]
            return self._paged(request, hidden)
        for _, title in self._each(request.state.body):
            if title:
                self.dropped[title["ids"]["trakt"]] = iso(self.now)
                self._touch("shows", "dropped_at")
        return JSONResponse({"added": {}, "not_found": _nothing()}, 201)

    async def undrop(self, request: Request) -> Response:
        for _, title in self._each(request.state.body):
            if title and self.dropped.pop(title["ids"]["trakt"], None):
                self._touch("shows", "dropped_at")
        return JSONResponse({"deleted": {}, "not_found": _nothing()})

    async def last_activities(self, request: Request) -> Response:
        del request
        return JSONResponse({"all": iso(self.now), **self.activities}, headers=self._limits())

    def _paged(self, request: Request, rows: list[Any]) -> Response:
        page, limit = (
            int(request.query_params.get("page", 1)),
            min(int(request.query_params.get("limit", 10)), self.page),
        )
        count = max(1, -(-len(rows) // limit))
        headers = {
            "x-pagination-page": str(page),
            "x-pagination-limit": str(limit),
            "x-pagination-page-count": str(count),
            "x-pagination-item-count": str(len(rows)),
        }
        return JSONResponse(rows[(page - 1) * limit : page * limit], headers={**headers, **self._limits()})


def _shown(title: dict[str, Any]) -> dict[str, Any]:
    return {"title": title["title"], "year": title["year"], "ids": title["ids"]}


def _place(play: dict[str, Any]) -> tuple[int, int]:
    one = play.get("episode") or {"season": 0, "number": 0}
    return one["season"], one["number"]


def _dated(one: dict[str, Any], now: datetime) -> str:
    at = one.get("watched_at")
    return iso(datetime.fromisoformat(at)) if at else iso(now)


def _nothing() -> dict[str, list[Any]]:
    return {"movies": [], "shows": [], "seasons": [], "episodes": [], "people": []}
