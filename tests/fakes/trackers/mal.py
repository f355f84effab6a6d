"""MyAnimeList, as probes of it have it: numbers are clamped, unset values are missing keys, no rule is applied to what
belongs together, a score over 10 is refused, an impossible date clears its field."""

from __future__ import annotations

from datetime import date
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.fakes.trackers.service import FakeService

STATUSES = ("watching", "completed", "on_hold", "dropped", "plan_to_watch")


class FakeMal(FakeService):
    name = "mal"

    def __init__(self) -> None:
        super().__init__()
        self.anime: dict[int, dict[str, Any]] = {}
        self.list: dict[int, dict[str, Any]] = {}
        self.page = 1000

    def add(self, number: int, title: str, episodes: int, year: int = 2020, media_type: str = "tv") -> None:
        self.anime[number] = {
            "id": number,
            "title": title,
            "num_episodes": episodes,
            "media_type": media_type,
            "start_season": {"year": year, "season": "spring"},
        }

    def entry(self, number: int, **more: Any) -> None:
        """Changed elsewhere."""
        known = self.list.setdefault(number, _fresh())
        known.update(more)
        known["updated_at"] = self._now()

    def remove(self, number: int) -> None:
        """Elsewhere, which leaves no trace."""
        self.list.pop(number, None)

    def _now(self) -> str:
        return self.now.replace(microsecond=0).isoformat()

    def routes(self) -> list[Route]:
        return [
            self.route("/v1/oauth2/authorize", self.authorize, "GET", open_=True),
            self.route("/v1/oauth2/token", self.token, "POST", open_=True),
            self.route("/v2/users/@me", self.me, "GET"),
            self.route("/v2/users/@me/animelist", self.animelist, "GET"),
            self.route("/v2/anime/{id:int}", self.details, "GET"),
            self.route("/v2/anime/{id:int}/my_list_status", self.write, "PATCH", "PUT", "DELETE"),
        ]

    def proves(self, asked: dict[str, str], body: dict[str, str]) -> bool:
        """PKCE: the challenge is the verifier."""
        verifier = body.get("code_verifier", "")
        plain = asked.get("code_challenge_method", "plain") == "plain"
        return plain and 43 <= len(verifier) <= 128 and asked.get("code_challenge") == verifier

    async def me(self, request: Request) -> Response:
        del request
        return JSONResponse({"id": 1, "name": self.account, "location": ""})

    async def details(self, request: Request) -> Response:
        found = self.anime.get(request.path_params["id"])
        if found is None:
            return JSONResponse({"message": "", "error": "not_found"}, 404)
        fields = request.query_params.get("fields", "")
        body = {"id": found["id"], "title": found["title"]}
        if "num_episodes" in fields:
            body["num_episodes"] = found["num_episodes"]
        if "my_list_status" in fields and found["id"] in self.list:
            body["my_list_status"] = _shown(self.list[found["id"]])
        return JSONResponse(body)

    async def write(self, request: Request) -> Response:
        number = request.path_params["id"]
        found = self.anime.get(number)
        if found is None:
            return JSONResponse({"message": "", "error": "not_found"}, 404)
        if request.method == "DELETE":
            self.list.pop(number, None)
            return JSONResponse([])
        form: dict[str, str] = request.state.body or {}
        entry = {**self.list.get(number, _fresh())}
        if "status" in form and form["status"] not in STATUSES:
            return JSONResponse({"message": "invalid status", "error": "bad_request"}, 400)
        entry |= {key: form[key] for key in ("status",) if key in form}
        if "num_watched_episodes" in form:
            count = max(0, int(form["num_watched_episodes"]))
            entry["num_episodes_watched"] = min(count, found["num_episodes"]) if found["num_episodes"] else count
        if "score" in form:
            score = round(float(form["score"]))
            if not 0 <= score <= 10:
                return JSONResponse({"message": "invalid score", "error": "bad_request"}, 400)
            entry["score"] = score
        if "is_rewatching" in form:
            entry["is_rewatching"] = form["is_rewatching"] == "true"
        if "num_times_rewatched" in form:
            entry["num_times_rewatched"] = int(form["num_times_rewatched"])
        for key in ("start_date", "finish_date"):
            if key in form:
                if form[key] and not form[key][:4].isdigit():
                    return JSONResponse({"error": "bad_request"}, 400)
                entry[key] = _possible(form[key])
        entry["updated_at"] = self._now()
        self.list[number] = entry
        return JSONResponse(_shown(entry))

    async def animelist(self, request: Request) -> Response:
        rows = sorted(self.list.items(), key=lambda pair: pair[1]["updated_at"], reverse=True)
        limit, offset = int(request.query_params.get("limit", 100)), int(request.query_params.get("offset", 0))
        data = [
            {"node": self.anime[number], "list_status": _shown(entry)}
            for number, entry in rows[offset : offset + limit]
        ]
        more = offset + limit < len(rows)
        following = str(request.url.include_query_params(offset=offset + limit))
        return JSONResponse({"data": data, "paging": {"next": following} if more else {}})


def _fresh() -> dict[str, Any]:
    return {
        "status": "watching",
        "score": 0,
        "num_episodes_watched": 0,
        "is_rewatching": False,
        "num_times_rewatched": 0,
    }


def _possible(text: str) -> str | None:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        return None


def _shown(entry: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in entry.items() if value is not None}
