"""Replicas that do the same thing at the same time, each with connections of its own, end in one right state, and no
answer fails."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx2
import pytest
from psycopg.rows import DictRow
from tests.integration.api.references import orphans
from tests.integration.api.seeds import (
    PUBLIC_URL,
    bearer,
    episode_seed,
    image_url,
    movie_seed,
    season_seed,
    serie_seed,
    texts,
    video_seed,
)
from tests.integration.api.viewers.watching import items, play
from tests.samples import sampled

from kyoo.api.app import create_app
from kyoo.api.catalogue import registering
from kyoo.api.catalogue.images import file_names
from kyoo.api.context import create_context
from kyoo.api.jobs import forget_unused
from kyoo.api.models.video import LinkRequest
from kyoo.api.queries import libraries
from kyoo.api.queries.catalogue import images as queries
from kyoo.api.queries.catalogue.images import POSTER, Source, drop_stale_places
from kyoo.api.settings import ApiSettings
from kyoo.core.database.postgres import Connection, Database, execute, fetch_all, fetch_value
from kyoo.core.http.service import Runtime

#: Each race is run as often; the order of two writes is luck. Many times in `make test-all`.
FEW, MANY = 8, 20
ROUNDS = FEW
EPISODES = 6

PERSON = {"slug": "ann", "name": "Ann", "latinName": None, "image": None, "externalId": {}}
OTHER = {**PERSON, "slug": "bob", "name": "Bob"}
STUDIO = {"slug": "citrus", "externalId": {}, "translations": {"en": {"name": "Citrus", "logo": None}}}


@pytest.fixture
async def replicas(runtime: Runtime, database: Database, tmp_path: Path) -> AsyncIterator[list[httpx2.AsyncClient]]:
    """Clients of three api processes on one database."""
    async with AsyncExitStack() as stack:
        clients = []
        for _ in range(3):
            own = Database(database.conninfo, max_size=4)
            await own.open()
            stack.push_async_callback(own.close)
            app = create_app(ApiSettings(images=str(tmp_path / "images")), replace(runtime, database=own))
            transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
            client = httpx2.AsyncClient(transport=transport, base_url=f"{PUBLIC_URL}/api", headers=bearer())
            clients.append(await stack.enter_async_context(client))
        yield clients


@pytest.fixture(autouse=True, params=sampled([FEW, MANY], lambda rounds: rounds == FEW))
def rounds(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules[__name__], "ROUNDS", request.param)


@pytest.fixture(autouse=True)
async def no_deadlock(request: pytest.FixtureRequest, database: Database) -> AsyncIterator[None]:
    """A write that a deadlock ends is done again (context.py), so that no answer would tell; each costs a second. Only
    a show that is deleted may cause one: what is inside it goes after it."""
    query = "select deadlocks from pg_stat_database where datname = current_database()"
    async with database.connection() as connection:
        # Those of a test before count on.
        before = await fetch_value(connection, query)
    yield
    async with database.connection() as connection:
        # The counters of a connection are written when it is idle, at the latest after a second.
        await asyncio.sleep(1.1)
        count = await fetch_value(connection, query)
    assert count == before or "deleting" in request.node.name


async def race(*calls: Awaitable[httpx2.Response], allowed: set[int]) -> list[httpx2.Response]:
    answers = await asyncio.gather(*calls)
    assert {answer.status_code for answer in answers} <= allowed, [answer.text for answer in answers]
    return answers


def abyss(slug: str, episodes: int = EPISODES, *, turned: bool = False, **more: Any) -> dict[str, Any]:
    """A serie with everything that seeds share; `turned` lists it in the opposite order."""
    staff = [{"kind": "actor", "character": None, "staff": person} for person in (PERSON, OTHER)]
    entries = [
        episode_seed(1, number, translations={"en": {"name": f"Part {number} of {slug}", "description": None}})
        for number in range(1, episodes + 1)
    ]
    order: Callable[[list[Any]], list[Any]] = (lambda rows: rows[::-1]) if turned else list
    return serie_seed(
        slug,
        seasons=[season_seed(1)],
        entries=order(entries),
        staff=order(staff),
        studios=[STUDIO],
        translations={"en": texts(slug, tags=["deep"]), "fr": texts(f"{slug} en français")},
        **more,
    )


async def entries_of(api: httpx2.AsyncClient, slug: str) -> list[str]:
    return [entry["slug"] for entry in await items(api, f"/series/{slug}/entries")]


def slugs(serie: str, episodes: int = EPISODES) -> list[str]:
    return [f"{serie}-s1e{number}" for number in range(1, episodes + 1)]


async def test_seeding_the_same_serie(replicas: list[httpx2.AsyncClient]) -> None:
    for number in range(ROUNDS):
        slug = f"abyss{number}"
        answers = await race(
            *(api.post("/series", json=abyss(slug, turned=bool(place % 2))) for place, api in enumerate(replicas)),
            allowed={200, 201},
        )
        assert sorted(answer.status_code for answer in answers) == [200, 200, 201]
        assert len({answer.json()["id"] for answer in answers}) == 1
        assert await entries_of(replicas[0], slug) == slugs(slug)
        (season,) = await items(replicas[1], f"/series/{slug}/seasons")
        assert season["entriesCount"] == EPISODES
        assert [role["staff"]["slug"] for role in await items(replicas[2], f"/series/{slug}/staff")] in (
            ["ann", "bob"],
            ["bob", "ann"],
        )
    assert [person["slug"] for person in await items(replicas[0], "/staff")] == ["ann", "bob"]
    assert [studio["slug"] for studio in await items(replicas[0], "/studios")] == ["citrus"]


@pytest.mark.exhaustive
async def test_seeding_different_series_that_share_what_they_have(replicas: list[httpx2.AsyncClient]) -> None:
    for number in range(ROUNDS):
        await race(
            *(
                api.post("/series", json=abyss(f"serie{place}-{number}", turned=bool(place % 2)))
                for place, api in enumerate(replicas * 2)
            ),
            allowed={201},
        )
    for place in range(6):
        assert await entries_of(replicas[0], f"serie{place}-{ROUNDS - 1}") == slugs(f"serie{place}-{ROUNDS - 1}")


async def test_registering_and_linking_the_same_files(replicas: list[httpx2.AsyncClient]) -> None:
    """Every replica registers all files, and links them by hand, in another order than the next."""
    for number in range(ROUNDS):
        slug = f"abyss{number}"
        assert (await replicas[0].post("/series", json=abyss(slug))).status_code == 201
        files = [
            video_seed(f"/{slug}/{episode}.mkv", **{"for": [{"slug": f"{slug}-s1e{episode}"}]})
            for episode in range(1, EPISODES + 1)
        ]
        answers = await race(
            *(api.post("/videos", json=files[::-1] if place % 2 else files) for place, api in enumerate(replicas)),
            allowed={201},
        )
        ids = {video["path"]: video["id"] for answer in answers for video in answer.json()}
        assert len({video["id"] for answer in answers for video in answer.json()}) == EPISODES
        links = [{"id": ids[file["path"]], "for": file["for"]} for file in files]
        await race(
            *(
                api.request(method, "/videos/link", json=links[::-1] if place % 2 else links)
                for place, api in enumerate(replicas)
                for method in ("POST", "PUT")
            ),
            allowed={201},
        )
        serie = (await replicas[0].get(f"/series/{slug}")).json()
        assert (serie["entriesCount"], serie["availableCount"]) == (EPISODES, EPISODES)
        shown = await items(replicas[1], f"/series/{slug}/entries")
        assert [[video["slug"] for video in entry["videos"]] for entry in shown] == [[name] for name in slugs(slug)]


@pytest.mark.exhaustive
async def test_linking_while_the_link_is_taken_away(replicas: list[httpx2.AsyncClient]) -> None:
    """Whichever is last: what is counted, marked as unmatched and shown is the same."""
    one, two, three = replicas
    for number in range(ROUNDS):
        slug = f"abyss{number}"
        assert (await one.post("/series", json=abyss(slug, 1))).status_code == 201
        file = video_seed(f"/{slug}.mkv", **{"for": [{"slug": f"{slug}-s1e1"}]})
        (video,) = (await one.post("/videos", json=[file])).json()
        await race(
            one.request("DELETE", "/videos/link", json=[f"{slug}-s1e1"]),
            two.post("/videos/link", json=[{"id": video["id"], "for": [{"slug": f"{slug}-s1e1"}]}]),
            three.post("/videos", json=[file]),
            allowed={200, 201},
        )
        (entry,) = await items(one, f"/series/{slug}/entries")
        linked = len(entry["videos"])
        assert (await two.get(f"/series/{slug}")).json()["availableCount"] == linked <= 1
        unmatched = [loose["path"] for loose in await items(three, "/videos/unmatched")]
        assert (f"/{slug}.mkv" in unmatched) == (not linked)


async def test_recording_the_same_progress(replicas: list[httpx2.AsyncClient]) -> None:
    for number in range(ROUNDS):
        slug = f"abyss{number}"
        assert (await replicas[0].post("/series", json=abyss(slug))).status_code == 201
        file = video_seed(f"/{slug}.mkv", **{"for": [{"slug": f"{slug}-s1e1"}]})
        (video,) = (await replicas[0].post("/videos", json=[file])).json()
        answers = await race(
            *(
                api.post("/profiles/me/history", json=[play(f"{slug}-s1e1", 95, videoId=video["id"])])
                for api in replicas * 2
            ),
            allowed={201},
        )
        assert sum(answer.json()["inserted"] for answer in answers) == 1
        status = (await replicas[1].get(f"/series/{slug}")).json()["watchStatus"]
        assert (status["status"], status["seenCount"]) == ("watching", 1)
        following = (await replicas[2].get(f"/series/{slug}?with=nextEntry")).json()["nextEntry"]
        assert following["slug"] == f"{slug}-s1e2"
    assert len(await items(replicas[0], "/profiles/me/history")) == ROUNDS


async def test_marking_while_progress_is_recorded(replicas: list[httpx2.AsyncClient]) -> None:
    one, two, three = replicas
    for number in range(ROUNDS):
        slug = f"abyss{number}"
        assert (await one.post("/series", json=abyss(slug))).status_code == 201
        await race(
            one.post(f"/series/{slug}/seen"),
            two.post("/profiles/me/history", json=[play(name, 100) for name in slugs(slug)[::-1]]),
            three.put(f"/series/{slug}/score", json={"score": 80}),
            allowed={200, 201},
        )
        status = (await one.get(f"/series/{slug}")).json()["watchStatus"]
        assert (status["status"], status["seenCount"], status["score"]) == ("completed", EPISODES, 80)


@pytest.mark.exhaustive
async def test_editing_while_it_is_refreshed(replicas: list[httpx2.AsyncClient]) -> None:
    """What was written by hand is kept, and the rest is the refresh's."""
    one, two, three = replicas
    for number in range(ROUNDS):
        slug = f"abyss{number}"
        assert (await one.post("/series", json=abyss(slug))).status_code == 201
        refreshed = abyss(slug, EPISODES + 1, genres=["drama"], status="airing")
        await race(
            one.patch(f"/series/{slug}", json={"genres": ["action"], "translations": {"en": {"name": "Mine"}}}),
            two.post("/series", json=refreshed),
            three.patch(f"/entries/{slug}-s1e2", json={"translations": {"en": {"name": "My part"}}}),
            allowed={200},
        )
        # The next refresh must not undo it, either, in case that one came first.
        assert (await three.post("/series", json=refreshed)).status_code == 200
        serie = (await two.get(f"/series/{slug}")).json()
        assert (serie["name"], serie["genres"], serie["status"]) == ("Mine", ["action"], "airing")
        shown = await items(one, f"/series/{slug}/entries")
        assert [entry["slug"] for entry in shown] == slugs(slug, EPISODES + 1)
        assert [entry["name"] for entry in shown][1:3] == ["My part", f"Part 3 of {slug}"]


@pytest.mark.exhaustive
async def test_deleting_while_it_is_seeded_and_played(replicas: list[httpx2.AsyncClient], database: Database) -> None:
    """It is gone, or it is there with all that it has; never a part of it."""
    one, two, three = replicas
    for number in range(ROUNDS):
        slug = f"abyss{number}"
        assert (await one.post("/series", json=abyss(slug))).status_code == 201
        await race(
            one.delete(f"/series/{slug}"),
            three.delete(f"/series/{slug}"),
            two.request("DELETE", "/videos", json=[f"/{slug}.mkv", f"/abyss{number - 1}.mkv"]),
            two.post("/series", json=abyss(slug, turned=True)),
            three.post("/profiles/me/history", json=[play(f"{slug}-s1e1", 50)]),
            three.post("/videos", json=[video_seed(f"/{slug}.mkv", **{"for": [{"slug": f"{slug}-s1e1"}]})]),
            three.post(f"/series/{slug}/watchstatus", json={"status": "completed"}),
            three.post(f"/series/{slug}/seen"),
            three.delete(f"/series/{slug}/seen"),
            two.put(f"/series/{slug}/score", json={"score": 7}),
            two.put(f"/series/{slug}/hidden"),
            one.patch(f"/series/{slug}", json={"genres": ["action"]}),
            allowed={200, 201, 204, 404},
        )
        serie = await one.get(f"/series/{slug}")
        if serie.status_code == 404:
            assert (await one.get(f"/series/{slug}/entries")).status_code == 404
            continue
        assert await entries_of(two, slug) == slugs(slug)
        shown = await items(three, f"/series/{slug}/entries")
        assert serie.json()["availableCount"] == sum(bool(entry["videos"]) for entry in shown)
        assert serie.json()["entriesCount"] == EPISODES
    for path in ("/news", "/profiles/me/history", "/profiles/me/watchlist", "/videos", "/search?query=abyss"):
        assert (await two.get(path)).status_code == 200
    async with database.connection() as connection:
        await drop_stale_places(connection)
        assert await orphans(connection) == {}


@pytest.mark.exhaustive
async def test_libraries_that_change_while_files_come(replicas: list[httpx2.AsyncClient], database: Database) -> None:
    """A scan registers and links files in a folder that becomes a library, and stops being one: every show ends up in
    the libraries that its files are in."""
    first, second, third = replicas
    for number in range(ROUNDS):
        folder = f"/shelf{number}"

        async def scan(api: httpx2.AsyncClient, name: str, folder: str = folder) -> httpx2.Response:
            await api.post("/movies", json=movie_seed(name))
            (video,) = (await api.post("/videos", json=[video_seed(f"{folder}/{name}.mkv", rendering=name)])).json()
            return await api.post("/videos/link", json=[{"id": video["id"], "for": [{"movie": name}]}])

        body = {"name": "Shelf", "path": folder}
        await race(
            scan(first, f"a{number}"),
            second.put(f"/libraries/shelf{number}", json=body),
            third.put("/libraries/turning", json=body),
            scan(third, f"b{number}"),
            second.put("/libraries/turning", json={**body, "path": "/elsewhere"}),
            allowed={200, 201},
        )
        async with database.connection() as connection:
            assert await libraries.misplaced_shows(connection) == []
        headers = bearer(permissions=("core.read",), libraries=[f"shelf{number}"])
        assert [movie["slug"] for movie in await items(first, "/movies", headers=headers)] == [
            f"a{number}",
            f"b{number}",
        ]


async def test_a_show_gets_a_file_while_it_hears_of_a_library(
    replicas: list[httpx2.AsyncClient], database: Database
) -> None:
    """What was read of its files before somebody linked another one is not written after that."""
    first = replicas[0]
    await first.post("/movies", json=movie_seed("film"))
    await first.put("/libraries/attic", json={"name": "Attic", "path": "/attic"})
    old, new = (video_seed(f"/{folder}/a.mkv", rendering=folder) for folder in ("cellar", "attic"))
    registered = (await first.post("/videos", json=[{**old, "for": [{"movie": "film"}]}, new])).json()

    async def hear() -> None:
        async with database.connection() as connection:
            await libraries.gather_libraries(connection, await libraries.misplaced_shows(connection))

    async with database.transaction() as connection:
        await libraries.save_library(connection, "cellar", "Cellar", "/cellar")
    async with database.transaction() as linking:
        request = LinkRequest.model_validate({"id": registered[1]["id"], "for": [{"movie": "film"}]})
        await registering.link(linking, [request], replace=False)
        hearing = asyncio.create_task(hear())
        await asyncio.sleep(0.3)
        assert not hearing.done()
    await hearing
    async with database.connection() as connection:
        assert await libraries.misplaced_shows(connection) == []


async def test_nobody_waits_for_a_library(replicas: list[httpx2.AsyncClient], database: Database) -> None:
    """While a transaction that changes files goes on, a library that comes waits for it, and others read and write."""
    first, second, third = replicas
    await first.post("/movies", json=movie_seed("film"))
    video = (await first.post("/videos", json=[video_seed("/new/film.mkv")])).json()[0]["id"]
    async with database.transaction() as slow:
        await registering.link(
            slow, [LinkRequest.model_validate({"id": video, "for": [{"movie": "film"}]})], replace=False
        )
        coming = asyncio.create_task(second.put("/libraries/new", json={"name": "New", "path": "/new"}))
        await asyncio.sleep(0.3)
        assert not coming.done()
        video = await third.post("/videos", json=[video_seed("/new/a.mkv", **{"for": []})])
        assert video.status_code == 201
        assert len(await items(first, "/videos")) == 2
    assert (await coming).status_code == 200


async def test_a_picture_that_is_collected_while_it_is_recorded_is_recorded_again(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It stands in the table when it is looked for, and not when it is to be locked."""
    source = Source(sha256(image_url("late").encode()).hexdigest(), image_url("late"), POSTER)
    async with database.connection() as connection:
        await execute(
            connection,
            "insert into api.images (id, source, created_at) values (%s, %s, now() - interval '2 days')",
            [source.id, source.url],
        )
    collected: list[str] = []

    async def after_the_collector(connection: Connection, *query: Any) -> list[DictRow]:
        monkeypatch.undo()
        if not collected:
            async with database.connection() as another:
                collected.extend(await queries.take_unused(another, 10))
        return await fetch_all(connection, *query)

    # Between the two statements of `record`.
    monkeypatch.setattr(queries, "fetch_all", after_the_collector)
    async with database.transaction() as connection:
        await queries.record(connection, [source])
    async with database.connection() as connection:
        assert await fetch_value(connection, "select count(*) from api.images where id = %s", [source.id]) == 1
    assert collected == [source.id]


@pytest.mark.exhaustive
async def test_unused_pictures_are_collected_by_two_at_once(
    replicas: list[httpx2.AsyncClient], runtime: Runtime, database: Database, tmp_path: Path
) -> None:
    """Each is deleted once, with its file; one that a seed shows again meanwhile is queued again, or has its file."""
    shown = [image_url(f"shown{number}") for number in range(ROUNDS)]
    sources = [*shown, *(image_url(f"unused{number}") for number in range(300))]
    identifiers = [sha256(source.encode()).hexdigest() for source in sources]
    folder = tmp_path / "images"
    folder.mkdir(exist_ok=True)
    for identifier in identifiers:
        (folder / file_names(identifier)[0]).touch()
    async with database.connection() as connection:
        await execute(
            connection,
            """
            insert into api.images (id, source, blurhash, status, created_at)
            select *, 'L00000', 'ready', now() - interval '2 days' from unnest(%s::text[], %s::text[])
            """,
            [identifiers, sources],
        )

    async def collect() -> int:
        own = Database(database.conninfo, max_size=2)
        await own.open()
        try:
            settings = ApiSettings(images=str(folder))
            return await forget_unused(create_context(settings, replace(runtime, database=own)))
        finally:
            await own.close()

    async def seed(place: int) -> None:
        for number in range(place, ROUNDS, 2):
            movie = movie_seed(f"film{number}", translations={"en": texts("Film", poster=shown[number])})
            assert (await replicas[place].post("/movies", json=movie)).status_code == 201

    first, second, *_ = await asyncio.gather(collect(), collect(), seed(0), seed(1))
    async with database.connection() as connection:
        rows = await fetch_all(connection, "select id, status from api.images order by id")
    assert [row["id"] for row in rows] == sorted(identifiers[:ROUNDS])
    ready = {row["id"] for row in rows if row["status"] == "ready"}
    # Whatever was deleted and recorded again counts, too.
    assert first + second == 300 + ROUNDS - len(ready)
    assert {path.name for path in folder.iterdir()} == {file_names(identifier)[0] for identifier in ready}
