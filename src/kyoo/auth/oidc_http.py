"""Requests to other servers for a login: bounded in time and size, and to the public internet only where a user, not
the configuration, says where to."""

from __future__ import annotations

import asyncio
import ipaddress
import json
import socket
from collections.abc import Mapping
from typing import Any

import httpx2

SECONDS = 10.0
MAX_BYTES = 1024 * 1024

#: NAT64 hides an IPv4 address, perhaps a private one, in a global-looking IPv6 one (RFC 6052).
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


class NoAnswerError(Exception):
    """No answer, or none that can be used. The message holds nothing of what was sent or answered."""


def is_public(address: str) -> bool:
    """Whether an IP address is one of the open internet: not loopback, private, link-local, reserved or multicast."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF) if ip in NAT64 else None)
        if inner is not None:
            return is_public(str(inner))
    return ip.is_global and not ip.is_multicast


class PublicOnly(httpx2.AsyncBaseTransport):
    """Refuses hosts with an address that is not public, and connects to the very address that was checked, so that a
    second answer of the name server cannot lead elsewhere. Every request has a connection of its own."""

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        host = request.url.host
        port = request.url.port or (443 if request.url.scheme == "https" else 80)
        try:
            found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise httpx2.ConnectError(f"The host {host} is unknown", request=request) from error
        addresses = [str(address[0]) for *_, address in found]
        if not addresses or not all(map(is_public, addresses)):
            raise httpx2.ConnectError(f"The host {host} is not on the public internet", request=request)
        pinned = httpx2.Request(
            request.method,
            request.url.copy_with(host=addresses[0]),
            headers=request.headers,  # the Host header in it still names the host
            stream=request.stream,
            extensions={**request.extensions, "sni_hostname": host},
        )
        async with httpx2.AsyncHTTPTransport(trust_env=False) as transport:
            response = await transport.handle_async_request(pinned)
            body = await _limited(response.aiter_raw(), MAX_PICTURE_BYTES)
            return httpx2.Response(response.status_code, headers=response.headers, content=body)


#: The largest thing that is fetched from an address that a user gave, and a little.
MAX_PICTURE_BYTES = 6 * 1024 * 1024


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


async def download(client: httpx2.AsyncClient, url: str, limit: int) -> bytes:
    """The bytes at `url`, after up to three redirects. Raises NoAnswerError."""
    try:
        async with asyncio.timeout(SECONDS * 1.5):
            for _ in range(4):
                async with client.stream("GET", url) as response:
                    if response.has_redirect_location:
                        url = str(response.url.join(response.headers["location"]))
                        continue
                    if response.status_code != 200:
                        raise NoAnswerError(f"status {response.status_code}")
                    return await _limited(response.aiter_bytes(), limit)
    except (httpx2.HTTPError, httpx2.InvalidURL, TimeoutError) as error:
        raise NoAnswerError(f"no answer ({type(error).__name__})") from error
    raise NoAnswerError("too many redirects")
