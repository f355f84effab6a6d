"""Requests to other servers for a login: bounded in time and size, and to the public internet only where a user, not
the configuration, says where to."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from typing import Any

import httpx2

from kyoo.core.public_internet import PublicOnly

SECONDS = 10.0
MAX_BYTES = 1024 * 1024


class NoAnswerError(Exception):
    """No answer, or none that can be used. The message holds nothing of what was sent or answered."""


async def _limited(chunks: Any, limit: int) -> bytes:
    body = bytearray()
    async for chunk in chunks:
        body += chunk
        if len(body) > limit:
            raise httpx2.DecodingError("The answer is too large")
    return bytes(body)


class Outside:
    """`configured` reaches servers that the configuration names, `public` only those of the public internet."""

    def __init__(self, transport: httpx2.AsyncBaseTransport | None = None) -> None:
        headers = {"User-Agent": "Kyoo", "Accept": "application/json"}
        self.configured = httpx2.AsyncClient(transport=transport, headers=headers, timeout=SECONDS)
        self.public = httpx2.AsyncClient(transport=PublicOnly(), headers=headers, timeout=SECONDS, trust_env=False)

    async def close(self) -> None:
        await self.configured.aclose()
        await self.public.aclose()


async def ask_json(
    client: httpx2.AsyncClient,
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    form: Mapping[str, str] | None = None,
    auth: tuple[str, str] | None = None,
) -> dict[str, Any]:
    """The JSON object that a server answers. Raises NoAnswerError; redirects are not followed, as they would carry the
    secrets elsewhere."""
    try:
        async with (
            asyncio.timeout(SECONDS * 1.5),
            client.stream(method, url, headers=headers, data=form, auth=auth) as response,
        ):
            body = await _limited(response.aiter_bytes(), MAX_BYTES)
    except (httpx2.HTTPError, httpx2.InvalidURL, TimeoutError) as error:
        raise NoAnswerError(f"no answer ({type(error).__name__})") from error
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        answer = None
    if response.status_code != 200:
        # The name of the error is one of a few words (RFC 6749 §5.2); the rest of the answer can repeat what was sent.
        word = answer.get("error") if isinstance(answer, dict) else None
        known = f", {word}" if isinstance(word, str) and word.isidentifier() else ""
        raise NoAnswerError(f"status {response.status_code}{known}")
    if not isinstance(answer, dict):
        raise NoAnswerError("the answer is no JSON object")
    return answer


async def download(client_for: Callable[[str], httpx2.AsyncClient], url: str, limit: int) -> bytes:
    """The bytes at `url`, after up to three redirects, each asked by the client for its address. Raises
    NoAnswerError."""
    try:
        async with asyncio.timeout(SECONDS * 1.5):
            for _ in range(4):
                async with client_for(url).stream("GET", url) as response:
                    if response.has_redirect_location:
                        url = str(response.url.join(response.headers["location"]))
                        continue
                    if response.status_code != 200:
                        raise NoAnswerError(f"status {response.status_code}")
                    return await _limited(response.aiter_bytes(), limit)
    except (httpx2.HTTPError, httpx2.InvalidURL, TimeoutError) as error:
        raise NoAnswerError(f"no answer ({type(error).__name__})") from error
    raise NoAnswerError("too many redirects")
