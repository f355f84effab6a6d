"""What the doubles have in common: users and their tokens, a log of what was asked, faults on demand, limits."""

from __future__ import annotations

import asyncio
import json
import secrets
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

Handler = Callable[[Request], Awaitable[Response]]
CLIENT, SECRET = "client-of-the-tests", "secret-of-the-tests"


@dataclass(frozen=True)
class Asked:
    method: str
    path: str
    query: dict[str, str]
    body: Any
    token: str | None


@dataclass
class Fault:
    """The next answer to a request whose path begins with `path`, and which has `containing` in its body. `after`: what
    was asked is done all the same. `hangs`: there is no answer, for so many seconds."""

    path: str
    status: int = 503
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    after: bool = False
    hangs: float = 0
    times: int = 1
    method: str | None = None
    containing: str = ""


@dataclass
class Grant:
    access: str
    refresh: str
    expires: datetime
    #: Whether its user was given something to renew it with.
    given: bool = False


def iso(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


class FakeService(ABC):
    """One user, `account`. `now` can be moved. Subclasses give `routes`."""

    name = ""
    lasts = timedelta(days=1)
    refuses_status = 401

    def __init__(self) -> None:
        self.account = "someone"
        self.log: list[Asked] = []
        self.faults: list[Fault] = []
        self.grants: list[Grant] = []
        self.revoked: list[str] = []
        self.codes: dict[str, dict[str, str]] = {}
        self.ahead = timedelta(0)
        self.delay = 0.0

    @property
    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    @property
    def app(self) -> Starlette:
        return Starlette(routes=[*self.routes(), Route("/{path:path}", self._unknown, methods=METHODS)])

    @abstractmethod
    def routes(self) -> list[Route]: ...

    def route(self, path: str, handler: Handler, *methods: str, open_: bool = False) -> Route:
        """`open_`: without a user's token."""

        async def handle(request: Request) -> Response:
            request.state.raw = (await request.body()).decode()
            body = await _body(request)
            token = self.token_of(request)
            self.log.append(Asked(request.method, request.url.path, dict(request.query_params), body, token))
            request.state.body = body
            if self.delay:
                await asyncio.sleep(self.delay)
            fault = self._fault(request)
            if fault is not None and not fault.after:
                return await self._faulty(fault)
            if not open_ and not self.is_known(token):
                return self.refusal()
            answer = await handler(request)
            return await self._faulty(fault) if fault is not None else answer

        return Route(path, handle, methods=list(methods))

    def token_of(self, request: Request) -> str | None:
        return request.headers.get("authorization", "").removeprefix("Bearer ") or None

    def _fault(self, request: Request) -> Fault | None:
        for fault in self.faults:
            meant = request.url.path.startswith(fault.path) and fault.method in (None, request.method)
            if meant and fault.containing in request.state.raw:
                fault.times -= 1
                if fault.times <= 0:
                    self.faults.remove(fault)
                return fault
        return None

    async def _faulty(self, fault: Fault) -> Response:
        if fault.hangs:
            await asyncio.sleep(fault.hangs)
        if isinstance(fault.body, str):
            return PlainTextResponse(fault.body, fault.status, fault.headers, media_type="text/html")
        return JSONResponse(fault.body, fault.status, fault.headers)

    async def _unknown(self, request: Request) -> Response:
        self.log.append(Asked(request.method, request.url.path, {}, None, None))
        return PlainTextResponse("", 404, media_type="text/html")

    def refusal(self) -> Response:
        return JSONResponse({"error": "invalid_token"}, self.refuses_status)

    def is_known(self, token: str | None) -> bool:
        return any(grant.access == token and grant.expires > self.now for grant in self.grants)

    def grant(self) -> Grant:
        made = Grant(secrets.token_hex(16), secrets.token_hex(16), self.now + self.lasts)
        self.grants.append(made)
        return made

    def end_tokens(self) -> None:
        """The access tokens are over; refresh tokens are not."""
        for grant in self.grants:
            grant.expires = self.now - timedelta(seconds=1)

    def writes(self) -> list[tuple[str, str, Any]]:
        """What was written, without logins."""
        return [
            (asked.method, asked.path, asked.body)
            for asked in self.log
            if asked.method not in ("GET", "HEAD") and "oauth" not in asked.path and "settings" not in asked.path
        ]

    # --- OAuth

    async def authorize(self, request: Request) -> Response:
        """The user agrees at once."""
        query = request.query_params
        if query.get("client_id") != CLIENT or query.get("response_type") != "code":
            return JSONResponse({"error": "invalid_client"}, 400)
        code = secrets.token_hex(8)
        self.codes[code] = dict(query)
        return RedirectResponse(f"{query['redirect_uri']}?code={code}&state={query['state']}", 302)

    async def token(self, request: Request) -> Response:
        body = request.state.body
        if body.get("client_id") != CLIENT or body.get("client_secret") != SECRET:
            return JSONResponse({"error": "invalid_client"}, 401)
        if body.get("grant_type") == "refresh_token":
            grant = next((one for one in self.grants if one.refresh == body.get("refresh_token")), None)
            if grant is None:
                return JSONResponse({"error": "invalid_grant"}, 400)
            self.grants.remove(grant)
        else:
            asked = self.codes.pop(body.get("code"), None)
            if asked is None or asked["redirect_uri"] != body.get("redirect_uri"):
                return JSONResponse({"error": "invalid_grant"}, 400)
            if not self.proves(asked, body):
                return JSONResponse({"error": "invalid_request"}, 400)
        return self.tokens(self.grant())

    def proves(self, asked: dict[str, str], body: dict[str, str]) -> bool:
        del asked, body
        return True

    def tokens(self, grant: Grant) -> Response:
        grant.given = True
        seconds = int((grant.expires - self.now).total_seconds())
        return JSONResponse(
            {
                "access_token": grant.access,
                "token_type": "bearer",
                "expires_in": seconds,
                "refresh_token": grant.refresh,
                "scope": "public",
                "created_at": int(self.now.timestamp()),
            }
        )


METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]


async def _body(request: Request) -> Any:
    raw = await request.body()
    if not raw:
        return None
    if "form" in request.headers.get("content-type", ""):
        return dict(parse_qsl(raw.decode(), keep_blank_values=True))
    return json.loads(raw)
