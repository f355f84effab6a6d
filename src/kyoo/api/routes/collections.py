"""Collections: lists, one, a random one, what they hold, their pictures; deleting. Seeding a member makes them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request, Response

from kyoo.api.context import Context
from kyoo.api.models.base import Reference, ShowKind
from kyoo.api.models.show import Collection, FullCollection, Movie, Serie, Show
from kyoo.api.queries.listing import PageRequest
from kyoo.api.queries.shows import IN_COLLECTION, show_listing
from kyoo.api.reader import Reader
from kyoo.api.routes.answers import (
    Picture,
    answer_delete,
    answer_picture,
    answer_random,
    answer_show,
    documented,
    show_key,
)
from kyoo.api.routes.parameters import Name, Paging, Quality, RawJson, Reading, With, answer_page
from kyoo.core.pages import Page
from kyoo.core.permissions import requires
from kyoo.core.tokens import Identity

router = APIRouter(prefix="/api/collections", tags=["collections"])


@router.get("", **documented(Page[Collection], 422))
async def list_collections(context: Context, request: Request, reader: Reading, page: Paging) -> RawJson:
    return await answer_page(context, request, show_listing("collection"), page, reader)


@router.get("/random", status_code=302, response_model=None)
async def random_collection(context: Context, request: Request, reader: Reading) -> Response:
    return await answer_random(context, request, "collection", reader)


@router.get("/{name}", **documented(FullCollection, 404, 422))
async def get_collection(context: Context, name: Name, reader: Reading, with_: With = None) -> Response:
    """`with`: translations."""
    return await answer_show(context, "collection", name, with_, reader)


@router.get("/{name}/shows", **documented(Page[Show], 404, 422))
async def collection_shows(context: Context, request: Request, name: Name, reader: Reading, page: Paging) -> RawJson:
    return await _members(context, request, name, None, reader=reader, page=page)


@router.get("/{name}/movies", **documented(Page[Movie], 404, 422))
async def collection_movies(context: Context, request: Request, name: Name, reader: Reading, page: Paging) -> RawJson:
    return await _members(context, request, name, "movie", reader=reader, page=page)


@router.get("/{name}/series", **documented(Page[Serie], 404, 422))
async def collection_series(context: Context, request: Request, name: Name, reader: Reading, page: Paging) -> RawJson:
    return await _members(context, request, name, "serie", reader=reader, page=page)


async def _members(
    context: Context, request: Request, name: str, kind: ShowKind | None, *, reader: Reader, page: PageRequest
) -> RawJson:
    async with context.database.connection() as connection:
        collection = await show_key(connection, "collection", name)
    listing = show_listing(kind).restricted(IN_COLLECTION)
    return await answer_page(context, request, listing, page, reader, collection=collection)


@router.get("/{name}/{picture}", status_code=302, response_model=None)
async def collection_picture(
    context: Context, name: Name, picture: Picture, reader: Reading, quality: Quality = "high"
) -> Response:
    return await answer_picture(context, "collection", name, picture=picture, quality=quality, reader=reader)


@router.delete("/{name}", **documented(Reference, 404))
async def delete_collection(context: Context, _: Annotated[Identity, requires("core.write")], name: Name) -> Response:
    """What it holds stays."""
    return await answer_delete(context, "collection", name)
