"""Cover and sprites of a file."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends
from fastapi.responses import Response

from kyoo.core.http.permissions import requires
from kyoo.transcoder.info import media_url
from kyoo.transcoder.media_files import KnownFile
from kyoo.transcoder.pictures import PNG, WEBP
from kyoo.transcoder.routes.common import Context, File, limited_router
from kyoo.transcoder.sprites import webvtt

router = limited_router("pictures")

#: Pictures belong to the content; a file that changes has another content id, which clients see in `/info`.
CACHE = {"Cache-Control": "private, max-age=3600"}


async def get_readable_file(
    path: str, context: Context, _reader: Annotated[object, requires("core.read")]
) -> KnownFile:
    return await context.library.find(path)


@router.get("/video/{path}/cover.jpg", response_class=Response)
async def get_cover(file: Annotated[KnownFile, Depends(get_readable_file)], context: Context) -> Response:
    """The embedded cover, else a well-chosen frame. An addition of ours to the contract."""
    return Response(await context.pictures.cover(file), media_type="image/jpeg", headers=CACHE)


@router.get("/video/{path}/thumbnails.webp", response_class=Response)
async def get_sprite(file: File, context: Context) -> Response:
    """What `thumbnails.vtt` leads to. An addition of ours to the contract."""
    return Response(await context.pictures.sprite(file, WEBP), media_type="image/webp", headers=CACHE)


@router.get("/video/{path}/thumbnails.png", response_class=Response)
async def get_png_sprite(file: File, context: Context) -> Response:
    """The same as PNG, some ten times as many bytes; made when it is asked for."""
    return Response(await context.pictures.sprite(file, PNG), media_type="image/png", headers=CACHE)


@router.get("/video/{path}/thumbnails.vtt", response_class=Response)
async def get_sprite_index(file: File, context: Context) -> Response:
    text = webvtt(await context.pictures.layout(file), media_url(file.path, "thumbnails.webp"))
    return Response(text, media_type="text/vtt", headers=CACHE)
