"""SIMKL, as its blueprint and recorded answers have it: a mark without an episode marks the whole serie; a kind without
entries is a missing key, ids are strings, and a pending PIN is answered by 200."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.fakes.trackers.service import CLIENT, FakeService, iso

KINDS = {"movies": "movies", "shows": "tv_shows", "anime": "anime"}


class FakeSimkl(FakeService):
    name = "simkl"

    def __init__(self) -> None:
        super().__init__()
        #: What SIMKL knows: kind (movies, shows, anime), ids, episodes a season.
        self.titles: list[dict[str, Any]] = []
        #: By the number of the title: status, rating, plays {(season, number): [dates]}.
        self.entries: dict[int, dict[str, Any]] = {}
        self.pins: dict[str, str] = {}
        self.activities: dict[str, Any] = {kind: {} for kind in KINDS.values()}
        self.watching: Any = None
        self.requests_left: int | None = None

    def add(
        self, kind: str, simkl: int, title: str, year: int = 2020, *, seasons: dict[int, int] | None = None, **ids: Any
    ) -> None:
        texts = {key: str(value) for key, value in ids.items()}
        self.titles.append(
            {"kind": kind, "title": title, "year": year, "ids": {"simkl": simkl, **texts}, "seasons": seasons or {}}
        )

    def watch(
        self, simkl: int, at: datetime, season: int | None = None, number: int | None = None, status: str = "watching"
    ) -> None:
        title = self._known(simkl)
        self._entry(title, status)["plays"].setdefault((season, number), []).append(iso(at))
        self._touch(title, status)

    def _known(self, simkl: int) -> dict[str, Any]:
        return next(one for one in self.titles if one["ids"]["simkl"] == simkl)

    def word(self, simkl: int, status: str | None) -> None:
        """Said elsewhere; None takes it off the list, and forgets what was watched of it."""
        title = self._known(simkl)
        if status is None:
            if self.entries.pop(simkl, None):
                self._touch(title, "removed_from_list")
            return
        self._entry(title, status)["status"] = status
        self._touch(title, status)

    def score(self, simkl: int, rating: int | None) -> None:
        self._score(self._known(simkl), rating)

    def _score(self, title: dict[str, Any], rating: int | None) -> None:
        """A film that is not in a list has been seen, a serie is being watched."""
        is_new = title["ids"]["simkl"] not in self.entries
        entry = self._entry(title, "completed" if title["kind"] == "movies" else "watching")
        entry["rating"] = rating
        if is_new and title["kind"] == "movies":
            entry["plays"][None, None] = [iso(self.now)]
        self._touch(title, "rated_at")

    def routes(self) -> list[Route]:
        return [
            self.route("/oauth/authorize", self.authorize, "GET", open_=True),
            self.route("/oauth/token", self.token, "POST", open_=True),
            self.route("/oauth/pin", self.pin, "GET", open_=True),
            self.route("/oauth/pin/{code}", self.pin_poll, "GET", open_=True),
            self.route("/users/settings", self.settings, "POST"),
            self.route("/sync/activities", self.activities_, "GET"),
            self.route("/sync/all-items/", self.all_items, "GET"),
            self.route("/sync/history", self.history, "POST"),
            self.route("/sync/history/remove", self.unwatch, "POST"),
            self.route("/sync/add-to-list", self.add_to_list, "POST"),
            self.route("/sync/ratings", self.rate, "POST"),
            self.route("/sync/ratings/remove", self.rate, "POST"),
            self.route("/sync/watched", self.watched, "POST"),
            self.route("/scrobble/{action}", self.scrobble, "POST"),
        ]

    def refusal(self) -> Response:
        return JSONResponse({"error": "user_token_failed", "code": 401}, 401)

    def tokens(self, grant: Any) -> Response:
        """They do not end, and there is nothing to renew them with."""
        grant.expires = datetime.max.replace(tzinfo=self.now.tzinfo)
        return JSONResponse({"access_token": grant.access, "token_type": "bearer", "scope": "public"})

    async def pin(self, request: Request) -> Response:
        if request.query_params.get("client_id") != CLIENT:
            return JSONResponse({"error": "client_id_failed"}, 412)
        code = f"PIN{len(self.pins)}"
        self.pins[code] = "pending"
        return JSONResponse(
            {
                "result": "OK",
                "device_code": "DEVICE_CODE",
                "user_code": code,
                "verification_url": "https://simkl.example/pin/",
                "expires_in": 900,
                "interval": 1,
            }
        )

    async def pin_poll(self, request: Request) -> Response:
        if self.pins.get(request.path_params["code"]) != "agreed":
            return JSONResponse({"result": "KO", "message": "Authorization pending"})
        grant = self.grant()
        self.tokens(grant)
        return JSONResponse({"result": "OK", "access_token": grant.access})

    def type_code(self, state: str = "agreed") -> None:
        self.pins = dict.fromkeys(self.pins, state)

    async def settings(self, request: Request) -> Response:
        del request
        return JSONResponse({"user": {"name": self.account}, "account": {"id": 1}})

    # --- lists

    def _find(self, ids: dict[str, Any], *kinds: str) -> dict[str, Any] | None:
        for title in self.titles:
            if title["kind"] in kinds and any(title["ids"].get(k) in (v, str(v)) for k, v in ids.items()):
                return title
        return None

    def _entry(self, title: dict[str, Any], status: str) -> dict[str, Any]:
        return self.entries.setdefault(title["ids"]["simkl"], {"status": status, "rating": None, "plays": {}})

    def _touch(self, title: dict[str, Any], status: str) -> None:
        at = self.now.strftime("%Y-%m-%dT%H:%M:%S.%f")[:23] + "Z"
        self.activities[KINDS[title["kind"]]][status] = at
        self.activities[KINDS[title["kind"]]]["all"] = at

    async def activities_(self, request: Request) -> Response:
        del request
        newest = max((group.get("all") or "" for group in self.activities.values()), default="") or None
        return JSONResponse({"all": newest, **self.activities})

    async def all_items(self, request: Request) -> Response:
        since = request.query_params.get("date_from", "")
        if since and max((group.get("all") or "" for group in self.activities.values()), default="") <= since:
            return Response("null", media_type="application/json")
        body: dict[str, list[Any]] = {}
        for title in self.titles:
            entry = self.entries.get(title["ids"]["simkl"])
            if entry is None:
                continue
            dates = sorted(at for ats in entry["plays"].values() for at in ats)
            shown: dict[str, Any] = {
                "last_watched_at": dates[-1] if dates else None,
                "status": entry["status"],
                "user_rating": entry["rating"],
                "watched_episodes_count": 0,
                "total_episodes_count": 0,
                "movie" if title["kind"] == "movies" else "show": {
                    "title": title["title"],
                    "year": title["year"],
                    "poster": "",
                    "ids": title["ids"],
                },
            }
            if title["kind"] != "movies":
                seasons: dict[int, list[Any]] = {}
                for (season, number), ats in sorted(entry["plays"].items()):
                    seasons.setdefault(season or 1, []).append({"number": number, "watched_at": max(ats)})
                shown["seasons"] = [{"number": n, "episodes": eps} for n, eps in seasons.items()]
            body.setdefault(title["kind"], []).append(shown)
        return JSONResponse(body)

    async def history(self, request: Request) -> Response:
        added, absent = {"movies": 0, "shows": 0, "episodes": 0}, _nothing()
        for movie in request.state.body.get("movies", ()):
            title = self._find(movie["ids"], "movies")
            if title is None:
                absent["movies"].append(movie)
                continue
            entry = self._entry(title, "completed")
            entry["status"] = "completed"
            entry["plays"].setdefault((None, None), []).append(movie.get("watched_at") or iso(self.now))
            self._touch(title, "completed")
            added["movies"] += 1
        for show in request.state.body.get("shows", ()):
            title = self._find(show["ids"], "shows", "anime")
            if title is None:
                absent["shows"].append(show)
                continue
            entry = self._entry(title, "watching")
            if entry["status"] == "plantowatch":
                entry["status"] = "watching"
            for season, number, at in _episodes(show, title):
                entry["plays"].setdefault((season, number), []).append(at or iso(self.now))
                added["episodes"] += 1
            if len(entry["plays"]) >= sum(title["seasons"].values()) > 0:
                entry["status"] = "completed"
            self._touch(title, entry["status"])
        return JSONResponse({"added": added, "not_found": absent}, 201)

    async def unwatch(self, request: Request) -> Response:
        body = request.state.body
        for one in (*body.get("movies", ()), *body.get("shows", ())):
            title = self._find(one["ids"], *KINDS)
            if title is None:
                continue
            places = [] if "movies" in body else [(s, n) for s, n, _ in _episodes(one, {"seasons": {}})]
            entry = self.entries.get(title["ids"]["simkl"])
            if not places:
                self.entries.pop(title["ids"]["simkl"], None)
                self._touch(title, "removed_from_list")
            elif entry is not None:
                entry["plays"] = {place: at for place, at in entry["plays"].items() if place not in places}
                self._touch(title, entry["status"])
        return JSONResponse({"deleted": {}, "not_found": _nothing()})

    async def add_to_list(self, request: Request) -> Response:
        absent = _nothing()
        for kind in ("movies", "shows"):
            for one in request.state.body.get(kind, ()):
                title = self._find(one["ids"], *(["movies"] if kind == "movies" else ["shows", "anime"]))
                if title is None:
                    absent[kind].append(one)
                    continue
                assert kind == "shows" or one["to"] not in ("watching", "hold"), "there are no such films"
                entry = self._entry(title, one["to"])
                entry["status"] = one["to"]
                if one["to"] == "completed":
                    for season, number, _ in _episodes({}, title) if kind == "shows" else [(None, None, None)]:
                        entry["plays"].setdefault((season, number), [one.get("watched_at") or iso(self.now)])
                self._touch(title, one["to"])
        return JSONResponse({"added": {}, "not_found": absent}, 201)

    async def rate(self, request: Request) -> Response:
        for kind in ("movies", "shows"):
            for one in request.state.body.get(kind, ()):
                title = self._find(one["ids"], *KINDS)
                if title is not None:
                    self._score(title, one.get("rating"))
        return JSONResponse({"added": {}, "not_found": _nothing()}, 201)

    async def watched(self, request: Request) -> Response:
        answers = []
        for one in request.state.body:
            ids = {key: value for key, value in one.items() if key not in ("type", "season", "episode")}
            title = self._find(ids, *KINDS)
            entry = self.entries.get(title["ids"]["simkl"]) if title else None
            place = (one.get("season"), one.get("episode"))
            dates = entry["plays"].get(place) if entry else None
            if title is None:
                answers.append({**one, "result": "not_found"})
            elif not dates:
                answers.append({**one, "result": False})
            else:
                assert entry is not None
                answers.append({**one, "result": True, "list": entry["status"], "last_watched": max(dates)})
        return JSONResponse(answers)

    async def scrobble(self, request: Request) -> Response:
        action, body = request.path_params["action"], request.state.body
        kind = next(key for key in ("movie", "show", "anime") if key in body)
        title = self._find(body[kind]["ids"], *(["movies"] if kind == "movie" else ["shows", "anime"]))
        if title is None:
            return JSONResponse({"error": "id_err"}, 404)
        self.watching = body if action == "start" else None
        if action == "stop" and body["progress"] >= 80:
            one = body.get("episode") or {}
            entry = self._entry(title, "completed" if kind == "movie" else "watching")
            place = (None, None) if kind == "movie" else (one.get("season"), one.get("number"))
            entry["plays"].setdefault(place, []).append(iso(self.now))
            self._touch(title, entry["status"])
            return JSONResponse({"action": "scrobble", "progress": body["progress"]}, 201)
        return JSONResponse({"action": "pause" if action == "stop" else action, "progress": body["progress"]}, 201)


def _episodes(show: dict[str, Any], title: dict[str, Any]) -> list[tuple[int | None, int, str | None]]:
    """Without an episode, all of them."""
    if show.get("episodes"):
        return [(None, one["number"], one.get("watched_at")) for one in show["episodes"]]
    if show.get("seasons"):
        return [
            (season["number"], one["number"], one.get("watched_at"))
            for season in show["seasons"]
            for one in season["episodes"]
        ]
    return [(season, n, None) for season, count in title["seasons"].items() for n in range(1, count + 1)]


def _nothing() -> dict[str, list[Any]]:
    return {"movies": [], "shows": [], "episodes": []}
