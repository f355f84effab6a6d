"""The metadata requests: one for each show that waits for its metadata or failed to get it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

from kyoo.core.database.postgres import Connection, execute, fetch_all, fetch_one


async def enqueue(
    connection: Connection,
    *,
    show_id: int,
    kind: str,
    title: str,
    year: int | None,
    external_id: dict[str, str],
    videos: list[dict[str, Any]],
) -> DictRow:
    """Add a request, or the videos and ids to the one that is there. A failed one is pending again."""
    row = await fetch_one(
        connection,
        """
        insert into scanner.requests as r (show_id, kind, title, year, external_id, videos)
        values (%(show)s, %(kind)s, %(title)s, %(year)s, %(external)s, %(videos)s)
        on conflict (show_id) do update set
            title = excluded.title, year = excluded.year,
            external_id = r.external_id || excluded.external_id,
            videos = (select coalesce(jsonb_agg(distinct v), '[]')
                      from jsonb_array_elements(r.videos || excluded.videos) v),
            status = case r.status when 'running' then 'running' else 'pending' end,
            error = case r.status when 'running' then r.error end
        returning *
        """,
        {
            "show": show_id,
            "kind": kind,
            "title": title,
            "year": year,
            "external": Jsonb(external_id),
            "videos": Jsonb(videos),
        },
    )
    assert row is not None
    return row


async def enqueue_shows(connection: Connection, show_ids: list[int]) -> None:
    """A request for each of these shows that has none."""
    await execute(
        connection,
        """
        insert into scanner.requests (show_id, kind, title, year, external_id, videos)
        select s.id, case s.kind when 'serie' then 'episode' else s.kind end, s.title, s.year, s.external_ids,
               coalesce((
                   select jsonb_agg(jsonb_build_object('id', f.video_id) order by f.path)
                   from scanner.files f where f.show_id = s.id and f.state = 'registered'
               ), '[]')
        from scanner.shows s where s.id = any(%s)
        on conflict (show_id) do update set
            videos = (select coalesce(jsonb_agg(distinct v), '[]')
                      from jsonb_array_elements(requests.videos || excluded.videos) v),
            status = case requests.status when 'running' then 'running' else 'pending' end,
            error = case requests.status when 'running' then requests.error end
        """,
        [show_ids],
    )


async def start(connection: Connection, show_id: int) -> list[DictRow]:
    """The requests of a show, now running."""
    return await fetch_all(
        connection,
        "update scanner.requests set status = 'running', started_at = now() where show_id = %s returning *",
        [show_id],
    )


async def finish(connection: Connection, done: list[DictRow]) -> None:
    """Remove requests whose show is seeded; those that got videos meanwhile wait again."""
    await execute(
        connection,
        """
        with done as (select * from unnest(%(pks)s::bigint[], %(counts)s::integer[]) as d(pk, videos)),
        grown as (
            update scanner.requests r set status = 'pending' from done d
            where r.pk = d.pk and jsonb_array_length(r.videos) > d.videos returning r.pk
        )
        delete from scanner.requests r using done d
        where r.pk = d.pk and jsonb_array_length(r.videos) <= d.videos
        """,
        {"pks": [row["pk"] for row in done], "counts": [len(row["videos"]) for row in done]},
    )


async def fail(connection: Connection, show_id: int, error: dict[str, Any]) -> None:
    """Keep the reason; a show without a request gets one, so that the reason can be seen."""
    await execute(
        connection,
        """
        insert into scanner.requests as r (show_id, kind, title, year, external_id, status, error, started_at)
        select s.id, case s.kind when 'serie' then 'episode' else s.kind end, s.title, s.year, s.external_ids,
               'failed', %(error)s, now()
        from scanner.shows s where s.id = %(show)s
        on conflict (show_id) do update set status = 'failed', error = excluded.error
        """,
        {"show": show_id, "error": Jsonb(error)},
    )


async def page(connection: Connection, status: str | None, after: int, limit: int) -> list[DictRow]:
    return await fetch_all(
        connection,
        """
        select r.pk::text as id, r.kind, r.title, r.year, r.status, r.error, r.started_at,
               array(select v ->> 'id' from jsonb_array_elements(r.videos) v) as videos, r.pk
        from scanner.requests r
        where pk > %(after)s and (%(status)s::text is null or status = %(status)s)
        order by pk limit %(limit)s
        """,
        {"after": after, "status": status, "limit": limit},
    )


async def pending(connection: Connection, show_ids: Iterable[int]) -> set[int]:
    """Those of these shows that nobody has begun to identify."""
    rows = await fetch_all(
        connection,
        "select show_id from scanner.requests where show_id = any(%s) and status = 'pending'",
        [list(show_ids)],
    )
    return {row["show_id"] for row in rows}


async def waiting_shows(connection: Connection) -> list[int]:
    """The shows with requests that nobody works on, failed ones included: what a full scan tries again."""
    rows = await fetch_all(
        connection,
        "select show_id from scanner.requests where status <> 'running' or started_at < now() - interval '10 minutes'",
    )
    return [row["show_id"] for row in rows]
