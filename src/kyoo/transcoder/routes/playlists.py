"""Master and media playlists."""

from __future__ import annotations

import asyncio
import gzip

from fastapi import Request
from fastapi.responses import Response

from kyoo.transcoder.hls.playlists import master_playlist, media_playlist, query_string
from kyoo.transcoder.players.clients import Caller
from kyoo.transcoder.players.sessions import Wanted
from kyoo.transcoder.routes.common import (
    Client,
    Context,
    File,
    WantedAudio,
    WantedVideo,
    limited_router,
)
from kyoo.transcoder.routes.handing_over import answer_of_owner

router = limited_router("hls")

MEDIA_TYPE = "application/vnd.apple.mpegurl"
#: Shorter ones do not gain by compression.
WORTH_PACKING = 512
#: These are packed in less time than a thread takes to begin.
QUICKLY_PACKED = 16 * 1024


class Playlist(Response):
    media_type = MEDIA_TYPE


async def playlist(request: Request, text: str) -> Playlist:
    body = text.encode()
    headers = {"Cache-Control": "private, no-cache", "Vary": "Accept-Encoding"}
    if "gzip" in request.headers.get("accept-encoding", "") and len(body) > WORTH_PACKING:
        body = (
            gzip.compress(body, 1) if len(body) <= QUICKLY_PACKED else await asyncio.to_thread(gzip.compress, body, 1)
        )
        headers["Content-Encoding"] = "gzip"
    return Playlist(body, headers=headers)


@router.get("/video/{path}/master.m3u8", response_class=Playlist)
@router.head("/video/{path}/master.m3u8", response_class=Playlist, include_in_schema=False)
async def get_master(request: Request, file: File, context: Context, client: Client) -> Playlist:
    context.sessions.clients.admit(client)
    query = query_string(request.query_params.multi_items())
    return await playlist(request, master_playlist(file.media, query, client.allowance.allows))


@router.get("/video/{path}/audio/{audio}/{quality}/index.m3u8", response_class=Playlist)
@router.head("/video/{path}/audio/{audio}/{quality}/index.m3u8", response_class=Playlist, include_in_schema=False)
async def get_audio_playlist(request: Request, wanted: WantedAudio, context: Context, client: Client) -> Response:
    return await send(request, wanted, context, client)


@router.get("/video/{path}/{video}/{quality}/index.m3u8", response_class=Playlist)
@router.head("/video/{path}/{video}/{quality}/index.m3u8", response_class=Playlist, include_in_schema=False)
async def get_video_playlist(request: Request, wanted: WantedVideo, context: Context, client: Client) -> Response:
    return await send(request, wanted, context, client)


async def send(request: Request, wanted: Wanted, context: Context, client: Caller) -> Response:
    if (answer := await answer_of_owner(request, context, wanted.file.content_id)) is not None:
        return answer
    timeline = context.sessions.timeline(wanted.file.media, wanted.kind, wanted.track, wanted.quality)
    if request.method == "HEAD":
        context.sessions.clients.admit(client)
    else:
        context.sessions.foresee(wanted, client)
    return await playlist(request, media_playlist(timeline, query_string(request.query_params.multi_items())))
