"""What users are called, as auth says; believed for some minutes."""

from __future__ import annotations

import httpx2
import structlog

from kyoo.core.caches import TTL

log = structlog.get_logger()

#: Seconds for which a name is believed, and names that are kept.
LASTS = 300.0
KEPT = 1000


class Usernames:
    def __init__(self, peer: httpx2.AsyncClient) -> None:
        self._peer = peer
        #: Alone in a tuple: that auth does not know one is remembered, too.
        self._known: TTL[str, tuple[str | None]] = TTL("usernames", KEPT, LASTS)

    async def of(self, identifier: str) -> str | None:
        """None when auth does not know, or does not answer."""
        if (known := self._known.find(identifier)) is not None:
            return known[0]
        name: str | None = None
        try:
            answer = await self._peer.get(f"/auth/users/{identifier}", timeout=10)
            if answer.status_code == 200:
                name = str(answer.json()["username"])
        except (httpx2.HTTPError, ValueError, KeyError, TypeError) as error:
            log.info("the name of a user is not known", error=type(error).__name__)
        self._known[identifier] = (name,)
        return name
