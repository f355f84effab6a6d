"""`/auth/audit` and `/auth/deletions`: what happened to accounts, and which of them are gone."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request

from kyoo.auth.models.audit import AuditEntry, Deletion
from kyoo.auth.models.base import Text
from kyoo.auth.queries import audit, deletions
from kyoo.auth.routes.access import Context, as_uuid, requires
from kyoo.auth.routes.cursors import moment_of, read_moment
from kyoo.core.http.pages import Page, next_url

router = APIRouter(prefix="/auth", tags=["audit"], dependencies=[requires("users.read")])

ENTRIES, DELETIONS = 50, 500


@router.get("/audit")
async def list_audit(
    request: Request,
    context: Context,
    after: Annotated[str | None, Query()] = None,
    user: Annotated[Text | None, Query(max_length=256)] = None,
    action: Annotated[Text | None, Query(max_length=64)] = None,
) -> Page[AuditEntry]:
    """The newest entries first, 50 a page; follow `next`. `user`: those by or about an account, by id or name."""
    before = read_moment(after)
    wanted = None if not user else as_uuid(user) or user
    async with context.database.connection() as connection:
        rows = await audit.page(connection, before, ENTRIES + 1, user=wanted, action=action or None)
    this = str(request.url)
    following = (
        next_url(this, after=moment_of(rows[ENTRIES - 1]["date"], rows[ENTRIES - 1]["id"]))
        if len(rows) > ENTRIES
        else None
    )
    return Page[AuditEntry](items=[AuditEntry.of_row(row) for row in rows[:ENTRIES]], this=this, next=following)


@router.get("/deletions")
async def list_deletions(
    request: Request, context: Context, after: Annotated[int, Query(ge=0, le=2**63 - 1)] = 0
) -> Page[Deletion]:
    """The users deleted since the deletion `after` (its `number`), the oldest first, for other services to forget
    them."""
    async with context.database.connection() as connection:
        rows = await deletions.after(connection, after, DELETIONS + 1)
    this = str(request.url)
    following = next_url(this, after=str(rows[DELETIONS - 1]["number"])) if len(rows) > DELETIONS else None
    return Page[Deletion](items=[Deletion.model_validate(row) for row in rows[:DELETIONS]], this=this, next=following)
