"""/scanner/matches: the shows that nobody is sure about, and what a person says that they are (ours)."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from kyoo.core.http.pages import Page, decode_cursor, encode_cursor, next_url
from kyoo.core.http.permissions import requires
from kyoo.scanner.context import ScannerContext
from kyoo.scanner.local.artwork import preview
from kyoo.scanner.models.match import ChosenMatch, UnsureMatch
from kyoo.scanner.models.request import Request as MetadataRequest
from kyoo.scanner.queries import records
from kyoo.scanner.routes.answers import wire
from kyoo.scanner.shows import requesting

router = APIRouter(prefix="/scanner/matches", tags=["matches"])


@router.get("", dependencies=[requires("scanner.search")])
async def unsure(
    request: Request,
    query: Annotated[str, Query(max_length=500)] = "",
    limit: Annotated[int, Query(ge=1, le=250)] = 50,
    after: Annotated[str | None, Query()] = None,
) -> Page[UnsureMatch]:
    """The shows that stay named by their files because no title fits, or several do, oldest first; each with what it
    may be. `query` looks into titles and paths."""
    context: ScannerContext = request.app.state.context
    start = decode_cursor(after, 1)[0] if after else 0
    async with context.runtime.database.connection() as connection:
        rows = await records.unsure(connection, query, start if isinstance(start, int) else 0, limit + 1)
    items = [UnsureMatch.model_validate(row) for row in rows[:limit]]
    for item in items:
        for candidate in item.candidates:
            candidate.poster = preview(context.runtime.public_url, candidate.poster)
    this = str(request.url)
    following = next_url(this, after=encode_cursor([rows[limit - 1]["id"]])) if len(rows) > limit else None
    return Page(items=items, this=this, next=following)


@router.put("/{show_id}", dependencies=[requires("scanner.add")])
async def choose(request: Request, show_id: int, body: ChosenMatch) -> MetadataRequest:
    """Say what a show is: one of its candidates, any other title, or one of the library (`slug`). Its files go there,
    before everything that waits."""
    return wire(await requesting.choose(request.app.state.context, show_id, body))


@router.delete("/{show_id}", status_code=204, dependencies=[requires("scanner.add")])
async def dismiss(request: Request, show_id: int) -> Response:
    """Say that it is none of them: it stays what its files are called, until they are called otherwise."""
    await requesting.dismiss(request.app.state.context, show_id)
    return Response(status_code=204)
