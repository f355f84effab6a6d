"""Taking an import: its titles are compared with the library, and what follows by the rule is written, or only told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import psycopg
import structlog
from psycopg_pool import PoolTimeout

from kyoo.api import facts, history, watchlist
from kyoo.api.imports.comparing import Change, compare
from kyoo.api.imports.matching import Finder
from kyoo.api.imports.titles import Title, read_back
from kyoo.api.limits import Limits, within
from kyoo.api.models.profile import SeedHistory
from kyoo.api.queries import imports as queries
from kyoo.api.queries.trackers import reading
from kyoo.api.queries.viewers import watchlist as lists
from kyoo.api.trackers.applying import say, shows_of
from kyoo.api.trackers.base import Remote
from kyoo.api.trackers.importing import ImportOutcome, tell
from kyoo.api.trackers.merging import Rule
from kyoo.api.trackers.outbox import Outgoing
from kyoo.core.database.postgres import Connection, Database
from kyoo.core.errors import KyooError

log = structlog.get_logger()

#: Titles that are compared and written at once, in one transaction, and plays of them after which it is enough.
CHUNK, PLAYS = 200, 2000
#: What is taken in is told to no tracker: who kept lists there may have brought just these.
NOBODY = 0


class Taking:
    """`database` as nobody limits it, `seen` as the limits of a reader have it."""

    def __init__(self, database: Database, seen: Database) -> None:
        self._database, self._seen = database, seen

    async def run(self, identifier: UUID) -> None:
        """Run what was asked for."""
        async with self._database.connection() as connection:
            asked = await queries.begin(connection, identifier)
        if asked is not None:
            await self._run(identifier, asked, absent=False)

    async def look_again(self, identifier: UUID) -> None:
        """Take what the library lacked when an import was taken, and has now."""
        async with self._database.connection() as connection:
            asked = await queries.again(connection, identifier)
        if asked is not None:
            await self._run(identifier, asked, absent=True)

    async def _run(self, identifier: UUID, asked: dict[str, Any], *, absent: bool) -> None:
        report, reason = ImportOutcome(), None
        limits = Limits(
            tuple(asked["limits"]["libraries"]) if asked["limits"].get("libraries") is not None else None,
            asked["limits"].get("max_age"),
        )
        finder, after = Finder(), -1
        try:
            while True:
                async with self._database.connection() as connection:
                    rows = await queries.titles(connection, identifier, after, CHUNK, absent=absent)
                if not rows:
                    break
                kept = [(row["position"], read_back(row["title"])) for row in rows]
                plays = 0
                for count, (_, title) in enumerate(kept):
                    plays += len(title.plays)
                    if plays > PLAYS and count:
                        kept = kept[:count]
                        break
                after = kept[-1][0]
                await self._chunk(identifier, asked, kept, report, finder=finder, limits=limits)
        except (psycopg.OperationalError, PoolTimeout):
            raise
        except KyooError as error:
            reason = error.message
        if absent:
            if reason is not None:
                log.info("an import was not looked at again", reason=reason)
                return
            for name in ("added", "changed", "removed", "same"):
                report.counts[name] += int(asked["counts"].get(name, 0))
        async with self._database.connection() as connection:
            await queries.end(
                connection,
                identifier,
                counts=report.counts,
                changes=report.changes,
                unmatched=report.unmatched,
                reason=reason,
            )

    async def _chunk(
        self,
        identifier: UUID,
        asked: dict[str, Any],
        kept: Sequence[tuple[int, Title]],
        report: ImportOutcome,
        *,
        finder: Finder,
        limits: Limits,
    ) -> None:
        titles = [title for _, title in kept]
        with within(limits):
            async with self._seen.connection() as connection:
                pairs = await finder.find(connection, titles)
        met = {position for position, _, _ in pairs}
        rule: Rule = asked["rule"]
        async with self._database.transaction() as connection:
            profile = await lists.lock_profile(connection, asked["user"])
            pks = {show for _, show, _ in pairs}
            known = await shows_of(connection, profile, pks)
            last = await queries.last_plays(connection, profile, pks)
            for position, title in enumerate(titles):
                if position not in met:
                    report.unknown(Remote(title.kind, title.ids, title.title, title.year))
            changes = []
            now = datetime.now(UTC)
            for _, show, match in pairs:
                if show in known:
                    change = compare(known[show], match, rule, last, now)
                    _told(report, change)
                    changes.append(change)
            if not asked["dry_run"]:
                await _apply(connection, asked["user"], profile, [change for change in changes if change.any])
                await queries.matched(
                    connection,
                    identifier,
                    [kept[position][0] for position in met],
                    [place for position, (place, _) in enumerate(kept) if position not in met],
                )


def _told(report: ImportOutcome, change: Change) -> None:
    for entry, play in change.begun:
        kind = str(entry.facts["entry"]["kind"])
        after = f"{play.percent} %"
        report.change("added", kind, entry.id, entry.slug, what="progress", before=None, after=after)
    same = report.counts["same"]
    tell(report, change.show, change.plan)
    if change.begun:
        report.counts["same"] = same


async def _apply(connection: Connection, user: UUID, profile: int, changes: Sequence[Change]) -> None:
    outgoing = Outgoing(only=NOBODY, urgent=False)
    seeds = []
    for change in changes:
        if change.plan.remove:
            await reading.forget_plays(connection, [play.pk for _, play in change.plan.remove])
        for entry, at in change.plan.add:
            external = (entry.pk, at) not in change.plan.watched
            seeds.append(
                SeedHistory(entry=entry.id, video_id=None, percent=100, time=0, played_date=at, external=external)
            )
        for entry, play in change.begun:
            seeds.append(
                SeedHistory(entry=entry.id, video_id=None, percent=play.percent, time=play.seconds, played_date=play.at)
            )
    await history.record(connection, user, seeds, outgoing=outgoing)
    for change in changes:
        show, made = change.show, change.plan
        if made.remove:
            known = await lists.show(connection, profile, show.pk)
            if known.listing is not None and show.kind == "serie":
                first = await reading.first_story(connection, show.pk)
                await lists.save(
                    connection, profile, [watchlist.after_unmarks(known.listing, first=first, seen=known.seen)]
                )
        if made.status is not None or made.score is not None:
            title = change.title
            said = Remote(title.kind, title.ids, started_at=title.started_at, completed_at=title.completed_at)
            await say(connection, profile, show, made, [said])
        if made.changes_us:
            await facts.listed(connection, user, profile, [show.pk])
