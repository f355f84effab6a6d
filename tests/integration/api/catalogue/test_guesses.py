"""GET /videos/guesses is kept in memory, and never told when it is not true any more."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx2
import pytest
from tests.integration.api.conftest import Library
from tests.integration.api.seeds import bearer

from kyoo.api.app import create_app
from kyoo.api.queries.catalogue.guesses import Guesses, forget_writes, guesses
from kyoo.api.settings import ApiSettings
from kyoo.core.database.postgres import Database, execute, fetch_value
from kyoo.core.http.service import Runtime


async def told(api: httpx2.AsyncClient, **options: Any) -> Any:
    answer = (await api.get("/videos/guesses", **options)).json()
    return {**answer, "paths": sorted(answer["paths"]), "unmatched": sorted(answer["unmatched"])}


@pytest.fixture
async def film(library: Library) -> dict[str, Any]:
    """Dune, in /a.mkv; nothing is known of /b.mkv."""
    made = await library.movie("dune")
    guess = {"title": "Dune", "years": [2021], "from": "test", "history": []}
    await library.video("/a.mkv", guess=guess, **{"for": [{"movie": "dune"}]})
    await library.video("/b.mkv", guess={**guess, "title": "Arrakis"})
    return made


def known(slug: str, film: dict[str, Any]) -> dict[str, Any]:
    return {"2021": {"id": film["id"], "slug": slug}}


async def unnoticed(database: Database, statement: str) -> None:
    """Write as no transaction of ours would: without triggers."""
    async with database.transaction() as connection:
        await connection.execute("set local session_replication_role = replica")
        await connection.execute(statement)


async def test_the_answer_is_kept(
    api: httpx2.AsyncClient, database: Database, film: dict[str, Any], library: Library
) -> None:
    before = await told(api)
    assert before == {"paths": ["/a.mkv", "/b.mkv"], "guesses": {"Dune": known("dune", film)}, "unmatched": ["/b.mkv"]}
    await unnoticed(database, "update api.videos set path = '/unnoticed.mkv' where path = '/b.mkv'")
    assert await told(api) == before
    # Also when a scan finds what is known already.
    await library.movie("dune")
    seed = {"title": "Dune", "years": [2021], "from": "test", "history": []}
    await library.video("/a.mkv", guess=seed, **{"for": [{"movie": "dune"}]})
    assert await told(api) == before
    await library.video("/c.mkv")
    assert (await told(api))["paths"] == ["/a.mkv", "/c.mkv", "/unnoticed.mkv"]


async def test_every_write_is_told(
    api: httpx2.AsyncClient,
    database: Database,
    film: dict[str, Any],
    library: Library,
    runtime: Runtime,
    tmp_path: Path,
    subtests: pytest.Subtests,
) -> None:
    async def link(slug: str, path: str) -> None:
        (video,) = (await api.get(f"/videos?query={path}")).json()["items"]
        seed = [{"id": video["id"], "for": [{"slug": slug}]}]
        assert (await api.put("/videos/link", json=seed)).status_code < 300

    async def sql(statement: str) -> None:
        async with database.connection() as connection:
            await connection.execute(statement)

    guess = {"title": "Arrakis", "years": [], "from": "test", "history": []}
    writes = {
        "a new file": lambda: library.video("/c.mkv"),
        "another guess": lambda: library.video("/a.mkv", guess=guess),
        "a link": lambda: link("dune", "b.mkv"),
        "another slug": lambda: sql("update api.shows set slug = 'dune-2021'"),
        "a link less": lambda: sql("delete from api.entry_videos where slug <> 'dune'"),
        "a show that is deleted": lambda: api.delete(f"/movies/{film['id']}"),
        "a file less": lambda: api.request("DELETE", "/videos", json=["/b.mkv"]),
        "no file at all": lambda: sql("truncate api.videos cascade"),
    }
    other = create_app(ApiSettings(images=str(tmp_path / "other")), runtime)
    transport = httpx2.ASGITransport(app=other)
    async with httpx2.AsyncClient(transport=transport, base_url="http://localhost/api", headers=bearer()) as replica:
        before = await told(api), await told(replica)
        for what, write in writes.items():
            with subtests.test(what):
                await write()
                if what == "a link less":
                    await forget_writes(database)
                after = await told(api), await told(replica)
                assert after[0] == after[1] != before[0]
                anew = json.loads(b"".join([piece async for piece in guesses(database)]))
                assert after[0]["guesses"] == anew["guesses"]
                assert after[0]["paths"] == sorted(anew["paths"])
                assert after[0]["unmatched"] == sorted(anew["unmatched"])
                before = after
    await other.state.context.renderer.close()


@pytest.mark.parametrize("written", ["before", "after"])
async def test_a_late_commit_is_told(
    api: httpx2.AsyncClient, database: Database, film: dict[str, Any], written: str
) -> None:
    """Of a transaction that had begun when the answer was read."""
    rename = "update api.videos set path = '/late.mkv' where path = '/b.mkv'"
    async with database.connection() as connection:
        async with connection.transaction():
            await fetch_value(connection, "select pg_current_xact_id()::text")
            if written == "before":
                await execute(connection, rename)
            # What others write meanwhile has higher numbers.
            async with database.connection() as another:
                await execute(another, "update api.videos set updated_at = now() where path = '/a.mkv'")
            assert (await told(api))["paths"] == ["/a.mkv", "/b.mkv"]
            await forget_writes(database)
            if written == "after":
                await execute(connection, rename)
        assert (await told(api))["paths"] == ["/a.mkv", "/late.mkv"]


async def test_numbers_of_past_transactions_are_deleted(
    api: httpx2.AsyncClient, database: Database, film: dict[str, Any], library: Library
) -> None:
    for n in range(3):
        await library.video(f"/more {n}.mkv")
    async with database.connection() as connection:
        # As a copy of the data of another server brings them along.
        await execute(connection, "insert into api.library_writes select '9000000000000000000'::xid8")
        await told(api)
        await unnoticed(database, "update api.videos set path = '/unnoticed.mkv' where path = '/b.mkv'")
        assert "/b.mkv" in (await told(api))["paths"]
        await forget_writes(database)
        assert await fetch_value(connection, "select count(*) from api.library_writes") == 1
    assert "/b.mkv" in (await told(api))["paths"]


async def test_what_limited_readers_see_is_their_own(api: httpx2.AsyncClient, film: dict[str, Any]) -> None:
    everything = await told(api)
    nothing: dict[str, Any] = {"paths": [], "guesses": {}, "unmatched": []}
    limited = bearer(libraries=[])
    assert await told(api, headers=limited) == nothing
    assert await told(api) == everything


@pytest.mark.parametrize(("room", "kept"), [(0, False), (20, False), (10_000, True)])
async def test_large_answers_are_not_kept(database: Database, film: dict[str, Any], room: int, *, kept: bool) -> None:
    answers = Guesses(room)

    async def paths() -> list[str]:
        found: list[str] = json.loads(b"".join([piece async for piece in answers.pieces(database)]))["paths"]
        return sorted(found)

    assert await paths() == ["/a.mkv", "/b.mkv"]
    await unnoticed(database, "update api.videos set path = '/unnoticed.mkv' where path = '/b.mkv'")
    assert await paths() == ["/a.mkv", "/b.mkv" if kept else "/unnoticed.mkv"]


async def test_half_an_answer_is_not_kept(database: Database, film: dict[str, Any]) -> None:
    """Of a client that went away."""
    answers = Guesses(10_000)
    half = answers.pieces(database)
    await anext(half)
    await anext(half)
    await half.aclose()  # type: ignore[attr-defined]
    assert json.loads(b"".join([piece async for piece in answers.pieces(database)]))["unmatched"] == ["/b.mkv"]
