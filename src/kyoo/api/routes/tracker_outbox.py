"""What the caller's trackers are still to be told: the list, trying again, letting go."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request

from kyoo.api.context import Context
from kyoo.api.models.trackers import Letter
from kyoo.api.queries.trackers import accounts
from kyoo.api.queries.trackers import outbox as queries
from kyoo.api.routes.trackers import MINE, Person, ServiceName
from kyoo.api.trackers import outbox
from kyoo.core.errors import NotFoundError
from kyoo.core.http.pages import Page, decode_cursor, encode_cursor, next_url

router = APIRouter(prefix="/api", tags=["trackers"])

Limit = Annotated[int, Query(ge=1, le=250)]


@router.get(MINE + "/{service}/outbox")
async def letters(
    context: Context,
    request: Request,
    caller: Person,
    service: ServiceName,
    *,
    limit: Limit = 50,
    after: str | None = None,
) -> Page[Letter]:
    """What waits to be told and what was refused, the oldest first."""
    context.trackers.services.find(service)
    (since,) = decode_cursor(after, 1) if after else (0,)
    first = since if isinstance(since, int) and 0 <= since < 2**63 else 0
    async with context.runtime.database.connection() as connection:
        rows = await queries.page(connection, caller.subject, service, after=first, limit=limit + 1)
    this = str(request.url)
    more = len(rows) > limit
    following = next_url(this, after=encode_cursor([rows[limit - 1]["pk"]])) if more else None
    items = [
        Letter.model_validate({**row, "next_try": row["next_try"] if row["state"] == "waiting" else None})
        for row in rows[:limit]
    ]
    return Page[Letter](items=items, this=this, next=following)


@router.post(MINE + "/{service}/outbox/{letter}/retry", status_code=202)
async def retry(context: Context, caller: Person, service: ServiceName, letter: UUID) -> dict[str, str]:
    """Try again at once, with the ids and numbers that are known now."""
    context.trackers.services.find(service)
    async with context.runtime.database.transaction() as connection:
        row = await queries.retry(connection, caller.subject, service, letter)
        if row is None:
            raise NotFoundError("Nothing waits by this id")
        linked = await accounts.linked(connection, row["tracker_pk"])
        if linked is not None and row["show_pk"] is not None:
            facts = await outbox.refreshed(connection, linked.profile_pk, row["facts"], row["show_pk"], row["entry_pk"])
            await queries.renew(connection, row["pk"], facts)
    context.trackers.delivery.soon(row["tracker_pk"])
    return {"id": str(letter)}


@router.delete(MINE + "/{service}/outbox/{letter}", status_code=204)
async def let_go(context: Context, caller: Person, service: ServiceName, letter: UUID) -> None:
    """Not to be told any more."""
    context.trackers.services.find(service)
    async with context.runtime.database.connection() as connection:
        if not await queries.drop(connection, caller.subject, service, letter):
            raise NotFoundError("Nothing waits by this id")
