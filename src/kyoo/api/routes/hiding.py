"""Out of sight: next up without what its owner is done with, rows without what its owner does not want to see."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import Field

from kyoo.api import facts
from kyoo.api.context import Context
from kyoo.api.models.base import Batch, Reference, ShowKind, Wire
from kyoo.api.models.profile import ROWS, HiddenShow, Row
from kyoo.api.queries.viewers import hidden as queries
from kyoo.api.queries.viewers.watchlist import lock_profile
from kyoo.api.routes.answers import PATHS, documented, show_key
from kyoo.api.routes.kinds import ShowPaging
from kyoo.api.routes.parameters import Name, RawJson, Reading, answer_page
from kyoo.api.routes.watchstatus import refuse_guest
from kyoo.core.errors import NotFoundError
from kyoo.core.http.pages import Page
from kyoo.core.http.permissions import requires
from kyoo.core.tokens import Identity

router = APIRouter(prefix="/api", tags=["profiles"])

Caller = Annotated[Identity, requires("core.read")]


class SetAside(Reference):
    """The show that was taken out of next up."""

    kind: ShowKind


class HiddenRows(Wire):
    """The rows that a show is left out of; all there are when none is named."""

    rows: Batch[Row] = Field(default_factory=lambda: list(ROWS), min_length=1)


@router.delete("/profiles/me/nextup/{name}", responses={404: {"description": "Not in next up"}})
async def remove_from_next_up(context: Context, caller: Caller, name: Name) -> SetAside:
    """Take an entry's show, or a show, out of next up until it is played again; its progress and status stay."""
    refuse_guest(caller)
    async with context.database.transaction() as connection:
        profile = await lock_profile(connection, caller.subject)
        removed = await queries.set_aside(connection, caller.subject, name)
        if removed is None:
            raise NotFoundError(f"Nothing in your next up has the id or slug: {name}")
        await facts.listed(connection, caller.subject, profile, [removed.pop("pk")], "hidden", nextUp=False)
    return SetAside(**removed)


@router.get("/profiles/me/hidden", **documented(Page[HiddenShow], 422))
async def hidden_shows(context: Context, request: Request, reader: Reading, page: ShowPaging) -> RawJson:
    """The shows that the caller has hidden from rows; empty for guests."""
    return await answer_page(context, request, queries.HIDDEN, page, reader)


def _routes(kind: ShowKind) -> None:
    path = f"/{PATHS[kind]}/{{name}}/hidden"

    @router.put(path, responses={404: {"description": "Not found"}})
    async def hide(context: Context, caller: Caller, name: Name, body: HiddenRows | None = None) -> HiddenRows:
        """Hide a show from rows of the home page. Lists, searches and its own page still show it."""
        refuse_guest(caller)
        wanted = body or HiddenRows()
        async with context.database.transaction() as connection:
            show = await show_key(connection, kind, name)
            profile = await lock_profile(connection, caller.subject)
            await queries.hide(connection, profile, show, wanted.rows)
            await facts.hidden(connection, caller.subject, profile, show, sorted(set(wanted.rows)))
        return HiddenRows(rows=sorted(set(wanted.rows)))

    @router.delete(path, status_code=204, responses={404: {"description": "Not found, or not hidden"}})
    async def unhide(context: Context, caller: Caller, name: Name) -> None:
        """Show it in every row again."""
        refuse_guest(caller)
        async with context.database.transaction() as connection:
            show = await show_key(connection, kind, name)
            profile = await lock_profile(connection, caller.subject)
            if not await queries.unhide(connection, profile, show):
                raise NotFoundError(f"The {kind} '{name}' is not hidden")
            await facts.hidden(connection, caller.subject, profile, show, [])


for _kind in PATHS:
    _routes(_kind)  # type: ignore[arg-type]
