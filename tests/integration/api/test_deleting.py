"""Deleting: what is gone cannot be found any more, and nothing is made anew for it."""

from __future__ import annotations

import httpx2
from tests.integration.api.conftest import Library
from tests.integration.api.seeds import episode_seed, texts

from kyoo.core.postgres import Database, execute, fetch_all, fetch_value


async def test_no_words_are_made_for_what_is_deleted(
    api: httpx2.AsyncClient, library: Library, database: Database
) -> None:
    entries = [episode_seed(1, number) for number in range(1, 30)]
    serie = await library.serie("dandelion-night", entries=entries)
    await library.movie("other-night")
    async with database.transaction() as connection:
        await execute(connection, "set local track_functions = 'all'")
        await execute(connection, "delete from api.shows where id = %s", [serie["id"]])
        calls = "select funcname from pg_stat_xact_user_functions where schemaname = 'api'"
        called = {row["funcname"] for row in await fetch_all(connection, calls)}
        assert "follow_names" in called
        assert not called & {"index_names", "index_entries"}
        assert await fetch_value(connection, "select count(*) from api.search_entries") == 1
    assert (await api.get("/search?query=dandelion")).json()["items"] == []
    assert [item["slug"] for item in (await api.get("/search?query=night")).json()["items"]] == ["other-night"]


async def test_a_translation_that_goes_leaves_the_others(
    api: httpx2.AsyncClient, library: Library, database: Database
) -> None:
    await library.movie("moth", translations={"en": texts("The Moth"), "fr": texts("Le Papillon")})
    async with database.connection() as connection:
        await execute(connection, "delete from api.show_translations where language = 'fr'")
    assert (await api.get("/search?query=papillon")).json()["items"] == []
    assert [item["slug"] for item in (await api.get("/search?query=moth")).json()["items"]] == ["moth"]


async def test_a_list_inside_of_what_is_not_there(api: httpx2.AsyncClient, library: Library) -> None:
    """Empty and missing are told apart, whatever the page."""
    await library.serie("empty-serie")
    for path in ("entries", "seasons", "staff", "extras", "videos", "similar", "missing"):
        empty = await api.get(f"/series/empty-serie/{path}")
        assert (empty.status_code, empty.json()["items"]) == (200, []), path
        for query in ("", "?limit=1", *(["?query=x"] if path != "missing" else [])):
            missing = await api.get(f"/series/no-serie/{path}{query}")
            assert missing.status_code == 404, (path, query)
            assert missing.json()["message"] == "No serie found with the id or slug: no-serie"
    for path, what in (("/studios/no-one/shows", "studio"), ("/staff/no-one/roles", "person")):
        assert (await api.get(path)).json()["message"] == f"No {what} found with the id or slug: no-one"
