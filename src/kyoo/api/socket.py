"""What each action of a websocket does, who may do it, and when its session is over (api.md §11). No HTTP."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any

import httpx2
import structlog
from pydantic import TypeAdapter, ValidationError

from kyoo.api import history
from kyoo.api.context import ApiContext
from kyoo.api.models.profile import SeedHistory
from kyoo.api.models.socket import HistoryCounts, Ping, Refusal, Request, Watch, Watched
from kyoo.core.errors import ForbiddenError, KyooError, UnauthorizedError
from kyoo.core.faults import faults_of
from kyoo.core.permissions import refuse_unverified
from kyoo.core.tokens import Identity

#: Exactly these bytes: the app compares the raw text.
PONG = '{"action":"ping","response":"pong"}'

#: A session that ended closes its sockets within this time, in seconds.
SESSION_CHECK = 15

#: A report that passes one of these percentages has the next video prepared.
PREPARE_AT = (50, 75)

#: The longest message that is read, in characters.
MAX_MESSAGE = 4096

requests: TypeAdapter[Ping | Watch] = TypeAdapter(Request)
log = structlog.get_logger()


class SessionOverError(KyooError):
    """The session behind a socket has ended; the socket must be closed."""

    status = 401


class Socket:
    """One connected client. `token` is its JWT, as the gateway gave it."""

    def __init__(self, context: ApiContext, identity: Identity, token: str) -> None:
        self._context = context
        self._identity = identity
        self._token = token
        self._checked_at = time.monotonic()
        self._percent: dict[str, int] = {}
        self._background: set[asyncio.Task[None]] = set()

    async def answer(self, text: str) -> str:
        """The answer to a message; failures are answers, too. Raises SessionOverError."""
        action: str | None = None
        message: Any = None
        try:
            if len(text) > MAX_MESSAGE:
                return _refuse(None, 422, "The message is too long")
            message = json.loads(text)
            action = str(message["action"])[:32] if isinstance(message, dict) and "action" in message else None
            request = requests.validate_python(message)
        except (ValueError, RecursionError) as error:
            return _refuse(action, 422, _fault(error, message))
        if isinstance(request, Ping):
            return PONG
        await self.check_session()
        try:
            return await self._watch(request)
        except KyooError as error:
            return _refuse("watch", error.status, error.message)

    async def check_session(self) -> None:
        """Have auth renew the token every SESSION_CHECK seconds. Raises SessionOverError when it refuses."""
        expires = float(self._identity.claims.get("exp", 0))
        if self._is_api_key:
            # The JWT of an API key cannot be renewed (auth.md §3.5); it lasts as long as it says.
            if expires <= time.time():
                raise SessionOverError("The token has expired")
            return
        if time.monotonic() - self._checked_at < SESSION_CHECK:
            return
        self._checked_at = time.monotonic()
        # An empty X-Api-Key counts as none: the renewal is the caller's, not the service's.
        headers = {"Authorization": f"Bearer {self._token}", "X-Api-Key": ""}
        try:
            answer = await self._context.runtime.peer.get("/auth/jwt", headers=headers)
            if answer.status_code in (401, 403):
                raise SessionOverError("The session has ended")
            answer.raise_for_status()
            self._token = str(answer.json()["token"])
            verifier = self._context.runtime.authentication.verifier
            if verifier is not None:
                self._identity = await verifier.verify(self._token)
        except (httpx2.HTTPError, ValueError, KeyError) as error:
            # Auth may be restarting: the token decides until then.
            log.warning("a socket's session cannot be checked", error=str(error))
            if expires <= time.time():
                raise SessionOverError("The token has expired") from error

    @property
    def _is_api_key(self) -> bool:
        return self._identity.subject == self._identity.session and not self._identity.is_guest

    async def _watch(self, request: Watch) -> str:
        self._authorise(f"watch/{request.entry}")
        play = SeedHistory(
            entry=request.entry,
            video_id=request.video_id,
            percent=request.percent,
            time=request.time,
            played_date=None,
        )
        plays = await self._context.durations.within([play])
        inserted = await self._context.write(
            lambda connection: history.record(connection, self._identity.subject, plays)
        )
        self._prepare_next(str(request.video_id), request.percent)
        counts = HistoryCounts(created=inserted, updated=1 - inserted, existing=0)
        return Watched(inserted=inserted, history=counts).model_dump_json(by_alias=True)

    def _authorise(self, route: str) -> None:
        if self._identity.is_guest:
            raise UnauthorizedError("Log in to keep your progress")
        refuse_unverified(self._identity)
        if "core.read" not in self._identity.permissions:
            raise ForbiddenError("Missing permission: core.read")
        allowed = self._identity.claims.get("wsRoutes")
        if allowed is not None and (not isinstance(allowed, list) or route not in allowed):
            raise ForbiddenError("This token does not allow that")

    def _prepare_next(self, video: str, percent: int) -> None:
        """Have the next video prepared when `percent` passes a mark; nobody waits for it."""
        before = self._percent.get(video, 0)
        self._percent = {video: percent}
        if any(before < mark <= percent for mark in PREPARE_AT):
            task = asyncio.create_task(self._prepare_after(video))
            self._background.add(task)
            task.add_done_callback(self._background.discard)

    async def _prepare_after(self, video: str) -> None:
        peer = self._context.runtime.peer
        try:
            answer = await peer.get(f"/api/videos/{video}", params={"with": "next"})
            following: dict[str, Any] | None = answer.json().get("next") if answer.status_code == 200 else None
            if following and following.get("video"):
                await peer.get(f"/api/videos/{following['video']}/prepare")
        except (httpx2.HTTPError, ValueError) as error:
            log.info("the next video is not prepared", error=str(error))


def _fault(error: Exception, message: Any) -> str:
    if not isinstance(error, ValidationError):
        return "Invalid message: not JSON"
    faults = faults_of(
        ({**fault, "loc": ("message", *fault["loc"])} for fault in error.errors()), message, of="message"
    )
    return f"Invalid {'; '.join(map(str, faults[:3]))}"


def _refuse(action: str | None, status: int, message: str) -> str:
    refusal = Refusal(action=action, status=status, message=message)
    return refusal.model_dump_json(by_alias=True, exclude_none=True)
