"""The rules of marking a season or a whole serie as seen or not seen. No SQL text and no HTTP here."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from kyoo.api import facts, history, watchlist
from kyoo.api.models.profile import SeedHistory
from kyoo.api.queries.viewers import marks
from kyoo.api.queries.viewers import watchlist as lists
from kyoo.api.trackers import outbox
from kyoo.api.trackers.outbox import Outgoing
from kyoo.core.database.postgres import Connection


async def mark_seen(
    connection: Connection, user: UUID, serie: int, season: int | None, outgoing: Outgoing | None = None
) -> int:
    """Mark what was not seen of a serie, or of a season of it; how many entries that were. The marks count as seen and
    stay out of the history."""
    profile = await lists.lock_profile(connection, user)
    entries = await marks.unseen_entries(connection, profile, serie, season)
    plays = [
        SeedHistory(entry=str(entry), video_id=None, percent=100, time=0, played_date=None, external=True)
        for entry in entries
    ]
    await history.record(connection, user, plays, outgoing=outgoing)
    if plays:
        known = await lists.show(connection, profile, serie)
        assert known.listing is not None
        changed = watchlist.after_marks(known.listing, known.show, now=datetime.now(UTC), resume=known.resume)
        await lists.save(connection, profile, [changed])
        await facts.listed(connection, user, profile, [serie])
    return len(plays)


async def mark_unseen(
    connection: Connection, user: UUID, serie: int, season: int | None, outgoing: Outgoing | None = None
) -> int:
    """Forget every play of a serie, or of a season of it; how many entries had any."""
    profile = await lists.lock_profile(connection, user)
    forgotten = await marks.forget_plays(connection, profile, serie, season)
    known = await lists.show(connection, profile, serie)
    # Whoever said "completed" without a play has marked them, too.
    if known.listing is not None and (forgotten["entries"] or known.listing.status == "completed"):
        changed = watchlist.after_unmarks(known.listing, first=forgotten["first"], seen=known.seen)
        await lists.save(connection, profile, [changed])
    if forgotten["entries"] or known.listing is not None:
        await facts.listed(connection, user, profile, [serie])
    await outbox.unwatched(connection, profile, serie, season, outgoing or Outgoing())
    return int(forgotten["entries"])
