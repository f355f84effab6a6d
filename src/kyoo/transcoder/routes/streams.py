"""`/video/streams`: what runs at the moment, and its end."""

from __future__ import annotations

from contextlib import suppress
from typing import Annotated

from fastapi import Body, Path, Request
from pydantic import TypeAdapter, ValidationError

from kyoo.core.errors import NotFoundError
from kyoo.core.tokens import Identity
from kyoo.transcoder.models.streams import End, Stream
from kyoo.transcoder.models.streams import Viewer as StreamViewer
from kyoo.transcoder.players import reporting
from kyoo.transcoder.players.clients import SENT_AWAY, Caller
from kyoo.transcoder.players.streams import together
from kyoo.transcoder.routes.common import Context, Viewer, limited_router
from kyoo.transcoder.routes.handing_over import answers_of_others, is_handed_over

router = limited_router("streams")

STREAMS = TypeAdapter(list[Stream])


@router.get("/video/streams")
async def get_streams(request: Request, context: Context, viewer: Viewer) -> list[Stream]:
    """By path, of all transcoders. What others watch is told to those only who may read users, and whose own account is
    not limited."""
    streams = context.sessions.streams()
    if is_handed_over(request):
        return streams
    for _, body in await answers_of_others(request, context):
        # Another release may list them otherwise.
        with suppress(ValidationError):
            streams = together(streams, STREAMS.validate_json(body))
    if viewer is None or may_for_others("users.read", viewer):
        return streams
    own = [stream.model_copy(update={"viewers": own_viewers(stream, viewer)}) for stream in streams]
    return [stream for stream in own if stream.viewers]


@router.delete("/video/streams/{client}", status_code=204)
async def end_stream(
    client: Annotated[str, Path(max_length=200)],
    request: Request,
    context: Context,
    viewer: Viewer,
    end: Annotated[End | None, Body()] = None,
) -> None:
    """End the stream of one player: one's own, as a player says that leaves; or, for administrators, anybody's. With a
    message, and always for somebody else's, the player is refused from then on, with that text."""
    sessions, message = context.sessions, ((end and end.message) or "").strip() or None
    own = Caller(client, viewer).key
    is_own = sessions.clients.knows(own)
    others = sessions.clients.named(client) if not is_own and may_for_others("users.write", viewer) else []
    elsewhere = await answers_of_others(request, context)
    if not is_own and not others and not any(status == 204 for status, _ in elsewhere):
        raise NotFoundError("No such stream")
    if is_own:
        sessions.leave(own, message)
    for other in others:
        sessions.leave(other, message or SENT_AWAY)
    if is_own and message is not None:
        await context.away.tell([own], message)
    if others:
        await context.away.tell(others, message or SENT_AWAY)
        async with context.runtime.database.transaction() as connection:
            await reporting.sent_away(connection, others, message or SENT_AWAY)


def may_for_others(permission: str, caller: Identity | None) -> bool:
    return caller is None or (permission in caller.permissions and not caller.limits)


def own_viewers(stream: Stream, caller: Identity) -> list[StreamViewer]:
    return [one for one in stream.viewers if not caller.is_guest and one.profile_id == str(caller.subject)]
