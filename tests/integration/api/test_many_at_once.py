"""What triggers keep up to date when one statement changes thousands of rows, and another one changed one before."""

from __future__ import annotations

from tests.integration.api.conftest import Library

from kyoo.core.postgres import Database, execute, fetch_value

#: So many that to compare each with all takes more than twice the time that a statement has here.
MANY = 12_000


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
        await execute(connection, "set statement_timeout = '6s'")
        for table, change in (
            ("entries", 'episode_number = episode_number + 1, "order" = "order" + 1'),
            ("entry_translations", "name = name || ' again'"),
        ):
            for rows in ("where ctid = (select min(ctid) from api.{0})", ""):
                statement = f"update api.{table} set {change} {rows.format(table)}"
                await execute(connection, statement)
        await execute(connection, "reset statement_timeout")
        found = await fetch_value(connection, "select count(*) from api.search_entries where words @@ 'again'::tsquery")
    assert found >= MANY
