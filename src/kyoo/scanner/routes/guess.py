"""GET /scanner/guess."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request

from kyoo.core.http.permissions import requires
from kyoo.scanner.context import ScannerContext
from kyoo.scanner.local.file_names import guess, parse_file, show_keys
from kyoo.scanner.models.video import VideoGuess
from kyoo.scanner.shows.grouping import Show
from kyoo.scanner.shows.registration import links, load_index

router = APIRouter(prefix="/scanner", tags=["guess"])


@router.get("/guess", dependencies=[requires("scanner.guess")])
async def guess_path(request: Request, path: Annotated[str, Query(min_length=1, max_length=4096)]) -> VideoGuess:
    """What the scanner makes of a path, and which entries a file there would get. No file is needed."""
    context: ScannerContext = request.app.state.context
    parsed = parse_file(path, context.settings.library)
    show: Show | None = None
    if parsed.kind != "extra":
        ids = [parsed.external_ids] if parsed.external_ids else []
        async with context.runtime.database.connection() as connection:
            index, stored = await load_index(connection, show_keys(parsed.title), ids)
        placed = index.place(parsed)
        show = placed if placed in stored.values() else None
    return VideoGuess(
        path=path,
        rendering=parsed.rendering,
        part=parsed.part,
        version=parsed.version,
        guess=guess(parsed),
        for_=links(parsed, show),
    )
