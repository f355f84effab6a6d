"""Pictures from the seed to the store: recorded, shown, downloaded by the job, deleted when nothing shows them
(docs/protocol/api.md#pictures)."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from PIL import Image
from procrastinate.testing import InMemoryConnector
from tests.fakes.s3 import Bucket
from tests.integration.api.conftest import Library, Peer
from tests.integration.api.seeds import (
    PUBLIC_URL,
    bearer,
    episode_seed,
    film_seed,
    image_url,
    movie_seed,
    season_seed,
    texts,
)

from kyoo.api import jobs
from kyoo.api.app import create_app
from kyoo.api.catalogue import images
from kyoo.api.context import ApiContext
from kyoo.api.settings import ApiSettings
from kyoo.core.database.postgres import Connection, Database, execute, fetch_all, fetch_value
from kyoo.core.http.service import Runtime
from kyoo.core.public_internet import PublicOnly

PENDING = images.PENDING_BLURHASH


def photo(colour: str = "teal", size: tuple[int, int] = (1500, 1000), kind: str = "PNG") -> bytes:
    output = io.BytesIO()
    Image.new("RGB", size, colour).save(output, kind)
    return output.getvalue()


def served(data: bytes, kind: str = "image/png") -> Any:
    return lambda _: httpx2.Response(200, content=data, headers={"content-type": kind})


@pytest.fixture
def context(app: FastAPI) -> ApiContext:
    found: ApiContext = app.state.context
    return found


@pytest.fixture
def internet(monkeypatch: pytest.MonkeyPatch) -> Peer:
    """The servers of pictures elsewhere; what they get passes the same guard as in earnest."""
    servers = Peer()

    async def resolve(_host: str, _port: int) -> list[str]:
        return ["93.184.216.34"]

    def client(_settings: ApiSettings) -> httpx2.AsyncClient:
        return httpx2.AsyncClient(transport=PublicOnly(lambda: httpx2.MockTransport(servers), resolve))

    monkeypatch.setattr(images, "outside_client", client)
    return servers


async def rows(database: Database, *columns: str) -> list[tuple[Any, ...]]:
    async with database.connection() as connection:
        found = await fetch_all(connection, f"select {', '.join(columns)} from api.images order by source")
    return [tuple(row.values()) for row in found]


async def make_due(database: Database) -> None:
    async with database.connection() as connection:
        await execute(connection, "update api.images set retry_at = now() where status <> 'ready'")


OWN = "/video/abc/cover.jpg?v=1"
OWN_PATH = "/video/abc/cover.jpg"


async def test_a_poster_is_downloaded_and_its_blurhash_shown(
    api: httpx2.AsyncClient, library: Library, context: ApiContext, peer: Peer, queued: InMemoryConnector
) -> None:
    peer.answers[OWN_PATH] = served(photo())
    await library.movie("bubble", translations={"en": texts("Bubble", poster=f"{PUBLIC_URL}{OWN}")})
    assert {job["task_name"] for job in queued.jobs.values()} == {"api:download_images"}
    poster = (await api.get("/movies/bubble")).json()["poster"]
    assert poster == {
        "id": images.image_id(OWN, PUBLIC_URL),
        "source": f"{PUBLIC_URL}{OWN}",
        "blurhash": PENDING,
    }
    assert (await api.get(f"/images/{poster['id']}")).status_code == 404
    assert await jobs.download_due(context) == 1
    shown = (await api.get("/movies/bubble")).json()["poster"]
    assert shown == {**poster, "blurhash": shown["blurhash"]}
    assert len(shown["blurhash"]) == 28
    assert (await api.get(f"/images/{poster['id']}")).status_code == 200
    assert await jobs.download_due(context) == 0


SEARCHER = bearer(permissions=("scanner.search",))


async def test_a_picture_elsewhere_is_shown_small_and_not_kept(
    api: httpx2.AsyncClient, database: Database, internet: Peer
) -> None:
    internet.answers["/poster.png"] = served(photo())
    internet.answers["/page"] = served(b"<html>", "text/html")
    shown = await api.get("/images", params={"url": "https://static.tvmaze.com/poster.png"}, headers=SEARCHER)
    assert shown.headers["content-type"] == "image/webp"
    assert Image.open(io.BytesIO(shown.content)).size == (320, 213)
    assert await rows(database, "id") == []
    hosts = "pictures.example", "tvmaze.com", "static.tvmaze.com.example", "user@pictures.example", "wikimedia.org"
    elsewhere = [f"https://{host}/poster.png" for host in hosts]
    for url in ("https://static.tvmaze.com/page", "https://s4.anilist.co/none", "file:///etc/hosts", *elsewhere):
        assert (await api.get("/images", params={"url": url}, headers=SEARCHER)).status_code == 404


async def test_a_picture_in_the_private_network_is_not_shown(api: httpx2.AsyncClient, context: ApiContext) -> None:
    context.settings.picture_hosts = ("*",)
    for host in ("127.0.0.1", "169.254.169.254", "[::1]", "10.0.0.1"):
        answer = await api.get("/images", params={"url": f"http://{host}/poster.png"}, headers=SEARCHER)
        assert answer.status_code == 404


async def test_every_place_of_a_picture_gets_its_blurhash(
    api: httpx2.AsyncClient, library: Library, context: ApiContext, peer: Peer
) -> None:
    peer.answers[OWN_PATH] = served(photo())
    await seed_everything(library)
    await jobs.download_due(context)
    found: list[str] = []

    def collect(value: Any) -> None:
        if isinstance(value, dict):
            if "blurhash" in value:
                found.append(value["blurhash"])
            for inner in value.values():
                collect(inner)
        elif isinstance(value, list):
            for inner in value:
                collect(inner)

    for path in (
        "/series/show?with=collection,studios,translations",
        "/series/show/seasons",
        "/series/show/entries",
        "/series/show/staff",
    ):
        collect((await api.get(path)).json())
    # 2 languages and the chosen one, the collection, the studio; season; episode, film; person and character.
    assert len(found) == 4 * 3 + 4 + 1 + 3 + 3 + 2
    assert PENDING not in found


async def seed_everything(library: Library) -> None:
    """A serie whose every picture is the same."""
    pictures = dict.fromkeys(("poster", "thumbnail", "banner", "logo"), OWN)
    text = texts("Show", **pictures)
    season = season_seed(1)
    season["translations"]["en"] |= dict.fromkeys(("poster", "thumbnail", "banner"), OWN)
    film = film_seed(2, "film", thumbnail=OWN)
    film["translations"]["en"]["poster"] = OWN
    collection = {**movie_seed("all"), "translations": {"en": text}}
    person: dict[str, Any] = {"slug": "jane", "name": "Jane", "latinName": None, "image": OWN, "externalId": {}}
    await library.serie(
        "show",
        translations={"en": text, "fr": text},
        seasons=[season],
        entries=[episode_seed(1, 1, thumbnail=OWN), film],
        collection=collection,
        studios=[{"slug": "bones", "externalId": {}, "translations": {"en": {"name": "Bones", "logo": OWN}}}],
        staff=[
            {"kind": "actor", "character": {"name": "Riko", "latinName": None, "image": OWN}, "staff": person},
        ],
    )


async def test_a_known_picture_is_shown_at_once_and_fetched_once(
    api: httpx2.AsyncClient, library: Library, context: ApiContext, peer: Peer
) -> None:
    peer.answers[OWN_PATH] = served(photo())
    await library.movie("first", translations={"en": texts("First", poster=OWN)})
    await jobs.download_due(context)
    await library.movie("second", translations={"en": texts("Second", poster=OWN)})
    posters = [(await api.get(f"/movies/{slug}")).json()["poster"] for slug in ("first", "second")]
    assert posters[0] == posters[1]
    await jobs.download_due(context)
    assert len(peer.requests) == 1


async def test_a_place_that_has_another_picture_by_now_keeps_it(
    api: httpx2.AsyncClient, library: Library, context: ApiContext, peer: Peer
) -> None:
    peer.answers[OWN_PATH] = served(photo())
    await library.movie("bubble", translations={"en": texts("Bubble", poster=OWN)})
    await library.movie("bubble", translations={"en": texts("Bubble", poster="/elsewhere.png")})
    assert await jobs.download_due(context) == 1
    poster = (await api.get("/movies/bubble")).json()["poster"]
    assert (poster["source"], poster["blurhash"]) == ("/elsewhere.png", PENDING)


async def test_pictures_of_the_internet(
    api: httpx2.AsyncClient, library: Library, context: ApiContext, peer: Peer, internet: Peer
) -> None:
    internet.answers["/poster.jpg"] = served(photo(kind="JPEG"), "image/jpeg")
    await library.movie("bubble", translations={"en": texts("Bubble", poster=image_url("poster"))})
    assert await jobs.download_due(context) == 1
    assert peer.requests == []
    assert (await api.get("/movies/bubble")).json()["poster"]["blurhash"] != PENDING


async def test_posters_come_first_and_faces_last(
    library: Library, context: ApiContext, internet: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "DOWNLOADS", 1)
    names = ("poster", "thumbnail", "season", "episode", "studio", "face")
    for name in names:
        internet.answers[f"/{name}.jpg"] = served(photo(size=(4, 4)))
    season = season_seed(1)
    season["translations"]["en"]["poster"] = image_url("season")
    person: dict[str, Any] = {
        "slug": "jane",
        "name": "Jane",
        "latinName": None,
        "image": image_url("face"),
        "externalId": {},
    }
    await library.serie(
        "show",
        translations={"en": texts("Show", poster=image_url("poster"), thumbnail=image_url("thumbnail"))},
        seasons=[season],
        entries=[episode_seed(1, 1, thumbnail=image_url("episode"))],
        studios=[
            {"slug": "bones", "externalId": {}, "translations": {"en": {"name": "B", "logo": image_url("studio")}}}
        ],
        staff=[{"kind": "actor", "character": None, "staff": person}],
    )
    assert await jobs.download_due(context) == len(names)
    asked = [request.url.path.strip("/").removesuffix(".jpg") for request in internet.requests]
    assert asked == list(names)


async def test_a_failure_is_tried_again_later_and_later(
    library: Library, context: ApiContext, database: Database, peer: Peer
) -> None:
    await library.movie("bubble", translations={"en": texts("Bubble", poster=OWN)})
    for attempt in range(1, 6):
        assert await jobs.download_due(context) == 0
        # Not due again yet.
        assert await jobs.download_due(context) == 0
        ((status, attempts, error, wait),) = await rows(
            database, "status", "attempts", "error", "extract(epoch from retry_at - now())::int"
        )
        assert (status, attempts, error) == ("failed", attempt, "The source answers 404")
        assert wait == pytest.approx(60 * 4 ** (attempt - 1), abs=5)
        assert len(peer.requests) == attempt
        await make_due(database)
    peer.answers[OWN_PATH] = served(photo())
    assert await jobs.download_due(context) == 1
    assert await rows(database, "status", "error") == [("ready", None)]


@pytest.mark.parametrize(
    ("answer", "seconds"),
    [
        (httpx2.Response(429, headers={"retry-after": "1000"}), 1000),
        (httpx2.Response(503, headers={"retry-after": "99999999"}), images.LONGEST_WAIT),
        (httpx2.Response(429), images.DEFAULT_WAIT),
        (httpx2.Response(500), images.AWAY_PAUSE),
    ],
    ids=["for a while", "for years", "without a word", "out of order"],
)
async def test_a_host_that_cannot_be_asked_is_left_alone_and_holds_up_no_other(
    library: Library, context: ApiContext, database: Database, internet: Peer, answer: httpx2.Response, seconds: float
) -> None:
    for number in range(20):
        internet.answers[f"/{number}.jpg"] = lambda _: answer
        # Those of the other host would all come later.
        internet.answers[f"/z{number}.jpg"] = served(photo(size=(8, 8)))
        for name, host in ((f"{number}", "Away.example.org:8080"), (f"z{number}", "there.example.org")):
            poster = f"https://{host}/{name}.jpg"
            await library.movie(f"m{name}", translations={"en": texts("X", poster=poster)})
    assert await jobs.download_due(context) == 20
    asked = [request for request in internet.requests if request.headers["host"] != "there.example.org"]
    assert len(asked) < images.FAILURES + jobs.DOWNLOADS
    left = await rows(database, "status = 'ready'", "extract(epoch from retry_at - now())::int")
    waiting = [wait for ready, wait in left if not ready]
    assert len(waiting) == 20
    # The first of a host out of order have their own pause.
    assert sorted(waiting)[len(asked) :] == [pytest.approx(seconds, abs=60)] * (20 - len(asked))


async def test_a_picture_that_is_not_there_says_nothing_of_its_host(
    library: Library, context: ApiContext, internet: Peer
) -> None:
    internet.answers["/9.jpg"] = served(photo(size=(8, 8)))
    for number in range(10):
        await library.movie(f"m{number}", translations={"en": texts("X", poster=f"https://a.org/{number}.jpg")})
    assert await jobs.download_due(context) == 1
    assert len(internet.requests) == 10


def test_the_longest_pause_is_a_week() -> None:
    assert [jobs.pause(attempts) for attempts in (1, 2, 3)] == [60, 240, 960]
    assert jobs.pause(8) == jobs.pause(10_000) == 7 * 24 * 3600


async def test_one_bad_picture_does_not_stop_the_others(
    api: httpx2.AsyncClient, library: Library, context: ApiContext, database: Database, peer: Peer
) -> None:
    answers = {"/good.png": photo(), "/text.png": b"no picture", "/cut.png": photo()[:60]}
    for path, data in answers.items():
        peer.answers[path] = served(data)
        await library.movie(path.strip("/").removesuffix(".png"), translations={"en": texts("X", poster=path)})
    assert await jobs.download_due(context) == 1
    assert await rows(database, "source", "status") == [
        ("/cut.png", "failed"),
        ("/good.png", "ready"),
        ("/text.png", "failed"),
    ]


async def test_no_connection_is_held_while_a_picture_is_on_its_way(
    library: Library, context: ApiContext, database: Database, peer: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(12):
        peer.answers[f"/{number}.png"] = served(photo(size=(8, 8)))
        await library.movie(f"m{number}", translations={"en": texts("X", poster=f"/{number}.png")})
    taken = 0
    held: list[int] = []
    fetch = images.download
    lend = database._pool.connection

    @asynccontextmanager
    async def counted() -> AsyncIterator[Connection]:
        nonlocal taken
        async with lend() as connection:
            taken += 1
            yield connection
            taken -= 1

    monkeypatch.setattr(database._pool, "connection", counted)
    all_started, all_looked = asyncio.Barrier(jobs.DOWNLOADS), asyncio.Barrier(jobs.DOWNLOADS)

    async def watched(*args: Any, **options: Any) -> bytes:
        await all_started.wait()
        held.append(taken)
        await all_looked.wait()
        return await fetch(*args, **options)

    monkeypatch.setattr(images, "download", watched)
    assert await jobs.download_due(context) == 12
    assert held == [0] * 12


async def test_two_workers_do_not_fetch_the_same_picture(library: Library, context: ApiContext, peer: Peer) -> None:
    for number in range(6):
        peer.answers[f"/{number}.png"] = served(photo(size=(8, 8)))
        await library.movie(f"m{number}", translations={"en": texts("X", poster=f"/{number}.png")})
    done = await asyncio.gather(jobs.download_due(context), jobs.download_due(context))
    assert (sum(done), len(peer.requests)) == (6, 6)


async def stuck(context: ApiContext, monkeypatch: pytest.MonkeyPatch) -> asyncio.Task[int]:
    """A worker in the middle of a download."""
    started = asyncio.Event()

    async def hang(*_: Any, **__: Any) -> bytes:
        started.set()
        await asyncio.sleep(60)
        raise AssertionError

    with monkeypatch.context() as patched:
        # One at a time: a second claim, made late, would take what the test makes due, and download it in earnest.
        patched.setattr(jobs, "DOWNLOADS", 1)
        patched.setattr(images, "download", hang)
        worker = asyncio.create_task(jobs.download_due(context))
        await started.wait()
    return worker


async def test_what_a_dead_worker_had_taken_comes_back(
    library: Library, context: ApiContext, database: Database, peer: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    peer.answers[OWN_PATH] = served(photo())
    await library.movie("bubble", translations={"en": texts("Bubble", poster=OWN)})
    worker = await stuck(context, monkeypatch)
    assert await jobs.download_due(context) == 0
    async with database.connection() as connection:
        await execute(connection, "update api.images set retry_at = retry_at - interval '2 minutes'")
    assert await jobs.download_due(context) == 1
    worker.cancel()
    await asyncio.gather(worker, return_exceptions=True)


async def test_what_a_worker_that_is_told_to_stop_had_taken_is_due_at_once(
    library: Library, context: ApiContext, database: Database, peer: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    peer.answers[OWN_PATH] = served(photo())
    await library.movie("bubble", translations={"en": texts("Bubble", poster=OWN)})
    worker = await stuck(context, monkeypatch)
    worker.cancel()
    await asyncio.gather(worker, return_exceptions=True)
    assert await rows(database, "status", "attempts", "retry_at <= now() as due") == [("pending", 0, True)]
    assert await jobs.download_due(context) == 1, await rows(database, "status", "attempts", "error")


@pytest.fixture
async def picture(library: Library, context: ApiContext, peer: Peer) -> str:
    """The id of a picture in the store, 1500×1000."""
    peer.answers[OWN_PATH] = served(photo())
    await library.movie("bubble", translations={"en": texts("Bubble", poster=OWN)})
    await jobs.download_due(context)
    return images.image_id(OWN, PUBLIC_URL)


async def test_a_picture_whose_files_are_lost_is_downloaded_again(
    api: httpx2.AsyncClient, context: ApiContext, picture: str, tmp_path: Path, queued: InMemoryConnector
) -> None:
    queued.jobs.clear()
    for file in (tmp_path / "images").iterdir():
        file.unlink()
    assert (await api.get(f"/images/{picture}")).status_code == 404
    assert {job["task_name"] for job in queued.jobs.values()} == {"api:download_images"}
    assert await jobs.download_due(context) == 1
    assert (await api.get(f"/images/{picture}")).status_code == 200


async def test_pictures_in_an_object_store(
    runtime: Runtime, library: Library, peer: Peer, bucket: Bucket, database: Database
) -> None:
    app = create_app(ApiSettings(images=bucket.url), runtime)
    context: ApiContext = app.state.context
    peer.answers[OWN_PATH] = served(photo())
    await library.movie("bubble", translations={"en": texts("Bubble", poster=f"{PUBLIC_URL}{OWN}")})
    assert await jobs.download_due(context) == 1
    identifier = images.image_id(OWN, PUBLIC_URL)
    assert bucket.names() == sorted(f"kyoo/{images.file_name(identifier, quality)}" for quality in images.WIDTHS)
    transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://localhost/api", headers=bearer()) as api:
        answer = await api.get(f"/images/{identifier}?quality=low", headers={"accept": "image/jpeg"})
        assert (answer.status_code, answer.headers["content-type"]) == (200, "image/jpeg")
        assert Image.open(io.BytesIO(answer.content)).size == (320, 213)
        await api.delete("/movies/bubble")
    await context.renderer.close()
    async with database.connection() as connection:
        await execute(connection, "update api.images set created_at = now() - interval '2 days'")
    await jobs.forget_unused(context)
    assert bucket.names() == []


async def test_unused_pictures_are_deleted(
    api: httpx2.AsyncClient, library: Library, context: ApiContext, database: Database, picture: str, tmp_path: Path
) -> None:
    folder = tmp_path / "images"
    await api.get(f"/images/{picture}", headers={"Accept": "image/jpeg"})
    assert len(list(folder.iterdir())) == 4
    await seed_everything(library)  # shows the same picture
    await api.delete("/movies/bubble")
    async with database.connection() as connection:
        await execute(connection, "update api.images set created_at = now() - interval '2 days'")
    assert await jobs.forget_unused(context) == 0
    await api.delete("/series/show")
    await api.delete("/collections/all")
    async with database.connection() as connection:
        await execute(connection, "delete from api.studios")
        await execute(connection, "delete from api.staff")
    assert await jobs.forget_unused(context) == 1
    assert list(folder.iterdir()) == []
    async with database.connection() as connection:
        assert await fetch_value(connection, "select count(*) from api.images") == 0
        assert await fetch_value(connection, "select count(*) from api.image_places") == 0


async def test_what_the_queue_runs(library: Library, context: ApiContext, database: Database, peer: Peer) -> None:
    job: Any = SimpleNamespace(additional_context={"api": context})
    peer.answers[OWN_PATH] = served(photo(size=(8, 8)))
    await library.movie("bubble", translations={"en": texts("Bubble", poster=OWN)})
    await jobs.download_images(job)
    assert await rows(database, "status") == [("ready",)]
    await jobs.retry_images(job, 0)
    await jobs.forget_images(job, 0)
    assert await rows(database, "status") == [("ready",)]
    pictures = {name: task for name, task in jobs.blueprint.tasks.items() if name.endswith("_images")}
    assert len(pictures) == 3
    assert {task.queue for task in pictures.values()} == {"images"}
    periodic = {entry.task.name: entry.cron for entry in jobs.blueprint.periodic_registry.periodic_tasks.values()}
    assert periodic["retry_images"] == "* * * * *"
    assert periodic["forget_images"] == "17 4 * * *"
