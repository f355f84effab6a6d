"""Lists of shows of all kinds, and the news."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from kyoo.api.context import Context
from kyoo.api.models.show import EntryWithShow, Show
from kyoo.api.queries.catalogue.entries import NEWS
from kyoo.api.queries.catalogue.shows import OUTSIDE_COLLECTIONS, browsed
from kyoo.api.queries.lists.page_statement import PageRequest
from kyoo.api.routes.answers import Picture, documented
from kyoo.api.routes.kinds import ShowPaging, answer_picture, answer_random
from kyoo.api.routes.parameters import Flag, Quality, RawJson, Reading, With, answer_page, paging
from kyoo.core.http.pages import Page

router = APIRouter(prefix="/api", tags=["shows"])

NewsPaging = Annotated[PageRequest, paging(NEWS.resource)]
IgnoreInCollection = Annotated[
    Flag, Query(alias="ignoreInCollection", description="Leave out what belongs to a collection; default: true")
]


@router.get("/shows", **documented(Page[Show], 422))
async def list_shows(
    context: Context,
    request: Request,
    reader: Reading,
    page: ShowPaging,
    ignore_in_collection: IgnoreInCollection = None,
) -> RawJson:
    listing = browsed(None, page)
    # A search must find the films of a collection, too; and so must who asks what is to be refreshed.
    everything = page.query or {"nextRefresh", "-nextRefresh"}.intersection(page.sort)
    if ignore_in_collection is not False and not everything:
        listing = listing.restricted(OUTSIDE_COLLECTIONS)
    return await answer_page(context, request, listing, page, reader)


@router.get("/shows/random", status_code=302, response_model=None)
async def random_show(context: Context, request: Request, reader: Reading, _with: With = None) -> Response:
    """Passes on those relations of `with` that the kind of the show has."""
    return await answer_random(context, request, None, reader)


@router.get("/shows/random/{picture}", status_code=302, response_model=None)
async def random_show_picture(
    context: Context, reader: Reading, picture: Picture, quality: Quality = "high"
) -> Response:
    return await answer_picture(context, None, "random", picture=picture, quality=quality, reader=reader)


@router.get("/news", **documented(Page[EntryWithShow], 422))
async def list_news(context: Context, request: Request, reader: Reading, page: NewsPaging) -> RawJson:
    """What became available last, first."""
    return await answer_page(context, request, NEWS, page, reader)
