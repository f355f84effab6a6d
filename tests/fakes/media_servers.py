"""Jellyfin and Plex, as far as somebody reads there what they watched: by their public APIs, nothing of it is recorded.
Pages are small, and each answers to its token only."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

PAGE = 2


@dataclass
class FakeJellyfin:
    """`key` is the administrator's, tokens are by account; `data` by account and item."""

    key: str = "administrators-key"
    tokens: dict[str, str] = field(default_factory=lambda: {"token-of-ada": "a" * 32})
    users: dict[str, str] = field(default_factory=lambda: {"a" * 32: "Ada", "b" * 32: "Bob"})
    items: list[dict[str, Any]] = field(default_factory=list)
    data: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    passwords: dict[str, str] = field(default_factory=lambda: {"Ada": "lovelace\u00e9"})
    #: Tokens of logins that were ended, and the devices of logins.
    ended: list[str] = field(default_factory=list)
    devices: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    nonsense: Any = None

    def add(self, identifier: str, kind: str, name: str, *, ids: dict[str, str] | None = None, **more: Any) -> None:
        item = {"Id": identifier, "Type": kind, "Name": name, "ProviderIds": ids or {}, "RunTimeTicks": 60 * 10**9}
        self.items.append({**item, **more})

    @property
    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/Users", self._users),
                Route("/Users/Me", self._me),
                Route("/Items", self._items),
                Route("/Users/AuthenticateByName", self._log_in, methods=["POST"]),
                Route("/Sessions/Logout", self._log_out, methods=["POST"]),
            ]
        )

    def _who(self, request: Request) -> str | None:
        self.asked.append(str(request.url))
        token = request.headers.get("authorization", "").partition('Token="')[2].rstrip('"')
        return "key" if token == self.key else self.tokens.get(token)

    async def _users(self, request: Request) -> Response:
        if self._who(request) != "key":
            return PlainTextResponse("", 403)
        return JSONResponse([{"Id": identifier, "Name": name} for identifier, name in self.users.items()])

    async def _me(self, request: Request) -> Response:
        who = self._who(request)
        if who is None or who == "key":
            return PlainTextResponse("", 401)
        return JSONResponse({"Id": who, "Name": self.users[who]})

    async def _log_in(self, request: Request) -> Response:
        known, body = request.headers.get("authorization", ""), await request.json()
        if any(f'{part}="' not in known for part in ("Client", "Device", "DeviceId", "Version")):
            return PlainTextResponse("", 400)
        if self.passwords.get(body["Username"]) != body["Pw"]:
            return PlainTextResponse("", 401)
        identifier = next(one for one, name in self.users.items() if name == body["Username"])
        token = f"login-{len(self.tokens)}"
        self.tokens[token] = identifier
        self.devices.append(known.partition('DeviceId="')[2].partition('"')[0])
        return JSONResponse({"User": {"Id": identifier, "Name": body["Username"]}, "AccessToken": token})

    async def _log_out(self, request: Request) -> Response:
        token = request.headers.get("authorization", "").partition('Token="')[2].rstrip('"')
        if self.tokens.pop(token, None) is None:
            return PlainTextResponse("", 401)
        self.ended.append(token)
        return Response(status_code=204)

    async def _items(self, request: Request) -> Response:
        who, query = self._who(request), request.query_params
        if who is None or (who != "key" and who != query["userId"]):
            return PlainTextResponse("", 401)
        if self.nonsense is not None:
            return JSONResponse(self.nonsense)
        found = [item for item in self.items if item["Type"] == query["includeItemTypes"]]
        begin = int(query["startIndex"])
        shown = [
            {**item, "UserData": {"Played": False, "PlayCount": 0, **self.data.get((query["userId"], item["Id"]), {})}}
            for item in found[begin : begin + PAGE]
        ]
        return JSONResponse({"Items": shown, "TotalRecordCount": len(found), "StartIndex": begin})


@dataclass
class FakePlex:
    token: str = "token-of-plex"
    #: (section, kind of items): items.
    items: dict[tuple[str, str], list[dict[str, Any]]] = field(default_factory=dict)

    @property
    def app(self) -> Starlette:
        return Starlette(
            routes=[Route("/library/sections", self._sections), Route("/library/sections/{key}/all", self._all)]
        )

    async def _sections(self, request: Request) -> Response:
        if request.headers.get("x-plex-token") != self.token:
            return PlainTextResponse("", 401)
        kinds = [("1", "movie"), ("2", "show"), ("3", "artist")]
        sections = [{"key": key, "type": kind, "title": kind} for key, kind in kinds]
        return JSONResponse({"MediaContainer": {"size": 3, "Directory": sections}})

    async def _all(self, request: Request) -> Response:
        if request.headers.get("x-plex-token") != self.token:
            return PlainTextResponse("", 401)
        query = request.query_params
        found = self.items.get((request.path_params["key"], query["type"]), [])
        begin = int(query["X-Plex-Container-Start"])
        shown = found[begin : begin + PAGE]
        body: dict[str, Any] = {"size": len(shown), "totalSize": len(found), "offset": begin}
        if shown:
            body["Metadata"] = shown
        return JSONResponse({"MediaContainer": body})
