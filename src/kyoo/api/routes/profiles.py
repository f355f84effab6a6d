"""The profiles of people: their watch list, history and next up (api.md §8)."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter

from kyoo.api import history
from kyoo.api.context import Context
from kyoo.api.models.profile import HistoryRecorded, SeedHistory
from kyoo.api.routes.watchstatus import refuse_guest
from kyoo.core.permissions import requires
from kyoo.core.tokens import Identity

router = APIRouter(prefix="/api/profiles", tags=["profiles"])

Caller = Annotated[Identity, requires("core.read")]


@router.post("/me/history", status_code=201)
async def record_plays(context: Context, caller: Caller, plays: list[SeedHistory]) -> HistoryRecorded:
    refuse_guest(caller)
    async with context.database.transaction() as connection:
        inserted = await history.record(connection, caller.subject, plays)
    return HistoryRecorded(status=201, inserted=inserted)
