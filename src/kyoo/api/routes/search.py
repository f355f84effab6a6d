"""The search across kinds."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request

from kyoo.api.context import Context
from kyoo.api.models.search import Found
from kyoo.api.queries.catalogue.search import EVERYTHING
from kyoo.api.queries.lists.page_statement import PageRequest
from kyoo.api.routes.answers import documented
from kyoo.api.routes.parameters import RawJson, Reading, answer_page, paging
from kyoo.core.errors import InvalidError
from kyoo.core.http.pages import Page

router = APIRouter(prefix="/api/search", tags=["search"])

FoundPaging = Annotated[PageRequest, paging(EVERYTHING.resource)]


@router.get("", **documented(Page[Found], 422))
async def search(context: Context, request: Request, reader: Reading, page: FoundPaging) -> RawJson:
    """Shows, people and studios that `query`, which is needed, may name in any language; the best come first. `filter`
    knows `kind`: serie, movie, collection, staff, studio."""
    if not page.query:
        raise InvalidError("Invalid query: say what to search", {"in": "query"})
    return await answer_page(context, request, EVERYTHING, page, reader)
