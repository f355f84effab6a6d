"""The SQL of webhooks that administrators and users set up. What each is told is in deliveries.py."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg.rows import DictRow

from kyoo.core.database.postgres import Connection, execute, fetch_all, fetch_one, fetch_value


@dataclass(frozen=True, slots=True)
class Hook:
    """A row of `api.webhooks`. `owner`: the user who is told of what they do; None: one of the administrators', which
    is told of everybody."""

    pk: int
    id: UUID
    owner: UUID | None
    name: str
    form: str
    events: list[str]
    private: bool
    enabled: bool
    origin: str
    secrets: bytes
    after: int
    failures: int
    failing_since: datetime | None
    reason: str | None
    created_at: datetime


_COLUMNS = """pk, id, (select id from api.profiles where pk = profile_pk) as owner, name, form,
    events || own_events as events, private, enabled, origin, secrets, after, failures, failing_since, reason,
    created_at"""
#: The webhooks of one owner.
_OF = """case when %(owner)s::uuid is null then profile_pk is null
    else profile_pk = (select pk from api.profiles where id = %(owner)s::uuid) end"""


async def count(connection: Connection, owner: UUID | None) -> int:
    return int(await fetch_value(connection, f"select count(*) from api.webhooks where {_OF}", {"owner": owner}))


async def any_enabled(connection: Connection) -> bool:
    return bool(await fetch_value(connection, "select exists (select from api.webhooks where enabled)"))


async def telling(connection: Connection, users: Collection[UUID]) -> list[Hook]:
    """Those that are on and that may be told of what these users did."""
    query = f"""
        select {_COLUMNS} from api.webhooks where enabled and (
            profile_pk is null or profile_pk in (select pk from api.profiles where id = any(%s))
        ) order by pk
    """
    return _hooks(await fetch_all(connection, query, [list(users)]))


async def every(connection: Connection, owner: UUID | None) -> list[Hook]:
    query = f"select {_COLUMNS} from api.webhooks where {_OF} order by name, pk"
    return _hooks(await fetch_all(connection, query, {"owner": owner}))


async def find(connection: Connection, identifier: UUID, owner: UUID | None) -> Hook | None:
    query = f"select {_COLUMNS} from api.webhooks where id = %(id)s and {_OF}"
    row = await fetch_one(connection, query, {"id": identifier, "owner": owner})
    return Hook(**row) if row else None


async def by_pk(connection: Connection, pk: int) -> Hook | None:
    row = await fetch_one(connection, f"select {_COLUMNS} from api.webhooks where pk = %s", [pk])
    return Hook(**row) if row else None


def _hooks(rows: Iterable[DictRow]) -> list[Hook]:
    return [Hook(**row) for row in rows]


async def add(
    connection: Connection,
    identifier: UUID,
    *,
    profile: int | None,
    name: str,
    form: str,
    events: Sequence[str],
    private: bool,
    enabled: bool,
    origin: str,
    secrets: bytes,
    after: int,
) -> Hook:
    row = await fetch_one(
        connection,
        f"""
        insert into api.webhooks (
            id, profile_pk, name, form, events, own_events, private, enabled, origin, secrets, after
        ) values (
            %(id)s, %(profile)s, %(name)s, %(form)s,
            case when %(profile)s::bigint is null then %(events)s::text[] else '{{}}' end,
            case when %(profile)s::bigint is null then '{{}}' else %(events)s::text[] end,
            %(private)s, %(enabled)s, %(origin)s, %(secrets)s, %(after)s
        ) returning {_COLUMNS}
        """,
        {
            "id": identifier,
            "profile": profile,
            "name": name,
            "form": form,
            "events": list(events),
            "private": private,
            "enabled": enabled,
            "origin": origin,
            "secrets": secrets,
            "after": after,
        },
    )
    assert row is not None
    return Hook(**row)


async def change(
    connection: Connection,
    pk: int,
    *,
    after: int,
    name: str | None = None,
    events: Sequence[str] | None = None,
    private: bool | None = None,
    enabled: bool | None = None,
    origin: str | None = None,
    secrets: bytes | None = None,
) -> Hook | None:
    """Write what is given, None: as it was. What was wrong before is forgotten: with what is new it may go well. One
    that is switched on is told of what happens from now on."""
    row = await fetch_one(
        connection,
        f"""
        update api.webhooks set name = coalesce(%(name)s, name),
            events = case when profile_pk is null then coalesce(%(events)s, events) else events end,
            own_events = case when profile_pk is null then own_events else coalesce(%(events)s, own_events) end,
            private = coalesce(%(private)s, private), origin = coalesce(%(origin)s, origin),
            secrets = coalesce(%(secrets)s, secrets),
            after = case when not enabled then %(after)s else after end,
            enabled = coalesce(%(enabled)s, enabled),
            failures = 0, failing_since = null, paused_until = '-infinity', reason = null
        where pk = %(pk)s
        returning {_COLUMNS}
        """,
        {
            "pk": pk,
            "after": after,
            "name": name,
            "events": events,
            "private": private,
            "enabled": enabled,
            "origin": origin,
            "secrets": secrets,
        },
    )
    return Hook(**row) if row else None


async def remove(connection: Connection, pk: int) -> bool:
    return bool(await execute(connection, "delete from api.webhooks where pk = %s", [pk]))
