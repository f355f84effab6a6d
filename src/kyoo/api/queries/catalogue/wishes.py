"""Links that the catalogue has no entry for yet: they are made when the entry comes (docs/protocol/api.md#links).

Who wishes and who seeds take the lock of the slug first, so that neither looks before the other has written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from kyoo.core.database.postgres import Connection, execute, fetch_all

Row = dict[str, Any]
#: The namespace of the locks, beside those of others.
LOCKS = 5_190_601


def slug_of(link: Row) -> tuple[str | None, str] | None:
    """Kind and slug of the show that a link means, or the slug of an entry; None when it names neither."""
    for kind in ("movie", "serie"):
        if link.get(kind):
            return kind, str(link[kind])
    return (None, str(link["slug"])) if link.get("slug") else None


async def lock(connection: Connection, slugs: Iterable[str]) -> None:
    await execute(
        connection,
        "select pg_advisory_xact_lock(%s, hashtext(slug)) from unnest(%s::text[]) slug",
        [LOCKS, sorted(set(slugs))],
    )


async def keep(connection: Connection, wanted: Sequence[tuple[UUID, Row]]) -> None:
    """Note these links of files."""
    rows = [
        {"video": str(video), "show_kind": named[0], "slug": named[1], "wish": link}
        for video, link in wanted
        if (named := slug_of(link))
    ]
    await execute(
        connection,
        """
        insert into api.wishes (video_pk, show_kind, slug, wish)
        select video.pk, given.show_kind, given.slug, given.wish
        from jsonb_to_recordset(%s) as given (video uuid, show_kind text, slug text, wish jsonb)
        join api.videos video on video.id = given.video
        on conflict (video_pk, wish) do nothing
        """,
        [Jsonb(rows)],
    )


async def withdraw(connection: Connection, videos: Sequence[UUID]) -> None:
    """These files are said to belong elsewhere."""
    await execute(
        connection,
        "delete from api.wishes where video_pk in (select pk from api.videos where id = any(%s))",
        [list(videos)],
    )


async def of_show(connection: Connection, kind: str, slug: str, entries: Sequence[str]) -> list[Row]:
    """The wishes for a show, or for entries of these slugs: `{pk, video, wish}`."""
    return await fetch_all(
        connection,
        """
        select wish.pk, video.id as video, wish.wish
        from api.wishes wish join api.videos video on video.pk = wish.video_pk
        where wish.slug = %(slug)s and wish.show_kind = %(kind)s
           or wish.slug = any(%(entries)s) and wish.show_kind is null
        order by wish.pk
        """,
        {"kind": kind, "slug": slug, "entries": list(entries)},
    )


async def grant(connection: Connection, wishes: Sequence[int]) -> None:
    """They came true."""
    await execute(connection, "delete from api.wishes where pk = any(%s)", [list(wishes)])
