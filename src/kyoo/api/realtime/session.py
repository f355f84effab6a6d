"""The session behind a socket: who it is of at present, and when it is over. No HTTP but to ask auth."""

from __future__ import annotations

import time

import httpx2
import structlog

from kyoo.api.context import ApiContext
from kyoo.api.limits import limits_of
from kyoo.core.errors import KyooError
from kyoo.core.tokens import Identity

log = structlog.get_logger()

#: A session that ended closes its sockets within this time, in seconds.
SESSION_CHECK = 15


class SessionOverError(KyooError):
    """The session behind a socket has ended; the socket must be closed."""

    status = 401


class Session:
    """`token` is the JWT that the gateway gave for it."""

    __slots__ = ("_checked_at", "_context", "_token", "identity", "limits")

    def __init__(self, context: ApiContext, identity: Identity, token: str) -> None:
        self._is_of(identity)
        self._context = context
        self._token = token
        self._checked_at = time.monotonic()

    async def check(self) -> None:
        """Have auth renew the token every SESSION_CHECK seconds. Raises SessionOverError when it refuses."""
        expires = float(self.identity.claims.get("exp", 0))
        if self._is_api_key:
            # The JWT of an API key cannot be renewed; it lasts as long as it says.
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
                self._is_of(await verifier.verify(self._token))
        except (httpx2.HTTPError, ValueError, KeyError) as error:
            # Auth may be restarting: the token decides until then.
            log.warning("a socket's session cannot be checked", error=str(error))
            if expires <= time.time():
                raise SessionOverError("The token has expired") from error

    def _is_of(self, identity: Identity) -> None:
        self.identity = identity
        self.limits = limits_of(identity.limits)

    @property
    def _is_api_key(self) -> bool:
        return self.identity.subject == self.identity.session and not self.identity.is_guest
