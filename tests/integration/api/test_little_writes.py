"""Who writes little does little: what a request leaves as it was is not worked out anew."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.integration.api.conftest import Library
from tests.integration.api.seeds import episode_seed, serie_seed, video_seed

from kyoo.api.catalogue import registering, seeding
from kyoo.api.models.seeds import SeedSerie
from kyoo.api.models.video import SeedVideo
from kyoo.core.database.postgres import Connection, Database, execute, fetch_all


@asynccontextmanager
async def counted(database: Database) -> AsyncIterator[tuple[Connection, dict[str, int]]]:
    """A transaction, and how often each of the api's functions was called in it, known when it ends."""
    calls: dict[str, int] = {}
    async with database.transaction() as connection:
        await execute(connection, "set local track_functions = 'all'")
        # Of the last transaction, too, unless the server has been told.
        before = await _calls(connection)
        yield connection, calls
        calls |= {name: more for name, of in (await _calls(connection)).items() if (more := of - before.get(name, 0))}


async def _calls(connection: Connection) -> dict[str, int]:
    rows = await fetch_all(
        connection, "select funcname, calls from pg_stat_xact_user_functions where schemaname = 'api'"
    )
    return {row["funcname"]: row["calls"] for row in rows}


async def test_a_file_that_is_known_as_it_is(library: Library, database: Database) -> None:
    await library.serie("moss", entries=[episode_seed(1, 1)])
    seed = {**video_seed("/library/Moss/moss s01e01.mkv"), "for": [{"serie": "moss", "season": 1, "episode": 1}]}
    seeds = [SeedVideo.model_validate(seed)]
    async with counted(database) as (connection, first):
        answer = await registering.register(connection, seeds, replace=True)
    assert first["mark_files"] == 1
    assert "search_fold" in first
    for replace in (True, False):
        async with counted(database) as (connection, again):
            assert await registering.register(connection, seeds, replace=replace) == answer
        assert not {*again} & {"search_fold", "video_wire", "mark_files", "gather_libraries"}, replace


async def test_files_without_a_link(database: Database) -> None:
    seeds = [SeedVideo.model_validate(video_seed(f"/library/loose {number}.mkv")) for number in range(3)]
    async with counted(database) as (connection, made):
        await registering.register(connection, seeds, replace=False)
    assert "add_file_words" in made
    async with counted(database) as (connection, gone):
        assert len(await registering.forget(connection, [seed.path for seed in seeds])) == 3
    assert not {*made, *gone} & {"mark_files", "gather_libraries"}


async def test_the_words_of_an_entry_are_written_once(database: Database) -> None:
    seed = SeedSerie.model_validate(serie_seed("reed", entries=[episode_seed(1, number) for number in range(1, 6)]))
    async with counted(database) as (connection, calls):
        await seeding.seed_serie(connection, seed, "http://kyoo.test")
    assert calls["index_entries"] == 1
    async with counted(database) as (connection, again):
        await seeding.seed_serie(connection, seed, "http://kyoo.test")
    assert not {*again} & {"index_entries", "index_names", "entry_wire", "entry_translation_wire"}
