"""What users are called, as auth says; believed for some minutes."""

from __future__ import annotations

import time

import httpx2
import structlog

log = structlog.get_logger()

#: Seconds for which a name is believed, and names that are kept.
LASTS = 300.0
KEPT = 1000


class Usernames:
    def __init__(self, peer: httpx2.AsyncClient) -> None:
        self._peer = peer
        self._known: dict[str, tuple[float, str | None]] = {}

    async def of(self, identifier: str) -> str | None:
        """None when auth does not know, or does not answer."""
        known = self._known.get(identifier)
        if known is not None and known[0] > time.monotonic():
            return known[1]
        name: str | None = None
        try:
            answer = await self._peer.get(f"/auth/users/{identifier}", timeout=10)
            if answer.status_code == 200:
                name = str(answer.json()["username"])
        except (httpx2.HTTPError, ValueError, KeyError, TypeError) as error:
            log.info("the name of a user is not known", error=type(error).__name__)
        if len(self._known) >= KEPT:
            self._known.clear()
        self._known[identifier] = (time.monotonic() + LASTS, name)
        return name
