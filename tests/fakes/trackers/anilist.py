"""AniList, as recorded answers of its GraphQL have it: 30 requests a minute, errors with a status of HTTP, pages whose
totals are invented, dates with unknown parts."""

from __future__ import annotations

import re
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.fakes.trackers.service import FakeService


class FakeAniList(FakeService):
    name = "anilist"

    def __init__(self) -> None:
        super().__init__()
        self.media: dict[int, dict[str, Any]] = {}
        self.list: dict[int, dict[str, Any]] = {}
        self.limit = 30
        self.remaining: int | None = None
        self.down = False

    def add(
        self,
        number: int,
        title: str,
        episodes: int | None,
        *,
        mal: int | None = None,
        year: int = 2020,
        format_: str = "TV",
    ) -> None:
        self.media[number] = {
            "id": number,
            "idMal": mal,
            "format": format_,
            "episodes": episodes,
            "seasonYear": year,
            "title": {"romaji": title, "english": None},
        }

    def entry(self, number: int, **more: Any) -> None:
        """Changed elsewhere."""
        known = self.list.setdefault(number, self._fresh(number))
        known.update(more)
        known["updatedAt"] = int(self.now.timestamp())

    def remove(self, number: int) -> None:
        """Elsewhere, which leaves no trace."""
        self.list.pop(number, None)

    def _fresh(self, number: int) -> dict[str, Any]:
        nothing = {"year": None, "month": None, "day": None}
        return {
            "id": 5000 + number,
            "status": "CURRENT",
            "progress": 0,
            "repeat": 0,
            "score": 0,
            "updatedAt": 0,
            "startedAt": dict(nothing),
            "completedAt": dict(nothing),
        }

    def routes(self) -> list[Route]:
        return [
            self.route("/api/v2/oauth/authorize", self.authorize, "GET", open_=True),
            self.route("/api/v2/oauth/token", self.token, "POST", open_=True),
            self.route("/", self.graphql, "POST", open_=True),
        ]

    def tokens(self, grant: Any) -> Response:
        return JSONResponse({"token_type": "Bearer", "expires_in": 31536000, "access_token": grant.access})

    def writes(self) -> list[tuple[str, str, Any]]:
        return [
            ("POST", _operation(asked.body["query"]), asked.body["variables"])
            for asked in self.log
            if asked.path == "/" and asked.body["query"].startswith("mutation")
        ]

    async def graphql(self, request: Request) -> Response:
        body = request.state.body
        query, variables = body["query"], body.get("variables") or {}
        headers = {"x-ratelimit-limit": str(self.limit)}
        if self.down:
            message = "The AniList API has been temporarily disabled due to severe stability issues."
            return JSONResponse({"data": None, "errors": [{"message": message, "status": 403}]}, 403)
        if self.remaining is not None:
            if self.remaining <= 0:
                return _error(429, "Too Many Requests.", {"retry-after": "60"})
            self.remaining -= 1
            headers["x-ratelimit-remaining"] = str(self.remaining)
        operation = _operation(query)
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        if token and not self.is_known(token):
            return _error(400, "Invalid token")
        if operation in ("Viewer", "SaveMediaListEntry", "DeleteMediaListEntry") and not token:
            return _error(401, "Unauthorized.")
        handler = getattr(self, f"_{operation.lower()}", None)
        if handler is None:
            return _error(400, "Syntax Error")
        found = handler(variables)
        return found if isinstance(found, Response) else JSONResponse({"data": {operation: found}}, headers=headers)

    def _viewer(self, variables: dict[str, Any]) -> Any:
        del variables
        return {"id": 1, "name": self.account}

    def _media(self, variables: dict[str, Any]) -> Any:
        media = self.media.get(variables["id"])
        if media is None:
            return _error(404, "Not Found.", data={"Media": None})
        return {"id": media["id"], "episodes": media["episodes"], "mediaListEntry": self.list.get(media["id"])}

    def _savemedialistentry(self, variables: dict[str, Any]) -> Any:
        number = variables["mediaId"]
        media = self.media.get(number)
        if media is None:
            return _error(404, "Not Found.")
        entry = self.list.get(number) or self._fresh(number)
        for key, name in (("status", "status"), ("progress", "progress"), ("repeat", "repeat"), ("scoreRaw", "score")):
            if key in variables:
                entry[name] = variables[key]
        for key in ("startedAt", "completedAt"):
            if key in variables:
                entry[key] = variables[key]
        if variables.get("status") == "COMPLETED" and media["episodes"] and "progress" not in variables:
            entry["progress"] = media["episodes"]
        entry["updatedAt"] = int(self.now.timestamp())
        self.list[number] = entry
        return entry

    def _deletemedialistentry(self, variables: dict[str, Any]) -> Any:
        found = [number for number, entry in self.list.items() if entry["id"] == variables["id"]]
        if not found:
            return _error(404, "Not Found.")
        del self.list[found[0]]
        return {"deleted": True}

    def _page(self, variables: dict[str, Any]) -> Any:
        rows = sorted(self.list.items(), key=lambda pair: pair[1]["updatedAt"], reverse=True)
        size, page = min(variables["perPage"], 50), variables["page"]
        part = rows[(page - 1) * size : page * size]
        return {
            "pageInfo": {"hasNextPage": page * size < len(rows)},
            "mediaList": [{**entry, "media": self.media[number]} for number, entry in part],
        }

    def _medialistcollection(self, variables: dict[str, Any]) -> Any:
        rows = [{**entry, "media": self.media[number]} for number, entry in sorted(self.list.items())]
        size, chunk = min(variables["perChunk"], 500), variables["chunk"]
        part = rows[(chunk - 1) * size : chunk * size]
        # A list of the user's own has some of them again.
        lists = [{"isCustomList": False, "entries": part}, {"isCustomList": True, "entries": part[:1]}]
        return {"hasNextChunk": chunk * size < len(rows), "lists": lists}


def _operation(query: str) -> str:
    found = re.search(
        r"\b(Viewer|MediaListCollection|SaveMediaListEntry|DeleteMediaListEntry|Page|Media)\b\s*[({]", query
    )
    return found[1] if found else ""


def _error(status: int, message: str, headers: dict[str, str] | None = None, data: Any = None) -> Response:
    body = {"errors": [{"message": message, "status": status, "locations": [{"line": 1, "column": 1}]}], "data": data}
    return JSONResponse(body, status, headers)
