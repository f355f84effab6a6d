"""The scanner's ASGI application: its routes, its error shape, and the watcher when it runs by itself."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

from fastapi import FastAPI

from kyoo.core.http.permissions import UnlimitedAuthentication
from kyoo.core.http.service import Runtime, make_service
from kyoo.scanner.context import create_context
from kyoo.scanner.measures import measures
from kyoo.scanner.providers.base import Provider
from kyoo.scanner.routes import guess, matches, orders, pictures, providers, scan, shows
from kyoo.scanner.scanning.watcher import Watcher
from kyoo.scanner.settings import ScannerSettings

#: The literal paths come first: `/{collection}` of `shows` accepts one segment, too.
ROUTERS = [scan.router, guess.router, pictures.router, providers.router, matches.router, orders.router, shows.router]


def error_detail(_status: int, message: str, _details: Any = None) -> dict[str, Any]:
    """`{detail}`: the error object of the scanner (docs/protocol/README.md#errors)."""
    return {"detail": message}


def create_app(settings: ScannerSettings, runtime: Runtime, fixed: list[Provider] | None = None) -> FastAPI:
    context = create_context(settings, runtime, fixed)

    @contextlib.asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        watching = asyncio.create_task(Watcher(context).run()) if settings.watch else None
        yield
        if watching is not None:
            watching.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await watching
        await context.sources.close()

    return make_service(
        "Kyoo scanner",
        prefix="/scanner",
        database=runtime.database,
        authentication=UnlimitedAuthentication(**vars(runtime.authentication)),
        routers=ROUTERS,
        lifespan=lifespan,
        error_body=error_detail,
        schema="scanner",
        state={"context": context},
        measures=[measures(runtime.database)],
    )
