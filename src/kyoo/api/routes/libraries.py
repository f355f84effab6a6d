"""Libraries: named folders. Who is limited to some of them by the claims of their token sees only those."""

from __future__ import annotations

import json
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query

from kyoo.api import libraries
from kyoo.api.context import Context
from kyoo.api.limits import limits_of, within
from kyoo.api.models.library import Library, SeedLibrary
from kyoo.api.queries import libraries as queries
from kyoo.api.queries.visible import file_visible
from kyoo.core.errors import BadRequestError, InvalidError, NotFoundError
from kyoo.core.files import decode_path, text_of
from kyoo.core.http.permissions import requires

router = APIRouter(prefix="/api", tags=["libraries"])

Slug = Annotated[str, Path(pattern=r"^[a-z0-9-]+$", max_length=200)]


@router.get("/libraries", response_model=list[Library], dependencies=[requires("core.read")])
async def list_libraries(context: Context) -> list[dict[str, Any]]:
    """All that the caller may see."""
    async with context.database.connection() as connection:
        return await queries.libraries(connection)


@router.put("/libraries/{slug}", response_model=Library, dependencies=[requires("core.write")])
async def save_library(context: Context, slug: Slug, library: SeedLibrary) -> dict[str, Any]:
    """Create or change a library."""
    return await libraries.save(context.database, slug, library.name, library.path)


@router.delete("/libraries/{slug}", status_code=204, dependencies=[requires("core.write")])
async def delete_library(context: Context, slug: Slug) -> None:
    """What is in it stays; who was limited to it alone sees nothing of it any more."""
    if not await libraries.delete(context.database, slug):
        raise NotFoundError(f"No library found with the slug: {slug}")


@router.get("/files/{path}", status_code=204, dependencies=[requires("core.read")])
async def see_file(context: Context, path: str, claims: Annotated[str, Query(max_length=10_000)] = "{}") -> None:
    """Whether a file (base64url of its path) can be seen by whoever has these claims, a JSON object: 404 if not. The
    transcoder asks so for viewers with limits."""
    try:
        name = text_of(decode_path(path))
        limits = limits_of(json.loads(claims))
    except (BadRequestError, ValueError, AttributeError, RecursionError) as error:
        raise InvalidError("Not a path and a JSON object of claims") from error
    with within(limits):
        async with context.database.connection() as connection:
            if not await file_visible(connection, name):
                raise NotFoundError("No such file")
