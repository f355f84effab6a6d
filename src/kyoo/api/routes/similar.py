"""Shows like a show, and shows like what somebody watched."""

from __future__ import annotations

from fastapi import APIRouter, Request

from kyoo.api.context import Context
from kyoo.api.models.base import ShowKind
from kyoo.api.models.similar import Recommendation, SimilarShow
from kyoo.api.queries.similar import RECOMMENDATIONS, SIMILAR
from kyoo.api.reader import Reader
from kyoo.api.routes.answers import documented, show_key
from kyoo.api.routes.parameters import Name, Paging, RawJson, Reading, answer_page
from kyoo.core.pages import Page

router = APIRouter(prefix="/api", tags=["similar"])


@router.get("/movies/{name}/similar", **documented(Page[SimilarShow], 404, 422))
async def similar_to_movie(context: Context, request: Request, name: Name, reader: Reading, page: Paging) -> RawJson:
    """Movies and series like this one, the most alike first; empty until they were compared."""
    return await _answer_similar(context, request, page, reader, kind="movie", name=name)


@router.get("/series/{name}/similar", **documented(Page[SimilarShow], 404, 422))
async def similar_to_serie(context: Context, request: Request, name: Name, reader: Reading, page: Paging) -> RawJson:
    """Movies and series like this one, the most alike first; empty until they were compared."""
    return await _answer_similar(context, request, page, reader, kind="serie", name=name)


@router.get("/profiles/me/recommendations", **documented(Page[Recommendation], 422))
async def recommendations(context: Context, request: Request, reader: Reading, page: Paging) -> RawJson:
    """What is like the caller's shows and not in their list, each with the show it is here `because` of; empty for
    guests."""
    return await answer_page(context, request, RECOMMENDATIONS, page, reader)


async def _answer_similar(
    context: Context, request: Request, page: Paging, reader: Reader, *, kind: ShowKind, name: str
) -> RawJson:
    async with context.database.connection() as connection:
        show = await show_key(connection, kind, name)
    return await answer_page(context, request, SIMILAR, page, reader, show=show)
