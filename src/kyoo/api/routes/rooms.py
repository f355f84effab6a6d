"""Rooms to watch together in: made, looked at, joined, ended. What happens in them comes by the websocket."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from fastapi.responses import JSONResponse

from kyoo.api.context import Context
from kyoo.api.models.rooms import Joined, JoinRoom, NewRoom, Room
from kyoo.api.queries.catalogue.videos import find_video
from kyoo.api.realtime.topics import ADMINISTRATOR, ROOM_MEMBER, member_of
from kyoo.api.routes.answers import documented
from kyoo.api.routes.parameters import Name
from kyoo.api.routes.watchstatus import refuse_guest
from kyoo.core.errors import InvalidError, KyooError, NotFoundError
from kyoo.core.http.permissions import Authentication, public, requires
from kyoo.core.tokens import Identity

router = APIRouter(prefix="/api/rooms", tags=["rooms"])

Player = Annotated[Identity, requires("core.read", "core.play")]
Caller = Annotated[Identity, requires("core.read")]


@router.post("", **documented(Room, 404, 422, status=201))
async def create_room(context: Context, caller: Player, body: NewRoom) -> JSONResponse:
    """A room for a video, which the caller hosts."""
    refuse_guest(caller)
    async with context.database.connection() as connection:
        video = await find_video(connection, body.video)
    if video is None:
        raise NotFoundError(f"No video found with the id or slug: {body.video}")
    room = await context.rooms.create(caller, video, body)
    return JSONResponse(await context.rooms.answer(str(room), member_of(caller)), 201)


@router.get("/{name}", **documented(Room, 404))
async def get_room(context: Context, caller: Caller, name: Name) -> JSONResponse:
    """For its members, as far as they may see its video."""
    room = await context.rooms.answer(name, member_of(caller))
    await _refuse_hidden(context, name, room["video"]["id"])
    return JSONResponse(room)


@router.post("/{name}/join", dependencies=[public()], **documented(Joined, 403, 404, 422))
async def join_room(context: Context, request: Request, name: Name, body: JoinRoom | None = None) -> JSONResponse:
    """An account joins a room whose video it may see; anybody who has the link, as a guest, if the room allows."""
    wanted = body or JoinRoom()
    caller = await _account(request)
    if caller is not None:
        room = await context.rooms.find(name)
        await _refuse_hidden(context, name, str(room["video_id"]))
        await context.rooms.join(caller, name)
        member, presign = member_of(caller), None
    else:
        if wanted.name is None:
            raise InvalidError("A guest needs a name", {"in": "name"})
        known = await _guest(request)
        _, member, presign = await context.rooms.invite(name, wanted.name, wanted.link, known=known)
    return JSONResponse({"room": await context.rooms.answer(name, member), "presign": presign, "member": member})


@router.delete("/{name}/members/{member}", status_code=204, responses={403: {"description": "Not the host"}})
async def remove_member(
    context: Context, caller: Caller, name: Name, member: Annotated[str, Path(max_length=100)]
) -> None:
    """For the host. An account does not come in again; after a guest was sent away, the room has another link."""
    await context.rooms.remove(name, member, member_of(caller))


@router.delete("/{name}", status_code=204, responses={403: {"description": "Not the host"}})
async def end_room(context: Context, caller: Caller, name: Name) -> None:
    """For the host and administrators. What guests were lent ends with it."""
    administrator = ADMINISTRATOR in caller.permissions and not caller.limits
    await context.rooms.end(name, member_of(caller), administrator=administrator)


async def _caller(request: Request) -> Identity | None:
    authentication: Authentication = request.app.state.authentication
    if not request.headers.get("authorization"):
        return None
    try:
        return await authentication.identify(request)
    except KyooError:
        return None


async def _guest(request: Request) -> str | None:
    """Who asks, when it is a guest of a room: whether of this one is the room's to say."""
    identity = await _caller(request)
    return member_of(identity) if identity is not None and ROOM_MEMBER in identity.claims else None


async def _account(request: Request) -> Identity | None:
    """Who asks, when it is somebody with an account that may play; None for anybody else."""
    identity = await _caller(request)
    if identity is None or identity.is_guest or "roomMember" in identity.claims:
        return None
    return identity if {"core.read", "core.play"} <= identity.permissions else None


async def _refuse_hidden(context: Any, name: str, video: str) -> None:
    async with context.database.connection() as connection:
        if await find_video(connection, video) is None:
            raise NotFoundError(f"No room {name}")
