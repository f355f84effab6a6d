"""Viewers who are limited to libraries or an age: two users, the api beside the transcoder, real files."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from tests import media
from tests.integration.api.conftest import Library
from tests.integration.api.seeds import PUBLIC_URL, READ, SECRET, bearer
from tests.samples import sampled

from kyoo.api.app import create_app as create_api
from kyoo.api.settings import ApiSettings
from kyoo.core.database.postgres import Database
from kyoo.core.database.queue import make_queue
from kyoo.core.files import encode_path
from kyoo.core.http.permissions import Authentication
from kyoo.core.http.service import Runtime
from kyoo.core.tokens import SharedSecret, Verifier
from kyoo.scanner.app import create_app as create_scanner
from kyoo.scanner.settings import ScannerSettings
from kyoo.transcoder.app import create_app as create_transcoder
from kyoo.transcoder.settings import TranscoderSettings

PLAY = (READ, "core.play", "users.read")
LIMITS: list[dict[str, Any]] = [{"libraries": ["kids"]}, {"maxAge": 12}, {"libraries": ["kids"], "maxAge": 12}]
EVERYTHING = [
    "info", "direct", "direct/film.mkv", "master.m3u8", "0/360p/index.m3u8", "0/360p/init.mp4", "0/360p/segment-0.mp4",
    "audio/0/128k/index.m3u8", "audio/0/128k/init.mp4", "subtitle/0.srt", "attachment/a.ttf", "cover.jpg",
    "thumbnails.png", "thumbnails.webp", "thumbnails.vtt", "prepare",
]  # fmt: skip


@dataclass
class Instance:
    """The api and the transcoder, which reaches the api through `asked` calls while it is `up`."""

    http: httpx2.AsyncClient
    scanner: httpx2.AsyncClient
    api: httpx2.AsyncClient
    folder: Path
    asked: list[str]
    up: bool = True

    def path(self, name: str) -> Path:
        return self.folder / name / "film.mkv"

    async def get(self, name: str, tail: str, **claims: Any) -> httpx2.Response:
        return await self.http.get(
            f"/video/{encode_path(self.path(name))}/{tail}",
            headers={**bearer(permissions=PLAY, **claims), "X-CLIENT-ID": "test"},
        )


@pytest.fixture
async def instance(database: Database, tmp_path: Path) -> AsyncIterator[Instance]:
    library = tmp_path / "library"
    authentication = Authentication(Verifier(SharedSecret(SECRET)), 401, 401)
    asked: list[str] = []

    async def to_api(request: httpx2.Request) -> httpx2.Response:
        if not made.up:
            raise httpx2.ConnectError("down", request=request)
        asked.append(request.url.path)
        return await api_transport.handle_async_request(request)

    def client(app: FastAPI, prefix: str = "") -> httpx2.AsyncClient:
        transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
        return httpx2.AsyncClient(transport=transport, base_url=PUBLIC_URL + prefix, headers=bearer(), timeout=60)

    async with AsyncExitStack() as stack:
        queue = await stack.enter_async_context(make_queue(database.conninfo).open_async())
        peer = await stack.enter_async_context(
            httpx2.AsyncClient(transport=httpx2.MockTransport(to_api), base_url=PUBLIC_URL, headers=bearer())
        )
        runtime = Runtime(database, queue, authentication, peer, PUBLIC_URL)
        api_app = create_api(ApiSettings(images=str(tmp_path / "images")), runtime)
        api_transport = httpx2.ASGITransport(app=api_app, raise_app_exceptions=False)
        settings = {"library": [library], "cache_root": tmp_path / "cache", "metadata_root": str(tmp_path / "metadata")}
        transcoder = create_transcoder(TranscoderSettings(**settings), runtime)  # type: ignore[arg-type]
        await stack.enter_async_context(transcoder.router.lifespan_context(transcoder))
        scanner = create_scanner(ScannerSettings(library=[str(library)]), runtime)
        clients = client(transcoder), client(scanner), client(api_app, "/api")
        made = Instance(*[await stack.enter_async_context(one) for one in clients], folder=library, asked=asked)  # type: ignore[arg-type, misc]
        catalogue = Library(made.api)
        film = media.movie(subtitles=[media.Subtitle("subrip", "eng")], attachments=[("a.ttf", "font/ttf")])
        for name, age in (("kids", 6), ("adults", 18)):
            media.placed(film, made.path(name))
            await made.api.put(f"/libraries/{name}", json={"name": name, "path": str(library / name)})
            video = await catalogue.video(str(made.path(name)))
            await catalogue.movie(name, videos=[video["id"]])
            await made.api.patch(f"/movies/{name}", json={"minAge": age})
        yield made


@pytest.mark.parametrize("claims", sampled(LIMITS, LIMITS[-1].__eq__), ids=json.dumps)
async def test_what_is_outside_is_not_there(instance: Instance, claims: dict[str, Any]) -> None:
    for tail in EVERYTHING:
        hidden = await instance.get("adults", tail, **claims)
        assert (hidden.status_code, hidden.json()) == (404, {"errors": ["No such file"]}), tail
        assert (await instance.get("kids", tail, **claims)).is_success, tail
    neighbour = encode_path(instance.path("adults"))
    assert (await instance.get("kids", f"prepare?next={neighbour}", **claims)).status_code == 404
    # Whoever is not limited plays both.
    for name in ("kids", "adults"):
        assert (await instance.get(name, "info")).status_code == 200
        assert (await instance.get(name, "direct")).status_code == 200


async def test_a_file_is_asked_for_once_in_a_while(instance: Instance) -> None:
    for tail in ("info", "direct", "master.m3u8"):
        assert (await instance.get("kids", tail, maxAge=12)).status_code == 200
    assert len(instance.asked) == 1
    # Other limits are another question.
    assert (await instance.get("kids", "direct", maxAge=5)).status_code == 404
    assert len(instance.asked) == 2


async def test_without_an_answer_of_the_api_limited_viewers_see_nothing(instance: Instance) -> None:
    instance.up = False
    assert (await instance.get("kids", "direct", maxAge=12)).status_code == 503
    assert (await instance.get("kids", "direct")).status_code == 200


async def test_streams_of_others_are_hidden(instance: Instance) -> None:
    other = "11111111-1111-4111-8111-111111111111"
    segment = f"/video/{encode_path(instance.path('adults'))}/0/360p/segment-0.mp4"
    played = await instance.http.get(segment, headers={**bearer(permissions=PLAY, sub=other), "X-CLIENT-ID": "other"})
    assert played.status_code == 200
    assert len((await instance.http.get("/video/streams", headers=bearer(permissions=PLAY))).json()) == 1
    for claims in LIMITS:
        assert (await instance.http.get("/video/streams", headers=bearer(permissions=PLAY, **claims))).json() == []


async def test_the_scanner_tells_limited_users_nothing(instance: Instance) -> None:
    everything = (READ, "scanner.trigger", "scanner.guess", "scanner.search", "scanner.add")
    for path in ("/scanner/scan", "/scanner/progress", "/scanner/guess?path=/a.mkv", "/scanner/movies?query=a"):
        assert (await instance.scanner.get(path, headers=bearer(permissions=everything))).status_code == 200, path
        for claims in LIMITS:
            refused = await instance.scanner.get(path, headers=bearer(permissions=everything, **claims))
            assert refused.status_code == 403, path
