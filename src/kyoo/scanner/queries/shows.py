"""The shows of the library, and the names they go by."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

from kyoo.core.database.postgres import Connection, execute, fetch_all, fetch_one, fetch_value

#: Held while shows are looked up and made, so that two writers never make one show twice.
SHOWS_LOCK = 5_190_524


async def lock(connection: Connection) -> None:
    """Wait for other writers of shows; released at the end of the transaction."""
    await connection.execute("select pg_advisory_xact_lock(%s)", [SHOWS_LOCK])


async def candidates(
    connection: Connection, title_keys: list[str], external_ids: list[dict[str, str]]
) -> list[DictRow]:
    """The shows with one of these names or ids; each with `names`: [[title key, year], …]."""
    return await fetch_all(
        connection,
        """
        with wanted as (
            select show_id as id from scanner.show_titles where title_key = any(%s)
            union
            select s.id from jsonb_array_elements(%s) as e(ids), jsonb_each(e.ids) as pair(provider, value)
            join scanner.shows s on s.external_ids @> jsonb_build_object(pair.provider, pair.value)
        )
        select s.*, coalesce((
            select jsonb_agg(jsonb_build_array(t.title_key, t.year)) from scanner.show_titles t where t.show_id = s.id
        ), '[]') as names
        from wanted join scanner.shows s using (id)
        order by s.id
        """,
        [title_keys, Jsonb(external_ids)],
    )


async def matched(connection: Connection, external_ids: list[dict[str, str]]) -> list[DictRow]:
    """The shows that have one of these ids, or were surely found to; `external_ids` are all that they have."""
    return await fetch_all(
        connection,
        """
        with pairs as (
            select jsonb_build_object(pair.provider, pair.value) as ids
            from jsonb_array_elements(%s) as e(ids), jsonb_each(e.ids) as pair(provider, value)
        ), wanted as (
            select s.id from pairs join scanner.shows s on s.external_ids @> pairs.ids
            union
            select m.show_id from pairs join scanner.matches m on m.ids @> pairs.ids where m.state <> 'unsure'
        )
        select s.*, coalesce(m.ids, '{}') || s.external_ids as external_ids
        from wanted join scanner.shows s using (id)
        left join scanner.matches m on m.show_id = s.id and m.state <> 'unsure'
        order by s.id
        """,
        [Jsonb(external_ids)],
    )


async def insert(connection: Connection, kind: str, title: str, year: int | None, external_ids: dict[str, str]) -> int:
    return int(
        await fetch_value(
            connection,
            "insert into scanner.shows (kind, title, year, external_ids) values (%s, %s, %s, %s) returning id",
            [kind, title, year, Jsonb(external_ids)],
        )
    )


async def update(connection: Connection, show_id: int, year: int | None, external_ids: dict[str, str]) -> None:
    await execute(
        connection,
        "update scanner.shows set year = %s, external_ids = %s where id = %s",
        [year, Jsonb(external_ids), show_id],
    )


async def add_names(connection: Connection, names: Sequence[tuple[str, str, int | None, int]]) -> None:
    """(kind, title key, year, show id); a name that is taken stays with its show."""
    await execute(
        connection,
        """
        insert into scanner.show_titles (kind, title_key, year, show_id)
        select * from unnest(%s::text[], %s::text[], %s::integer[], %s::bigint[])
        on conflict do nothing
        """,
        [list(column) for column in zip(*names, strict=True)],
    )


async def by_id(connection: Connection, show_id: int) -> DictRow | None:
    return await fetch_one(connection, "select * from scanner.shows where id = %s", [show_id])


async def by_slug(connection: Connection, kind: str, slug: str) -> DictRow | None:
    return await fetch_one(connection, "select * from scanner.shows where kind = %s and slug = %s", [kind, slug])


async def titled(connection: Connection, kind: str, title: str) -> list[DictRow]:
    """The shows of this title that the api has, whatever their files are called."""
    return await fetch_all(
        connection,
        """
        select * from scanner.shows
        where kind = %s and lower(title) = lower(%s) and api_id is not null order by id
        """,
        [kind, title],
    )


async def title_keys(connection: Connection, show_id: int) -> list[str]:
    rows = await fetch_all(
        connection, "select distinct title_key from scanner.show_titles where show_id = %s", [show_id]
    )
    return [row["title_key"] for row in rows]


async def set_seeded(
    connection: Connection, show_id: int, *, kind: str, slug: str, api_id: str, air: date | None, written: str | None
) -> None:
    """The api has it now, as `written` says. A show that had this slug before (deleted there meanwhile) loses it."""
    await execute(
        connection,
        "update scanner.shows set slug = null, api_id = null where kind = %s and slug = %s and id <> %s",
        [kind, slug, show_id],
    )
    await execute(
        connection,
        """
        update scanner.shows set slug = %(slug)s, api_id = %(id)s, seeded_air = %(air)s, written = %(written)s
        where id = %(show)s and (slug, api_id, seeded_air, written)
              is distinct from (%(slug)s, %(id)s::uuid, %(air)s::date, %(written)s)
        """,
        {"slug": slug, "id": api_id, "air": air, "written": written, "show": show_id},
    )


async def set_translated(connection: Connection, show_id: int, translated: dict[str, tuple[int, int]]) -> None:
    """The files of these numbers stand where they count."""
    await execute(
        connection,
        "update scanner.shows set translated = %(now)s where id = %(show)s and translated <> %(now)s",
        {"show": show_id, "now": Jsonb(translated)},
    )


async def reserve_slug(connection: Connection, show_id: int, kind: str, slug: str) -> bool:
    """Keep a slug for this show; False when another show of the scanner has it."""
    await lock(connection)
    return bool(
        await execute(
            connection,
            """
            update scanner.shows set slug = %(slug)s
            where id = %(show)s
              and not exists (select from scanner.shows where kind = %(kind)s and slug = %(slug)s and id <> %(show)s)
            """,
            {"show": show_id, "kind": kind, "slug": slug},
        )
    )


async def take_over(connection: Connection, source_id: int, target_id: int, *, replaced: str | None) -> None:
    """`target` takes the place of `source`: its names (a film's are none of a serie), its files, and what the api calls
    it (`replaced`: `kind:slug`) once `target` is seeded."""
    await execute(
        connection,
        """
        update scanner.show_titles t set show_id = target.id from scanner.shows target
        where t.show_id = %s and target.id = %s and t.kind = target.kind
        """,
        [source_id, target_id],
    )
    await execute(connection, "delete from scanner.show_titles where show_id = %s", [source_id])
    await execute(
        connection,
        """
        update scanner.files set show_id = %s, pinned = true, updated_at = now(),
            state = case when state = 'identified' then 'registered' else state end
        where show_id = %s
        """,
        [target_id, source_id],
    )
    await execute(connection, "delete from scanner.requests where show_id = %s", [source_id])
    if replaced:
        await add_replaced(connection, target_id, replaced)


async def move_names(connection: Connection, source_id: int, target_id: int, kind: str, keys: list[str]) -> None:
    """Files of these names are `target`'s from now on."""
    await execute(
        connection,
        "update scanner.show_titles set show_id = %s where show_id = %s and kind = %s and title_key = any(%s)",
        [target_id, source_id, kind, keys],
    )


async def add_replaced(connection: Connection, show_id: int, replaced: str) -> None:
    await execute(
        connection,
        "update scanner.shows set replaces = array_append(array_remove(replaces, %s), %s) where id = %s",
        [replaced, replaced, show_id],
    )


async def drop_replaced(connection: Connection, show_id: int, replaced: str, kind: str, slug: str) -> None:
    """The show with that slug is gone from the api. `replaced` is how it was noted."""
    await execute(
        connection, "update scanner.shows set replaces = array_remove(replaces, %s) where id = %s", [replaced, show_id]
    )
    await execute(
        connection,
        """
        update scanner.shows set slug = null, api_id = null, seeded_air = null
        where kind = %s and slug = %s and id <> %s
        """,
        [kind, slug, show_id],
    )


async def delete_unused(connection: Connection) -> int:
    """Remove shows that never reached the api and have neither files nor requests."""
    return await execute(
        connection,
        """
        delete from scanner.shows s
        where api_id is null and not exists (select from scanner.files f where f.show_id = s.id)
          and not exists (select from scanner.requests r where r.show_id = s.id)
          and cardinality(replaces) = 0
        """,
    )
