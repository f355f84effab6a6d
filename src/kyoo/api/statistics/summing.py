"""Copies what players report into sums that stay, before the events are forgotten."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from uuid import UUID

from kyoo.api.queries import statistics as queries
from kyoo.api.queries.statistics import UnderWay
from kyoo.api.statistics.counting import LONGEST, Under, encoded, quarters, step
from kyoo.core import events
from kyoo.core.database.postgres import Connection, Database
from kyoo.core.events import Event

#: Who copies events here (core/events).
CONSUMER = "statistics"
TOPICS = ("watch", "streams")
PLAYS = frozenset({"started", "paused", "resumed", "stopped", "progress", "finished"})


async def add_up(database: Database) -> None:
    while True:
        async with database.transaction() as connection:
            found = await events.take(connection, CONSUMER, TOPICS)
            await _plays(connection, [event for event in found if event.topic == "watch" and event.type in PLAYS])
            for event in found:
                if event.topic == "streams":
                    await _stream(connection, event)
        if not found:
            break
    async with database.connection() as connection:
        await queries.forget(connection)


async def _plays(connection: Connection, found: list[Event]) -> None:
    told = [event for event in found if event.owner is not None and event.body["entry"] is not None]
    profiles, entries = await queries.keys(
        connection, {event.owner for event in told if event.owner}, {event.body["entry"]["id"] for event in told}
    )
    known = {
        (row.profile_pk, row.entry_pk): Under(row.position, row.paused, row.at)
        for row in await queries.under_way(connection, list(profiles.values()))
    }
    before = set(known)
    sums: dict[tuple[int, int, datetime], tuple[int, int]] = defaultdict(lambda: (0, 0))
    for event in told:
        profile, entry = profiles.get(event.owner) if event.owner else None, entries.get(event.body["entry"]["id"])
        if profile is None or entry is None:
            continue
        done = step(known.get((profile, entry)), event)
        for quarter, seconds in quarters(event.at - timedelta(seconds=done.seconds), event.at):
            had = sums[profile, entry, quarter]
            sums[profile, entry, quarter] = (had[0] + seconds, had[1])
        if done.finished:
            quarter = next(quarters(event.at, event.at + timedelta(seconds=1)))[0]
            had = sums[profile, entry, quarter]
            sums[profile, entry, quarter] = (had[0], had[1] + done.finished)
        if done.after is None:
            known.pop((profile, entry), None)
        else:
            known[profile, entry] = done.after
    if told:
        await queries.add_watched(connection, sums)
        kept = [UnderWay(*key, under.position, under.paused, under.at) for key, under in known.items()]
        await queries.keep_under_way(connection, kept, sorted(before - set(known)))


async def _stream(connection: Connection, event: Event) -> None:
    """Until now it was encoded for those who are known; from now on for those whom the event names."""
    stream = event.body["stream"]
    for row in await queries.take_encoding(connection, stream["sha"]):
        until = min(event.at, row["since"] + LONGEST)
        for quarter, seconds in quarters(row["since"], until):
            await queries.add_encoded(connection, row["profile_pk"], quarter, row["what"], seconds)
    if event.type == "ended":
        return
    players = encoded(stream)
    users = {UUID(user) for user, _ in players.values() if user is not None}
    profiles, _ = await queries.keys(connection, users, [])
    for client, (user, what) in players.items():
        profile = profiles.get(UUID(user)) if user is not None else None
        await queries.add_encoding(connection, stream["sha"], client, profile=profile, what=what, since=event.at)
