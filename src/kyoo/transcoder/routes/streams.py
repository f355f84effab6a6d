"""`GET /video/streams`: what runs at the moment."""

from __future__ import annotations

from kyoo.core.tokens import Identity
from kyoo.transcoder.models.streams import Stream
from kyoo.transcoder.models.streams import Viewer as StreamViewer
from kyoo.transcoder.routes.common import Context, Viewer, limited_router

router = limited_router("streams")


@router.get("/video/streams")
async def get_streams(context: Context, viewer: Viewer) -> list[Stream]:
    """By path. What others watch is told to those only who may read users, and whose own account is not limited."""
    streams = context.sessions.streams()
    if viewer is None or ("users.read" in viewer.permissions and not viewer.limits):
        return streams
    own = [stream.model_copy(update={"viewers": own_viewers(stream, viewer)}) for stream in streams]
    return [stream for stream in own if stream.viewers]


def own_viewers(stream: Stream, caller: Identity) -> list[StreamViewer]:
    return [one for one in stream.viewers if not caller.is_guest and one.profile_id == str(caller.subject)]
