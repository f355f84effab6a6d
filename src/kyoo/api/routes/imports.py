"""What the caller brings from elsewhere: files, their previews, and taking them (docs/using/moving.md)."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request

from kyoo.api.context import Context
from kyoo.api.models.imports import (
    AskAccounts,
    AskServer,
    Brought,
    BroughtFor,
    Import,
    Imports,
    RunImport,
    ServerAccount,
    ServerAccounts,
    ServerAddress,
)
from kyoo.api.queries import imports as queries
from kyoo.api.routes.trackers import Administrator, Person
from kyoo.core.errors import NotFoundError
from kyoo.core.tokens import Identity

router = APIRouter(prefix="/api", tags=["imports"])
MINE = "/profiles/me/imports"

FILE = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


@router.get(MINE)
async def mine(context: Context, caller: Person) -> Imports:
    """The imports of the caller, the newest first."""
    async with context.runtime.database.connection() as connection:
        return Imports.model_validate({"items": await queries.of(connection, caller.subject)})


@router.post(MINE, status_code=201, openapi_extra=FILE)
async def upload(
    context: Context, request: Request, caller: Person, name: Annotated[str, Query(max_length=500)] = "file"
) -> Import:
    """Bring a file: an export of Trakt, Letterboxd, IMDb or a server like this one, or a table (CSV). Nothing of what
    was watched is changed by that; if anything in the file cannot be read, nothing is kept."""
    made = await context.imports.upload(caller.subject, name, request.stream())
    return await _one(context, caller.subject, made)


@router.post(MINE + "/server", status_code=201)
async def ask(context: Context, caller: Person, body: AskServer) -> Import:
    """Bring what the caller's account at a Jellyfin or Plex watched. Nothing here is changed by that. Neither the token
    nor the password is kept, and a login there ends when all was read. Only administrators may name a private address,
    unless the configuration lets everybody."""
    imports, private = context.imports, _is_administrator(caller)
    if body.token is not None:
        made = await imports.ask(caller.subject, body.source, body.url, body.token, private=private)
    else:
        name, password = body.username or "", body.password or ""
        made = await imports.ask_by_name(caller.subject, body.url, name, password, private=private)
    return await _one(context, caller.subject, made)


@router.get(MINE + "/{identifier}")
async def one(context: Context, caller: Person, identifier: UUID) -> Import:
    """How an import goes, and what it changed or would change."""
    return await _one(context, caller.subject, identifier)


@router.post(MINE + "/{identifier}/run", status_code=202)
async def run(context: Context, caller: Person, identifier: UUID, body: RunImport) -> Import:
    """Compare an import with what is here, and take over what the rule says; or only say what that is."""
    await context.imports.run(caller.subject, identifier, body.rule, dry_run=body.dry_run, claims=caller.limits)
    return await _one(context, caller.subject, identifier)


@router.delete(MINE + "/{identifier}", status_code=204)
async def delete(context: Context, caller: Person, identifier: UUID) -> None:
    """Forget an import. What was taken of it stays."""
    async with context.runtime.database.connection() as connection:
        if not await queries.delete(connection, caller.subject, identifier):
            raise NotFoundError("There is no such import")


# For administrators who move a whole household.


@router.post("/imports/jellyfin/accounts")
async def accounts(context: Context, caller: Administrator, body: ServerAddress) -> ServerAccounts:  # noqa: ARG001
    """The accounts of a Jellyfin, by a key of its administrator."""
    found = await context.imports.accounts(body.url, body.token)
    return ServerAccounts(items=[ServerAccount(id=identifier, name=name) for identifier, name in found])


@router.post("/imports/jellyfin", status_code=201)
async def ask_for(context: Context, caller: Administrator, body: AskAccounts) -> Brought:  # noqa: ARG001
    """Bring what accounts of a Jellyfin watched, each for a user of this server. They find it among their imports, and
    take it themselves."""
    made = await context.imports.ask_for(body.url, body.token, [(one.account, one.user) for one in body.accounts])
    return Brought(
        items=[
            BroughtFor(account=one.account, user=one.user, id=identifier)
            for one, identifier in zip(body.accounts, made, strict=True)
        ]
    )


def _is_administrator(caller: Identity) -> bool:
    return {"core.write", "users.write"} <= set(caller.permissions)


async def _one(context: Context, user: UUID, identifier: UUID) -> Import:
    async with context.runtime.database.connection() as connection:
        found = await queries.find(connection, user, identifier)
    if found is None:
        raise NotFoundError("There is no such import")
    return Import.model_validate(found)
