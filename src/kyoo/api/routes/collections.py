"""Collections: what they hold, beside what all kinds of shows have. Seeding a member makes them."""

from __future__ import annotations

from fastapi import APIRouter, Request

from kyoo.api.context import Context
from kyoo.api.models.base import ShowKind
from kyoo.api.models.show import Collection, FullCollection, Movie, Serie, Show
from kyoo.api.queries.catalogue import shows
from kyoo.api.queries.catalogue.shows import IN_COLLECTION, show_listing
from kyoo.api.queries.lists.page_statement import PageRequest
from kyoo.api.reader import Reader
from kyoo.api.routes.answers import documented
from kyoo.api.routes.kinds import ShowPaging, add_routes
from kyoo.api.routes.parameters import Name, RawJson, Reading, answer_page
from kyoo.core.http.pages import Page

router = APIRouter(prefix="/api/collections", tags=["collections"])


@router.get("/{name}/shows", **documented(Page[Show], 404, 422))
async def collection_shows(
    context: Context, request: Request, name: Name, reader: Reading, page: ShowPaging
) -> RawJson:
    return await _members(context, request, name, None, reader=reader, page=page)


@router.get("/{name}/movies", **documented(Page[Movie], 404, 422))
async def collection_movies(
    context: Context, request: Request, name: Name, reader: Reading, page: ShowPaging
) -> RawJson:
    return await _members(context, request, name, "movie", reader=reader, page=page)


@router.get("/{name}/series", **documented(Page[Serie], 404, 422))
async def collection_series(
    context: Context, request: Request, name: Name, reader: Reading, page: ShowPaging
) -> RawJson:
    return await _members(context, request, name, "serie", reader=reader, page=page)


async def _members(
    context: Context, request: Request, name: str, kind: ShowKind | None, *, reader: Reader, page: PageRequest
) -> RawJson:
    listing = show_listing(kind).restricted(IN_COLLECTION)
    return await answer_page(context, request, listing, page, reader, owner=shows.owner("collection", name))


add_routes(router, "collection", page=Page[Collection], full=FullCollection)
