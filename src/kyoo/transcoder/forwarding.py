"""Requests that one transcoder hands over to another: how they are sent."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, MutableMapping
from typing import Any

import httpx2
import structlog

from kyoo.transcoder.replicas import Peer

#: The key of the transcoder that is asked, and the address of the client.
KEY, CLIENT = b"x-kyoo-replica", b"x-kyoo-client"
#: Of one connection to the next (RFC 9110 §7.6.1), and what is written anew.
NOT_PASSED_ON = {
    *(b"connection", b"keep-alive", b"te", b"trailer", b"transfer-encoding", b"upgrade", b"proxy-connection"),
    *(b"content-length", KEY, CLIENT),
}
#: RFC 9110 §15.5.20.
MISDIRECTED = 421
#: Seconds for a connection, and for a short answer.
CONNECT, ANSWER = 0.5, 2.0
#: As many as one address may have (KYOO_CONNECTIONS_PER_ADDRESS), and some for others.
CONNECTIONS = 200

log = structlog.get_logger()

#: Of ASGI: the request as it came.
Scope = MutableMapping[str, Any]


class Forwarding:
    def __init__(self) -> None:
        self._client = httpx2.AsyncClient(
            trust_env=False,
            timeout=httpx2.Timeout(None, connect=CONNECT),
            limits=httpx2.Limits(max_connections=CONNECTIONS, max_keepalive_connections=32),
        )

    async def close(self) -> None:
        await self._client.aclose()

    async def everybody(self, peers: Iterable[Peer], scope: Scope, body: bytes) -> list[tuple[int, bytes]]:
        """The short answers of all of them to this request: status and body of each that answers soon."""

        async def ask(peer: Peer) -> tuple[int, bytes] | None:
            try:
                async with asyncio.timeout(ANSWER):
                    if (answer := await self.ask(peer, scope, body)) is None:
                        return None
                    try:
                        return answer.status_code, await answer.aread()
                    finally:
                        await answer.aclose()
            except (TimeoutError, httpx2.TransportError):
                return None

        return [answer for answer in await asyncio.gather(*map(ask, peers)) if answer is not None]

    async def ask(self, peer: Peer, scope: Scope, body: bytes = b"") -> httpx2.Response | None:
        """The answer as it comes, which must be closed; None when the connection fails, or `peer` is silent in all it
        does."""
        asking = asyncio.create_task(self._client.send(self._copy(peer, scope, body), stream=True))
        silence = asyncio.create_task(peer.lost.wait())
        answer: httpx2.Response | None = None
        try:
            await asyncio.wait((asking, silence), return_when=asyncio.FIRST_COMPLETED)
            if asking.done() and asking.result().status_code != MISDIRECTED:
                answer = asking.result()
        except httpx2.TransportError as error:
            log.info("another transcoder does not answer", address=peer.address, reason=str(error))
        finally:
            silence.cancel()
            asking.cancel()
            [unread, _] = await asyncio.gather(asking, silence, return_exceptions=True)
            if answer is None and isinstance(unread, httpx2.Response):
                await unread.aclose()
        if answer is None:
            peer.shun()
        return answer

    def _copy(self, peer: Peer, scope: Scope, body: bytes) -> httpx2.Request:
        target = scope["raw_path"]
        if query := scope["query_string"]:
            target += b"?" + query
        headers = [pair for pair in scope["headers"] if pair[0] not in NOT_PASSED_ON]
        headers.append((KEY, peer.key.encode()))
        if client := scope.get("client"):
            headers.append((CLIENT, client[0].encode("latin-1", "ignore")))
        return self._client.build_request(
            scope["method"], peer.address, headers=headers, content=body or None, extensions={"target": target}
        )
