"""`GET /video/streams`: what runs at the moment."""

from __future__ import annotations

from fastapi import APIRouter

from kyoo.transcoder.models.streams import Stream
from kyoo.transcoder.routes.common import Context, Viewer

router = APIRouter(tags=["streams"])


@router.get("/video/streams")
async def get_streams(context: Context, _viewer: Viewer) -> list[Stream]:
    return context.sessions.streams()
