"""Studios: the list, one, what it made, its logo."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request, Response

from kyoo.api.context import Context
from kyoo.api.models.base import ShowKind
from kyoo.api.models.show import Movie, Serie, Show
from kyoo.api.models.studio import FullStudio, Studio
from kyoo.api.queries.catalogue import credits as queries
from kyoo.api.queries.catalogue.shows import BY_STUDIO, show_listing
from kyoo.api.queries.lists.page_statement import PageRequest
from kyoo.api.reader import Reader
from kyoo.api.routes.answers import documented, in_language, picture_redirect, redirect
from kyoo.api.routes.kinds import ShowPaging
from kyoo.api.routes.parameters import Name, Quality, RawJson, Reading, With, answer_page, paging, relations
from kyoo.core.errors import NotFoundError
from kyoo.core.http.pages import Page

router = APIRouter(prefix="/api/studios", tags=["studios"])

StudioPaging = Annotated[PageRequest, paging(queries.STUDIOS.resource)]


@router.get("", **documented(Page[Studio], 422))
async def list_studios(context: Context, request: Request, reader: Reading, page: StudioPaging) -> RawJson:
    return await answer_page(context, request, queries.STUDIOS, page, reader)


@router.get("/random", status_code=302, response_model=None)
async def random_studio(context: Context, request: Request, _: Reading, _with: With = None) -> Response:
    async with context.database.connection() as connection:
        slug = await queries.random_slug(connection, "api.studios")
    if slug is None:
        raise NotFoundError("There are no studios")
    return redirect(f"/api/studios/{slug}", request.url.query)


@router.get("/{name}", **documented(FullStudio, 404, 422))
async def get_studio(context: Context, name: Name, reader: Reading, with_: With = None) -> Response:
    """`with`: translations."""
    wanted = relations(with_, ("translations",))
    async with context.database.connection() as connection:
        found = await queries.get_studio(connection, name, wanted, reader)
    if found is None:
        raise NotFoundError(f"No studio found with the id or slug: {name}")
    return RawJson(found["studio"], headers={"Content-Language": in_language(found, "studio", reader)})


@router.get("/{name}/shows", **documented(Page[Show], 404, 422))
async def studio_shows(context: Context, request: Request, name: Name, reader: Reading, page: ShowPaging) -> RawJson:
    return await _works(context, request, name, None, reader=reader, page=page)


@router.get("/{name}/movies", **documented(Page[Movie], 404, 422))
async def studio_movies(context: Context, request: Request, name: Name, reader: Reading, page: ShowPaging) -> RawJson:
    return await _works(context, request, name, "movie", reader=reader, page=page)


@router.get("/{name}/series", **documented(Page[Serie], 404, 422))
async def studio_series(context: Context, request: Request, name: Name, reader: Reading, page: ShowPaging) -> RawJson:
    return await _works(context, request, name, "serie", reader=reader, page=page)


async def _works(
    context: Context, request: Request, name: str, kind: ShowKind | None, *, reader: Reader, page: PageRequest
) -> RawJson:
    works = show_listing(kind).restricted(BY_STUDIO)
    return await answer_page(context, request, works, page, reader, owner=queries.studio_owner(name))


@router.get("/{name}/logo", status_code=302, response_model=None)
async def studio_logo(context: Context, name: Name, reader: Reading, quality: Quality = "high") -> Response:
    async with context.database.connection() as connection:
        found = await queries.studio_logo(connection, name, reader)
    if found is None:
        raise NotFoundError(f"No studio found with the id or slug: {name}")
    language = in_language(found, "studio", reader)
    return picture_redirect(found["id"], quality, f"The studio {name} has no logo", language)
