"""The built-in gateway: one application over all services, with the phantom-token exchange. No rule of any service.

Source: docs/protocol/README.md#addresses, docs/operating/auth.md#the-exchange.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kyoo.core.http.documentation import PATHS
from kyoo.serve.services import SERVICES, Service

#: What the gateway hands to the exchange, and no service sees; the JWT in `Authorization` takes its place. Everything
#: else of a request stays with the service.
SUBPROTOCOLS = b"sec-websocket-protocol"
CREDENTIAL_HEADERS = {b"authorization", b"cookie", b"x-api-key", SUBPROTOCOLS}

#: Browsers send a cookie with `SameSite=Strict`, so other origins (the Chromecast receiver) can only use `x-presign`.
CORS_HEADERS = ["Authorization", "Content-Type", "Range", "X-Api-Key"]


#: Where `kyoo serve` tells about itself (administration.py).
ADMINISTRATION = "/server"
#: Who is told: whoever has all of these can reach everything of the server in other ways, too.
ADMINISTRATOR = ("apikeys.write", "core.write", "users.write")


@dataclass(frozen=True)
class Answer:
    """A whole response of the auth service."""

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes

    @property
    def authorization(self) -> bytes | None:
        return next((value for name, value in self.headers if name == b"authorization"), None)


#: The JWT for the credential of a request, if auth has it at hand; None: ask for it.
Remembered = Callable[[Scope], str | None]


class PhantomToken:
    """Exchanges the client's credentials for a short JWT before `upstream` sees the request."""

    def __init__(
        self,
        upstream: ASGIApp,
        auth: ASGIApp,
        *,
        public: frozenset[str],
        remembered: Remembered,
        returns: tuple[str, str] | None = None,
    ) -> None:
        self.upstream = upstream
        self.auth = auth
        self.public = public
        self.remembered = remembered
        self.returns = returns and (re.compile(returns[0]), returns[1].encode())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(name, value) for name, value in scope["headers"] if name not in CREDENTIAL_HEADERS]
        path = scope["path"].rstrip("/")
        if self.returns is not None and self.returns[0].fullmatch(path):
            headers += _cookies(scope, self.returns[1])
        elif path not in self.public:
            if token := self.remembered(scope):
                authorization = b"Bearer " + token.encode()
            else:
                answer = await self._exchange(scope)
                if answer.authorization is None or answer.status >= 300:
                    await refuse(scope, send, answer)
                    return
                authorization = answer.authorization
            headers.append((b"authorization", authorization))
        passed = {**scope, "headers": headers}
        if offered := scope.get("subprotocols"):
            passed["subprotocols"] = [name for name in offered if not name.lower().startswith("bearer ")]
        await self.upstream(passed, receive, send)

    async def _exchange(self, scope: Scope) -> Answer:
        query = scope["query_string"]
        uri = scope.get("raw_path") or scope["path"].encode()
        client = scope.get("client")
        headers = [(name, value) for name, value in scope["headers"] if name in CREDENTIAL_HEADERS]
        if offered := scope.get("subprotocols"):
            # Some servers take this header out of the others.
            headers = [pair for pair in headers if pair[0] != SUBPROTOCOLS]
            headers.append((SUBPROTOCOLS, ", ".join(offered).encode()))
        headers += [
            (b"x-forwarded-method", scope.get("method", "GET").encode()),
            (b"x-forwarded-uri", uri + (b"?" + query if query else b"")),
            (b"x-forwarded-for", (client[0] if client else "").encode()),
        ]
        exchange = {
            "type": "http",
            "asgi": scope["asgi"],
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": "/auth/jwt",
            "raw_path": b"/auth/jwt",
            "root_path": "",
            "query_string": b"",
            "headers": headers,
            "client": client,
            "server": scope.get("server"),
            "state": {},
        }
        return await call(self.auth, exchange)


def _cookies(scope: Scope, beginning: bytes) -> list[tuple[bytes, bytes]]:
    """The cookies of a request whose names begin so."""
    every = (part.strip() for name, value in scope["headers"] if name == b"cookie" for part in value.split(b";"))
    kept = b"; ".join(cookie for cookie in every if cookie.startswith(beginning))
    return [(b"cookie", kept)] if kept else []


async def call(app: ASGIApp, scope: Scope) -> Answer:
    """Ask `app` a request without a body and collect its whole answer."""
    start: Message = {"status": 500, "headers": []}
    body = bytearray()

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        nonlocal start
        if message["type"] == "http.response.start":
            start = message
        elif message["type"] == "http.response.body":
            body.extend(message.get("body", b""))

    await app(scope, receive, send)
    return Answer(start["status"], [(name.lower(), value) for name, value in start["headers"]], bytes(body))


async def refuse(scope: Scope, send: Send, answer: Answer) -> None:
    """Give the client the auth service's own answer (a websocket: before it is opened)."""
    kind = "http"
    if scope["type"] == "websocket":
        if "websocket.http.response" not in scope.get("extensions", {}):
            await send({"type": "websocket.close", "code": 4401})
            return
        kind = "websocket.http"
    headers = [(name, value) for name, value in answer.headers if name != b"authorization"]
    await send({"type": f"{kind}.response.start", "status": answer.status, "headers": headers})
    await send({"type": f"{kind}.response.body", "body": answer.body})


def moved(old: str, new: str) -> ASGIApp:
    """Sends `old…` to `new…`: Kyoo's documentation of the api has a path of its own."""

    async def redirect(scope: Scope, receive: Receive, send: Send) -> None:
        await RedirectResponse(new + scope["path"].removeprefix(old))(scope, receive, send)

    return redirect


class Gateway:
    """Routes by prefix. The services are mounted after construction, as they call each other through this object."""

    def __init__(self) -> None:
        self._routes: list[tuple[str, ASGIApp]] = []
        self._applications: list[FastAPI] = []
        self._web: ASGIApp | None = None

    def mount(
        self,
        applications: Mapping[str, FastAPI],
        *,
        web: ASGIApp | None = None,
        remembered: Remembered = lambda _: None,
        administration: FastAPI | None = None,
        first: ASGIApp | None = None,
    ) -> None:
        """Put each service, by its name, behind its prefix, and the `administration` of all behind its own. `first`
        answers what only the first process of a server can, when this is another one."""
        auth = applications["auth"]

        def guarded(service: Service) -> ASGIApp:
            app: ASGIApp = applications[service.name]
            if service.exchanged:
                public = frozenset(f"{service.prefix}{path}" for path in ("/health", "/ready", *PATHS))
                app = PhantomToken(app, auth, public=public, remembered=remembered, returns=service.returns)
            if service.any_origin:
                app = CORSMiddleware(
                    app, allow_origins=["*"], allow_methods=["GET", "OPTIONS"], allow_headers=CORS_HEADERS
                )
            return app

        self._applications = [applications[name] for name in SERVICES]
        self._routes = [(service.prefix, guarded(service)) for service in SERVICES.values()]
        self._routes += [("/.well-known", auth), ("/swagger", moved("/swagger", "/api/swagger"))]
        if administration is not None:
            self._applications.append(administration)
            open_paths = ("/health", "/ready", "/setup", "/setup/backups", "/setup/restore", *PATHS)
            public = frozenset(f"{ADMINISTRATION}{path}" for path in open_paths)
            guard = PhantomToken(administration, auth, public=public, remembered=remembered)
            if first is not None:
                to_first = PhantomToken(first, auth, public=public, remembered=remembered)
                self._routes += [(f"{ADMINISTRATION}{path}", to_first) for path in ("/backups", "/setup")]
            self._routes.append((ADMINISTRATION, guard))
        self._web = web

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
            return
        path: str = scope["path"]
        for prefix, app in self._routes:
            if path == prefix or path.startswith(f"{prefix}/"):
                await app(scope, receive, send)
                return
        if self._web is not None and scope["type"] == "http":
            await self._web(scope, receive, send)
            return
        body = b'{"status":404,"message":"Not found"}'
        await refuse(scope, send, Answer(404, [(b"content-type", b"application/json")], body))

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """The lifespans of all services, started in order and ended in reverse."""
        async with AsyncExitStack() as stack:
            for app in self._applications:
                await stack.enter_async_context(app.router.lifespan_context(app))
            yield

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        await receive()
        try:
            async with self.running():
                await send({"type": "lifespan.startup.complete"})
                await receive()
        except BaseException as error:
            await send({"type": "lifespan.startup.failed", "message": str(error)})
            raise
        await send({"type": "lifespan.shutdown.complete"})
