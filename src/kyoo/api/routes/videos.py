"""Files: registered, linked to entries, looked up, and where they are played."""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import Annotated, Any, Literal
from urllib.parse import quote

import httpx2
from fastapi import APIRouter, Body, Query, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse

from kyoo.api.catalogue import registering
from kyoo.api.context import Context
from kyoo.api.limits import limited
from kyoo.api.models.base import Batch
from kyoo.api.models.stream import RunningStream
from kyoo.api.models.video import (
    CreatedVideo,
    FullVideo,
    Guesses,
    LinkRequest,
    LinkResult,
    ListedVideo,
    SeedVideo,
    Video,
)
from kyoo.api.queries.catalogue import guesses, shows
from kyoo.api.queries.catalogue import videos as queries
from kyoo.api.queries.lists.page_statement import PageRequest
from kyoo.api.routes.answers import documented, redirect
from kyoo.api.routes.parameters import Name, RawJson, Reading, With, answer_page, listed, paging, relations
from kyoo.api.streams import running_streams
from kyoo.core.database.postgres import Connection
from kyoo.core.errors import KyooError, NotFoundError
from kyoo.core.files import encode_path
from kyoo.core.http.pages import Page
from kyoo.core.http.permissions import requires
from kyoo.core.tokens import Identity

router = APIRouter(prefix="/api", tags=["videos"])

VideoPaging = Annotated[PageRequest, paging(queries.VIDEOS.resource)]
UnmatchedPaging = Annotated[PageRequest, paging(queries.UNMATCHED.resource)]
Writer = Annotated[Identity, requires("core.write")]
UserReader = Annotated[Identity, requires("core.read", "users.read")]
SeedVideos = Annotated[Batch[SeedVideo], Body(min_length=1)]
LinkRequests = Annotated[Batch[LinkRequest], Body(min_length=1)]
Texts = Annotated[Batch[str], Body()]
Titles = Annotated[list[str] | None, Query(description="Guessed titles that belong to the serie, too")]


@router.get("/videos", **documented(Page[ListedVideo], 422))
async def list_videos(context: Context, request: Request, reader: Reading, page: VideoPaging) -> RawJson:
    videos = queries.LIMITED_VIDEOS if limited() else queries.VIDEOS
    return await answer_page(context, request, videos, page, reader)


@router.get("/series/{name}/videos", **documented(Page[ListedVideo], 404, 422))
async def serie_videos(
    context: Context, request: Request, name: Name, reader: Reading, page: VideoPaging, *, titles: Titles = None
) -> RawJson:
    """The files of a serie, and those that look like they belong to it."""
    of_serie = shows.owner("serie", name)
    return await answer_page(
        context, request, queries.SERIE_VIDEOS, page, reader, owner=of_serie, titles=list(listed(titles))
    )


@router.get("/videos/unmatched", **documented(Page[Video], 422))
async def list_unmatched(context: Context, request: Request, reader: Reading, page: UnmatchedPaging) -> RawJson:
    return await answer_page(context, request, queries.UNMATCHED, page, reader)


@router.get("/videos/guesses", **documented(Guesses))
async def all_guesses(context: Context, _: Reading) -> Response:
    """All paths, what their guessed titles led to, and the paths of no entry; streamed."""
    database = context.database
    pieces = guesses.guesses(database) if limited() else context.guesses.pieces(database)
    return StreamingResponse(pieces, media_type="application/json")


@router.get("/videos/streams", response_model=list[RunningStream])
async def list_streams(context: Context, reader: Reading, _: UserReader) -> Response:
    """What is being streamed now, and to whom."""
    return JSONResponse(await running_streams(context.database, context.runtime.peer, reader))


@router.get("/videos/{name}", **documented(FullVideo, 404, 422))
async def get_video(context: Context, name: Name, reader: Reading, with_: With = None) -> RawJson:
    """By its id, the slug of a link, or the slug of an entry: then its best file. `with`: previous, next, show, and
    versions, all files of its first entry."""
    wanted = relations(with_, ("previous", "next", "show", "versions"))
    async with context.database.connection() as connection:
        video = await _find(connection, name)
        found = await queries.get_video(connection, video["pk"], wanted, reader)
    if found is None:
        raise _not_found(name)
    return RawJson(found)


@router.get("/videos/{name}/direct", status_code=302, response_model=None)
async def direct(context: Context, request: Request, name: Name, _: Reading) -> Response:
    """To the file itself, under a readable name."""
    async with context.database.connection() as connection:
        video = await _find(connection, name)
    file_name = re.sub(r"\s+", "-", PurePath(video["path"]).name.lower())
    return redirect(f"{_transcoder(video)}/direct/{quote(file_name, safe='()')}", request.url.query)


@router.get("/videos/{name}/prepare")
async def prepare(context: Context, name: Name, reader: Reading) -> dict[str, Any]:
    """Have the transcoder get ready for a file, named by the slug of a link, and its neighbours."""
    async with context.database.connection() as connection:
        video = await queries.find_video(connection, name, by_id=False)
        if video is None:
            raise _not_found(name)
        around = await queries.neighbour_paths(connection, video["pk"], reader)
    params = {key: encode_path(path) for key, path in (("prev", around["previous"]), ("next", around["next"])) if path}
    try:
        answer = await context.runtime.peer.get(f"{_transcoder(video)}/prepare", params=params)
    except httpx2.HTTPError as error:
        raise KyooError("The transcoder cannot be reached", status=502) from error
    return {"status": answer.status_code, "body": answer.text}


@router.get("/videos/{name}/{what}", status_code=302, response_model=None)
async def transcoder_file(
    context: Context,
    request: Request,
    name: Name,
    what: Literal["info", "thumbnails.vtt", "master.m3u8"],
    _: Reading,
) -> Response:
    """To the transcoder, with the same query."""
    async with context.database.connection() as connection:
        video = await _find(connection, name)
    return redirect(f"{_transcoder(video)}/{what}", request.url.query)


@router.post("/videos", **documented(list[CreatedVideo], 409, 422, status=201))
async def create_videos(context: Context, _: Writer, seeds: SeedVideos) -> Response:
    """Register files, add links."""
    return await _register(context, seeds, replace=False)


@router.put("/videos", **documented(list[CreatedVideo], 409, 422, status=201))
async def replace_videos(context: Context, _: Writer, seeds: SeedVideos) -> Response:
    """Register files, replace their links."""
    return await _register(context, seeds, replace=True)


@router.delete("/videos")
async def delete_videos(context: Context, _: Writer, paths: Texts) -> list[str]:
    """Forget files by their paths; those that were known."""
    return await context.write(lambda connection: registering.forget(connection, paths))


@router.post("/videos/link", **documented(list[LinkResult], 422, status=201))
async def add_links(context: Context, _: Writer, requests: LinkRequests) -> Response:
    linked = await context.write(lambda connection: registering.link(connection, requests, replace=False))
    return RawJson(linked, 201)


@router.put("/videos/link", **documented(list[LinkResult], 422, status=201))
async def replace_links(context: Context, _: Writer, requests: LinkRequests) -> Response:
    linked = await context.write(lambda connection: registering.link(connection, requests, replace=True))
    return RawJson(linked, 201)


@router.delete("/videos/link")
async def delete_links(context: Context, _: Writer, slugs: Texts) -> list[str]:
    """Remove links by their slugs; those that there were."""
    return await context.write(lambda connection: registering.unlink(connection, slugs))


async def _register(context: Context, seeds: list[SeedVideo], *, replace: bool) -> Response:
    registered = await context.write(
        lambda connection: registering.register(connection, seeds, replace=replace),
        at_once=not replace and registering.without_links(seeds),
    )
    return RawJson(registered, 201)


async def _find(connection: Connection, name: str) -> dict[str, Any]:
    video = await queries.find_video(connection, name)
    if video is None:
        raise _not_found(name)
    return video


def _not_found(name: str) -> NotFoundError:
    return NotFoundError(f"No video found with the id or slug: {name}")


def _transcoder(video: dict[str, Any]) -> str:
    return f"/video/{encode_path(video['path'])}"
