"""What replicas share lies in S3 and in Postgres: a bucket is all that their machines have in common, and Postgres may
end while they work."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import os
import signal
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from io import BytesIO
from pathlib import Path

import httpx2
import pytest
from PIL import Image
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from kyoo.core.files import encode_path
from kyoo.serve.postgres.embedded import EmbeddedPostgres
from tests import media
from tests.conftest import scratch
from tests.fakes import s3
from tests.integration.transcoder.test_sessions import long_movie
from tests.replicas.cluster import Cluster, cluster
from tests.waiting import PATIENCE, until

FILM = "Long Film (2010)/Long Film (2010).mkv"

pytestmark = pytest.mark.exhaustive


@pytest.fixture
def bucket() -> Iterator[s3.Bucket]:
    with s3.serving("shared") as made:
        yield made


@pytest.fixture
async def postgres() -> AsyncIterator[EmbeddedPostgres]:
    """One of this test's own, to end."""
    with scratch() as folder:
        server = EmbeddedPostgres(folder / "postgres")
        await server.start()
        try:
            yield server
        finally:
            await server.stop()


def picture() -> bytes:
    made = BytesIO()
    Image.new("RGB", (300, 450), "teal").save(made, "JPEG")
    return made.getvalue()


class Witness:
    """Somebody who loops over pages, plays and listens, and notes what came of it."""

    def __init__(self, running: Cluster, headers: dict[str, str]) -> None:
        self._running, self._headers = running, headers | {"X-CLIENT-ID": "witness"}
        film = f"/video/{encode_path(running.library / FILM)}/0/transcode"
        self.pages = ["/api/shows", "/auth/users/me", "/api/news"]
        self.segments = [f"{film}/segment-{number}.mp4" for number in range(6)]
        #: Path and status of each answer, since they were last forgotten; 0: none came.
        self.answers: Counter[tuple[str, int]] = Counter()
        #: Answers that ask for patience without saying for how long.
        self.without_hint = 0
        self.pongs = 0
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Witness:
        works = (self._loop(self.pages), self._loop(self.segments), self._listen())
        self._tasks = [asyncio.create_task(work) for work in works]
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _loop(self, paths: list[str]) -> None:
        async with self._running.client as client:
            for path in itertools.cycle(paths):
                status = 0
                with contextlib.suppress(httpx2.HTTPError):
                    answer = await client.get(path, headers=self._headers)
                    status = answer.status_code
                    self.without_hint += status == 503 and "retry-after" not in answer.headers
                self.answers[path, status] += 1
                await asyncio.sleep(0.02)

    async def _listen(self) -> None:
        url = self._running.url.replace("http", "ws") + "/api/ws"
        while True:
            with contextlib.suppress(InvalidHandshake, ConnectionClosed, OSError):
                async with connect(url, proxy=None, additional_headers=self._headers) as socket:
                    while True:
                        await socket.send(json.dumps({"action": "ping"}))
                        async with asyncio.timeout(PATIENCE):
                            await socket.recv()
                        self.pongs += 1
                        await asyncio.sleep(0.05)
            await asyncio.sleep(0.1)

    def statuses(self, paths: list[str]) -> set[int]:
        return {status for path, status in self.answers if path in paths}

    async def well(self) -> None:
        """Until each path is answered as it should be, several times in a row: by each replica."""

        async def once() -> bool:
            self.answers.clear()
            before, paths = self.pongs, [*self.pages, *self.segments]
            asked = lambda path: sum(count for (whose, _), count in self.answers.items() if whose == path)  # noqa: E731
            await until(lambda: self.pongs > before and all(asked(path) >= 3 for path in paths))
            return self.statuses(paths) == {200}

        await until(once)


async def test_a_bucket_and_a_postgres_are_all_that_replicas_share(
    bucket: s3.Bucket, postgres: EmbeddedPostgres, tmp_path: Path
) -> None:
    stores = {"IMAGES_PATH": "images", "GOCODER_METADATA_ROOT": "metadata", "PROFILE_PICTURE_PATH": "profiles"}
    given = {name: f"{bucket.url}/{folder}" for name, folder in stores.items()} | bucket.environment
    async with (
        cluster(
            postgres.conninfo(), tmp_path, given=given, auth=2, api=2, transcoder=2, scanner=1, worker=1
        ) as running,
        running.client as client,
    ):
        film = running.library / FILM
        film.parent.mkdir()
        media.placed(long_movie(), film)
        (film.parent / "poster.jpg").write_bytes(picture())
        headers = await running.log_in(client)
        await pictures_of_one_are_those_of_the_other(running, client, headers, bucket)
        await postgres_ends_and_comes_back(running, headers, postgres)
        assert not (tmp_path / "data" / "images").exists()
        assert not (tmp_path / "data" / "metadata").exists()
        assert not (tmp_path / "data" / "profiles").exists()


async def pictures_of_one_are_those_of_the_other(
    running: Cluster, client: httpx2.AsyncClient, headers: dict[str, str], bucket: s3.Bucket
) -> None:
    jwt = (await client.get("/auth/jwt", headers=headers)).json()["token"]

    async def same(service: str, path: str, credential: dict[str, str]) -> bytes:
        """What each replica answers by itself."""
        found = []
        for one in running.replicas[service]:
            async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{one.port}", timeout=PATIENCE) as direct:
                answer = await direct.get(path, headers=credential)
                assert answer.status_code == 200, f"{path}: {answer.text[:200]}"
                found.append(answer.content)
        assert len(set(found)) == 1
        return found[0]

    token = {"Authorization": f"Bearer {jwt}"}
    sent = await client.post("/auth/users/me/logo", files={"logo": ("me.jpg", picture())}, headers=headers)
    assert sent.status_code == 204, sent.text
    assert await same("auth", "/auth/users/me/logo", headers)
    assert (await client.put("/scanner/scan", headers=headers)).status_code < 300

    async def poster() -> str | None:
        """Its address, once it was fetched."""
        items = (await client.get("/api/movies", headers=headers)).json()["items"]
        if not items or not items[0]["poster"]:
            return None
        path = f"/api/images/{items[0]['poster']['id']}?quality=high"
        return path if (await client.get(path, headers=headers)).status_code == 200 else None

    await until(poster)
    assert await same("api", str(await poster()), token)
    path = encode_path(running.library / FILM)
    assert (await same("transcoder", f"/video/{path}/thumbnails.vtt", token)).startswith(b"WEBVTT")
    await same("transcoder", f"/video/{path}/thumbnails.webp", token)
    kinds = {name.split("/")[1] for name in bucket.names()}
    assert kinds == {"images", "metadata", "profiles"}


async def postgres_ends_and_comes_back(running: Cluster, headers: dict[str, str], postgres: EmbeddedPostgres) -> None:
    """Killed, then restarted as an upgrade of it does: no process has to be started again."""
    before = [one.process.pid for one in running.all]
    async with Witness(running, headers) as witness:
        for how in (signal.SIGKILL, signal.SIGINT):
            await witness.well()
            witness.answers.clear()
            assert postgres.pid is not None
            os.kill(postgres.pid, how)
            await until(lambda: postgres.pid is None)
            await until(lambda: 503 in witness.statuses(witness.pages))
            await until(lambda: len(witness.statuses(witness.segments)) > 0)
            # Whoever watches goes on watching, and whoever asks is told to come again.
            assert witness.statuses(witness.segments) == {200}
            assert witness.statuses(witness.pages) <= {200, 503}
            assert witness.without_hint == 0
            await postgres.start()
            await witness.well()
        assert [one.process.pid for one in running.all] == before
        assert [one.process.poll() for one in running.all] == [None] * len(before)
        # Facts are heard of again.
        await a_socket_is_told(running, headers)


async def a_socket_is_told(running: Cluster, headers: dict[str, str]) -> None:
    """Of what is done at another replica: gateways give each request to the next one."""
    url = running.url.replace("http", "ws") + "/api/ws"
    async with running.client as client, connect(url, proxy=None, additional_headers=headers) as socket:
        [film] = (await client.get("/api/movies", headers=headers)).json()["items"]
        for status in ("planned", "completed"):
            await socket.send(json.dumps({"action": "subscribe", "topics": ["watch"]}))
            answer = await client.post(
                f"/api/movies/{film['slug']}/watchstatus", json={"status": status}, headers=headers
            )
            assert answer.status_code == 200, answer.text
            async with asyncio.timeout(PATIENCE):
                while json.loads(await socket.recv())["action"] == "subscribe":
                    continue
