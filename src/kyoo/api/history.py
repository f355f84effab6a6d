"""The rules of recording plays: which play goes on and which is new, and what follows for the watch list.

Source: docs/protocol/api.md#plays. No SQL text and no HTTP here; the queries are in `queries/viewers/` (`history.py`,
`watchlist.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from kyoo.api import facts, watchlist
from kyoo.api.facts import EntryReport, Moment
from kyoo.api.models.profile import SeedHistory
from kyoo.api.queries.viewers import history as queries
from kyoo.api.queries.viewers import watchlist as lists
from kyoo.api.queries.viewers.history import EntryRow, NewPlay, Play
from kyoo.api.trackers import outbox
from kyoo.api.trackers.outbox import Finished, Outgoing
from kyoo.core.database.postgres import Connection
from kyoo.core.errors import NotFoundError

#: A video played again within this time goes on with the same play.
SAME_PLAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Touched:
    """What a play of the batch did to an entry, for the watch list."""

    entry: EntryRow
    percent: int
    at: datetime


async def record(
    connection: Connection,
    user: UUID,
    seeds: Sequence[SeedHistory],
    moment: Moment | None = None,
    outgoing: Outgoing | None = None,
) -> int:
    """Record plays of `user` in one transaction of the caller's; how many are new. `moment`: what a socket says of it.
    What trackers are to be told is written beside them, and `outgoing` says what that is.

    Raises NotFoundError when an entry is unknown; nothing may be kept then."""
    now = datetime.now(UTC)
    # What is marked as seen is seen to its end, whatever percent comes with it.
    seeds = [seed.model_copy(update={"percent": 100}) if seed.external else seed for seed in seeds]
    profile = await lists.lock_profile(connection, user)
    entries = await queries.entries(connection, [seed.entry for seed in seeds])
    for seed in seeds:
        if seed.entry not in entries:
            raise NotFoundError(f"No entry found with the id or slug: '{seed.entry}'")
    known = await queries.recent_plays(
        connection, profile, {seed.video_id for seed in seeds if seed.video_id}, since=now - SAME_PLAY
    )
    repeated = await queries.known_reports(
        connection, profile, {(entries[seed.entry].pk, seed.played_date) for seed in seeds if seed.played_date}
    )
    touched: list[Touched] = []
    reports: dict[int, EntryReport] = {}
    finished: list[Finished] = []
    added: list[NewPlay] = []
    changed: dict[int, Play] = {}
    for seed in in_playing_order(seeds, entries, now):
        at = seed.played_date or now
        play = known.get(seed.video_id) if seed.video_id else None
        if play is not None and abs(at - play.at) < SAME_PLAY:
            finishes = play.percent < watchlist.FINISHED <= seed.percent
            if seed.played_date is not None and at < play.at and not finishes:
                # It comes late, from a device that had no network: where the viewer was after it is known.
                continue
            moves = seed.percent >= watchlist.FINISHED or play.entry.show_kind == "movie"
            reports[play.entry.pk] = _report(play.entry, seed, at, finishes=finishes, lists=moves)
            if finishes and play.entry.kind != "extra":
                finished.append(Finished(play.entry.pk, play.entry.show_pk, at, seed.percent))
            play.percent, play.time, play.at = seed.percent, seed.time, at
            if play.pk is not None:
                changed[play.pk] = play
            # A client that plays reports every few seconds; only what ends an entry moves a serie on.
            if moves:
                touched.append(Touched(play.entry, seed.percent, at))
            continue
        new = NewPlay(None, entries[seed.entry], seed.percent, seed.time, at, seed.video_id, seed.external)
        if (new.entry.pk, new.percent, new.time, new.at) in repeated:
            # It was recorded before, and whoever sent it did not hear of that.
            continue
        added.append(new)
        if seed.video_id and at > now - SAME_PLAY:
            known[seed.video_id] = new
        touched.append(Touched(new.entry, seed.percent, at))
        reports[new.entry.pk] = _report(
            new.entry, seed, at, finishes=seed.percent >= watchlist.FINISHED, lists=new.entry.kind != "extra"
        )
        if new.entry.kind != "extra" and seed.percent >= watchlist.FINISHED:
            finished.append(Finished(new.entry.pk, new.entry.show_pk, at, seed.percent))
    await queries.add_plays(connection, profile, added)
    await queries.change_plays(connection, list(changed.values()))
    if changed:
        await lists.take_back(connection, profile, {play.entry.show_pk for play in changed.values()})
    again = await follow(connection, profile, [touch for touch in touched if touch.entry.kind != "extra"])
    await facts.played(connection, user, profile, list(reports.values()), moment)
    await outbox.watched(connection, profile, finished, outgoing or Outgoing(), again=again)
    return len(added)


def _report(entry: EntryRow, seed: SeedHistory, at: datetime, *, finishes: bool, lists: bool) -> EntryReport:
    return EntryReport(entry.show_pk, entry.pk, seed.video_id, seed.percent, seed.time, _iso(at), finishes, lists)


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def in_playing_order(seeds: Sequence[SeedHistory], entries: dict[str, EntryRow], now: datetime) -> list[SeedHistory]:
    """By the time they were played; what was played at once, in the watch order."""
    return sorted(seeds, key=lambda seed: (seed.played_date or now, entries[seed.entry].order or 0.0))


async def follow(connection: Connection, profile: int, touched: list[Touched]) -> set[int]:
    """Bring the watch list up to the plays in `touched`, which are in playing order; the shows that were being watched
    again."""
    if not touched:
        return set()
    shows = await lists.shows(connection, profile, {touch.entry.show_pk for touch in touched})
    following = await lists.next_stories(
        connection,
        {(touch.entry.show_pk, touch.entry.order) for touch in touched if touch.percent >= watchlist.FINISHED},
    )
    listings = {pk: known.listing for pk, known in shows.items()}
    for touch in touched:
        known = shows[touch.entry.show_pk]
        play = watchlist.PlayedEntry(
            touch.entry.pk,
            touch.percent,
            touch.at,
            following.get((touch.entry.show_pk, touch.entry.order)),
            known.seen,
        )
        listings[known.show.pk] = watchlist.after_play(listings[known.show.pk], known.show, play)
    await lists.save(connection, profile, [listing for listing in listings.values() if listing is not None])
    return {pk for pk, known in shows.items() if known.listing is not None and known.listing.status == "rewatching"}
