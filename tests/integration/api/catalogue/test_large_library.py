"""What is read of a library when one more title is written: as little of a large one as of a small one."""

from __future__ import annotations

from tests.integration.api.conftest import Library
from tests.integration.api.seeds import episode_seed

from kyoo.api.queries.catalogue import seed_entries
from kyoo.core.database.postgres import Database, fetch_all, fetch_value

EPISODES = 1000
READ = """
    select sum(seq_tup_read)::int from pg_stat_xact_user_tables
    where schemaname = 'api' and relname in ('entries', 'entry_translations')
"""


async def test_an_entry_is_written_without_reading_those_of_other_titles(library: Library, database: Database) -> None:
    """In rows that are read one after another, which do not depend on how busy the machine is."""
    for number in range(8):
        await library.serie(f"serie-{number}", entries=[episode_seed(1, n) for n in range(1, EPISODES + 1)])
    await library.serie("small", entries=[episode_seed(1, 1)])
    async with database.transaction() as connection:
        show = await fetch_value(connection, "select pk from api.shows where slug = 'small'")
        [entry] = await fetch_all(
            connection,
            """
            select 0 as place, key, slug, kind, extra_kind, content, "order", season_number, episode_number,
                   air_date::text, runtime, thumbnail, external_id,
                   '[{"language": "en", "name": "Another"}, {"language": "fr", "name": "Autre"}]'::jsonb as translations
            from api.entries where show_pk = %s
            """,
            [show],
        )
        before = await fetch_value(connection, READ)
        [saved] = await seed_entries.save_entries(connection, show, "2", [entry])
        after = await fetch_value(connection, READ)
        names = await fetch_all(
            connection,
            "select language, name from api.entry_translations where entry_pk = %s order by 1",
            [saved["pk"]],
        )
    assert [tuple(row.values()) for row in names] == [("en", "Another"), ("fr", "Autre")]
    assert after - before < EPISODES
