"""Reading a tracker: the first import under a rule, with a preview, and then only what changed there."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import psycopg
import structlog
from psycopg_pool import PoolTimeout

from kyoo.api import facts, history, watchlist
from kyoo.api.models.profile import SeedHistory
from kyoo.api.queries import tracker_facts, trackers
from kyoo.api.queries import tracker_reading as queries
from kyoo.api.queries import watchlist as lists
from kyoo.api.queries.trackers import Linked
from kyoo.api.trackers import outbox
from kyoo.api.trackers.base import LaterError, Remote, Tracker, TrackerError, readable
from kyoo.api.trackers.coordinates import names_of
from kyoo.api.trackers.merging import Entry, Plan, Play, Rule, Show, base_of, means, plan
from kyoo.api.trackers.moments import iso, moment
from kyoo.api.trackers.outbox import Finished, Outgoing
from kyoo.api.trackers.sessions import Sessions
from kyoo.api.trackers.settings import TrackerSettings
from kyoo.core.errors import KyooError
from kyoo.core.postgres import Connection, Database

log = structlog.get_logger()

#: Titles that are compared and written at once, changes and unknown titles that a report shows.
CHUNK, SHOWN = 200, 100
#: Seconds that a request of an import may wait for its turn.
PATIENCE = 120.0


@dataclass(slots=True)
class Report:
    """What an import did, or would do."""

    counts: dict[str, int] = field(
        default_factory=lambda: {"added": 0, "changed": 0, "removed": 0, "same": 0, "unmatched": 0}
    )
    changes: list[dict[str, Any]] = field(default_factory=list)
    unmatched: list[dict[str, Any]] = field(default_factory=list)

    def change(self, count: str, kind: str, identifier: str, slug: str, *, what: str, before: Any, after: Any) -> None:
        self.counts[count] += 1
        if len(self.changes) < SHOWN:
            one = {"kind": kind, "id": identifier, "slug": slug, "field": what, "before": before, "after": after}
            self.changes.append(one)

    def unknown(self, remote: Remote) -> None:
        self.counts["unmatched"] += 1
        if len(self.unmatched) < SHOWN:
            self.unmatched.append({"title": remote.title, "year": remote.year, "ids": remote.ids})


@dataclass(frozen=True, slots=True)
class Reading:
    """One run: of whose account, by which rule, and whether anything is written."""

    linked: Linked
    tracker: Tracker
    rule: Rule
    dry: bool
    whole: bool
    tells: bool


class Importing:
    def __init__(self, settings: TrackerSettings, database: Database, sessions: Sessions) -> None:
        self._settings, self._database, self._sessions = settings, database, sessions

    async def run(self, identifier: UUID) -> int | None:
        """Run an import; the account, whose outbox may have something now."""
        async with self._database.connection() as connection:
            found = await queries.begin_import(connection, identifier)
            linked = await trackers.linked(connection, found["tracker_pk"]) if found else None
        if found is None or linked is None:
            return None
        report, reason = Report(), None
        try:
            await self._read(linked, report, found["rule"], dry=found["dry_run"], before={})
        except TrackerError as error:
            reason = error.message
        except (psycopg.Error, PoolTimeout):
            raise
        except KyooError as error:
            reason = error.message
        async with self._database.connection() as connection:
            await queries.end_import(
                connection,
                identifier,
                counts=report.counts,
                changes=report.changes,
                unmatched=report.unmatched,
                reason=reason,
            )
        return linked.pk

    async def look(self, pk: int) -> None:
        """Read what changed at a tracker since it was read last, if anything did."""
        async with self._database.connection() as connection:
            linked = await trackers.linked(connection, pk)
        if linked is None or linked.mode not in ("both", "in"):
            return
        interval = self._settings.tracker_interval
        try:
            await self._read(linked, Report(), "merge", dry=False, before=linked.activities)
        except TrackerError as error:
            async with self._database.connection() as connection:
                if error.code != "busy":
                    await trackers.went_wrong(connection, pk, error.code, error.message)
                wait = int(error.after or 0) if isinstance(error, LaterError) else 0
                await trackers.looked(connection, pk, None, max(interval, wait) if interval else 0)
            log.info("a tracker was not read", tracker=linked.service, reason=error.code)

    async def _read(self, linked: Linked, report: Report, rule: Rule, *, dry: bool, before: dict[str, Any]) -> None:
        opened = await self._sessions.open(linked, patience=PATIENCE, hurried=False)
        tracker, session = opened.tracker, opened.session
        # Before what is read: what changes meanwhile is read again.
        with readable(tracker.title):
            now = await tracker.activities(session)
        if not before or now != before:
            tells = linked.mode == "both" and not before and not dry
            reading = Reading(linked, tracker, rule, dry, whole=not before, tells=tells)
            met: set[int] = set()
            async for chunk in _chunks(tracker.title, tracker.read(session, before, now)):
                met |= await self._chunk(reading, chunk, report)
            if reading.tells and rule != "theirs":
                await self._tell_others(reading, met)
        if not dry:
            async with self._database.connection() as connection:
                await trackers.looked(connection, linked.pk, now, self._settings.tracker_interval)
                await trackers.went_well(connection, linked.pk)

    async def _chunk(self, reading: Reading, remotes: Sequence[Remote], report: Report) -> set[int]:
        """Compare titles with ours, and write what follows, in one transaction; the shows that were met."""
        async with self._database.transaction() as connection:
            profile = await lists.lock_profile(connection, reading.linked.user)
            pairs = await _matched(connection, remotes, reading.tracker.providers)
            known = await shows(connection, profile, {show for _, show in pairs})
            pairs = [(position, pk) for position, pk in pairs if pk in known and means(remotes[position], known[pk])]
            bases = await queries.bases(connection, reading.linked.pk, known)
            met = {position for position, _ in pairs}
            for position, remote in enumerate(remotes):
                if position not in met:
                    report.unknown(remote)
            outgoing = Outgoing(skip=frozenset({reading.linked.pk}), urgent=False)
            plans = []
            for position, pk in pairs:
                remote, show = remotes[position], known[pk]
                made = plan(
                    show,
                    remote,
                    reading.rule,
                    providers=reading.tracker.providers,
                    dated=reading.tracker.dated,
                    base=bases.get(pk, {}).get(_key(remote)),
                    now=datetime.now(UTC),
                    scores=reading.linked.scores,
                    whole=reading.whole,
                )
                tell(report, show, made)
                plans.append((show, remote, made))
            if not reading.dry:
                await _apply(connection, profile, reading, plans, outgoing)
            return {show.pk for show, _, _ in plans}

    async def _tell_others(self, reading: Reading, met: Collection[int]) -> None:
        """What is here, and not there at all."""
        async with self._database.connection() as connection:
            profile = reading.linked.profile_pk
            others = [pk for pk in await queries.watched_shows(connection, profile) if pk not in met]
        for start in range(0, len(others), CHUNK):
            async with self._database.transaction() as connection:
                await lists.lock_profile(connection, reading.linked.user)
                known = await shows(connection, profile, others[start : start + CHUNK])
                for show in known.values():
                    made = Plan(
                        tell_plays=[(entry, play) for entry in show.entries for play in entry.plays],
                        tell_status=show.status is not None,
                        tell_score=show.score is not None and reading.linked.scores,
                    )
                    await _tell_them(connection, profile, reading, show, made)


async def _apply(
    connection: Connection,
    profile: int,
    reading: Reading,
    plans: Sequence[tuple[Show, Remote, Plan]],
    outgoing: Outgoing,
) -> None:
    user = reading.linked.user
    seeds = [
        SeedHistory(entry=entry.id, video_id=None, percent=100, time=0, played_date=at, external=True)
        for _, _, made in plans
        for entry, at in made.add
    ]
    await history.record(connection, user, seeds, outgoing=outgoing)
    for show, remote, made in plans:
        if made.remove:
            await queries.forget_plays(connection, [play.pk for _, play in made.remove])
            known = await lists.show(connection, profile, show.pk)
            if known.listing is not None and show.kind == "serie":
                first = await queries.first_story(connection, show.pk)
                changed = watchlist.after_unmarks(known.listing, first=first, seen=known.seen)
                await lists.save(connection, profile, [changed])
        if made.status is not None or made.score is not None:
            await say(connection, profile, show, remote, made)
            await outbox.worded(
                connection, profile, show.pk, outgoing, status=made.status is not None, score=made.score is not None
            )
        if made.changes_us:
            await facts.listed(connection, user, profile, [show.pk])
        await queries.keep_base(connection, reading.linked.pk, show.pk, {_key(remote): base_of(remote)})
        if reading.tells:
            await _tell_them(connection, profile, reading, show, made)


async def say(connection: Connection, profile: int, show: Show, remote: Remote, made: Plan) -> None:
    """Take over a status and a score, as if their owner had said them here."""
    known = await lists.show(connection, profile, show.pk)
    now = datetime.now(UTC)
    if made.status is None:
        listing = watchlist.after_score(known.listing, known.show, made.score, now=now, seen=known.seen)
    else:
        word = watchlist.Word(made.status, made.score is not None, made.score, remote.started_at, remote.completed_at)
        listing = watchlist.after_word(known.listing, known.show, word, now=now, resume=known.resume, seen=known.seen)
    await lists.save(connection, profile, [listing])


async def _tell_them(connection: Connection, profile: int, reading: Reading, show: Show, made: Plan) -> None:
    """What the tracker lacks, for it alone."""
    outgoing = Outgoing(only=reading.linked.pk, urgent=False)
    finished = [Finished(entry.pk, show.pk, play.at, 100) for entry, play in made.tell_plays]
    await outbox.watched(connection, profile, finished, outgoing)
    # Plays say that something is watched or completed, where there are plays.
    said = made.tell_status and not (finished and show.status in ("watching", "completed"))
    if said or made.tell_score:
        await outbox.worded(connection, profile, show.pk, outgoing, status=said, score=made.tell_score)


def tell(report: Report, show: Show, made: Plan) -> None:
    for entry, at in made.add:
        kind = str(entry.facts["entry"]["kind"])
        report.change("added", kind, entry.id, entry.slug, what="plays", before=None, after=iso(at))
    for entry, play in made.remove:
        kind = str(entry.facts["entry"]["kind"])
        report.change("removed", kind, entry.id, entry.slug, what="plays", before=iso(play.at), after=None)
    for name, before, after in (("status", show.status, made.status), ("score", show.score, made.score)):
        if after is not None:
            count = "added" if before is None else "changed"
            report.change(count, show.kind, show.id, show.slug, what=name, before=before, after=after)
    if not made.changes_us:
        report.counts["same"] += 1


def _key(remote: Remote) -> str:
    return " ".join(f"{name}:{value}" for name, value in sorted(remote.ids.items()))


async def _matched(
    connection: Connection, remotes: Sequence[Remote], providers: Collection[str]
) -> list[tuple[int, int]]:
    """Pairs (position, show), each once."""
    given = [
        (position, name, identifier)
        for position, remote in enumerate(remotes)
        for provider, identifier in remote.ids.items()
        if provider in providers
        for name in names_of(provider)
    ]
    if not given:
        return []
    positions, names, ids = zip(*given, strict=True)
    return sorted(set(await queries.shows_by_ids(connection, positions, names, ids)))


async def shows(connection: Connection, profile: int, pks: Collection[int]) -> dict[int, Show]:
    known = await tracker_facts.shows(connection, profile, pks)
    entries = await queries.plays(connection, profile, pks)
    changed = await queries.listed_at(connection, profile, pks)
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
                )
                for one in entries.get(pk, ())
            ),
            row["status"],
            row["score"],
            changed.get(pk),
        )
        for pk, row in known.items()
    }


async def _chunks(title: str, remotes: AsyncIterator[Remote]) -> AsyncIterator[list[Remote]]:
    while True:
        chunk: list[Remote] = []
        with readable(title):
            async for remote in remotes:
                chunk.append(remote)
                if len(chunk) == CHUNK:
                    break
        if not chunk:
            return
        yield chunk
