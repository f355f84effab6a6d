"""Libraries that come, change and go, and the shows that learn of it a moment later. No SQL."""

from __future__ import annotations

from typing import Any

from kyoo.api.queries import libraries as queries
from kyoo.core.database.postgres import Database

#: Shows whose rows are locked together: nobody who links files to them waits longer than for these.
TOGETHER = 100
#: Seconds to wait for those who were writing when a library changed; after that, it is done later (jobs.py).
PATIENCE = 10.0


async def save(database: Database, slug: str, name: str, path: str) -> dict[str, Any]:
    """Create or change a library: its JSON."""
    async with database.transaction() as connection:
        saved = await queries.save_library(connection, slug, name, path)
    await apply_changes(database)
    return saved


async def delete(database: Database, slug: str) -> bool:
    """Whether there was one. That shows still name what is no library any more means nothing to anybody."""
    async with database.transaction() as connection:
        return await queries.delete_library(connection, slug)


async def apply_changes(database: Database) -> None:
    """Let the shows know of the libraries that have changed. Whoever links files from now on sees these; those who
    began before are waited for, as their files are not seen yet. No lock is held but on a few shows at a time."""
    async with database.connection() as connection:
        changed = await queries.ungathered(connection)
        if not changed:
            return
        if not await queries.await_writers(connection, PATIENCE):
            return
        shows = await queries.misplaced_shows(connection)
        for start in range(0, len(shows), TOGETHER):
            await queries.gather_libraries(connection, shows[start : start + TOGETHER])
        await queries.mark_gathered(connection, changed)
