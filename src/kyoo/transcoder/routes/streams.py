"""`/video/streams`: what runs at the moment, and its end."""

from __future__ import annotations

from typing import Annotated

from fastapi import Body, Path

from kyoo.core.errors import NotFoundError
from kyoo.core.tokens import Identity
from kyoo.transcoder import telling
from kyoo.transcoder.clients import SENT_AWAY, Caller
from kyoo.transcoder.models.streams import End, Stream
from kyoo.transcoder.models.streams import Viewer as StreamViewer
from kyoo.transcoder.routes.common import Context, Viewer, limited_router

router = limited_router("streams")


@router.get("/video/streams")
async def get_streams(context: Context, viewer: Viewer) -> list[Stream]:
    """By path. What others watch is told to those only who may read users, and whose own account is not limited."""
    streams = context.sessions.streams()
    if viewer is None or may_for_others("users.read", viewer):
        return streams
    own = [stream.model_copy(update={"viewers": own_viewers(stream, viewer)}) for stream in streams]
    return [stream for stream in own if stream.viewers]


@router.delete("/video/streams/{client}", status_code=204)
async def end_stream(
    client: Annotated[str, Path(max_length=200)],
    context: Context,
    viewer: Viewer,
    end: Annotated[End | None, Body()] = None,
) -> None:
    """End the stream of one player: one's own, as a player says that leaves; or, for administrators, anybody's. With a
    message, and always for somebody else's, the player is refused from then on, with that text."""
    sessions, message = context.sessions, ((end and end.message) or "").strip() or None
    own = Caller(client, viewer).key
    if sessions.clients.knows(own):
        sessions.leave(own, message)
        return
    others = sessions.clients.named(client) if may_for_others("users.write", viewer) else []
    if not others:
        raise NotFoundError("No such stream")
    for other in others:
        sessions.leave(other, message or SENT_AWAY)
    async with context.runtime.database.transaction() as connection:
        await telling.sent_away(connection, others, message or SENT_AWAY)


def may_for_others(permission: str, caller: Identity | None) -> bool:
    return caller is None or (permission in caller.permissions and not caller.limits)


def own_viewers(stream: Stream, caller: Identity) -> list[StreamViewer]:
    return [one for one in stream.viewers if not caller.is_guest and one.profile_id == str(caller.subject)]
