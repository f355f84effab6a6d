"""Series: what is inside of them and seeding, beside what all kinds of shows have."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from kyoo.api.catalogue.seeding import seed_serie
from kyoo.api.context import Context
from kyoo.api.models.entry import EntryOrSeason, Season
from kyoo.api.models.seeds import SeededSerie, SeedSerie
from kyoo.api.models.show import FullSerie, Serie
from kyoo.api.queries.catalogue import shows
from kyoo.api.queries.catalogue.entries import ENTRIES, SEASONS, SERIE_ENTRIES, SERIE_ENTRIES_AND_SEASONS
from kyoo.api.queries.lists.page_statement import PageRequest
from kyoo.api.routes.answers import documented
from kyoo.api.routes.kinds import Writer, add_routes, answer_seed
from kyoo.api.routes.parameters import Flag, Name, RawJson, Reading, answer_page, paging
from kyoo.core.http.pages import Page

router = APIRouter(prefix="/api/series", tags=["series"])

EntryPaging = Annotated[PageRequest, paging(ENTRIES)]
SeasonPaging = Annotated[PageRequest, paging(SEASONS.resource)]


@router.get("/{name}/seasons", **documented(Page[Season], 404, 422))
async def serie_seasons(context: Context, request: Request, name: Name, reader: Reading, page: SeasonPaging) -> RawJson:
    return await answer_page(context, request, SEASONS, page, reader, owner=shows.owner("serie", name))


@router.get("/{name}/entries", **documented(Page[EntryOrSeason], 404, 422))
async def serie_entries(
    context: Context,
    request: Request,
    name: Name,
    reader: Reading,
    page: EntryPaging,
    *,
    include_seasons: Annotated[Flag, Query(alias="includeSeasons", description="A season before its episode 1")] = None,
) -> RawJson:
    listing = SERIE_ENTRIES_AND_SEASONS if include_seasons else SERIE_ENTRIES
    return await answer_page(context, request, listing, page, reader, owner=shows.owner("serie", name))


@router.post("", **documented(SeededSerie, 409, 422, status=201))
async def create_serie(context: Context, _: Writer, seed: SeedSerie) -> Response:
    """Create a serie (201) or update the one of that slug and year (200)."""
    return await answer_seed(context, lambda connection: seed_serie(connection, seed, context.runtime.public_url))


add_routes(router, "serie", page=Page[Serie], full=FullSerie)
