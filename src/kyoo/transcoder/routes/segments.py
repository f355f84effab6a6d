"""Init and media segments."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, AsyncIterator, Coroutine
from contextlib import aclosing
from typing import Any, TypeVar

from fastapi import Request
from fastapi.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from kyoo.core.errors import BadRequestError
from kyoo.transcoder.players.clients import Caller
from kyoo.transcoder.players.sessions import Wanted
from kyoo.transcoder.routes.common import (
    Client,
    Context,
    OptionalCaller,
    WantedAudio,
    WantedVideo,
    limited_router,
)
from kyoo.transcoder.routes.handing_over import answer_of_owner

router = limited_router("hls")

T = TypeVar("T")

SEGMENT = re.compile(r"segment-(\d{1,9})\.mp4", re.ASCII)
MEDIA_TYPES = {"video": "video/mp4", "audio": "audio/mp4"}


@router.get("/video/{path}/audio/{audio}/{quality}/init.mp4", response_class=Response)
@router.head("/video/{path}/audio/{audio}/{quality}/init.mp4", response_class=Response, include_in_schema=False)
async def get_audio_init(request: Request, wanted: WantedAudio, context: Context, caller: OptionalCaller) -> Response:
    return await send_init(request, context, wanted, caller)


@router.get("/video/{path}/{video}/{quality}/init.mp4", response_class=Response)
@router.head("/video/{path}/{video}/{quality}/init.mp4", response_class=Response, include_in_schema=False)
async def get_video_init(request: Request, wanted: WantedVideo, context: Context, caller: OptionalCaller) -> Response:
    return await send_init(request, context, wanted, caller)


@router.get("/video/{path}/audio/{audio}/{quality}/{name}", response_class=StreamingResponse)
@router.head("/video/{path}/audio/{audio}/{quality}/{name}", response_class=Response, include_in_schema=False)
async def get_audio_segment(
    request: Request, wanted: WantedAudio, name: str, context: Context, client: Client
) -> Response:
    return await send(request, context, wanted, name, client)


@router.get("/video/{path}/{video}/{quality}/{name}", response_class=StreamingResponse)
@router.head("/video/{path}/{video}/{quality}/{name}", response_class=Response, include_in_schema=False)
async def get_video_segment(
    request: Request, wanted: WantedVideo, name: str, context: Context, client: Client
) -> Response:
    return await send(request, context, wanted, name, client)


async def send_init(request: Request, context: Context, wanted: Wanted, caller: Caller | None) -> Response:
    if (answer := await answer_of_owner(request, context, wanted.file.content_id)) is not None:
        return answer
    if request.method == "HEAD":
        return described(context, wanted, None, caller)
    return Response(await context.sessions.init(wanted, caller), media_type=MEDIA_TYPES[wanted.kind])


async def send(request: Request, context: Context, wanted: Wanted, name: str, client: Caller) -> Response:
    """The segment, sent while it is being made; a failure before its first bytes is an error answer."""
    match = SEGMENT.fullmatch(name)
    if match is None:
        raise BadRequestError("A segment is named segment-<n>.mp4")
    number = int(match[1])

    async def answer() -> Response:
        if (answer := await answer_of_owner(request, context, wanted.file.content_id)) is not None:
            return answer
        if request.method == "HEAD":
            return described(context, wanted, number, client)
        segment, first, rest = await context.sessions.begin(wanted, number, client)
        headers = {"Content-Length": str(segment.size)} if segment.finished else {}
        return Sending(first, rest, media_type=MEDIA_TYPES[wanted.kind], headers=headers)

    return await unless_left(request, answer()) or Response()


def described(context: Context, wanted: Wanted, number: int | None, caller: Caller | None) -> Response:
    """For HEAD: the answer without its body. Nothing is encoded for it, so the length is told of what is there."""
    length = context.sessions.length(wanted, number, caller)
    answer = Response(media_type=MEDIA_TYPES[wanted.kind])
    del answer.headers["content-length"]
    if length is not None:
        answer.headers["content-length"] = str(length)
    return answer


class Sending(StreamingResponse):
    """Sends `first` and the `rest`, which is closed even when the client leaves before any of it is sent."""

    def __init__(self, first: bytes, rest: AsyncGenerator[bytes, None], **options: Any) -> None:
        async def body() -> AsyncIterator[bytes]:
            yield first
            async for piece in rest:
                yield piece

        super().__init__(body(), **options)
        self._rest = rest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async with aclosing(self._rest):
            await super().__call__(scope, receive, send)


async def unless_left(request: Request, work: Coroutine[Any, Any, T]) -> T | None:
    """The result of `work`; None when the client leaves before it is there, as it does when it seeks on."""
    working, listening = asyncio.create_task(work), asyncio.create_task(left(request))
    try:
        await asyncio.wait((working, listening), return_when=asyncio.FIRST_COMPLETED)
        return await working if working.done() else None
    finally:
        for task in (working, listening):
            task.cancel()
        await asyncio.gather(working, listening, return_exceptions=True)


async def left(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
