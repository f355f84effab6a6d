"""Entries of a show come, move or go, or the show ends: what the watch lists make of it. No SQL text here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from kyoo.api import watchlist
from kyoo.api.queries.viewers import watchlist as lists
from kyoo.core.database.postgres import Connection


async def follow(
    connection: Connection, show: int, *, added: Sequence[int] = (), placed: Sequence[int] = (), ended: bool = False
) -> None:
    """To be called at the end of the transaction that writes entries of `show` or its status, after plays have followed
    their files: the entries `added` (pks) are new, those `placed` are new or have another place in the watch order;
    others may have gone. `ended`: nothing new is expected any more."""
    now = datetime.now(UTC)
    known = await lists.followers(connection, show, added=added, placed=placed, ended=ended)
    changed = [
        (one.profile, listing)
        for one in known
        if (listing := watchlist.after_entries(one.listing, one.show, one.rearranged, now=now)) != one.listing
    ]
    await lists.rearrange(connection, changed)
