"""What the catalogue knows of files that are being streamed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from kyoo.api.queries.catalogue.videos import video_entries
from kyoo.api.queries.fragments import as_json, show_joins, show_json
from kyoo.api.reader import Reader
from kyoo.core.database.postgres import Connection, fetch_all


async def streamed_videos(connection: Connection, paths: Sequence[str], reader: Reader) -> dict[str, dict[str, Any]]:
    """`{id, entries, show}` of each known file, by path."""
    rows = await fetch_all(
        connection,
        f"""
        select v.path, v.id::text as id, {as_json(video_entries())} as entries, (
                select {as_json(show_json("s"))} from api.shows s {show_joins("s")}
                where s.pk in (
                    select e.show_pk from api.entry_videos ev join api.entries e on e.pk = ev.entry_pk
                    where ev.video_pk = v.pk
                )
                order by s.pk limit 1
            ) as show
        from api.videos v where v.path = any(%(paths)s)
        """,
        {**reader.params(), "paths": list(paths)},
    )
    return {row["path"]: {key: row[key] for key in ("id", "entries", "show")} for row in rows}


async def last_times(
    connection: Connection, paths: Sequence[str], profiles: Sequence[UUID]
) -> dict[tuple[str, str], int]:
    """Seconds into the video at the latest play, by path and profile."""
    rows = await fetch_all(
        connection,
        """
        select distinct on (video.path, profile.id) video.path, profile.id::text as profile, play.time
        from api.videos video
        join api.history play on play.video_pk = video.pk
        join api.profiles profile on profile.pk = play.profile_pk
        where video.path = any(%(paths)s) and profile.id = any(%(profiles)s)
        order by video.path, profile.id, play.played_date desc, play.pk desc
        """,
        {"paths": list(paths), "profiles": list(profiles)},
    )
    return {(row["path"], row["profile"]): row["time"] for row in rows}
