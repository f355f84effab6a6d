"""`GET /video/{path}/info` and `/prepare`."""

from __future__ import annotations

import asyncio

from kyoo.core.errors import BadRequestError
from kyoo.core.files import content_id
from kyoo.transcoder.deferring import defer_unless_queued
from kyoo.transcoder.info import media_info, unreadable_info
from kyoo.transcoder.media_files import NoMediaError
from kyoo.transcoder.models.info import MediaInfo
from kyoo.transcoder.routes.common import Context, Viewer, limited_router
from kyoo.transcoder.subtitles.extraction import sidecar_infos

router = limited_router("info")


@router.get("/video/{path}/info", response_model_exclude_none=False)
async def get_info(path: str, context: Context, _viewer: Viewer) -> MediaInfo:
    """What is in the file: tracks, subtitles, fonts, chapters. A file that cannot be read gives a stub."""
    location, stat = await context.library.locate(path)
    try:
        file = await context.library.known(location, stat)
    except NoMediaError:
        return unreadable_info(location, await asyncio.to_thread(content_id, location), stat.size)
    context.subtitles.begin(file)
    return media_info(file, await sidecar_infos(location))


@router.get("/video/{path}/prepare", status_code=202)
async def prepare(
    path: str,
    context: Context,
    _viewer: Viewer,
    prev: str | None = None,
    next: str | None = None,  # noqa: A002
) -> dict[str, str]:
    """Have the file and its neighbours ready before they are played; the answer does not wait for it."""
    named = [path, *(neighbour for neighbour in (prev, next) if neighbour)]
    for encoded in named:
        await context.library.locate(encoded)
    for encoded in named:
        await defer_unless_queued(context.runtime.queue, "transcoder:probe", encoded, encoded)
    return {"status": "preparing"}


@router.get("/video//{rest:path}", include_in_schema=False)
async def get_nothing(_viewer: Viewer, rest: str) -> None:  # noqa: ARG001
    """An empty path is a bad request, not an unknown address."""
    raise BadRequestError("The path is empty")
