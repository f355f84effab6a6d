"""Init and media segments."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

from fastapi.responses import Response, StreamingResponse

from kyoo.core.errors import BadRequestError
from kyoo.transcoder.routes.common import Client, Context, OptionalCaller, WantedAudio, WantedVideo, limited_router
from kyoo.transcoder.sessions import Caller, Wanted, first_piece

router = limited_router("hls")

SEGMENT = re.compile(r"segment-(\d{1,9})\.mp4", re.ASCII)
MEDIA_TYPES = {"video": "video/mp4", "audio": "audio/mp4"}


@router.get("/video/{path}/audio/{audio}/{quality}/init.mp4", response_class=Response)
async def get_audio_init(wanted: WantedAudio, context: Context, caller: OptionalCaller) -> Response:
    return Response(await context.sessions.init(wanted, caller), media_type=MEDIA_TYPES["audio"])


@router.get("/video/{path}/{video}/{quality}/init.mp4", response_class=Response)
async def get_video_init(wanted: WantedVideo, context: Context, caller: OptionalCaller) -> Response:
    return Response(await context.sessions.init(wanted, caller), media_type=MEDIA_TYPES["video"])


@router.get("/video/{path}/audio/{audio}/{quality}/{name}", response_class=StreamingResponse)
async def get_audio_segment(wanted: WantedAudio, name: str, context: Context, client: Client) -> StreamingResponse:
    return await send(context, wanted, name, client)


@router.get("/video/{path}/{video}/{quality}/{name}", response_class=StreamingResponse)
async def get_video_segment(wanted: WantedVideo, name: str, context: Context, client: Client) -> StreamingResponse:
    return await send(context, wanted, name, client)


async def send(context: Context, wanted: Wanted, name: str, client: Caller) -> StreamingResponse:
    """The segment, sent while it is being made; a failure before its first bytes is an error answer."""
    match = SEGMENT.fullmatch(name)
    if match is None:
        raise BadRequestError("A segment is named segment-<n>.mp4")
    number = int(match[1])
    try:
        segment = context.sessions.segment(wanted, number, client)
        first, rest = await first_piece(segment)
    except FileNotFoundError:
        # Dropped from the cache between two steps of ours: it is made again.
        segment = context.sessions.segment(wanted, number, client)
        first, rest = await first_piece(segment)

    async def body() -> AsyncIterator[bytes]:
        yield first
        async for piece in rest:
            yield piece

    headers = {"Content-Length": str(segment.size)} if segment.finished else {}
    return StreamingResponse(body(), media_type=MEDIA_TYPES[wanted.kind], headers=headers)
