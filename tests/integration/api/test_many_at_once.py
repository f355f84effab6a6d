"""What triggers keep up to date when one statement changes thousands of rows, and another one changed one before."""

from __future__ import annotations

import os
from pathlib import Path

from tests.integration.api.conftest import Library

from kyoo.core.database.postgres import Connection, Database, execute, fetch_value

#: So many that to compare each with all takes several times as long as everything else.
MANY = 12_000
#: A quarter of the rows takes a quarter of the time, and a sixteenth of what compares each with all.
TIMES, TOO_MANY_TIMES = 4, 9


async def spent(connection: Connection) -> float:
    """Seconds of a processor that the process of a connection has had: others do not count, however busy they are."""
    pid = await fetch_value(connection, "select pg_backend_pid()")
    times = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    return sum(map(int, times)) / os.sysconf("SC_CLK_TCK")


async def test_thousands_change_in_one_statement(library: Library, database: Database) -> None:
    await library.serie("long")
    async with database.connection() as connection:
        await execute(
            connection,
            """
            insert into api.entries (show_pk, key, slug, kind, content, "order", season_number, episode_number)
            select pk, 'k' || n, 'long-' || n, 'episode', 'story', 1000 + n, 9, n
            from api.shows, generate_series(1, %s) n
            """,
            [MANY],
        )
        await execute(
            connection,
            """
            insert into api.entry_translations (entry_pk, language, name)
            select pk, 'en', 'Part ' || episode_number from api.entries where season_number = 9
            """,
        )
        for table, key, change in (
            ("entries", "pk", 'episode_number = episode_number + 1, "order" = "order" + 1'),
            ("entry_translations", "entry_pk", "name = name || ' again'"),
        ):
            costs: list[float] = []
            for count in (1, MANY // TIMES, MANY):
                began = await spent(connection)
                first = f"(select {key} from api.{table} order by {key} limit {count})"
                await execute(connection, f"update api.{table} set {change} where {key} in {first}")
                costs.append(await spent(connection) - began)
            assert costs[2] < TOO_MANY_TIMES * costs[1], (table, costs)
        found = await fetch_value(connection, "select count(*) from api.search_entries where words @@ 'again'::tsquery")
    assert found >= MANY
