"""Requests to another media server, at an address that somebody gave: bounded in time, size and number."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import httpx2

from kyoo import __version__
from kyoo.core.errors import InvalidError, KyooError
from kyoo.core.http.storable import made_storable
from kyoo.core.kinds import web_url
from kyoo.core.public_internet import PublicOnly

#: Of one answer.
MAX_BYTES = 32 * 1024**2
#: Items of one page, and pages of one list.
PAGE, PAGES = 500, 2000


class ServerError(KyooError):
    """The other server does not answer, or not as such a server does. The message holds nothing secret."""

    status = 502


class Asker:
    def __init__(self, title: str, url: str, headers: Mapping[str, str], client: httpx2.AsyncClient) -> None:
        self.title, self._url = title, url
        self._headers, self._client = headers, client

    async def get(self, path: str, **params: str) -> dict[str, Any]:
        """The object that is answered, {} for anything else that is JSON."""
        found = await self.get_any(path, **params)
        return found if isinstance(found, dict) else {}

    async def get_any(self, path: str, **params: str) -> Any:
        status, body = await self._ask("GET", path, params=params or None)
        if status in (401, 403):
            raise InvalidError(f"{self.title} does not accept this key")
        return await self._parsed(status, body)

    async def log_in(self, path: str, body: Mapping[str, str]) -> dict[str, Any]:
        """The object that is answered to a name and a password."""
        status, content = await self._ask("POST", path, json=body)
        if status in (400, 401, 403):
            raise InvalidError(f"{self.title} does not accept this name and password")
        found = await self._parsed(status, content)
        return found if isinstance(found, dict) else {}

    async def log_out(self, path: str) -> None:
        """A server that is out of order keeps nobody from what was read of it."""
        with contextlib.suppress(ServerError):
            await self._ask("POST", path)

    def use(self, headers: Mapping[str, str]) -> None:
        """Ask with these from now on."""
        self._headers = headers

    async def _ask(self, method: str, path: str, **more: Any) -> tuple[int, bytes]:
        try:
            async with self._client.stream(method, f"{self._url}{path}", headers=self._headers, **more) as answer:
                body = bytearray()
                async for chunk in answer.aiter_bytes():
                    body += chunk
                    if len(body) > MAX_BYTES:
                        raise ServerError(f"{self.title} sent too large an answer")
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            raise ServerError(f"{self.title} cannot be reached at this address ({type(error).__name__})") from None
        return answer.status_code, bytes(body)

    async def _parsed(self, status: int, body: bytes) -> Any:
        if status != 200:
            raise ServerError(f"{self.title} answers with status {status}")
        try:
            return made_storable(await asyncio.to_thread(json.loads, body))
        except (ValueError, RecursionError):
            raise ServerError(f"What is at this address is no {self.title}") from None


@asynccontextmanager
async def asking(
    title: str, url: str, headers: Mapping[str, str], *, private: bool, seconds: float
) -> AsyncIterator[Asker]:
    """`private`: also addresses that are not on the public internet. `seconds` for all of it."""
    base = url.strip().rstrip("/")
    try:
        parts = web_url(base)
    except ValueError as error:
        raise InvalidError(f"url {error}") from None
    if parts.query or parts.fragment:
        raise InvalidError("url must be the address of a server, such as http://192.168.1.2:8096")
    transport = httpx2.AsyncHTTPTransport(trust_env=False) if private else PublicOnly()
    agent = {"User-Agent": f"Kyoo/{__version__} (media server)", "Accept": "application/json"}
    client = httpx2.AsyncClient(transport=transport, headers=agent, timeout=30, follow_redirects=False)
    try:
        async with client, asyncio.timeout(seconds):
            yield Asker(title, base, headers, client)
    except TimeoutError:
        raise ServerError(f"{title} takes too long to answer") from None
