"""The names of cuts: theatrical, extended, director's…"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter

from kyoo.api.context import Context
from kyoo.api.models.video import EditionName, Video
from kyoo.api.queries.catalogue import editions as queries
from kyoo.api.queries.catalogue.videos import bare_video, find_video
from kyoo.api.routes.answers import documented
from kyoo.api.routes.parameters import Name, RawJson
from kyoo.core.errors import NotFoundError
from kyoo.core.http.permissions import requires
from kyoo.core.tokens import Identity

router = APIRouter(prefix="/api", tags=["videos"])


@router.patch("/videos/{name}", **documented(Video, 404, 422))
async def name_edition(
    context: Context, _: Annotated[Identity, requires("core.write")], name: Name, body: EditionName
) -> RawJson:
    """Name the cut that a file is of; its parts and versions have the same name."""
    async with context.database.transaction() as connection:
        video = await find_video(connection, name)
        if video is None:
            raise NotFoundError(f"No video found with the id or slug: {name}")
        await queries.name_edition(connection, video["pk"], body.edition)
        return RawJson(await bare_video(connection, video["pk"]))
