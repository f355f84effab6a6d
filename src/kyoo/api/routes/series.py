"""Series: lists, one, a random one, what is inside, its people and pictures; seeding and deleting."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse

from kyoo.api.context import Context
from kyoo.api.downloads import ask_for_downloads
from kyoo.api.models.base import Reference
from kyoo.api.models.entry import EntryOrSeason, Extra, Season
from kyoo.api.models.seeds import SeededSerie, SeedSerie
from kyoo.api.models.show import FullSerie, Serie
from kyoo.api.models.staff import RoleOfShow
from kyoo.api.queries.credits import SHOW_ROLES
from kyoo.api.queries.entries import EXTRAS, SEASONS, SERIE_ENTRIES, SERIE_ENTRIES_AND_SEASONS
from kyoo.api.queries.shows import browsed
from kyoo.api.routes.answers import (
    Picture,
    answer_conflict,
    answer_delete,
    answer_picture,
    answer_random,
    answer_show,
    documented,
    show_key,
)
from kyoo.api.routes.parameters import Flag, Name, Paging, Quality, RawJson, Reading, With, answer_page
from kyoo.api.seeding import SlugTakenError, seed_serie
from kyoo.core.pages import Page
from kyoo.core.permissions import requires
from kyoo.core.tokens import Identity

router = APIRouter(prefix="/api/series", tags=["series"])

Writer = Annotated[Identity, requires("core.write")]


@router.get("", **documented(Page[Serie], 422))
async def list_series(context: Context, request: Request, reader: Reading, page: Paging) -> RawJson:
    return await answer_page(context, request, browsed("serie", page), page, reader)


@router.get("/random", status_code=302, response_model=None)
async def random_serie(context: Context, request: Request, reader: Reading) -> Response:
    return await answer_random(context, request, "serie", reader)


@router.get("/{name}", **documented(FullSerie, 404, 422))
async def get_serie(context: Context, name: Name, reader: Reading, with_: With = None) -> Response:
    """`with`: translations, studios, collection, firstEntry, nextEntry."""
    return await answer_show(context, "serie", name, with_, reader)


@router.get("/{name}/staff", **documented(Page[RoleOfShow], 404, 422))
async def serie_staff(context: Context, request: Request, name: Name, reader: Reading, page: Paging) -> RawJson:
    async with context.database.connection() as connection:
        show = await show_key(connection, "serie", name)
    return await answer_page(context, request, SHOW_ROLES, page, reader, show=show)


@router.get("/{name}/seasons", **documented(Page[Season], 404, 422))
async def serie_seasons(context: Context, request: Request, name: Name, reader: Reading, page: Paging) -> RawJson:
    async with context.database.connection() as connection:
        serie = await show_key(connection, "serie", name)
    return await answer_page(context, request, SEASONS, page, reader, serie=serie)


@router.get("/{name}/entries", **documented(Page[EntryOrSeason], 404, 422))
async def serie_entries(
    context: Context,
    request: Request,
    name: Name,
    reader: Reading,
    page: Paging,
    *,
    include_seasons: Annotated[Flag, Query(alias="includeSeasons", description="A season before its episode 1")] = None,
) -> RawJson:
    async with context.database.connection() as connection:
        serie = await show_key(connection, "serie", name)
    listing = SERIE_ENTRIES_AND_SEASONS if include_seasons else SERIE_ENTRIES
    return await answer_page(context, request, listing, page, reader, serie=serie)


@router.get("/{name}/extras", **documented(Page[Extra], 404, 422))
async def serie_extras(context: Context, request: Request, name: Name, reader: Reading, page: Paging) -> RawJson:
    async with context.database.connection() as connection:
        show = await show_key(connection, "serie", name)
    return await answer_page(context, request, EXTRAS, page, reader, show=show)


@router.get("/{name}/{picture}", status_code=302, response_model=None)
async def serie_picture(
    context: Context, name: Name, picture: Picture, reader: Reading, quality: Quality = "high"
) -> Response:
    return await answer_picture(context, "serie", name, picture=picture, quality=quality, reader=reader)


@router.post("", **documented(SeededSerie, 409, 422, status=201))
async def create_serie(context: Context, _: Writer, seed: SeedSerie) -> Response:
    """Create a serie (201) or update the one of that slug and year (200)."""
    try:
        seeded = await context.write(lambda connection: seed_serie(connection, seed, context.runtime.public_url))
    except SlugTakenError as error:
        return answer_conflict(error.message, error.details)
    if seeded.pictures_wanted:
        await ask_for_downloads(context.runtime.queue)
    return JSONResponse(seeded.answer, 201 if seeded.created else 200)


@router.delete("/{name}", **documented(Reference, 404))
async def delete_serie(context: Context, _: Writer, name: Name) -> Response:
    return await answer_delete(context, "serie", name)
