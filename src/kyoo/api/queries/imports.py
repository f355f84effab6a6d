"""The SQL of imports: what people brought, its titles, which shows and entries are meant."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

from kyoo.core.database.postgres import Connection, execute, fetch_all, fetch_one, fetch_value

_SHOWN = "id, source, name, state, rule, dry_run, taken, titles, plays, counts, changes, unmatched, reason, created_at"


async def add(
    connection: Connection, profile: int, source: str, name: str, *, state: str = "ready", dry_run: bool = True
) -> UUID:
    made: UUID = await fetch_value(
        connection,
        """
        insert into api.imports (profile_pk, source, name, state, dry_run)
        values (%(profile)s, %(source)s, %(name)s, %(state)s, %(dry)s) returning id
        """,
        {"profile": profile, "source": source, "name": name, "state": state, "dry": dry_run},
    )
    return made


async def forget(connection: Connection, profile: int, source: str) -> None:
    """What a source that is asked anew said before."""
    await execute(
        connection,
        "delete from api.imports where profile_pk = %(profile)s and source = %(source)s",
        {"profile": profile, "source": source},
    )


async def fill(connection: Connection, identifier: UUID, titles: Iterable[dict[str, Any]], plays: int) -> None:
    """Give an import its titles."""
    count = 0
    copy_to = 'copy api.import_titles (import_id, "position", title) from stdin'
    async with connection.cursor() as cursor, cursor.copy(copy_to) as copy:
        for title in titles:
            await copy.write_row((identifier, count, Jsonb(title)))
            count += 1
    await execute(
        connection,
        """
        update api.imports set titles = %(titles)s, plays = %(plays)s where id = %(id)s
        """,
        {"id": identifier, "titles": count, "plays": plays},
    )


async def count(connection: Connection, profile: int) -> int:
    found: int = await fetch_value(
        connection, "select count(*) from api.imports where profile_pk = %(profile)s", {"profile": profile}
    )
    return found


async def of(connection: Connection, user: UUID) -> list[DictRow]:
    """The newest first, without what they changed."""
    return await fetch_all(
        connection,
        """
        select import.id, source, name, state, rule, dry_run, taken, titles, plays, counts, '[]'::jsonb as changes,
            '[]'::jsonb as unmatched, reason, import.created_at
        from api.imports import join api.profiles profile on profile.pk = import.profile_pk
        where profile.id = %(user)s order by import.created_at desc, import.id
        """,
        {"user": user},
    )


async def find(connection: Connection, user: UUID, identifier: UUID) -> DictRow | None:
    return await fetch_one(
        connection,
        f"""
        select {_SHOWN} from api.imports
        where id = %(id)s and profile_pk = (select pk from api.profiles where id = %(user)s)
        """,
        {"id": identifier, "user": user},
    )


async def delete(connection: Connection, user: UUID, identifier: UUID) -> bool:
    return (
        await fetch_value(
            connection,
            """
        delete from api.imports
        where id = %(id)s and profile_pk = (select pk from api.profiles where id = %(user)s) returning true
        """,
            {"id": identifier, "user": user},
        )
        is True
    )


async def ask(
    connection: Connection, user: UUID, identifier: UUID, rule: str, *, dry_run: bool, limits: dict[str, Any]
) -> bool:
    """Have an import run; False when it is not there to run now."""
    return (
        await fetch_value(
            connection,
            """
        update api.imports set state = 'queued', rule = %(rule)s, dry_run = %(dry)s, limits = %(limits)s, reason = null
        where id = %(id)s and profile_pk = (select pk from api.profiles where id = %(user)s)
            and state in ('ready', 'done', 'failed')
        returning true
        """,
            {"id": identifier, "user": user, "rule": rule, "dry": dry_run, "limits": Jsonb(limits)},
        )
        is True
    )


async def begin(connection: Connection, identifier: UUID) -> DictRow | None:
    """Take an import to run; also one whose worker died."""
    return await fetch_one(
        connection,
        """
        update api.imports import set state = 'running' from api.profiles profile
        where import.id = %(id)s and state in ('queued', 'running') and profile.pk = import.profile_pk
        returning profile.id as user, rule, dry_run, limits, counts
        """,
        {"id": identifier},
    )


async def end(
    connection: Connection,
    identifier: UUID,
    *,
    counts: dict[str, int],
    changes: list[dict[str, Any]],
    unmatched: list[dict[str, Any]],
    reason: str | None,
    of_tracker: bool = False,
) -> None:
    """`reason`: why it failed."""
    table = "api.tracker_imports" if of_tracker else "api.imports"
    taken = ", taken = taken or (not dry_run and %(reason)s::text is null), looked_at = now()"
    await execute(
        connection,
        f"""
        update {table} set state = case when %(reason)s::text is null then 'done' else 'failed' end,
            counts = %(counts)s, changes = %(changes)s, unmatched = %(unmatched)s, reason = %(reason)s,
            ended_at = now(){"" if of_tracker else taken}
        where id = %(id)s
        """,
        {
            "id": identifier,
            "counts": Jsonb(counts),
            "changes": Jsonb(changes),
            "unmatched": Jsonb(unmatched),
            "reason": reason,
        },
    )


async def titles(connection: Connection, identifier: UUID, after: int, limit: int, *, absent: bool) -> list[DictRow]:
    """The next titles of an import; `absent`: only those that no show here was found for."""
    return await fetch_all(
        connection,
        """
        select "position", title from api.import_titles
        where import_id = %(id)s and "position" > %(after)s and (not %(absent)s or matched is false)
        order by "position" limit %(limit)s
        """,
        {"id": identifier, "after": after, "limit": limit, "absent": absent},
    )


async def matched(connection: Connection, identifier: UUID, there: Collection[int], absent: Collection[int]) -> None:
    await execute(
        connection,
        """
        update api.import_titles set matched = "position" = any (%(there)s)
        where import_id = %(id)s and "position" = any (%(all)s)
            and matched is distinct from ("position" = any (%(there)s))
        """,
        {"id": identifier, "there": list(there), "all": [*there, *absent]},
    )


async def to_look_again(connection: Connection, hours: int, limit: int) -> list[UUID]:
    """Imports that were taken, and have titles that the library lacked so many hours ago."""
    rows = await fetch_all(
        connection,
        """
        select id from api.imports import
        where taken and state = 'done' and not dry_run
            and looked_at < now() - make_interval(hours => %(hours)s)
            and exists (select from api.import_titles where import_id = import.id and matched is false)
        order by looked_at limit %(limit)s
        """,
        {"hours": hours, "limit": limit},
    )
    return [row["id"] for row in rows]


async def again(connection: Connection, identifier: UUID) -> DictRow | None:
    """Take one of those to look again, by the rule that loses nothing."""
    return await fetch_one(
        connection,
        """
        update api.imports import set looked_at = now() from api.profiles profile
        where import.id = %(id)s and taken and state = 'done' and not dry_run and profile.pk = import.profile_pk
        returning profile.id as user, 'merge' as rule, dry_run, limits, counts
        """,
        {"id": identifier},
    )


# Which shows and entries are meant.


async def visible(connection: Connection, shows: Collection[int]) -> set[int]:
    """Those of these shows that the reader of the connection may see."""
    rows = await fetch_all(connection, "select pk from api.shows where pk = any (%(shows)s)", {"shows": list(shows)})
    return {row["pk"] for row in rows}


async def kinds(connection: Connection, shows: Collection[int]) -> dict[int, tuple[str, bool]]:
    """Of each show its kind, and whether a film is among its entries."""
    rows = await fetch_all(
        connection,
        """
        select pk, kind, exists (select from api.entries where show_pk = show.pk and entries.kind = 'movie') as films
        from api.shows show where pk = any (%(shows)s)
        """,
        {"shows": list(shows)},
    )
    return {row["pk"]: (row["kind"], row["films"]) for row in rows}


async def by_slugs(connection: Connection, kinds: Sequence[str], slugs: Sequence[str]) -> dict[tuple[str, str], int]:
    rows = await fetch_all(
        connection,
        """
        select show.kind, show.slug, show.pk from api.shows show
        join unnest(%(kinds)s::text[], %(slugs)s::text[]) as given (kind, slug)
            on given.kind = show.kind and given.slug = show.slug
        """,
        {"kinds": list(kinds), "slugs": list(slugs)},
    )
    return {(row["kind"], row["slug"]): row["pk"] for row in rows}


async def by_files(connection: Connection, ends: Collection[str]) -> list[DictRow]:
    """Entries whose files have paths that end so (folder and name): `end`, `entry_pk`, `show_pk`."""
    return await fetch_all(
        connection,
        r"""
        select given.tail as end, entry.pk as entry_pk, entry.show_pk
        from api.videos video
        cross join lateral (select substring(video.path from '[^/\\]+[/\\][^/\\]+$') as tail) given
        join api.entry_videos link on link.video_pk = video.pk
        join api.entries entry on entry.pk = link.entry_pk and entry.kind <> 'extra'
        where given.tail = any (%(ends)s)
        """,
        {"ends": list(ends)},
    )


async def names(connection: Connection, kinds: Collection[str]) -> list[DictRow]:
    """Every name of every show of these kinds: `pk`, `kind`, `year`, `name`."""
    return await fetch_all(
        connection,
        """
        select show.pk, show.kind, extract(year from show.start_air)::integer as year, called.name
        from api.shows show
        join api.show_translations text on text.show_pk = show.pk
        cross join lateral unnest(array[text.name, text.latin_name] || text.aliases) as called (name)
        where show.kind = any (%(kinds)s) and called.name is not null
        """,
        {"kinds": list(kinds)},
    )


async def last_plays(connection: Connection, profile: int, shows: Collection[int]) -> dict[int, datetime]:
    """When each entry of shows was played last, to its end or not."""
    rows = await fetch_all(
        connection,
        """
        select play.entry_pk, max(play.played_date) as at
        from api.history play join api.entries entry on entry.pk = play.entry_pk
        where play.profile_pk = %(profile)s and entry.show_pk = any (%(shows)s)
        group by play.entry_pk
        """,
        {"profile": profile, "shows": list(shows)},
    )
    return {row["entry_pk"]: row["at"] for row in rows}
