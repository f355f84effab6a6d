"""MDBList, by the shapes that its public clients read and write (nothing of it is recorded): a key in the query, lists
by cursors, one date of each film and episode, a mark without an episode that marks the whole serie, a stop from 80 % on
that is a play, two decimals of progress at most."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.fakes.trackers.service import FakeService, iso

KEY = "key-of-the-tests"


class FakeMdbList(FakeService):
    name = "mdblist"

    def __init__(self) -> None:
        super().__init__()
        self.keys = {KEY}
        #: What a list has on one page, whatever more is asked for.
        self.page = 1000
        #: kind (movie, show), title, year, ids, episodes a season.
        self.titles: list[dict[str, Any]] = []
        #: By the number of the title.
        self.seen: dict[int, dict[tuple[int | None, int | None], str]] = {}
        self.ratings: dict[int, tuple[int, str]] = {}
        self.watchlist: dict[int, str] = {}
        self.dropped: dict[int, str] = {}
        self.activities: dict[str, str | None] = {}
        self.watching: Any = None
        self.paused: Any = None

    def add(self, kind: str, tmdb: int, title: str, *, seasons: dict[int, int] | None = None, **ids: Any) -> None:
        self.titles.append(
            {"kind": kind, "title": title, "year": 2020, "ids": {"tmdb": tmdb, **ids}, "seasons": seasons or {}}
        )

    def watch(self, tmdb: int, at: datetime, season: int | None = None, number: int | None = None) -> None:
        self.seen.setdefault(tmdb, {})[season, number] = iso(at)
        self.touch("watched_at" if season is None else "episode_watched_at")

    def word(self, kind: str, tmdb: int, status: str | None) -> None:
        """Said elsewhere: planned, dropped, or neither."""
        for name, kept, touched in (
            ("planned", self.watchlist, "watchlisted_at"),
            ("dropped", self.dropped, "dropped_at"),
        ):
            if (status == name) != (tmdb in kept) and (name, kind) != ("dropped", "movie"):
                kept.pop(tmdb, None)
                if status == name:
                    kept[tmdb] = iso(self.now)
                self.touch(touched)

    def score(self, tmdb: int, rating: int | None) -> None:
        self.ratings.pop(tmdb, None)
        if rating is not None:
            self.ratings[tmdb] = (rating, iso(self.now))
        self.touch("rated_at")

    def end_tokens(self) -> None:
        self.keys.clear()

    def touch(self, name: str) -> None:
        self.activities[name] = self.now.isoformat()

    def routes(self) -> list[Route]:
        return [
            self.route("/user", self.user, "GET"),
            self.route("/sync/last_activities", self.last_activities, "GET"),
            self.route("/sync/watched", self.watched, "GET"),
            self.route("/sync/watched", self.mark, "POST"),
            self.route("/sync/watched/remove", self.mark, "POST"),
            self.route("/sync/ratings", self.rated, "GET"),
            self.route("/sync/ratings", self.rate, "POST"),
            self.route("/sync/ratings/remove", self.rate, "POST"),
            self.route("/sync/dropped", self.droppings, "GET"),
            self.route("/sync/dropped", self.drop, "POST"),
            self.route("/sync/dropped/remove", self.drop, "POST"),
            self.route("/watchlist/items", self.listed, "GET"),
            self.route("/watchlist/items/{action}", self.list_, "POST"),
            self.route("/scrobble/{action}", self.scrobble, "POST"),
        ]

    def token_of(self, request: Request) -> str | None:
        return request.query_params.get("apikey")

    def is_known(self, token: str | None) -> bool:
        return token in self.keys

    def refusal(self) -> Response:
        return JSONResponse({"error": "Invalid API key!"}, 403)

    async def user(self, request: Request) -> Response:
        del request
        return JSONResponse({"user_id": 1, "username": self.account, "plan": "free", "rate_limit": 1000})

    async def last_activities(self, request: Request) -> Response:
        del request
        names = ("watchlisted_at", "watched_at", "episode_watched_at", "season_watched_at", "rated_at", "dropped_at")
        return JSONResponse({name: self.activities.get(name) for name in names})

    # --- lists

    def _find(self, ids: dict[str, Any], kind: str) -> dict[str, Any] | None:
        for title in self.titles:
            if title["kind"] == kind and any(title["ids"].get(key) == value for key, value in ids.items()):
                return title
        return None

    def _about(self, tmdb: int, kind: str) -> dict[str, Any] | None:
        title = next((one for one in self.titles if one["ids"]["tmdb"] == tmdb and one["kind"] == kind), None)
        return title and {"title": title["title"], "year": title["year"], "ids": title["ids"]}

    def _paged(self, request: Request, rows: list[tuple[str, Any]]) -> Response:
        """A page of rows (key, row), and where the next one begins."""
        begin, size = int(request.query_params.get("cursor", "c0")[1:]), self.page
        body: dict[str, Any] = {"movies": [], "shows": [], "seasons": [], "episodes": []}
        for key, row in rows[begin : begin + size]:
            body[key].append(row)
        more = begin + size < len(rows)
        body["pagination"] = {"has_more": more, "next_cursor": f"c{begin + size}" if more else None}
        return JSONResponse(body)

    async def watched(self, request: Request) -> Response:
        rows: list[tuple[str, Any]] = []
        wanted = request.query_params.get("mediatype")
        for tmdb, plays in self.seen.items():
            for (season, number), at in sorted(plays.items(), key=str):
                if number is None and wanted in (None, "movie") and (about := self._about(tmdb, "movie")):
                    rows.append(("movies", {"last_watched_at": at, "movie": about}))
                elif number is not None and wanted in (None, "episode"):
                    place = {"season": season, "number": number, "name": "", "show": self._about(tmdb, "show")}
                    rows.append(("episodes", {"last_watched_at": at, "episode": place}))
        return self._paged(request, rows)

    async def rated(self, request: Request) -> Response:
        rows = []
        for tmdb, (rating, at) in self.ratings.items():
            rows += [
                (kind + "s", {"rated_at": at, "rating": rating, kind: about})
                for kind in ("movie", "show")
                if (about := self._about(tmdb, kind))
            ]
        return self._paged(request, rows)

    async def droppings(self, request: Request) -> Response:
        rows = [("shows", {"dropped_at": at, "show": self._about(one, "show")}) for one, at in self.dropped.items()]
        return self._paged(request, rows)

    async def listed(self, request: Request) -> Response:
        """Titles by themselves, with flat ids."""
        rows = []
        for tmdb, at in self.watchlist.items():
            for kind in ("movie", "show"):
                if about := self._about(tmdb, kind):
                    row = {
                        "id": tmdb,
                        "title": about["title"],
                        "release_year": about["year"],
                        "mediatype": kind,
                        "imdb_id": about["ids"].get("imdb"),
                        "tvdb_id": about["ids"].get("tvdb"),
                        "watchlist_at": at,
                    }
                    rows.append((kind + "s", row))
        return self._paged(request, rows)

    # --- what is written

    def _each(self, request: Request) -> tuple[list[tuple[dict[str, Any], dict[str, Any]]], dict[str, Any]]:
        found: list[tuple[dict[str, Any], dict[str, Any]]] = []
        absent: dict[str, list[Any]] = {"movies": [], "shows": []}
        for kind in ("movie", "show"):
            for one in request.state.body.get(kind + "s", ()):
                title = self._find(one.get("ids") or one, kind)
                if title is None:
                    absent[kind + "s"].append(one)
                else:
                    found.append((title, one))
        return found, {"added": {}, "not_found": absent}

    async def mark(self, request: Request) -> Response:
        removes = request.url.path.endswith("/remove")
        found, answer = self._each(request)
        for title, one in found:
            seen = self.seen.setdefault(title["ids"]["tmdb"], {})
            places: list[tuple[int | None, int | None, str | None]]
            if title["kind"] == "movie":
                places = [(None, None, one.get("watched_at"))]
            elif one.get("seasons"):
                places = [
                    (season["number"], episode["number"], episode.get("watched_at"))
                    for season in one["seasons"]
                    for episode in season["episodes"]
                ]
            else:
                places = [(s, n, None) for s, count in title["seasons"].items() for n in range(1, count + 1)]
            for season, number, at in places:
                if removes:
                    seen.pop((season, number), None)
                else:
                    seen[season, number] = max(at or iso(self.now), seen.get((season, number), ""))
        self.touch("watched_at")
        return JSONResponse(answer)

    async def rate(self, request: Request) -> Response:
        found, answer = self._each(request)
        for title, one in found:
            tmdb = title["ids"]["tmdb"]
            self.ratings.pop(tmdb, None)
            if not request.url.path.endswith("/remove"):
                self.ratings[tmdb] = (one["rating"], iso(self.now))
        self.touch("rated_at")
        return JSONResponse(answer)

    async def drop(self, request: Request) -> Response:
        found, answer = self._each(request)
        for title, one in found:
            self.dropped.pop(title["ids"]["tmdb"], None)
            if not request.url.path.endswith("/remove"):
                self.dropped[title["ids"]["tmdb"]] = one.get("dropped_at") or iso(self.now)
        self.touch("dropped_at")
        return JSONResponse(answer)

    async def list_(self, request: Request) -> Response:
        found, answer = self._each(request)
        for title, _ in found:
            self.watchlist.pop(title["ids"]["tmdb"], None)
            if request.path_params["action"] == "add":
                self.watchlist[title["ids"]["tmdb"]] = iso(self.now)
        self.touch("watchlisted_at")
        return JSONResponse(answer)

    async def scrobble(self, request: Request) -> Response:
        action, body = request.path_params["action"], request.state.body
        if round(body["progress"], 2) != body["progress"]:
            return JSONResponse({"error": "progress"}, 400)
        kind = "movie" if "movie" in body else "show"
        title = self._find(body[kind]["ids"], kind)
        if title is None:
            return JSONResponse({"error": "not found"}, 404)
        self.watching = body if action == "start" else None
        if action == "stop" and body["progress"] >= 80:
            season = body["show"]["season"] if kind == "show" else None
            place = (season["number"], season["episode"]["number"]) if season else (None, None)
            self.seen.setdefault(title["ids"]["tmdb"], {})[place] = iso(self.now)
            self.touch("watched_at")
        elif action in ("pause", "stop"):
            self.paused = body
        return JSONResponse({"action": action, "progress": body["progress"]})
