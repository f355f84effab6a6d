"""What the scanner asks of the whole library: all paths, and which shows guessed titles led to."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

from kyoo.core.database.postgres import Connection, Database, execute, fetch_one, fetch_value

#: A row for each file would cost more than the query.
_ALL_PATHS = "select string_agg(to_json(path)::text, ',') as piece from api.videos group by pk / 1000"
_UNMATCHED_PATHS = (
    "select string_agg(to_json(path)::text, ',') as piece from api.videos where not linked group by pk / 1000"
)
#: What a title and its years led to is grouped before anything is sorted: there are few among the files. Collation C is
#: that of bytes, which sorts much faster.
_GUESSES = """
    select string_agg(line, ',') as piece
    from (
        select row_number() over () / 1000 as place,
            to_json(title)::text || ':' || json_object_agg(year, json_build_object('id', id, 'slug', slug)) as line
        from (
            select distinct on (title, year) guessed.title collate "C" as title,
                coalesce(years.year, 'unknown') collate "C" as year, show.id, show.slug
            from (
                select video.guess ->> 'title' as title, video.guess ->> 'years' as years, entry.show_pk,
                    max(link.created_at) as linked_at
                from api.entry_videos link
                join api.videos video on video.pk = link.video_pk
                join api.entries entry on entry.pk = link.entry_pk
                group by 1, 2, 3
            ) guessed
            join api.shows show on show.pk = guessed.show_pk
            left join lateral jsonb_array_elements_text(guessed.years::jsonb) as years (year) on true
            where guessed.title is not null
            order by title, year, guessed.linked_at desc, guessed.show_pk
        ) latest
        group by title
    ) lines
    group by place
"""
_PARTS = (
    (b'{"paths":[', _ALL_PATHS, b'],"guesses":{'),
    (b"", _GUESSES, b'},"unmatched":['),
    (b"", _UNMATCHED_PATHS, b"]}"),
)

#: A server, since its start, and the table there: snapshots of another one mean nothing here.
_SERVER = "concat_ws(' ', pg_postmaster_start_time(), 'api.library_writes'::regclass::oid)"


@dataclass(frozen=True)
class _Kept:
    server: str
    snapshot: str
    pieces: list[bytes]


class Guesses:
    """The answer to whoever may see everything, kept in memory unless it has more bytes than `room`, and given again as
    long as nothing that it says was written (schema/library_writes.sql)."""

    def __init__(self, room: int) -> None:
        self._room = room
        self._kept: _Kept | None = None

    async def pieces(self, database: Database) -> AsyncIterator[bytes]:
        """The JSON of GET /videos/guesses in pieces, all of one moment."""
        kept = self._kept
        if kept is not None:
            async with database.connection() as connection:
                current = await _holds(connection, kept)
            if current:
                for piece in kept.pieces:
                    yield piece
                return
            self._kept = None
        pieces: list[bytes] | None = []
        size = 0
        async with database.connection() as connection, connection.transaction():
            await _begin(connection)
            moment = await fetch_one(connection, f"select {_SERVER} as server, pg_current_snapshot()::text as snapshot")
            async for piece in _read(connection):
                size += len(piece)
                if size > self._room:
                    pieces = None
                if pieces is not None:
                    pieces.append(piece)
                yield piece
        if pieces is not None and moment is not None:
            self._kept = _Kept(moment["server"], moment["snapshot"], pieces)


async def guesses(database: Database) -> AsyncIterator[bytes]:
    """The same, of what `database` shows to a limited reader."""
    async with database.connection() as connection, connection.transaction():
        await _begin(connection)
        async for piece in _read(connection):
            yield piece


async def _begin(connection: Connection) -> None:
    await execute(connection, "set transaction isolation level repeatable read read only")


async def _read(connection: Connection) -> AsyncIterator[bytes]:
    """All paths, the shows that guessed titles led to, the latest link winning, and the paths without a link."""
    for head, pieces, tail in _PARTS:
        yield head
        separator = b""
        # Not by a cursor of the server, for which Postgres would use one core only. Nothing here reads the text.
        async with connection.cursor(binary=True) as cursor:
            async for row in cursor.stream(f"select convert_to(piece, 'UTF8') as piece from ({pieces}) pieces"):
                yield separator + row["piece"]
                separator = b","
        yield tail


async def _holds(connection: Connection, kept: _Kept) -> bool:
    """Whether nothing was committed since that the answer says, on this server.

    What was begun before the snapshot and is not in it has a higher number than its lowest; so has what came later.
    Numbers that this server has not reached came with a copy of another one's data."""
    holds: bool = await fetch_value(
        connection,
        f"""
        select {_SERVER} = %(server)s and not exists (
            select from api.library_writes
            where xid >= pg_snapshot_xmin(%(snapshot)s::pg_snapshot) and xid < pg_snapshot_xmax(pg_current_snapshot())
        )
        """,
        {"server": kept.server, "snapshot": kept.snapshot},
    )
    return holds


async def forget_writes(database: Database) -> None:
    """Delete the numbers of past transactions; the last one tells of all before it."""
    async with database.connection() as connection:
        await execute(
            connection,
            """
            delete from api.library_writes
            where xid < (
                select xid from api.library_writes
                where xid < pg_snapshot_xmin(pg_current_snapshot()) order by xid desc limit 1
            ) or xid >= pg_snapshot_xmax(pg_current_snapshot())
            """,
        )
