"""The profiles of people: their watch list, history and next up."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated
from urllib.parse import quote
from uuid import UUID

import httpx2
from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse

from kyoo.api import history
from kyoo.api.context import Context
from kyoo.api.models.base import Batch
from kyoo.api.models.entry import Entry
from kyoo.api.models.export import ProfileExport
from kyoo.api.models.profile import ConnectedDevice, HistoryRecorded, SeedHistory, WatchedShow
from kyoo.api.models.show import EntryWithShow
from kyoo.api.queries.lists.page_statement import PageRequest
from kyoo.api.queries.viewers import export
from kyoo.api.queries.viewers.history import HISTORY, HISTORY_WITH_SHOWS
from kyoo.api.queries.viewers.nextup import NEXT_UP
from kyoo.api.queries.viewers.watchlist import WATCHLIST
from kyoo.api.reader import Reader
from kyoo.api.routes.answers import documented
from kyoo.api.routes.parameters import Name, RawJson, Reading, answer_page, paging
from kyoo.api.routes.watchstatus import refuse_guest
from kyoo.core.errors import KyooError
from kyoo.core.http.pages import Page
from kyoo.core.http.permissions import requires
from kyoo.core.tokens import ONLY_FOR, Identity

router = APIRouter(prefix="/api/profiles", tags=["profiles"])

Caller = Annotated[Identity, requires("core.read")]
#: May know of others.
Seeing = Annotated[Identity, requires("core.read", "users.read")]
ListPaging = Annotated[PageRequest, paging(WATCHLIST.resource)]
HistoryPaging = Annotated[PageRequest, paging(HISTORY.resource)]
NextUpPaging = Annotated[PageRequest, paging(NEXT_UP.resource)]


async def _owner(context: Context, request: Request, reader: Reading, name: Name, caller: Seeing) -> Reader:
    """The person named by id or username, in the languages of the caller. Whether the caller may know them is for the
    auth service to say: its 401, 403 and 404 are passed on."""
    asked = context.runtime.peer.build_request("GET", f"/auth/users/{quote(name, safe='')}", timeout=10)
    if ONLY_FOR not in caller.claims:
        # As the caller, not as the service account that the client is for. The token of a link is of no use there.
        asked.headers.pop("x-api-key", None)
        asked.headers["authorization"] = request.headers["authorization"]
    try:
        response = await context.runtime.peer.send(asked)
        if response.status_code in (401, 403, 404):
            message = response.json().get("message") or f"No user found with the id or username: '{name}'"
            raise KyooError(message, status=response.status_code)
        response.raise_for_status()
        return replace(reader, profile=UUID(response.json()["id"]))
    except (httpx2.HTTPError, ValueError, KeyError, AttributeError) as error:
        raise KyooError("The auth service cannot be reached", status=502) from error


Owner = Annotated[Reader, Depends(_owner)]


@router.get("/me/watchlist", response_model=Page[WatchedShow])
async def my_watchlist(context: Context, request: Request, reader: Reading, page: ListPaging) -> RawJson:
    """The shows in the caller's watch list, those being watched first; empty for guests."""
    return await answer_page(context, request, WATCHLIST, page, reader)


@router.get("/{name}/watchlist", response_model=Page[WatchedShow])
async def watchlist_of(context: Context, request: Request, owner: Owner, page: ListPaging) -> RawJson:
    """The watch list of somebody else."""
    return await answer_page(context, request, WATCHLIST, page, owner)


@router.get("/me/history", response_model=Page[EntryWithShow])
async def my_history(context: Context, request: Request, reader: Reading, page: HistoryPaging) -> RawJson:
    """What the caller has played, the newest first, one item per play; empty for guests."""
    return await answer_page(context, request, HISTORY_WITH_SHOWS, page, reader)


@router.get("/{name}/history", response_model=Page[Entry])
async def history_of(context: Context, request: Request, owner: Owner, page: HistoryPaging) -> RawJson:
    """What somebody else has played."""
    return await answer_page(context, request, HISTORY, page, owner)


@router.get("/me/nextup", response_model=Page[EntryWithShow])
async def my_nextup(context: Context, request: Request, reader: Reading, page: NextUpPaging) -> RawJson:
    """The next entry of each show that the caller watches, the last played first; empty for guests."""
    return await answer_page(context, request, NEXT_UP, page, reader)


@router.get("/me/devices", response_model=list[ConnectedDevice])
async def my_devices(context: Context, caller: Caller) -> JSONResponse:
    """The caller's devices that follow `devices` by the websocket, with what each is doing; empty for guests."""
    return JSONResponse([] if caller.is_guest else await context.devices.of(caller.subject))


@router.get("/me/export", **documented(ProfileExport, 401))
async def my_export(context: Context, caller: Caller) -> RawJson:
    """A file of everything that is kept about the caller: the watch list, every play, what is hidden,
    statistics, rooms of Watch together, and whether there is a calendar."""
    refuse_guest(caller)
    async with context.database.connection() as connection:
        file = await export.everything(connection, caller.subject)
    headers = {"Content-Disposition": 'attachment; filename="profile.json"', "Cache-Control": "no-store"}
    return RawJson(file, headers=headers)


@router.post("/me/history", status_code=201, response_model_exclude_none=True)
async def record_plays(context: Context, caller: Caller, plays: Batch[SeedHistory]) -> HistoryRecorded:
    """Record plays; a video played again within a day goes on with the same play."""
    refuse_guest(caller)
    within = await context.durations.within(plays)
    outgoing = context.trackers.outgoing()
    inserted = await context.write(
        lambda connection: history.record(connection, caller.subject, within, outgoing=outgoing)
    )
    sync = await context.trackers.delivery.settle(outgoing)
    return HistoryRecorded.model_validate({"status": 201, "inserted": inserted, "sync": sync or None})
