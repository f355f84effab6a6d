"""The transcoder's ASGI application: its table of contents."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI

from kyoo.core.http.readiness import program, space_in
from kyoo.core.http.service import Runtime, make_service
from kyoo.transcoder.context import create_context
from kyoo.transcoder.routes import direct, info, pictures, playlists, segments, streams, subtitles
from kyoo.transcoder.routes.handing_over import FromReplica
from kyoo.transcoder.settings import TranscoderSettings


def error_body(_status: int, message: str, _details: Any) -> dict[str, list[str]]:
    """`{"errors": ["text"]}` (docs/protocol/README.md#errors)."""
    return {"errors": [message]}


ROUTERS = [resource.router for resource in (streams, info, direct, playlists, subtitles, pictures, segments)]


def create_app(settings: TranscoderSettings, runtime: Runtime) -> FastAPI:
    context = create_context(settings, runtime)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        await context.open()
        try:
            yield
        finally:
            await context.close()

    app = make_service(
        "Kyoo transcoder",
        prefix="/video",
        database=runtime.database,
        authentication=runtime.authentication,
        routers=ROUTERS,
        lifespan=lifespan,
        error_body=error_body,
        schema="transcoder",
        checks={
            "cache": space_in(settings.cache_root),
            "metadata": space_in(settings.store_location),
            "ffmpeg": program(settings.ffmpeg_path()),
        },
        state={"context": context},
        measures=[context.measures],
    )
    # Before anything looks at where a request comes from.
    app.add_middleware(FromReplica, key=context.replicas.key)
    return app
