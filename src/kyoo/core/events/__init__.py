"""What happened: one table that is written in the transaction of the fact and kept for a day (docs/decisions/0024).

A writer calls `record`. A process that tells clients follows a `Feed`. A job that copies events into rows of its own
calls `take`. The table lives in the schema `events` of the database of the service."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

from kyoo.core.database.postgres import Connection, execute, fetch_all, fetch_value

#: How long events are kept. Who may be away for longer copies what it needs.
KEPT = timedelta(days=1)

_COLUMNS = "id, topic, type, body, owner, origin, at"


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that happened. `owner`: the user whose own it is; None for what concerns all who may read the topic.
    `replaces`: a later fact of the same value takes the place of this one. `origin`: the socket that caused it."""

    topic: str
    type: str
    body: dict[str, Any] = field(default_factory=dict)
    owner: UUID | None = None
    replaces: str | None = None
    origin: str | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """A fact that was committed. Ids are in the order of commit: whoever has read up to one has missed nothing."""

    id: int
    topic: str
    type: str
    body: dict[str, Any]
    owner: UUID | None
    origin: str | None
    at: datetime


async def record(connection: Connection, *facts: Fact) -> None:
    """Write down facts in the transaction that makes them true, anywhere in it. Outside of a transaction each call is
    one of its own."""
    if facts:
        await execute(
            connection,
            """
            select events.record(given.topic, given.type, given.owner, given.replaces, given.origin, given.body)
            from jsonb_to_recordset(%s) as given (
                topic text, type text, owner uuid, replaces text, origin text, body jsonb
            )
            """,
            [Jsonb([asdict(fact) for fact in facts], dumps=_dumps)],
        )


async def endings(connection: Connection, *, within: timedelta, most: int) -> list[UUID]:
    """The sessions and API keys that ended lately, at most so many, the newest last."""
    query = "select session from events.endings where at > now() - %s order by at desc limit %s"
    return [row["session"] for row in reversed(await fetch_all(connection, query, [within, most]))]


async def since(
    connection: Connection, after: int, topics: Collection[str] | None = None, *, limit: int = 1000
) -> list[Event]:
    """The events after the one with the id `after`, of all or of these topics, the oldest first."""
    of = "and topic = any(%(topics)s)" if topics is not None else ""
    query = f"select {_COLUMNS} from events.log where id > %(after)s {of} order by id limit %(limit)s"
    return _events(await fetch_all(connection, query, {"after": after, "topics": list(topics or ()), "limit": limit}))


async def newest(connection: Connection) -> int:
    """The id of the newest event, 0 when there was none."""
    # What was forgotten counts: else ids would begin again for those who ask.
    query = "select greatest((select max(id) from events.log), (select id from events.forgotten)) as id"
    return int(await fetch_value(connection, query))


async def has_all_since(connection: Connection, after: int) -> bool:
    """Whether everything after the event `after` is still there. Not so when `after` is older than what is kept, or is
    no id of this database."""
    return bool(
        await fetch_value(
            connection,
            """
            select %(after)s >= (select id from events.forgotten) and %(after)s <= greatest(
                (select max(id) from events.log), (select id from events.forgotten)
            )
            """,
            {"after": after},
        )
    )


async def begin(connection: Connection, consumer: str) -> None:
    """Have `consumer` take what happens from now on, unless it takes already."""
    query = "insert into events.consumers values (%s, %s) on conflict do nothing"
    await execute(connection, query, [consumer, await newest(connection)])


async def take(
    connection: Connection, consumer: str, topics: Collection[str] | None = None, *, limit: int = 1000
) -> list[Event]:
    """The next events for `consumer`, who copies what it needs of them in the same transaction of the caller's: they
    count as taken when that is committed. A consumer begins with what happens after its first call. It stands still
    while somebody else takes for the same consumer. None are left when none are given."""
    seen = await fetch_value(connection, "select seen from events.consumers where name = %s for update", [consumer])
    if seen is None:
        await begin(connection, consumer)
        return []
    wanted = None if topics is None else list(topics)
    while True:
        until = await fetch_value(
            connection,
            "select max(id) from (select id from events.log where id > %s order by id limit %s) as next",
            [seen, limit],
        )
        if until is None:
            return []
        await execute(connection, "update events.consumers set seen = %s where name = %s", [until, consumer])
        found = await fetch_all(
            connection,
            f"""
            select {_COLUMNS} from events.log
            where id > %(seen)s and id <= %(until)s and (%(topics)s::text[] is null or topic = any(%(topics)s))
            order by id
            """,
            {"seen": seen, "until": until, "topics": wanted},
        )
        if found:
            return _events(found)
        seen = until


async def forget(connection: Connection, *, older_than: timedelta = KEPT) -> int:
    """Delete what is older; how many."""
    return int(
        await fetch_value(
            connection,
            """
            with gone as (delete from events.log where at < now() - %(age)s returning id),
            noted as (
                update events.forgotten set id = greatest(forgotten.id, gone.last)
                from (select max(id) as last from gone) gone where gone.last is not null
            ),
            endings as (delete from events.endings where at < now() - %(age)s)
            select count(*) from gone
            """,
            {"age": older_than},
        )
    )


def _events(rows: list[DictRow]) -> list[Event]:
    return [Event(**row) for row in rows]


def _dumps(value: Any) -> str:
    return json.dumps(value, default=str)
