"""Pictures from Gravatar or a compatible server, for users without one of their own; off unless configured, as it tells
a third party about the users."""

from __future__ import annotations

import hashlib
import time

import httpx2
import structlog

from kyoo.auth.accounts.pictures import MAX_BYTES, Picture, PictureTooLargeError, avatar
from kyoo.core.caches import TLRU
from kyoo.core.errors import InvalidError, KyooError
from kyoo.core.pictures.rendering import Renderer

log = structlog.get_logger()

TIMEOUT = 5
#: How long an answer without a picture holds, in seconds: no such picture, and a failing server.
ABSENT_FOR = 24 * 3600
FAILED_FOR = 60
REMEMBERED = 4096


class GravatarUnavailableError(KyooError):
    status = 502


class Gravatar:
    def __init__(self, client: httpx2.AsyncClient, renderer: Renderer, url: str) -> None:
        self._client = client
        self._renderer = renderer
        self._url = url
        #: Digest → (until, whether the server failed).
        self._without: TLRU[str, tuple[float, bool]] = TLRU("gravatars", REMEMBERED, lambda kept: kept[0])

    async def close(self) -> None:
        await self._client.aclose()

    async def get(self, email: str) -> Picture | None:
        """The picture for an e-mail address, None when there is none. Raises GravatarUnavailableError."""
        digest = hashlib.md5(email.strip().lower().encode(), usedforsecurity=False).hexdigest()
        if (kept := self._without.find(digest)) is not None:
            _, failed = kept
            if failed:
                raise GravatarUnavailableError("Gravatar does not answer")
            return None
        try:
            picture = await self._fetch(digest)
        except (httpx2.HTTPError, ValueError) as error:
            log.warning("gravatar does not answer", error=str(error) or type(error).__name__)
            self._remember(digest, FAILED_FOR, failed=True)
            raise GravatarUnavailableError("Gravatar does not answer") from error
        if picture is None:
            self._remember(digest, ABSENT_FOR, failed=False)
        return picture

    async def _fetch(self, digest: str) -> Picture | None:
        """ValueError when the answer is no picture or too large."""
        request = self._client.stream("GET", f"{self._url}/avatar/{digest}", params={"d": "404"}, timeout=TIMEOUT)
        async with request as response:
            if response.status_code == 404:
                return None
            response.raise_for_status()
            data = b""
            async for chunk in response.aiter_bytes():
                data += chunk
                if len(data) > MAX_BYTES:
                    raise ValueError("the answer is too large")
        try:
            return await avatar(self._renderer, data)
        except (InvalidError, PictureTooLargeError) as error:
            raise ValueError(error.message) from error

    def _remember(self, digest: str, seconds: float, *, failed: bool) -> None:
        self._without[digest] = (time.monotonic() + seconds, failed)
