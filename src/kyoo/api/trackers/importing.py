"""Reading a tracker: the first import under a rule, with a preview, and then only what changed there."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
import structlog
from psycopg_pool import PoolTimeout

from kyoo.api.queries import imports
from kyoo.api.queries.trackers import accounts
from kyoo.api.queries.trackers import bases as bases_of
from kyoo.api.queries.trackers import reading as queries
from kyoo.api.queries.trackers.accounts import Linked
from kyoo.api.queries.viewers import watchlist as lists
from kyoo.api.trackers.applying import AccountReading, apply, shows_of
from kyoo.api.trackers.base import Complete, LaterError, Remote, TrackerError, UnlinkedError, readable
from kyoo.api.trackers.coordinates import names_of
from kyoo.api.trackers.merging import Plan, Rule, Show, held, key_of, plan, without
from kyoo.api.trackers.moments import iso, moment, possible
from kyoo.api.trackers.sessions import Sessions
from kyoo.api.trackers.settings import TrackerSettings
from kyoo.core.database.postgres import Connection, Database
from kyoo.core.errors import KyooError

log = structlog.get_logger()

#: Titles that are compared and written at once, changes and unknown titles that a report shows.
CHUNK, SHOWN = 200, 100
#: Between two readings of a whole list that does not say what was removed from it.
SWEEP = timedelta(days=1)
#: Seconds that a request of an import may wait for its turn.
PATIENCE = 120.0


@dataclass(slots=True)
class ImportOutcome:
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


class Met:
    """What a reading told of, to see what it no longer tells of."""

    def __init__(self) -> None:
        self.shows: set[int] = set()
        self.with_status: set[str] = set()
        self.with_score: set[str] = set()
        self.complete = Complete()

    def add(self, key: str | None, remote: Remote) -> None:
        if key is not None and remote.status is not None:
            self.with_status.add(key)
        if key is not None and remote.score is not None:
            self.with_score.add(key)

    def lost(self, bases: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
        """Of the titles of a show, what they had and have no longer."""
        found: dict[str, dict[str, Any]] = {}
        for key, base in bases.items():
            if base.get("status") in self.complete.statuses and key not in self.with_status:
                found.setdefault(key, {})["status"] = base["status"]
            if base.get("score") is not None and self.complete.scores and key not in self.with_score:
                found.setdefault(key, {})["score"] = base["score"]
        return found


class Importing:
    def __init__(self, settings: TrackerSettings, database: Database, sessions: Sessions) -> None:
        self._settings, self._database, self._sessions = settings, database, sessions

    async def run(self, identifier: UUID) -> int | None:
        """Run an import; the account, whose outbox may have something now."""
        async with self._database.connection() as connection:
            found = await queries.begin_import(connection, identifier)
            linked = await accounts.linked(connection, found["tracker_pk"]) if found else None
        if found is None or linked is None:
            return None
        report, reason = ImportOutcome(), None
        try:
            await self._read(linked, report, found["rule"], dry=found["dry_run"], before={})
        except TrackerError as error:
            reason = error.message
        except (psycopg.Error, PoolTimeout):
            raise
        except KyooError as error:
            reason = error.message
        async with self._database.connection() as connection:
            await imports.end(
                connection,
                identifier,
                counts=report.counts,
                changes=report.changes,
                unmatched=report.unmatched,
                reason=reason,
                of_tracker=True,
            )
        return linked.pk

    async def look(self, pk: int, *, thorough: bool = False) -> None:
        """Read what changed at a tracker since it was read last, if anything did. `thorough`: all of it, where nothing
        else says what was removed."""
        async with self._database.connection() as connection:
            linked = await accounts.linked(connection, pk)
        if linked is None or linked.mode not in ("both", "in"):
            return
        interval = self._settings.tracker_interval
        try:
            await self.listen(linked, thorough=thorough)
        except TrackerError as error:
            async with self._database.connection() as connection:
                if error.code != "busy":
                    await accounts.went_wrong(connection, pk, error.code, error.message)
                wait = int(error.after or 0) if isinstance(error, LaterError) else 0
                await accounts.looked(connection, pk, None, max(interval, wait) if interval else 0)
            log.info("a tracker was not read", tracker=linked.service, reason=error.code)

    async def listen(self, linked: Linked, *, thorough: bool = False) -> None:
        """The same for an account that was read before. TrackerError."""
        await self._read(linked, ImportOutcome(), "merge", dry=False, before=linked.activities, thorough=thorough)

    async def _read(
        self,
        linked: Linked,
        report: ImportOutcome,
        rule: Rule,
        *,
        dry: bool,
        before: dict[str, Any],
        thorough: bool = False,
    ) -> None:
        opened = await self._sessions.open(linked, patience=PATIENCE, hurried=False)
        tracker, session = opened.tracker, opened.session
        said, whole = before.get("said") or {}, not before
        session.kept.update(before.get("kept") or {})
        begun = datetime.now(UTC)
        swept = moment(before.get("swept"))
        sweeps = tracker.sweeps and not whole and (thorough or swept is None or begun - swept > SWEEP)
        # Before what is read: what changes meanwhile is read again.
        async with self._database.connection() as connection:
            known = await bases_of.all_of(connection, linked.pk)
        with readable(tracker.title):
            now = await tracker.activities(session)
        if whole or sweeps or now != said:
            tells = linked.mode == "both" and not dry
            reading = AccountReading(linked, tracker, rule, dry, whole, tells)
            met = Met()
            async for chunk in _chunks(tracker.title, tracker.read(session, {} if sweeps else said, now), met):
                await self._chunk(reading, chunk, report, met)
            await self._miss(reading, report, met, known)
            if whole and tells and rule != "theirs":
                await self._tell_others(reading, met.shows)
        if not dry:
            swept = begun if whole or sweeps else swept
            kept = {"said": now, "kept": session.kept, "swept": iso(swept) if swept else None}
            async with self._database.connection() as connection:
                await accounts.looked(connection, linked.pk, kept, self._settings.tracker_interval)
                await accounts.went_well(connection, linked.pk)

    async def _chunk(self, reading: AccountReading, remotes: Sequence[Remote], report: ImportOutcome, met: Met) -> None:
        """Compare titles with ours, and write what follows, in one transaction."""
        tracker = reading.tracker
        async with self._database.transaction() as connection:
            profile = await _profile(connection, reading)
            pairs = await _matched(connection, remotes, tracker.providers)
            titles: dict[int, list[Remote]] = {}
            for position, pk in pairs:
                titles.setdefault(pk, []).append(remotes[position])
            shows = await shows_of(connection, profile, titles, reading.linked.pk)
            bases = await bases_of.of_shows(connection, reading.linked.pk, titles)
            found = {position for position, _ in pairs}
            for position, remote in enumerate(remotes):
                met.add(key_of(remote.ids, tracker.providers), remote)
                if position not in found:
                    report.unknown(remote)
            plans = []
            for pk, show in shows.items():
                made = plan(
                    show,
                    titles[pk],
                    reading.rule,
                    tracker=tracker,
                    bases=bases.get(pk, {}),
                    now=datetime.now(UTC),
                    scores=reading.linked.scores,
                    whole=reading.whole,
                    unwatch=reading.linked.unwatch,
                )
                tell(report, show, made)
                plans.append((show, made, titles[pk]))
            if not reading.dry:
                await apply(connection, profile, reading, plans)
            met.shows |= shows.keys()

    async def _miss(
        self,
        reading: AccountReading,
        report: ImportOutcome,
        met: Met,
        known: Mapping[int, Mapping[str, Mapping[str, Any]]],
    ) -> None:
        """What was agreed on before (`known`), and the reading told no more."""
        lost = {show: found for show, bases in known.items() if (found := met.lost(bases))}
        for start in range(0, len(lost), CHUNK):
            pks = list(lost)[start : start + CHUNK]
            async with self._database.transaction() as connection:
                profile = await _profile(connection, reading)
                shows = await shows_of(connection, profile, pks, reading.linked.pk)
                bases = await bases_of.of_shows(connection, reading.linked.pk, pks)
                plans: list[tuple[Show, Plan, Sequence[Remote]]] = []
                for pk, show in shows.items():
                    # What was told since the reading began is none of its matter.
                    gone = {
                        key: {
                            name: value
                            for name, value in had.items()
                            if bases.get(pk, {}).get(key, {}).get(name) == value
                        }
                        for key, had in lost[pk].items()
                    }
                    made = without(
                        show,
                        {key: had for key, had in gone.items() if had},
                        reading.rule,
                        tracker=reading.tracker,
                        bases=bases.get(pk, {}),
                        scores=reading.linked.scores,
                    )
                    tell(report, show, made)
                    plans.append((show, made, ()))
                if not reading.dry:
                    await apply(connection, profile, reading, plans)

    async def _tell_others(self, reading: AccountReading, met: Collection[int]) -> None:
        """What is here, and not there at all."""
        async with self._database.connection() as connection:
            profile = reading.linked.profile_pk
            others = [pk for pk in await queries.watched_shows(connection, profile) if pk not in met]
        for start in range(0, len(others), CHUNK):
            async with self._database.transaction() as connection:
                await _profile(connection, reading)
                plans: list[tuple[Show, Plan, Sequence[Remote]]] = []
                shows = await shows_of(connection, profile, others[start : start + CHUNK], reading.linked.pk)
                for show in shows.values():
                    made = Plan(
                        tell_plays=[(e, play) for e in show.entries for play in e.plays if not e.untold],
                        # Of what it cannot hold there is nothing to tell, and nothing there to take back.
                        tell_status=held(show, show.status, reading.tracker) is not None
                        and "status" not in show.waiting,
                        tell_score=show.score is not None and "score" not in show.waiting and reading.linked.scores,
                    )
                    plans.append((show, made, ()))
                await apply(connection, profile, reading, plans)


async def _profile(connection: Connection, reading: AccountReading) -> int:
    """The profile of the account's owner, if both are still there: nothing comes back by what was read of them."""
    if not await accounts.is_still(connection, reading.linked):
        raise UnlinkedError("unlinked", f"The link to {reading.tracker.title} was taken back")
    return await lists.lock_profile(connection, reading.linked.user)


def tell(report: ImportOutcome, show: Show, made: Plan) -> None:
    for entry, at in made.add:
        kind = str(entry.facts["entry"]["kind"])
        report.change("added", kind, entry.id, entry.slug, what="plays", before=None, after=iso(at))
    for entry, play in made.remove:
        kind = str(entry.facts["entry"]["kind"])
        report.change("removed", kind, entry.id, entry.slug, what="plays", before=iso(play.at), after=None)
    for name, before, after, lost in (
        ("status", show.status, made.status, made.unlist),
        ("score", show.score, made.score, made.unscore),
    ):
        if after is not None or lost:
            count = "removed" if lost else "added" if before is None else "changed"
            report.change(count, show.kind, show.id, show.slug, what=name, before=before, after=after)
    if not made.changes_us:
        report.counts["same"] += 1


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


def _possible(remote: Remote) -> Remote:
    """Without the dates that cannot be."""
    remote.updated_at, remote.started_at = possible(remote.updated_at), possible(remote.started_at)
    remote.completed_at = possible(remote.completed_at)
    for play in remote.plays:
        play.at = possible(play.at)
    return remote


async def _chunks(title: str, remotes: AsyncIterator[Remote | Complete], met: Met) -> AsyncIterator[list[Remote]]:
    while True:
        chunk: list[Remote] = []
        with readable(title):
            async for one in remotes:
                if isinstance(one, Complete):
                    scores = met.complete.scores or one.scores
                    met.complete = Complete(met.complete.statuses | one.statuses, scores)
                    continue
                chunk.append(_possible(one))
                if len(chunk) == CHUNK:
                    break
        if not chunk:
            return
        yield chunk
