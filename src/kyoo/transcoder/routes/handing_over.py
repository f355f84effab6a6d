"""What the routes know of other transcoders: which requests come from one, and how its answer is passed on."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator

import httpx2
from fastapi import Request
from fastapi.responses import Response, StreamingResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from kyoo.core.errors import KyooError
from kyoo.transcoder.context import TranscoderContext
from kyoo.transcoder.forwarding import CLIENT, KEY, MISDIRECTED, NOT_PASSED_ON

#: In a scope: the request comes from another transcoder, and is answered here.
HANDED_OVER = "kyoo.handed_over"


class FromReplica:
    """ASGI middleware: a request that shows the key of this transcoder comes from the client that it names."""

    def __init__(self, app: ASGIApp, key: str) -> None:
        self.app = app
        self._key = key.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            headers = dict(scope["headers"])
            if KEY in headers:
                if not secrets.compare_digest(headers[KEY], self._key):
                    # Meant for another one that is believed to be here.
                    await Response(status_code=MISDIRECTED)(scope, receive, send)
                    return
                kept = [pair for pair in scope["headers"] if pair[0] not in (KEY, CLIENT)]
                address = headers.get(CLIENT, b"").decode("latin-1")
                client = (address, 0) if address else None
                scope = {**scope, "headers": kept, "client": client, HANDED_OVER: True}
        await self.app(scope, receive, send)


def is_handed_over(request: Request) -> bool:
    return HANDED_OVER in request.scope


async def answer_of_owner(request: Request, context: TranscoderContext, content_id: str) -> Response | None:
    """The answer of the transcoder whose the file is; None: this one answers."""
    peer = await context.replicas.owner(content_id)
    # Whoever handed it over believes that the file is ours: it is not sent in a circle.
    if peer is None or is_handed_over(request):
        return None
    answer = await context.forwarding.ask(peer, request.scope)
    return None if answer is None else HandedOver(answer)


async def answers_of_others(request: Request, context: TranscoderContext) -> list[tuple[int, bytes]]:
    """What all others answer to this request: status and body of each that answers soon."""
    if is_handed_over(request):
        return []
    return await context.forwarding.everybody(context.replicas.peers.values(), request.scope, await request.body())


class HandedOver(StreamingResponse):
    """Sends an answer as it comes from another transcoder."""

    def __init__(self, answer: httpx2.Response) -> None:
        super().__init__(self._pieces(), answer.status_code)
        self._answer = answer
        passed_on = NOT_PASSED_ON - {b"content-length"}
        self.raw_headers = [(key.lower(), value) for key, value in answer.headers.raw if key.lower() not in passed_on]

    async def _pieces(self) -> AsyncIterator[bytes]:
        try:
            async for piece in self._answer.aiter_raw():
                yield piece
        except httpx2.TransportError as error:
            raise KyooError("Another transcoder has gone away", status=502) from error

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            await self._answer.aclose()
