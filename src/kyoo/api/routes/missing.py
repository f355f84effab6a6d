"""Missing episodes: of one serie, of all."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request

from kyoo.api.context import Context
from kyoo.api.models.missing import IncompleteSerie, Missing
from kyoo.api.queries.catalogue import shows
from kyoo.api.queries.catalogue.missing import MISSING, SERIE_MISSING
from kyoo.api.queries.lists.page_statement import PageRequest
from kyoo.api.routes.answers import documented
from kyoo.api.routes.parameters import Name, RawJson, Reading, answer_page, paging
from kyoo.core.http.pages import Page

router = APIRouter(prefix="/api", tags=["series"])

MissingPaging = Annotated[PageRequest, paging(MISSING.resource)]
SerieMissingPaging = Annotated[PageRequest, paging(SERIE_MISSING.resource)]


@router.get("/missing", **documented(Page[IncompleteSerie], 422))
async def list_missing(context: Context, request: Request, reader: Reading, page: MissingPaging) -> RawJson:
    """The series that have gaps, or aired episodes without a file."""
    return await answer_page(context, request, MISSING, page, reader)


@router.get("/series/{name}/missing", **documented(Page[Missing], 404, 422))
async def serie_missing(
    context: Context, request: Request, name: Name, reader: Reading, page: SerieMissingPaging
) -> RawJson:
    """What of a serie was aired and has no file, and the gaps between its known numbers."""
    return await answer_page(context, request, SERIE_MISSING, page, reader, owner=shows.owner("serie", name))
