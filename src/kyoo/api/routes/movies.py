"""Movies: seeding, beside what all kinds of shows have."""

from __future__ import annotations

from fastapi import APIRouter, Response

from kyoo.api.catalogue.seeding import seed_movie
from kyoo.api.context import Context
from kyoo.api.models.seeds import SeededMovie, SeedMovie
from kyoo.api.models.show import FullMovie, Movie
from kyoo.api.routes.answers import documented
from kyoo.api.routes.kinds import Writer, add_routes, answer_seed
from kyoo.core.http.pages import Page

router = APIRouter(prefix="/api/movies", tags=["movies"])


@router.post("", **documented(SeededMovie, 409, 422, status=201))
async def create_movie(context: Context, _: Writer, seed: SeedMovie) -> Response:
    """Create a movie (201) or update the one of that slug and year (200)."""
    return await answer_seed(context, lambda connection: seed_movie(connection, seed, context.runtime.public_url))


add_routes(router, "movie", page=Page[Movie], full=FullMovie)
