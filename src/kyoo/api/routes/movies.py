"""Movies: lists, one, a random one, its people and pictures; seeding and deleting."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from kyoo.api.context import Context
from kyoo.api.downloads import ask_for_downloads
from kyoo.api.models.base import Reference
from kyoo.api.models.entry import Extra
from kyoo.api.models.seeds import SeededMovie, SeedMovie
from kyoo.api.models.show import FullMovie, Movie
from kyoo.api.models.staff import RoleOfShow
from kyoo.api.queries.credits import SHOW_ROLES
from kyoo.api.queries.entries import EXTRAS
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
from kyoo.api.routes.parameters import Name, Paging, Quality, RawJson, Reading, With, answer_page
from kyoo.api.seeding import SlugTakenError, seed_movie
from kyoo.core.pages import Page
from kyoo.core.permissions import requires
from kyoo.core.tokens import Identity

router = APIRouter(prefix="/api/movies", tags=["movies"])

Writer = Annotated[Identity, requires("core.write")]


@router.get("", **documented(Page[Movie], 422))
async def list_movies(context: Context, request: Request, reader: Reading, page: Paging) -> RawJson:
    return await answer_page(context, request, browsed("movie", page), page, reader)


@router.get("/random", status_code=302, response_model=None)
async def random_movie(context: Context, request: Request, reader: Reading) -> Response:
    return await answer_random(context, request, "movie", reader)


@router.get("/{name}", **documented(FullMovie, 404, 422))
async def get_movie(context: Context, name: Name, reader: Reading, with_: With = None) -> Response:
    """`with`: translations, studios, collection, videos."""
    return await answer_show(context, "movie", name, with_, reader)


@router.get("/{name}/staff", **documented(Page[RoleOfShow], 404, 422))
async def movie_staff(context: Context, request: Request, name: Name, reader: Reading, page: Paging) -> RawJson:
    async with context.database.connection() as connection:
        show = await show_key(connection, "movie", name)
    return await answer_page(context, request, SHOW_ROLES, page, reader, show=show)


@router.get("/{name}/extras", **documented(Page[Extra], 404, 422))
async def movie_extras(context: Context, request: Request, name: Name, reader: Reading, page: Paging) -> RawJson:
    async with context.database.connection() as connection:
        show = await show_key(connection, "movie", name)
    return await answer_page(context, request, EXTRAS, page, reader, show=show)


@router.get("/{name}/{picture}", status_code=302, response_model=None)
async def movie_picture(
    context: Context, name: Name, picture: Picture, reader: Reading, quality: Quality = "high"
) -> Response:
    return await answer_picture(context, "movie", name, picture=picture, quality=quality, reader=reader)


@router.post("", **documented(SeededMovie, 409, 422, status=201))
async def create_movie(context: Context, _: Writer, seed: SeedMovie) -> Response:
    """Create a movie (201) or update the one of that slug and year (200)."""
    try:
        seeded = await context.write(lambda connection: seed_movie(connection, seed, context.runtime.public_url))
    except SlugTakenError as error:
        return answer_conflict(error.message, error.details)
    if seeded.pictures_wanted:
        await ask_for_downloads(context.runtime.queue)
    return JSONResponse(seeded.answer, 201 if seeded.created else 200)


@router.delete("/{name}", **documented(Reference, 404))
async def delete_movie(context: Context, _: Writer, name: Name) -> Response:
    return await answer_delete(context, "movie", name)
