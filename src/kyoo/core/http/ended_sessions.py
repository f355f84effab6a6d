"""Responses and sockets in flight end with the session, or the API key, that they were opened with."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import structlog
from cachetools import TTLCache
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from kyoo.core import events
from kyoo.core.database.postgres import Database
from kyoo.core.errors import ErrorBody, ForbiddenError
from kyoo.core.http.sending import Sending
from kyoo.core.tokens import NIL_UUID

log = structlog.get_logger()

#: Auth says here which session or API key has ended (events/schema/endings.sql): the `sid` of the tokens made from it.
CHANNEL = "auth_endings"
#: What a request offers in its scope: a function that takes the `sid` of its caller.
BELONGS_TO = "kyoo.belongs_to"
#: A token lives for an hour, by the clock of auth; until then it is known to be of an ended session.
REMEMBERED_SECONDS = 3600 + 300
REMEMBERED = 100_000

#: Closes a socket whose session has ended.
SESSION_OVER = 4401
MESSAGE = "The session has ended"


class EndedSessions:
    """The sessions that ended lately, and what is in flight of the others."""

    def __init__(self, timer: Callable[[], float] = time.monotonic) -> None:
        self._in_flight: dict[UUID, set[asyncio.Timeout]] = {}
        self._ended: TTLCache[UUID, bool] = TTLCache(REMEMBERED, REMEMBERED_SECONDS, timer)

    async def catch_up(self, database: Database) -> None:
        """Hear what was said while nobody here listened, or was there to listen."""
        lately = timedelta(seconds=REMEMBERED_SECONDS)
        async with database.connection() as connection:
            for session in await events.endings(connection, within=lately, most=REMEMBERED):
                self._end(session)

    async def hear(self, payload: str) -> None:
        self._end(UUID(payload))

    def _end(self, session: UUID) -> None:
        self._ended[session] = True
        for request in self._in_flight.pop(session, ()):
            request.reschedule(asyncio.get_running_loop().time())

    def enter(self, session: UUID, request: asyncio.Timeout) -> None:
        """`request` is of this session. Raises ForbiddenError when that is over."""
        if session in self._ended:
            raise ForbiddenError(MESSAGE)
        if session != NIL_UUID:
            self._in_flight.setdefault(session, set()).add(request)

    def leave(self, session: UUID, request: asyncio.Timeout) -> None:
        requests = self._in_flight.get(session, set())
        requests.discard(request)
        if not requests:
            self._in_flight.pop(session, None)


def belongs_to(scope: Scope, session: UUID) -> None:
    """Called once the caller of a request is known. Raises ForbiddenError when its session is over."""
    register: Callable[[UUID], None] | None = scope.get(BELONGS_TO)
    if register is not None:
        register(session)


class EndsWithSession:
    """ASGI middleware: cuts off what a request is still being sent when the session of its caller ends."""

    def __init__(self, app: ASGIApp, ended: EndedSessions, error_body: ErrorBody) -> None:
        self.app = app
        self._ended = ended
        self._error_body = error_body

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        sessions: list[UUID] = []

        sending = Sending(send)

        try:
            async with asyncio.timeout(None) as request:

                def register(session: UUID) -> None:
                    sessions.append(session)
                    self._ended.enter(session, request)

                try:
                    await self.app({**scope, BELONGS_TO: register}, receive, sending)
                finally:
                    for session in sessions:
                        self._ended.leave(session, request)
        except TimeoutError:
            if not request.expired():
                raise
        else:
            return
        log.info("a request ended with its session", path=scope["path"])
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": SESSION_OVER, "reason": MESSAGE})
        elif not sending.begun:
            await JSONResponse(self._error_body(403, MESSAGE, None), 403)(scope, receive, send)
        # Else the server closes the connection, from which the client sees that the response is not whole.
