"""The SQL that completes rows which came from elsewhere (`kyoo import`): the words that this release searches, and
pictures, whose files may be elsewhere."""

from __future__ import annotations

from kyoo.core.database.postgres import Connection, execute


async def complete(connection: Connection) -> None:
    for subject, table in (("show", "shows"), ("staff", "staff"), ("studio", "studios")):
        await execute(connection, f"select api.index_names(%s, array(select pk from api.{table}))", [subject])
    await execute(connection, "select api.index_entries(array(select pk from api.entries))")
    await execute(
        connection,
        """
        insert into api.search_file_words (word)
        select distinct piece.word from api.videos cross join unnest(tsvector_to_array(words)) piece (word)
        where not exists (select from api.search_file_words known where known.word = piece.word)
        """,
    )
    await execute(
        connection, "update api.images set status = 'pending', attempts = 0, retry_at = now() where status <> 'pending'"
    )
