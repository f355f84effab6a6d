"""A transcoder over HTTP in a thread of its own, with the pages of foreign players beside it."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from kyoo.core.database.postgres import Database
from kyoo.core.files import encode_path
from tests.fakes.serving import served
from tests.integration.transcoder.conftest import Service, running
from tests.media import CACHE, placed

PAGES = Path(__file__).parent / "pages"
MODULES = Path(__file__).parents[2] / "web" / "node_modules"
#: What the page of each player loads.
SCRIPTS = {
    "hlsjs": "hls.js/dist/hls.min.js",
    "shaka": "shaka-player/dist/shaka-player.compiled.js",
    "videojs": "video.js/dist/video.min.js",
    "native": None,
}


class Served:
    """Where players find the files of a library."""

    def __init__(self, origin: str, service: Service) -> None:
        self.origin = origin
        self._service = service

    def add(self, source: Path, name: str) -> Path:
        return placed(source, self._service.library / name)

    def master(self, path: Path, client: str) -> str:
        """All that is offered."""
        return f"{self.origin}{self._service.url(path, 'master.m3u8')}?clientId={client}"

    def encoded(self, path: Path, client: str) -> str:
        """Nothing but the smallest encoded picture, with encoded sound."""
        return f"{self.origin}/encoded/{encode_path(path)}/master.m3u8?clientId={client}"

    def control(self, made: Path) -> str:
        """A file that was made for the tests, as it lies on the disk."""
        return f"{self.origin}/made/{quote(str(made.relative_to(CACHE)))}"

    def page(self, player: str) -> str:
        return f"{self.origin}/player/{player}"


def encoded_only(master: str, base: str) -> str:
    """The last variant of a master playlist, re-encoded; what is only offered as a copy is, too."""
    lines = [re.sub(r'URI="(?!/)', f'URI="{base}', line) for line in master.splitlines()]
    steps = re.findall(r'GROUP-ID="(a-\d+k)"', master)
    kept = [line for line in lines if not line.startswith("#EXT-X-STREAM-INF") and (line.startswith("#"))]
    kept = [line for line in kept if "TYPE=AUDIO" not in line or not steps or f'"{steps[0]}"' in line]
    if not steps:
        kept = [line.replace("/original/", "/128k/") if "TYPE=AUDIO" in line else line for line in kept]
    variants = [(line, lines[number + 1]) for number, line in enumerate(lines) if line.startswith("#EXT-X-STREAM-INF")]
    about, where = variants[-1]
    if "/original/" in where and not where.startswith("audio/"):
        where = where.replace("/original/", "/transcode/")
        about = re.sub(r'CODECS="[^"]*"', f'CODECS="avc1.640028{",mp4a.40.2" * ("AUDIO=" in about)}"', about)
    if steps:
        about = re.sub(r'AUDIO="[^"]*"', f'AUDIO="{steps[0]}"', about)
    return "\n".join([*kept, about, base + where]) + "\n"


def site(service: Service) -> Starlette:
    async def player(request: Request) -> Response:
        script = SCRIPTS[request.path_params["name"]]
        tag = f'<script src="/modules/{script}"></script>' if script else ""
        return HTMLResponse(f'<!doctype html><video></video>{tag}<script src="/pages/watch.js"></script>')

    async def encoded(request: Request) -> Response:
        base = f"/video/{request.path_params['path']}/"
        answer = await service.http.get(f"{base}master.m3u8", params=dict(request.query_params))
        return PlainTextResponse(encoded_only(answer.text, base), media_type="application/vnd.apple.mpegurl")

    return Starlette(
        routes=[
            Route("/player/{name}", player),
            Route("/encoded/{path}/master.m3u8", encoded),
            Mount("/pages", StaticFiles(directory=PAGES)),
            Mount("/made", StaticFiles(directory=CACHE)),
            Mount("/modules", StaticFiles(directory=MODULES)),
            Mount("/", service.app),
        ]
    )


@contextmanager
def serving(conninfo: str, folder: Path, **settings: Any) -> Iterator[Served]:
    begun, ended = threading.Event(), threading.Event()
    found: list[Served] = []

    async def main() -> None:
        database = Database(conninfo, max_size=8)
        await database.open()
        try:
            async with running(database, folder, **settings) as service, served(site(service)) as origin:
                found.append(Served(origin, service))
                begun.set()
                await asyncio.to_thread(ended.wait)
        finally:
            await database.close()

    with ThreadPoolExecutor(1, "transcoder") as pool:
        work = pool.submit(lambda: asyncio.run(main()))
        work.add_done_callback(lambda _: begun.set())
        begun.wait()
        try:
            if found:
                yield found[0]
        finally:
            ended.set()
        work.result()
