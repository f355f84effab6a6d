"""Waiting for a picture: a segment over HTTP against ffmpeg alone with the same arguments, and a playlist against one
indexed read. Needs no server: it starts the embedded Postgres and the transcoder in a folder of its own."""

from __future__ import annotations

import asyncio
import logging
import os
import shutil
import statistics
import tempfile
import time
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from itertools import pairwise
from pathlib import Path

import httpx2
import structlog
import uvicorn
from tests import media

from kyoo.core.database.migrations import migrate
from kyoo.core.database.postgres import Database
from kyoo.core.database.queue import make_queue
from kyoo.core.files import encode_path
from kyoo.core.http.permissions import Authentication
from kyoo.core.http.service import Runtime
from kyoo.serve.postgres.embedded import EmbeddedPostgres
from kyoo.transcoder.app import create_app
from kyoo.transcoder.context import TranscoderContext
from kyoo.transcoder.ffmpeg import commands
from kyoo.transcoder.ffmpeg.running import PIPE_BUFFER
from kyoo.transcoder.hls.encoder import read_box
from kyoo.transcoder.hls.ladder import AUDIO_STEPS, video_rendition
from kyoo.transcoder.hls.timeline import Timeline
from kyoo.transcoder.models.media import Media
from kyoo.transcoder.queries import media as queries
from kyoo.transcoder.settings import TranscoderSettings
from kyoo.transcoder.sprites import layout

ROUNDS = 7
SECONDS = 80


def film() -> Path:
    """720p with noise, some 6 Mb/s, a keyframe every 4 s."""
    return media.movie(
        name="bench.mkv",
        seconds=SECONDS,
        size="1280x720",
        gop=96,
        video_options=["-vf", "noise=alls=10:allf=t", "-b:v", "6M", "-sc_threshold", "0"],
    )


@asynccontextmanager
async def serving(conninfo: str, folder: Path) -> AsyncIterator[tuple[httpx2.AsyncClient, TranscoderContext, Path]]:
    database = Database(conninfo)
    await database.open()
    peer = httpx2.AsyncClient(transport=httpx2.MockTransport(lambda _: httpx2.Response(404)))
    runtime = Runtime(database, make_queue(conninfo), Authentication(None), peer, "http://kyoo.test")
    library = folder / "library"
    path = media.placed(film(), library / "film.mkv")
    settings = TranscoderSettings(
        library=[library], cache_root=folder / "cache", metadata_root=str(folder / "metadata"), preset="veryfast"
    )
    app = create_app(settings, runtime)
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error"))
    task = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 (uvicorn has no event for it)
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=60, trust_env=False) as http:
        yield http, app.state.context, path
    server.should_exit = True
    await task
    await peer.aclose()
    await database.close()


async def ffmpeg_alone(command: list[str], path: Path, timeline: Timeline, number: int, *, whole: bool) -> float:
    """Seconds until an ffmpeg without a cage has given its first fragment, or (`whole`) all of the segment."""
    begun = time.perf_counter()
    with path.open("rb") as file:
        command = [str(file.fileno()) if before == "-fd" else part for before, part in pairwise(["", *command])]
        process = await asyncio.create_subprocess_exec(
            *command, stdin=DEVNULL, stdout=PIPE, stderr=DEVNULL, pass_fds=[file.fileno()], limit=PIPE_BUFFER
        )
    assert process.stdout is not None
    pieces = round((timeline.end(number) - timeline.start(number)) * 1_000_000 / commands.COPIED_PIECE) if whole else 1
    while pieces:
        kind, _ = await read_box(process.stdout)
        if kind == b"":
            break
        pieces -= kind == b"mdat"
    took = time.perf_counter() - begun
    process.kill()
    await process.communicate()
    return took


async def served(http: httpx2.AsyncClient, url: str, *, whole: bool) -> float:
    """Seconds until the first bytes, or (`whole`) all bytes, of a segment nobody has asked for before."""
    begun = time.perf_counter()
    async with http.stream("GET", url, headers={"X-CLIENT-ID": str(begun)}) as answer:
        assert answer.status_code == 200, answer.status_code
        async for _ in answer.aiter_raw():
            if not whole:
                return time.perf_counter() - begun
    return time.perf_counter() - begun


async def forget(context: TranscoderContext) -> None:
    """No rendition, no encoder, no client: as after a start."""
    sessions = context.sessions
    await asyncio.gather(*(shared.rendition.close() for shared in sessions._shared.values()))  # noqa: SLF001
    sessions._shared.clear()  # noqa: SLF001
    sessions.clients._clients.clear()  # noqa: SLF001


def command(context: TranscoderContext, known: Media, quality: str, number: int) -> list[str]:
    program = commands.Program(context.settings.ffmpeg_path(), context.settings.preset)
    if quality in AUDIO_STEPS:
        timeline = context.sessions.timeline(known, "audio", 0, quality)
        return commands.audio_arguments(program, known, known.audios[0], quality, commands.Cut(timeline, number))
    timeline = context.sessions.timeline(known, "video", 0, quality)
    track = known.videos[0]
    return commands.video_arguments(
        program, known, track, video_rendition(track, quality), commands.Cut(timeline, number)
    )


async def compare(context: TranscoderContext, http: httpx2.AsyncClient, path: Path) -> None:
    known = (await context.library.find(encode_path(path))).media
    cases = [("0/original", "original", True), ("0/480p", "480p", False), ("audio/0/128k", "128k", False)]
    for where, quality, whole in cases:
        timeline = context.sessions.timeline(known, "audio" if quality in AUDIO_STEPS else "video", 0, quality)
        floors, ours = [], []
        for turn in range(ROUNDS):
            number = 1 + turn * 2
            made = command(context, known, quality, number)
            floors.append(await ffmpeg_alone(made, path, timeline, number, whole=whole))
            url = f"/video/{encode_path(path)}/{where}/segment-{number}.mp4"
            ours.append(await served(http, url, whole=whole))
            await forget(context)
        floor, mine = min(floors), min(ours)
        differences = statistics.median(one - other for one, other in zip(ours, floors, strict=True))
        what = "whole segment" if whole else "first bytes"
        print(
            f"{where:14} {what:14} ffmpeg alone {floor * 1000:6.0f} ms   over HTTP {mine * 1000:6.0f} ms"
            f"   {mine / floor:5.2f} ×   median difference {differences * 1000:+5.0f} ms"
        )


async def rate(work: Callable[[], Awaitable[object]], count: int = 300) -> float:
    best = 0.0
    for _ in range(3):
        begun = time.perf_counter()
        for _ in range(count):
            await work()
        best = max(best, count / (time.perf_counter() - begun))
    return best


async def playlists(context: TranscoderContext, http: httpx2.AsyncClient, path: Path) -> None:
    encoded = encode_path(path)
    library, status = context.library, path.stat()  # noqa: ASYNC240 (measures nothing yet)

    async def indexed_read() -> None:
        async with context.runtime.database.connection() as connection:
            await queries.by_path(connection, os.fsencode(path), status.st_size, status.st_mtime_ns)

    async def from_database() -> None:
        library._known.clear()  # noqa: SLF001
        await library.find(encoded)

    async def playlist() -> None:
        (await http.get(f"/video/{encoded}/master.m3u8?clientId=bench")).raise_for_status()

    floor = await rate(indexed_read)
    for name, work in [
        ("one indexed read (floor)", indexed_read),
        ("known file, not remembered", from_database),
        ("known file, remembered", lambda: library.find(encoded)),
        ("master playlist over HTTP", playlist),
    ]:
        measured = await rate(work)
        print(f"{name:32} {measured:8,.0f}/s   {measured / floor:6.2f} × the floor")


async def pictures(context: TranscoderContext, path: Path) -> None:
    known = (await context.library.find(encode_path(path))).media
    begun = time.perf_counter()
    await context.pictures._look("sprite", await context.library.find(encode_path(path)), kind="webp")  # noqa: SLF001
    count = layout(known.videos[0], known.duration).count
    print(f"sprite of {count} pictures, keyframes only: {(time.perf_counter() - begun) * 1000:.0f} ms")


async def main() -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    folder = Path(tempfile.mkdtemp(prefix="kyoo-bench-"))
    server = EmbeddedPostgres(folder / "postgres")
    await server.start()
    try:
        for schema in ("events", "transcoder"):
            await asyncio.to_thread(migrate, server.conninfo(), schema)
        async with serving(server.conninfo(), folder) as (http, context, path):
            await compare(context, http, path)
            await playlists(context, http, path)
            await pictures(context, path)
    finally:
        await server.stop()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    asyncio.run(main())
