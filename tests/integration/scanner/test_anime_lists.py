"""The public lists of anime: fetched with validators, kept in Postgres, harmless when they cannot be had."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

import pytest
from tests.fakes.anime_lists import AnimeLists
from tests.fakes.serving import served

from kyoo.core.database.postgres import Database
from kyoo.scanner.anime import keeping, lookup
from kyoo.scanner.queries import anime as queries

XML = "/Anime-Lists/anime-lists/master/anime-list-master.xml"
LIMIT = 1_000_000


@pytest.fixture
async def lists() -> AsyncIterator[tuple[AnimeLists, str]]:
    fake = AnimeLists()
    async with served(fake.app()) as url:
        yield fake, url


async def refresh(database: Database, url: str, *, every: float = 0.000001, limit: int = LIMIT) -> bool:
    return await keeping.refresh(database, url, every=every, limit=limit)


async def names(database: Database, serie: str) -> set[str]:
    async with database.connection() as connection:
        family = await lookup.family(connection, serie)
    return {anime.name for anime in family.members if anime.name}


async def test_lists_are_kept_and_asked_for_with_validators(database: Database, lists: tuple[AnimeLists, str]) -> None:
    fake, url = lists
    assert await refresh(database, url)
    assert await names(database, "326109") == {
        "Made in Abyss",
        "Gekijouban Soushuuhen Made in Abyss",
        "Gekijouban Made in Abyss: Fukaki Tamashii no Reimei",
        "Made in Abyss: Retsujitsu no Ougonkyou",
    }
    assert len(fake.fresh) == len(keeping.LISTS)

    assert not await refresh(database, url, every=3600)  # not yet
    assert len(fake.asked) == len(keeping.LISTS)
    assert not await refresh(database, url)  # as before
    assert len(fake.asked) == 2 * len(keeping.LISTS)
    assert len(fake.fresh) == len(keeping.LISTS)

    fake.contents[XML] = fake.contents[XML].replace(b"Dr. Stone: New World", b"Dr. Stone: Another World")
    assert await refresh(database, url)
    assert "Dr. Stone: Another World" in await names(database, "355774")


async def test_a_bad_list_leaves_the_one_that_is_held(database: Database, lists: tuple[AnimeLists, str]) -> None:
    fake, url = lists
    await refresh(database, url)
    for content in (b"<html>Sorry</html>", fake.contents[XML][:500], b"x" * (LIMIT + 1)):
        fake.contents[XML] = content
        assert not await refresh(database, url)
    fake.status = 500
    assert not await refresh(database, url)
    assert "Dr. Stone" in await names(database, "355774")
    async with database.connection() as connection:
        known = await queries.lists(connection)
    assert known["anime-list"]["error"] == "anime-list: it answered 500"
    fake.status = None
    fake.contents = AnimeLists().contents
    await refresh(database, url)
    async with database.connection() as connection:
        assert not [row["error"] for row in (await queries.lists(connection)).values() if row["error"]]


async def test_a_mirror_may_have_mere_names(database: Database, lists: tuple[AnimeLists, str]) -> None:
    fake, url = lists
    fake.contents = {f"/mirror/{path.rpartition('/')[2]}": content for path, content in fake.contents.items()}
    assert await refresh(database, f"{url}/mirror")
    assert "Dr. Stone" in await names(database, "355774")


async def test_without_a_network_there_are_no_lists(
    database: Database, unused_tcp_port_factory: Callable[[], int]
) -> None:
    assert not await refresh(database, f"http://127.0.0.1:{unused_tcp_port_factory()}")
    assert await names(database, "355774") == set()
    assert not await refresh(database, "http://127.0.0.1:1", every=0)


async def test_anime_are_found_by_title_and_id(database: Database, lists: tuple[AnimeLists, str]) -> None:
    await refresh(database, lists[1])
    async with database.connection() as connection:
        titled = await lookup.titled(connection, ["made in abyss dawn of the deep soul", "nothing"])
        assert [anime.key for anime in titled["made in abyss dawn of the deep soul"]] == ["anidb:13612"]
        assert "nothing" not in titled
        film = await lookup.known(connection, "movie", {"themoviedatabase": "526429"})
        assert {anime.key for anime in film} == {"anidb:13941", "anilist:101344"}
        serie = await lookup.known(connection, "serie", {"themoviedatabase": "526429"})
        assert serie == []
        assert [anime.key for anime in await lookup.known(connection, "serie", {"anilist": "114745"})] == [
            "anidb:15359"
        ]
