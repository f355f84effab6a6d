"""What `kyoo serve` tells its administrators about itself: an application below `/server`, beside the services."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from fastapi import APIRouter, FastAPI, Request
from pydantic import BaseModel

from kyoo.core.database.postgres import external_conninfo
from kyoo.core.http.permissions import UnlimitedAuthentication, requires
from kyoo.core.http.service import Runtime, make_service
from kyoo.core.settings import Settings
from kyoo.serve.backup import routes
from kyoo.serve.backup.keeper import Keeper
from kyoo.serve.backup.stores import locations
from kyoo.serve.doctor.examining import examine
from kyoo.serve.doctor.findings import Finding
from kyoo.serve.doctor.network import gateway
from kyoo.serve.doctor.subject import Subject, known
from kyoo.serve.http.gateway import ADMINISTRATION, ADMINISTRATOR
from kyoo.serve.options import ServeOptions

#: Seconds for which findings are said again: a look costs an encode of each kind.
REMEMBERED = 10.0


class Examined(BaseModel):
    """One thing that was looked at; `todo` says what to do where it is not well."""

    area: str
    well: bool
    what: str
    todo: str | None


class Examination(BaseModel):
    well: bool
    findings: list[Examined]


@dataclass
class Context:
    """What the routes share."""

    subject: Subject
    looking: asyncio.Lock = field(default_factory=asyncio.Lock)
    found: tuple[float, list[Finding]] = (-REMEMBERED, [])

    async def examine(self) -> list[Finding]:
        async with self.looking:
            if time.monotonic() - self.found[0] > REMEMBERED:
                found = await examine(await known(self.subject))
                self.found = (time.monotonic(), found)
            return self.found[1]


router = APIRouter(prefix=ADMINISTRATION, tags=["server"], dependencies=[requires(*ADMINISTRATOR)])


@router.get("/doctor", response_model=Examination)
async def doctor(request: Request) -> dict[str, object]:
    """Look at everything that the server works with: takes some seconds."""
    context: Context = request.app.state.context
    of_gateway = gateway(context.subject, request.scope)
    findings = [*await context.examine(), *of_gateway]
    return {
        "well": all(finding.well for finding in findings),
        "findings": [finding.to_json() for finding in findings],
    }


def create_app(options: ServeOptions, conninfo: str, settings: dict[str, Settings], runtime: Runtime) -> FastAPI:
    subject = Subject(
        options.data_dir,
        options.libraries,
        options.public_url,
        settings,
        conninfo,
        embedded=external_conninfo() is None,
        running=True,
        workers=options.workers,
    )

    keeper = Keeper(options.data_dir, conninfo, locations(settings))

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        keeper.closed = True

    return make_service(
        "Kyoo server",
        prefix=ADMINISTRATION,
        database=runtime.database,
        authentication=UnlimitedAuthentication(**vars(runtime.authentication)),
        routers=[router, routes.administrators, routes.first_visitor],
        lifespan=lifespan,
        state={
            "context": Context(subject),
            "database": runtime.database,
            "keeper": keeper,
        },
    )
