"""Asking providers again about what may have changed: what the api says is due, collections too."""

from __future__ import annotations

from datetime import UTC, datetime

import structlog

from kyoo.scanner import work
from kyoo.scanner.context import ScannerContext
from kyoo.scanner.queries import services, shows

log = structlog.get_logger()

#: Days after which an answer that nobody used is forgotten.
UNUSED_DAYS = 60
#: Titles that are queued in one run.
AT_ONCE = 5000


async def refresh_due(context: ScannerContext) -> int:
    """Queue every title that is due, behind all that somebody waits for; returns how many. What is due is written again
    even if nothing has changed, which moves its next date."""
    if not await context.sources.active():
        return 0
    found: set[int] = set()
    async for show in context.api.due(datetime.now(UTC).date(), AT_ONCE):
        kind, slug = show["kind"], show["slug"]
        if kind == "collection":
            # Its words and pictures come with any of its films.
            film = await context.api.film_of(slug)
            kind, slug = "movie", film
        if slug is None:
            continue
        async with context.runtime.database.connection() as connection:
            row = await shows.by_slug(connection, kind, slug)
        # What somebody else has seeded is theirs to refresh.
        if row is not None:
            found.add(row["id"])
    await work.describe(context.runtime.queue, found, again=True, background=True)
    if found:
        log.info("titles are described anew", count=len(found))
    return len(found)


async def forget_answers(context: ScannerContext) -> int:
    """Remove the answers of services that nobody uses any more, and those beyond the limit of all of them."""
    async with context.runtime.database.connection() as connection:
        return await services.drop_answers(connection, unused_days=UNUSED_DAYS, limit=context.settings.answers_limit)
