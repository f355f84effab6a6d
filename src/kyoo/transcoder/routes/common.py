"""What the routes share: the file named in the URL, the caller, the client id."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query, Request

from kyoo.core.errors import BadRequestError
from kyoo.core.http.permissions import requires
from kyoo.core.tokens import Identity
from kyoo.transcoder.context import TranscoderContext
from kyoo.transcoder.hls.ladder import AUDIO_QUALITIES, VIDEO_QUALITIES
from kyoo.transcoder.media_files import KnownFile
from kyoo.transcoder.players.allowance import UNLIMITED, Allowance, allowance_of
from kyoo.transcoder.players.clients import Caller
from kyoo.transcoder.players.sessions import Wanted


async def get_context(request: Request) -> TranscoderContext:
    context: TranscoderContext = request.app.state.context
    return context


Context = Annotated[TranscoderContext, Depends(get_context)]
Viewer = Annotated[Identity | None, requires("core.play")]


async def within_limits(request: Request, context: Context) -> None:
    """For all routes: whatever file a request names, its caller may see it."""
    given = [request.path_params.get("path"), *(request.query_params.get(name) for name in ("prev", "next"))]
    if named := [path for path in given if path]:
        viewer = await request.app.state.authentication.identify(request)
        for path in named:
            await context.limits.check(viewer, path)


def limited_router(tag: str) -> APIRouter:
    return APIRouter(tags=[tag], dependencies=[Depends(within_limits)])


async def get_file(path: str, context: Context, _viewer: Viewer) -> KnownFile:
    """The file named by `{path}`. The viewer is asked for first: strangers do not learn which files exist."""
    return await context.library.find(path)


File = Annotated[KnownFile, Depends(get_file)]


async def allowance(request: Request, context: Context, viewer: Viewer) -> Allowance:
    if viewer is None:
        return UNLIMITED
    address = request.client.host if request.client is not None else ""
    return allowance_of(viewer.claims, address, context.settings.local_networks)


Allowed = Annotated[Allowance, Depends(allowance)]


async def client_id(
    query: Annotated[str | None, Query(alias="clientId", max_length=200)] = None,
    header: Annotated[str | None, Header(alias="X-CLIENT-ID", max_length=200)] = None,
) -> str | None:
    return query or header or None


ClientId = Annotated[str | None, Depends(client_id)]


async def optional_caller(request: Request, client_id: ClientId, viewer: Viewer, allowance: Allowed) -> Caller | None:
    address = request.client.host if request.client is not None else ""
    return Caller(client_id, viewer, address, allowance) if client_id else None


OptionalCaller = Annotated[Caller | None, Depends(optional_caller)]


async def any_caller(request: Request, client_id: ClientId, viewer: Viewer, allowance: Allowed) -> Caller:
    """A player that gives no id is all that its user plays at one address."""
    address = request.client.host if request.client is not None else ""
    return Caller(client_id or f"at {address}", viewer, address, allowance)


AnyCaller = Annotated[Caller, Depends(any_caller)]


async def required_caller(caller: OptionalCaller) -> Caller:
    if caller is None:
        raise BadRequestError("Give a client id: the query parameter clientId or the header X-CLIENT-ID")
    return caller


Client = Annotated[Caller, Depends(required_caller)]


async def wanted_video(file: File, video: str, quality: str, allowed: Allowed) -> Wanted:
    wanted = Wanted(file, "video", track_index(video), check_quality(quality, VIDEO_QUALITIES))
    allowed.check(file.media, wanted.kind, wanted.track, quality)
    return wanted


async def wanted_audio(file: File, audio: str, quality: str) -> Wanted:
    return Wanted(file, "audio", track_index(audio), check_quality(quality, AUDIO_QUALITIES))


WantedVideo = Annotated[Wanted, Depends(wanted_video)]
WantedAudio = Annotated[Wanted, Depends(wanted_audio)]


def track_index(text: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise BadRequestError("The track must be a number")
    return int(text[:9])


def check_quality(quality: str, known: frozenset[str]) -> str:
    if quality not in known:
        raise BadRequestError("Unknown quality")
    return quality
