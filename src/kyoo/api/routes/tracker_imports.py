"""Reading the caller's trackers: imports with their previews, and a look at what changed."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter

from kyoo.api.context import Context
from kyoo.api.models.trackers import ImportBegun, ImportReport, SeedImport
from kyoo.api.queries.trackers import reading as queries
from kyoo.api.routes.trackers import MINE, Person, ServiceName
from kyoo.core.errors import NotFoundError

router = APIRouter(prefix="/api", tags=["trackers"])


@router.post(MINE + "/{service}/import", status_code=202)
async def begin(context: Context, caller: Person, service: ServiceName, body: SeedImport) -> ImportBegun:
    """Compare everything at a tracker with what is here, and take over what the rule says; or only say what that is."""
    made = await context.trackers.begin_import(caller.subject, service, body.rule, dry_run=body.dry_run)
    return ImportBegun(id=made)


@router.get(MINE + "/{service}/import/{identifier}", response_model_exclude_unset=True)
async def report(context: Context, caller: Person, service: ServiceName, identifier: UUID) -> ImportReport:
    """How an import goes, and what it changed."""
    context.trackers.services.find(service)
    async with context.runtime.database.connection() as connection:
        found = await queries.find_import(connection, caller.subject, service, identifier)
    if found is None:
        raise NotFoundError("There is no such import")
    return ImportReport.model_validate({name: value for name, value in found.items() if value is not None})


@router.post(MINE + "/{service}/sync", status_code=202)
async def look(context: Context, caller: Person, service: ServiceName) -> dict[str, str]:
    """Read what changed there, and send what waits here."""
    await context.trackers.look_soon(caller.subject, service)
    return {"service": service}
