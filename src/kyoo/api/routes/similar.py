"""Shows like a show, and shows like what somebody watched."""

from __future__ import annotations

from fastapi import APIRouter, Request

from kyoo.api.context import Context
from kyoo.api.models.similar import Recommendation, SimilarShow
from kyoo.api.queries.catalogue import shows
from kyoo.api.queries.catalogue.similar import RECOMMENDATIONS, SIMILAR
from kyoo.api.routes.answers import documented
from kyoo.api.routes.kinds import ShowPaging
from kyoo.api.routes.parameters import Name, RawJson, Reading, answer_page
from kyoo.core.http.pages import Page

router = APIRouter(prefix="/api", tags=["similar"])


@router.get("/movies/{name}/similar", **documented(Page[SimilarShow], 404, 422))
async def similar_to_movie(
    context: Context, request: Request, name: Name, reader: Reading, page: ShowPaging
) -> RawJson:
    """Movies and series like this one, the most alike first; empty until they were compared."""
    return await answer_page(context, request, SIMILAR, page, reader, owner=shows.owner("movie", name))


@router.get("/series/{name}/similar", **documented(Page[SimilarShow], 404, 422))
async def similar_to_serie(
    context: Context, request: Request, name: Name, reader: Reading, page: ShowPaging
) -> RawJson:
    """Movies and series like this one, the most alike first; empty until they were compared."""
    return await answer_page(context, request, SIMILAR, page, reader, owner=shows.owner("serie", name))


@router.get("/profiles/me/recommendations", **documented(Page[Recommendation], 422))
async def recommendations(context: Context, request: Request, reader: Reading, page: ShowPaging) -> RawJson:
    """What is like the caller's shows and not in their list, each with the show it is here `because` of; empty for
    guests."""
    return await answer_page(context, request, RECOMMENDATIONS, page, reader)
