"""The names that people give to cuts of films: one for each rendering."""

from __future__ import annotations

from kyoo.core.database.postgres import Connection, execute


async def name_edition(connection: Connection, video: int, name: str | None) -> None:
    """Name the cut that a file (pk) is of; None leaves it to the names of the files."""
    rendering = "select rendering from api.videos where pk = %(video)s"
    if name is None:
        await execute(connection, f"delete from api.editions where rendering = ({rendering})", {"video": video})
        return
    await execute(
        connection,
        f"""
        insert into api.editions (rendering, name) select rendering, %(name)s from ({rendering}) named
        on conflict (rendering) do update set name = excluded.name, updated_at = now()
        """,
        {"video": video, "name": name.strip()},
    )
