"""What a person has watched is the file: when a file turns out to be of another entry, its plays follow it, and so does
the place in the watch list, its score and dates, when the show that it seemed to be has no file any more. No SQL."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from kyoo.api import history, watchlist
from kyoo.api.queries.catalogue import rematching as queries
from kyoo.api.queries.viewers import watchlist as lists
from kyoo.api.queries.viewers.history import EntryRow
from kyoo.api.queries.viewers.watchlist import ShowStanding
from kyoo.api.watchlist import Listed
from kyoo.core.database.postgres import Connection


async def follow(connection: Connection, videos: Sequence[UUID], shows: Collection[int]) -> None:
    """After links of `videos` changed, which were of `shows`."""
    moved = sorted(await queries.move_plays(connection, videos), key=lambda play: int(play["profile_pk"]))
    left = {*shows, *(play["was_pk"] for play in moved), *await queries.left_shows(connection, videos)}
    heirs = await queries.heirs(connection, left, videos) if left else {}
    plays = {profile: list(rows) for profile, rows in groupby(moved, lambda play: play["profile_pk"])}
    heard = await queries.listing_profiles(connection, heirs) if heirs else []
    for profile in sorted({*plays, *heard}):
        await _follow(connection, profile, plays.get(profile, []), heirs)
    if left:
        await queries.forget_shows(connection, left, heirs)


async def _follow(connection: Connection, profile: int, plays: list[dict[str, Any]], heirs: dict[int, int]) -> None:
    left = {play["was_pk"] for play in plays} - {play["show_pk"] for play in plays}
    known = await lists.shows(connection, profile, {*left, *heirs, *heirs.values()})
    watched = {play["show_pk"] for play in plays}
    inherited = [
        _inherit(listing, known[heir], watched=heir in watched)
        for pk, heir in heirs.items()
        if (listing := known[pk].listing) is not None
    ]
    await lists.save(connection, profile, inherited)
    touched = [
        history.Touched(
            EntryRow(play["pk"], play["show_pk"], play["show_kind"], play["kind"], play["order"]),
            play["percent"],
            play["played_date"],
        )
        for play in plays
        if play["kind"] != "extra"
    ]
    await history.follow(connection, profile, touched)
    await _leave(connection, profile, {pk: known[pk] for pk in {*left, *heirs}}, heirs)


def _inherit(listing: Listed, heir: ShowStanding, *, watched: bool) -> Listed:
    """The place in the list that a show has from the one that it seemed to be: if it is in the list itself, there, with
    the score of the other unless it has one. What was `watched` of it decides about everything but the score and when
    it began; without a play, what was said of it holds."""
    if heir.listing is not None:
        return replace(heir.listing, score=listing.score if heir.listing.score is None else heir.listing.score)
    if watched:
        rewatching = listing.status == "rewatching"
        return Listed(
            heir.show.pk,
            "rewatching" if rewatching else "watching",
            score=listing.score,
            started_at=listing.started_at,
            seen_since=listing.seen_since if rewatching else None,
        )
    word = watchlist.Word(
        listing.status,
        scores=True,
        score=listing.score,
        started_at=listing.started_at,
        completed_at=listing.completed_at,
    )
    return watchlist.after_word(None, heir.show, word, now=datetime.now(UTC), resume=heir.resume, seen=heir.seen)


async def _leave(connection: Connection, profile: int, left: dict[int, ShowStanding], heirs: dict[int, int]) -> None:
    """The places in the list of the shows that plays or the last file have left: what remains of them decides."""
    played = await queries.played_shows(connection, profile, left)
    gone: list[int] = []
    kept: list[Listed] = []
    for pk, before in left.items():
        listing = before.listing
        if listing is None:
            continue
        if pk in played:
            # Counted after the plays had moved.
            if before.show.kind == "serie" and listing.status in ("watching", "rewatching"):
                kept.append(watchlist.after_leaving(listing, resume=before.resume, seen=before.seen))
        elif pk in heirs or (listing.score is None and listing.status not in ("planned", "dropped")):
            gone.append(pk)
        elif listing.status not in ("planned", "dropped"):
            kept.append(Listed(pk, "planned", score=listing.score))
    await queries.unlist(connection, profile, gone)
    await lists.save(connection, profile, kept)
