"""What follows of a comparison with a tracker, written: plays and words here, orders there, what both agree on now."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from kyoo.api import facts, history, watchlist
from kyoo.api.models.profile import SeedHistory
from kyoo.api.queries.trackers import bases as bases_of
from kyoo.api.queries.trackers import facts as tracker_facts
from kyoo.api.queries.trackers import outbox as letters
from kyoo.api.queries.trackers import reading as queries
from kyoo.api.queries.trackers.accounts import Linked
from kyoo.api.queries.viewers import watchlist as lists
from kyoo.api.trackers import outbox
from kyoo.api.trackers.base import Remote, Tracker
from kyoo.api.trackers.merging import Entry, Plan, Play, Rule, Show, held
from kyoo.api.trackers.moments import moment
from kyoo.api.trackers.outbox import Finished, Outgoing
from kyoo.core.database.postgres import Connection


@dataclass(frozen=True, slots=True)
class AccountReading:
    """One reading: of whose account, by which rule, and whether anything is written here (not `dry`) or told there.
    `whole`: all is compared, not only what changed."""

    linked: Linked
    tracker: Tracker
    rule: Rule
    dry: bool
    whole: bool
    tells: bool


async def shows_of(
    connection: Connection, profile: int, pks: Collection[int], tracker: int | None = None
) -> dict[int, Show]:
    """How shows stand here, and what a tracker is still to be told of them."""
    known = await tracker_facts.shows(connection, profile, pks)
    entries = await queries.plays(connection, profile, pks)
    changed = await queries.listed_at(connection, profile, pks)
    waiting: dict[int, set[str]] = {}
    untold: set[int] = set()
    for row in await letters.waiting(connection, tracker, pks) if tracker is not None else ():
        waiting.setdefault(row["show_pk"], set()).add(row["what"])
        if row["what"] == "watched" and row["entry_pk"] is not None:
            untold.add(row["entry_pk"])
    return {
        pk: Show(
            pk,
            str(row["id"]),
            row["show"]["slug"],
            row["show"]["kind"],
            tuple(
                Entry(
                    one["pk"],
                    str(one["id"]),
                    one["slug"],
                    {"show": row["show"], "entry": one["entry"]},
                    tuple(Play(play["pk"], at) for play in one["plays"] if (at := moment(play["at"]))),
                    one["pk"] in untold,
                )
                for one in entries.get(pk, ())
            ),
            row["status"],
            row["score"],
            changed.get(pk),
            frozenset(waiting.get(pk, ())),
            bool(row["partly"]),
        )
        for pk, row in known.items()
    }


async def apply(
    connection: Connection, profile: int, reading: AccountReading, plans: Sequence[tuple[Show, Plan, Sequence[Remote]]]
) -> None:
    """Write here, and tell the other trackers of it; tell this one what it lacks."""
    outgoing = Outgoing(skip=frozenset({reading.linked.pk}), urgent=False)
    user, tracker = reading.linked.user, reading.linked.pk
    seeds = [
        SeedHistory(entry=entry.id, video_id=None, percent=100, time=0, played_date=at, external=True)
        for _, made, _ in plans
        for entry, at in made.add
    ]
    await history.record(connection, user, seeds, outgoing=outgoing)
    become = await lists.shows(connection, profile, {show.pk for show, made, _ in plans if made.add})
    for show, made, remotes in plans:
        if show.pk in become and made.status is None and _is_undone(reading, show, made, become[show.pk].listing):
            made.status = made.stands
        if made.obsolete and show.waiting & made.obsolete:
            await letters.withdraw(connection, tracker, show.pk, made.obsolete)
        if made.remove:
            await queries.forget_plays(connection, [play.pk for _, play in made.remove])
            known = await lists.show(connection, profile, show.pk)
            if known.listing is not None and show.kind == "serie":
                first = await queries.first_story(connection, show.pk)
                changed = watchlist.after_unmarks(known.listing, first=first, seen=known.seen)
                await lists.save(connection, profile, [changed])
        if made.unlist:
            await lists.remove(connection, profile, show.kind, show.pk)
            await outbox.removed(connection, profile, show.pk, str(show.status), outgoing)
        elif made.says:
            await say(connection, profile, show, made, remotes)
            scored = made.score is not None or made.unscore
            await outbox.worded(connection, profile, show.pk, outgoing, status=made.status is not None, score=scored)
        if reading.tells:
            await _tell_them(connection, profile, reading, show, made)
    await facts.listed(connection, user, profile, [show.pk for show, made, _ in plans if made.changes_us])
    await bases_of.keep(connection, tracker, {show.pk: made.bases for show, made, _ in plans if made.bases})


def _is_undone(reading: AccountReading, show: Show, made: Plan, listing: watchlist.Listed | None) -> bool:
    """Whether plays that were added made a show something else than it stands as. What a service does not tell apart
    of a serie, its plays do."""
    if made.stands is None or listing is None or listing.status == made.stands:
        return False
    before, after = (held(show, status, reading.tracker, seen=True) for status in (made.stands, listing.status))
    return show.kind == "movie" or before != after


async def say(connection: Connection, profile: int, show: Show, made: Plan, remotes: Sequence[Remote]) -> None:
    """Take over a status and a score, as if their owner had said them here."""
    known = await lists.show(connection, profile, show.pk)
    now = datetime.now(UTC)
    scores = made.score is not None or made.unscore
    if made.status is None:
        listing = watchlist.after_score(known.listing, known.show, made.score, now=now, seen=known.seen)
    else:
        started = min((at for one in remotes if (at := one.started_at) is not None), default=None)
        completed = max((at for one in remotes if (at := one.completed_at) is not None), default=None)
        word = watchlist.Word(made.status, scores, made.score, started, completed)
        listing = watchlist.after_word(known.listing, known.show, word, now=now, resume=known.resume, seen=known.seen)
    await lists.save(connection, profile, [listing])


async def _tell_them(connection: Connection, profile: int, reading: AccountReading, show: Show, made: Plan) -> None:
    """What the tracker lacks, for it alone."""
    outgoing = Outgoing(only=reading.linked.pk, urgent=False)
    finished = [Finished(entry.pk, show.pk, play.at, 100) for entry, play in made.tell_plays]
    finished.sort(key=lambda one: one.at)
    await outbox.watched(connection, profile, finished, outgoing)
    # Plays say that something is watched or completed, where there are plays.
    said = made.tell_status and not (finished and show.status in ("watching", "completed"))
    if said or made.tell_score:
        await outbox.worded(connection, profile, show.pk, outgoing, status=said, score=made.tell_score)
    if made.tell_removed:
        await outbox.removed(connection, profile, show.pk, "planned", outgoing)
    if made.unwatch:
        await outbox.unwatched(connection, profile, show.pk, made.unwatch, outgoing)
