"""Transcoders beside each other on one database: whoever is asked, one of them encodes; and what becomes of a player
when that one goes."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from tests import media
from tests.fakes.serving import served
from tests.integration.api.seeds import OTHER_USER, SECRET, USER, bearer
from tests.integration.transcoder.test_sessions import encoders, long_movie
from tests.waiting import PATIENCE, until

from kyoo.core.database.postgres import Database
from kyoo.core.database.queue import make_queue
from kyoo.core.files import encode_path
from kyoo.core.http.permissions import Authentication
from kyoo.core.http.service import Runtime
from kyoo.core.tokens import SharedSecret, Verifier
from kyoo.transcoder.app import create_app
from kyoo.transcoder.context import TranscoderContext
from kyoo.transcoder.replicas import Replicas
from kyoo.transcoder.settings import TranscoderSettings

KNOWN = Authentication(Verifier(SharedSecret(SECRET)), 401, 401)
ADMIN: dict[str, Any] = {"permissions": ("core.play", "users.read", "users.write"), "sub": str(OTHER_USER)}
VIEWER: dict[str, Any] = {"permissions": ("core.play",), "sub": str(USER)}


@dataclass
class Replica:
    """One transcoder, as a gateway reaches it."""

    app: FastAPI
    http: httpx2.AsyncClient
    stack: AsyncExitStack

    @property
    def context(self) -> TranscoderContext:
        context: TranscoderContext = self.app.state.context
        return context

    @property
    def replicas(self) -> Replicas:
        return self.context.replicas

    def own_tracks(self) -> int:
        """How many tracks are encoded here."""
        return sum(len(stream.videos) + len(stream.audios) for stream in self.context.sessions.streams())

    async def segment(self, path: Path, number: int, *, client: str = "player", **who: Any) -> httpx2.Response:
        url = f"/video/{encode_path(path)}/0/transcode/segment-{number}.mp4"
        return await self.http.get(url, headers={"X-CLIENT-ID": client} | bearer(**(who or VIEWER)))

    async def listed(self, **who: Any) -> list[dict[str, Any]]:
        answer = await self.http.get("/video/streams", headers=bearer(**(who or ADMIN)))
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()
        return found

    async def end(self, client: str, message: str | None = None, **who: Any) -> int:
        body = None if message is None else {"message": message}
        url = f"/video/streams/{client}"
        return (await self.http.request("DELETE", url, headers=bearer(**(who or ADMIN)), json=body)).status_code


@asynccontextmanager
async def replica(database: Database, folder: Path, number: int, **settings: Any) -> AsyncIterator[Replica]:
    library = folder / "library"
    library.mkdir(exist_ok=True)
    chosen = TranscoderSettings(
        library=[library],
        cache_root=folder / f"cache{number}",
        metadata_root=str(folder / "metadata"),
        preset="ultrafast",
        **settings,
    )
    listener = socket.create_server(("127.0.0.1", 0))
    address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    queue = make_queue(database.conninfo)
    async with AsyncExitStack() as stack, queue.open_async(), httpx2.AsyncClient(base_url="http://peer") as peer:
        app = create_app(chosen, Runtime(database, queue, KNOWN, peer, "http://kyoo.test", address))
        await stack.enter_async_context(served(app, listener))
        http = await stack.enter_async_context(httpx2.AsyncClient(base_url=address, timeout=PATIENCE))
        yield Replica(app, http, stack)


Start = Callable[..., Awaitable[Replica]]


@pytest.fixture
async def start(database: Database, tmp_path: Path) -> AsyncIterator[Start]:
    async with AsyncExitStack() as stack:
        count = 0

        async def begin(**settings: Any) -> Replica:
            nonlocal count
            count += 1
            return await stack.enter_async_context(replica(database, tmp_path, count, **settings))

        yield begin


@pytest.fixture
def film(tmp_path: Path) -> Path:
    (tmp_path / "library").mkdir()
    return media.placed(long_movie(), tmp_path / "library/long.mkv")


async def two(start: Start, **settings: Any) -> tuple[Replica, Replica]:
    """That know each other."""
    one, other = await start(**settings), await start(**settings)
    await until(lambda: len(one.replicas.peers) == 1 and len(other.replicas.peers) == 1)
    return one, other


async def test_whoever_is_asked_one_of_them_encodes(start: Start, film: Path) -> None:
    one, other = await two(start)
    for number in range(8):
        answer = await (one, other)[number % 2].segment(film, number)
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"] == "video/mp4"
        assert len(answer.content) > 1000
    assert (one.own_tracks(), other.own_tracks()) == (1, 0)
    assert len(encoders()) <= 1
    lists = [await each.listed() for each in (one, other)]
    assert [[viewer["clientId"] for viewer in stream["viewers"]] for stream in lists[1]] == [["player"]]
    assert lists[0][0]["path"] == lists[1][0]["path"] == str(film)
    mine = await other.listed(**VIEWER)
    assert [viewer["profileId"] for viewer in mine[0]["viewers"]] == [str(USER)]
    assert await other.listed(permissions=("core.play",), sub=str(OTHER_USER)) == []


@pytest.mark.exhaustive
async def test_what_is_known_of_a_client_is_not_lost_on_the_way(start: Start, film: Path) -> None:
    """Its address counts for what guests may; nobody but another transcoder may say it."""
    one, other = await two(start)
    await one.segment(film, 0)
    url = f"/video/{encode_path(film)}/0/transcode/segment-1.mp4"
    guest = bearer(permissions=("core.play",), sub="00000000-0000-0000-0000-000000000000") | {"X-CLIENT-ID": "tv"}
    far = {"X-Forwarded-For": "203.0.113.7"}
    assert (await other.http.get(url, headers=guest | far)).status_code == 200
    users = {client.key[1]: client.user for client in one.context.sessions.clients.watching()}
    assert users["tv"] == "guest 203.0.113.7"
    for key in ("made-up", other.replicas.key):
        told = guest | far | {"X-Kyoo-Replica": key, "X-Kyoo-Client": "127.0.0.1", "X-CLIENT-ID": "liar"}
        assert (await one.http.get(url, headers=told)).status_code == 421
    assert "liar" not in {client.key[1] for client in one.context.sessions.clients.watching()}


async def test_an_address_that_leads_to_oneself_leads_nowhere(start: Start, film: Path) -> None:
    """As one that means this machine does on every machine."""
    one, other = await two(start)
    await one.segment(film, 0)
    peer = other.replicas.peers[one.replicas.id]
    peer.address = str(other.http.base_url).rstrip("/")
    assert (await other.segment(film, 1)).status_code == 200
    assert other.own_tracks() == 1


@pytest.mark.exhaustive
async def test_a_stream_is_ended_from_anywhere_and_its_player_kept_away_everywhere(start: Start, film: Path) -> None:
    one, other = await two(start)
    await one.segment(film, 0)
    assert await other.end("nobody") == 404
    assert await other.end("player", permissions=("core.play",), sub=str(OTHER_USER)) == 404
    assert await other.end("player", "Dinner is ready") == 204

    async def nothing_runs() -> bool:
        return not encoders() and await one.listed() == []

    await until(nothing_runs)
    short = media.placed(media.movie(), film.with_name("short.mkv"))

    async def refused(by: Replica, path: Path) -> bool:
        answer = await by.segment(path, 0)
        return (answer.status_code, answer.json() if answer.status_code == 403 else None) == (
            403,
            {"errors": ["Dinner is ready"]},
        )

    await until(lambda: refused(one, film))
    # Of a file that nobody owns yet.
    await until(lambda: refused(other, short))
    assert (await other.segment(short, 0, client="another")).status_code == 200
    assert await one.end("another", **VIEWER) == 204


async def test_a_file_is_taken_over_when_its_owner_ends(start: Start, database: Database, film: Path) -> None:
    one, other = await two(start)
    await one.segment(film, 0)
    await other.segment(film, 1)
    assert (one.own_tracks(), other.own_tracks()) == (1, 0)
    await one.stack.aclose()
    answer = await other.segment(film, 2)
    assert answer.status_code == 200
    assert other.own_tracks() == 1
    await until(lambda: not other.replicas.peers)
    assert await other.replicas.owner((await other.context.library.find(encode_path(film))).content_id) is None


async def silence(one: Replica) -> None:
    """As SIGSTOP does: it neither says that it is there nor answers, but what connects to it is not refused."""
    assert one.replicas._task is not None
    one.replicas._task.cancel()

    async def never(*_: Any) -> None:
        await asyncio.Event().wait()

    one.app.middleware_stack = never


@pytest.mark.exhaustive
async def test_an_owner_that_hangs_holds_nobody_up_for_long(start: Start, film: Path) -> None:
    one, other = await two(start)
    await one.segment(film, 0)
    await silence(one)
    began = asyncio.get_running_loop().time()
    answer = await other.segment(film, 1)
    assert answer.status_code == 200
    assert other.own_tracks() == 1
    # Two and a half seconds of silence, one to notice it, and what a busy machine adds.
    assert asyncio.get_running_loop().time() - began < PATIENCE / 2
    began = asyncio.get_running_loop().time()
    assert (await other.segment(film, 2)).status_code == 200
    content = (await other.context.library.find(encode_path(film))).content_id
    await until(lambda: other.replicas._ours.get(content))


@pytest.mark.exhaustive
async def test_an_owner_that_hangs_is_replaced_within_three_seconds(start: Start) -> None:
    """Of its own time: what this machine takes for the looks themselves, and to wake, is measured beside."""
    one, other = await two(start)
    loop, taken = asyncio.get_running_loop(), 0.0
    beat = other.replicas._beat

    async def measured() -> None:
        nonlocal taken
        began = loop.time()
        await beat()
        taken += loop.time() - began

    async def lag() -> None:
        nonlocal taken
        while True:
            began = loop.time()
            await asyncio.sleep(0.01)
            taken += max(0.0, loop.time() - began - 0.01)

    peer = other.replicas.peers[one.replicas.id]
    other.replicas._beat = measured  # type: ignore[method-assign]
    lagging = asyncio.create_task(lag())
    await one.replicas._beat()
    began, taken = loop.time(), 0.0
    await silence(one)
    async with asyncio.timeout(PATIENCE):
        await peer.lost.wait()
    lagging.cancel()
    assert loop.time() - began < 2.7 + taken


@pytest.mark.exhaustive
async def test_two_that_both_believe_to_be_the_owner_agree(start: Start, film: Path) -> None:
    """Both start alone, as far as they know, and are asked at once."""
    one, other = await start(client_idle=2), await start(client_idle=2)
    one.replicas.peers.clear()
    other.replicas.peers.clear()
    answers = await asyncio.gather(one.segment(film, 0), other.segment(film, 0))
    assert [answer.status_code for answer in answers] == [200, 200]
    await until(lambda: one.replicas.peers and other.replicas.peers)

    async def one_is() -> bool:
        # Whoever does not ask for a while is taken for gone.
        await one.segment(film, 0)
        return len(one.replicas._ours) + len(other.replicas._ours) == 1

    await until(one_is)
    for number in range(1, 4):
        for each in (one, other):
            assert (await each.segment(film, number)).status_code == 200
    await until(lambda: len(encoders()) <= 1)


@pytest.mark.exhaustive
async def test_an_account_has_no_more_streams_and_encoders_than_it_may_wherever_they_are(
    start: Start, film: Path
) -> None:
    one, other = await two(start, encoders_per_user=1, encoder_wait=0.2)
    short = media.placed(media.movie(), film.with_name("short.mkv"))
    limited = VIEWER | {"maxStreams": 1}
    assert (await one.segment(film, 0, **limited)).status_code == 200
    await until(other.replicas.watching)
    # The owner of the other file is the other one, which has none of this account itself.
    refused = await other.segment(short, 0, client="second", **limited)
    assert (refused.status_code, "as many as it may" in refused.text) == (403, True)


@pytest.mark.exhaustive
async def test_what_nobody_watches_has_no_owner_any_more(start: Start, film: Path) -> None:
    one, other = await two(start)
    await one.segment(film, 0)
    assert len(one.replicas._ours) == 1
    assert await one.end("player", **VIEWER) == 204
    await until(lambda: not one.replicas._ours)
    assert (await other.segment(film, 0)).status_code == 200
    assert len(one.replicas._ours) + len(other.replicas._ours) == 1


async def test_one_that_lost_its_database_goes_on_with_what_it_has(start: Start, film: Path) -> None:
    one, other = await two(start)
    await one.segment(film, 0)

    async def away(*_: Any) -> None:
        import psycopg

        raise psycopg.OperationalError("away")

    one.replicas._beat = away  # type: ignore[method-assign]
    for number in range(1, 4):
        assert (await one.segment(film, number)).status_code == 200
        assert (await other.segment(film, number)).status_code == 200
