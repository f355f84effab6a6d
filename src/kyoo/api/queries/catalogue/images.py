"""The SQL of pictures: recorded by seeding, claimed and finished by the download job, their blurhash written to the
places that show them. No bytes of pictures here.

Seeding calls, in its transaction: `record` first (it says which blurhashes are known already), then writes its own
rows with the Image objects, then `place` for each kind of owner; after the commit it defers `api:download_images`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

from psycopg import sql
from psycopg.rows import DictRow

from kyoo.core.database.postgres import Connection, execute, fetch_all

Owner = Literal["show", "season", "entry", "studio", "staff", "role"]

#: What is downloaded first: the lowest. Posters are what a new library shows.
POSTER, SHOW_PICTURE, SEASON_PICTURE, ENTRY_PICTURE, STUDIO_LOGO, FACE = 0, 10, 20, 30, 40, 50


#: Pictures whose pause is over that become due together. A host may still be away: then few were moved in vain.
WOKEN = 100


class Source(NamedTuple):
    """A picture that a seed names: `id` is `kyoo.api.catalogue.images.image_id(url, …)`."""

    id: str
    url: str
    priority: int


@dataclass(frozen=True, slots=True)
class Claimed:
    """A picture that a worker has taken; `attempts` counts this one."""

    id: str
    source: str
    attempts: int


@dataclass(frozen=True)
class PictureColumns:
    """A table that holds Image objects, the column of its owner's pk, and its picture columns."""

    owner: Owner
    table: str
    key: str
    columns: tuple[str, ...]


PICTURE_COLUMNS = (
    PictureColumns("show", "show_translations", "show_pk", ("poster", "thumbnail", "banner", "logo")),
    PictureColumns("season", "season_translations", "season_pk", ("poster", "thumbnail", "banner")),
    PictureColumns("entry", "entries", "pk", ("thumbnail",)),
    PictureColumns("entry", "entry_translations", "entry_pk", ("poster",)),
    PictureColumns("studio", "studio_translations", "studio_pk", ("logo",)),
    PictureColumns("staff", "staff", "pk", ("image",)),
    PictureColumns("role", "roles", "pk", ("character_image",)),
)


#: How often in a row a picture may be collected while it is recorded.
COLLECTED = 5


async def record(connection: Connection, sources: Iterable[Source]) -> dict[str, str]:
    """Make sure that every picture is known or queued for download; the blurhash of each that is ready, by id.

    What is ready cannot change before the transaction ends, so that no place misses its blurhash."""
    unique = sorted({source.id: source for source in sources}.values())
    if not unique:
        return {}
    ids = [source.id for source in unique]
    given = {
        "ids": ids,
        "urls": [source.url for source in unique],
        "priorities": [source.priority for source in unique],
    }
    rows: list[DictRow] = []
    for _ in range(COLLECTED):
        await execute(
            connection,
            """
            insert into api.images (id, source, priority)
            select * from unnest(%(ids)s::text[], %(urls)s::text[], %(priorities)s::smallint[])
            on conflict (id) do nothing
            """,
            given,
        )
        rows = await fetch_all(
            connection, "select id, blurhash from api.images where id = any(%s) order by id for share", [ids]
        )
        # One that was there may have been collected before it was locked.
        if len(rows) == len(ids):
            break
    return {row["id"]: row["blurhash"] for row in rows if row["blurhash"] is not None}


async def store_upload(connection: Connection, identifier: str, source: str, blurhash: str) -> None:
    """A picture that somebody uploaded is in the store."""
    await execute(
        connection,
        """
        insert into api.images (id, source, status, blurhash) values (%(id)s, %(source)s, 'ready', %(blurhash)s)
        on conflict (id) do update set status = 'ready', blurhash = excluded.blurhash, created_at = now()
        """,
        {"id": identifier, "source": source, "blurhash": blurhash},
    )


async def place(connection: Connection, owner: Owner, places: Iterable[tuple[str, int]]) -> None:
    """Say that the rows of `owner` show these pictures: pairs of (picture id, pk of the show, season, entry…)."""
    pairs = sorted(set(places))
    if pairs:
        await execute(
            connection,
            """
            insert into api.image_places (image_id, owner, owner_pk)
            select image_id, %(owner)s, owner_pk
            from unnest(%(ids)s::text[], %(pks)s::bigint[]) as given (image_id, owner_pk)
            on conflict do nothing
            """,
            {"owner": owner, "ids": [pair[0] for pair in pairs], "pks": [pair[1] for pair in pairs]},
        )


async def claim(connection: Connection, limit: int, seconds: int) -> list[Claimed]:
    """Take up to `limit` due pictures for `seconds`, the most wanted first. Another worker does not get them before
    the time is over, even if this one dies. Those that are not due are none of `pending`, so nobody passes over them,
    however many wait."""
    await execute(
        connection,
        """
        update api.images set status = 'pending' where id in (
            select id from api.images where status = 'failed' and retry_at <= now()
            order by retry_at limit %s for update skip locked
        )
        """,
        [WOKEN],
    )
    rows = await fetch_all(
        connection,
        """
        update api.images
        set attempts = attempts + 1, retry_at = now() + make_interval(secs => %(seconds)s), updated_at = now()
        where id in (
            select id from api.images
            where status = 'pending' and retry_at <= now()
            order by priority, attempts, created_at
            limit %(limit)s
            for update skip locked
        )
        returning id, source, attempts
        """,
        {"limit": limit, "seconds": seconds},
    )
    return [Claimed(**row) for row in rows]


async def release(connection: Connection, identifier: str) -> None:
    """Give a picture back that was taken and not tried: it is due again."""
    await execute(
        connection,
        """
        update api.images set attempts = greatest(attempts - 1, 0), retry_at = now(), updated_at = now()
        where id = %s and status <> 'ready'
        """,
        [identifier],
    )


async def postpone(connection: Connection, host: str, seconds: float) -> None:
    """No picture of this host (`static.example.org`, with its port if it has one) before `seconds` have passed. Those
    that wait nearly as long already are not written again: each new picture of a host that is away tells of it."""
    await execute(
        connection,
        """
        update api.images set status = 'failed', error = coalesce(error, 'Its host is left alone for a while'),
            retry_at = now() + make_interval(secs => %(seconds)s)
        where id in (
            select id from api.images
            where status <> 'ready' and lower(split_part(source, '/', 3)) = %(host)s and source like 'http%%'
              and retry_at < now() + make_interval(secs => %(seconds)s) * 0.9
            for update skip locked
        )
        """,
        {"host": host, "seconds": seconds},
    )


async def finish(connection: Connection, identifier: str, blurhash: str) -> None:
    """The picture is in the store: mark it ready and write its blurhash wherever the picture still is."""
    await execute(
        connection,
        """
        update api.images set status = 'ready', blurhash = %(blurhash)s, error = null, updated_at = now()
        where id = %(id)s
        """,
        {"id": identifier, "blurhash": blurhash},
    )
    rows = await fetch_all(connection, "select distinct owner from api.image_places where image_id = %s", [identifier])
    owners = {row["owner"] for row in rows}
    for spot in PICTURE_COLUMNS:
        if spot.owner in owners:
            await execute(connection, PATCH[spot], {"id": identifier, "blurhash": blurhash, "owner": spot.owner})


def _patch(spot: PictureColumns) -> sql.Composed:
    holds = [sql.SQL("target.{} ->> 'id' = %(id)s").format(sql.Identifier(column)) for column in spot.columns]
    changes = [
        sql.SQL(
            "{column} = case when {holds} "
            "then jsonb_set(target.{column}, '{{blurhash}}', to_jsonb(%(blurhash)s::text)) else target.{column} end"
        ).format(column=sql.Identifier(column), holds=held)
        for column, held in zip(spot.columns, holds, strict=True)
    ]
    return sql.SQL(
        "update {table} as target set {changes} from api.image_places as place "
        "where place.image_id = %(id)s and place.owner = %(owner)s and target.{key} = place.owner_pk and ({holds})"
    ).format(
        table=sql.Identifier("api", spot.table),
        key=sql.Identifier(spot.key),
        changes=sql.SQL(", ").join(changes),
        holds=sql.SQL(" or ").join(holds),
    )


PATCH: Mapping[PictureColumns, sql.Composed] = {spot: _patch(spot) for spot in PICTURE_COLUMNS}


async def fail(connection: Connection, identifier: str, error: str, seconds: float) -> None:
    """The attempt failed: remember why, and do not try again before `seconds` have passed."""
    await execute(
        connection,
        """
        update api.images
        set status = 'failed', error = %(error)s, retry_at = now() + make_interval(secs => %(seconds)s),
            updated_at = now()
        where id = %(id)s and status <> 'ready'
        """,
        {"id": identifier, "error": error, "seconds": seconds},
    )


async def lost(connection: Connection, identifier: str) -> bool:
    """The store does not have a picture any more: queue it again if it was ready. Whether it was."""
    touched = await execute(
        connection,
        """
        update api.images set status = 'pending', attempts = 0, retry_at = now(), updated_at = now()
        where id = %s and status = 'ready'
        """,
        [identifier],
    )
    return touched > 0


async def drop_stale_places(connection: Connection) -> int:
    """Forget the places that show another picture by now, or are gone; how many."""
    return sum([await execute(connection, DROP[owner], {"owner": owner}) for owner in DROP])


def _drop(owner: Owner) -> sql.Composed:
    still_there = [
        sql.SQL("not exists (select from {table} target where target.{key} = place.owner_pk and ({holds}))").format(
            table=sql.Identifier("api", spot.table),
            key=sql.Identifier(spot.key),
            holds=sql.SQL(" or ").join(
                sql.SQL("target.{} ->> 'id' = place.image_id").format(sql.Identifier(column)) for column in spot.columns
            ),
        )
        for spot in PICTURE_COLUMNS
        if spot.owner == owner
    ]
    return sql.SQL("delete from api.image_places place where owner = %(owner)s and {}").format(
        sql.SQL(" and ").join(still_there)
    )


DROP: Mapping[Owner, sql.Composed] = {spot.owner: _drop(spot.owner) for spot in PICTURE_COLUMNS}


async def take_unused(connection: Connection, limit: int) -> list[str]:
    """Delete up to `limit` pictures that nothing shows, recorded over a day ago; their ids. Until the transaction
    ends nobody can record them anew, so their files can be deleted."""
    rows = await fetch_all(
        connection,
        """
        delete from api.images where id in (
            select id from api.images image
            where created_at < now() - interval '1 day'
                and not exists (select from api.image_places where image_id = image.id)
            limit %s
            for update skip locked
        )
        returning id
        """,
        [limit],
    )
    return [row["id"] for row in rows]
