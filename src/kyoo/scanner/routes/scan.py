"""GET and PUT /scanner/scan, GET /scanner/progress."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from kyoo.core.http.pages import Page, decode_cursor, encode_cursor, next_url
from kyoo.core.http.permissions import requires
from kyoo.scanner import work
from kyoo.scanner.context import ScannerContext
from kyoo.scanner.models.request import Progress, RootWarning, Status
from kyoo.scanner.models.request import Request as MetadataRequest
from kyoo.scanner.queries import progress, requests

router = APIRouter(prefix="/scanner", tags=["scan"])

#: What one page has, for want of a limit: no library waits for more shows but in its first minutes.
WHOLE_LIST = 5000


@router.get("/scan", dependencies=[requires("scanner.trigger")])
async def list_requests(
    request: Request,
    status: Annotated[Status | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=WHOLE_LIST)] = WHOLE_LIST,
    after: Annotated[str | None, Query()] = None,
) -> Page[MetadataRequest]:
    """The shows that wait for their metadata or failed to get it, oldest first. Without a limit it is all of them, as
    Kyoo's administration reads no second page; `next` is there for whoever has more."""
    context: ScannerContext = request.app.state.context
    start = decode_cursor(after, 1)[0] if after else 0
    async with context.runtime.database.connection() as connection:
        rows = await requests.page(connection, status, start if isinstance(start, int) else 0, limit + 1)
    this = str(request.url)
    more = len(rows) > limit
    items = [MetadataRequest.model_validate(row) for row in rows[:limit]]
    following = next_url(this, after=encode_cursor([rows[limit - 1]["pk"]])) if more else None
    return Page(items=items, this=this, next=following)


@router.put("/scan", status_code=204, dependencies=[requires("scanner.trigger")])
async def start_scan(
    request: Request, *, remove_missing: Annotated[bool, Query(alias="removeMissing")] = False
) -> Response:
    """Scan all folders in the background, compare with the api, and try failed requests again. `removeMissing` (ours)
    also gives up the files that are kept as missing."""
    context: ScannerContext = request.app.state.context
    await work.scan_all(context.runtime.queue, reconcile=True, remove_missing=remove_missing)
    return Response(status_code=204)


@router.get("/progress", dependencies=[requires("core.read")])
async def show_progress(request: Request, limit: Annotated[int, Query(ge=1, le=WHOLE_LIST)] = 20) -> Progress:
    """How far the scanner is. `limit` (ours): how many files each list of files has."""
    context: ScannerContext = request.app.state.context
    async with context.runtime.database.connection() as connection:
        counts = await progress.counts(connection)
        warnings = await progress.warnings(connection)
        files = {
            "errors": await progress.errors(connection, limit),
            "left_out": await progress.left_out(connection, limit),
            "unmatched": await progress.unmatched(connection, limit),
        }
    return Progress(
        **counts,
        warnings=[RootWarning.model_validate(row) for row in warnings],
        **{name: [RootWarning.model_validate(row) for row in rows] for name, rows in files.items()},
    )
