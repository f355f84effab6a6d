"""`/auth/invitations`: single-use links to register with."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from kyoo.auth.models.invitations import Invitation, InvitationCheck, NewInvitation
from kyoo.auth.queries import invitations
from kyoo.auth.routes.access import Context, requires
from kyoo.auth.routes.actors import Visitor
from kyoo.auth.routes.cursors import moment_of, read_moment
from kyoo.core.http.pages import Page, next_url
from kyoo.core.http.permissions import public
from kyoo.core.tokens import Identity

router = APIRouter(prefix="/auth/invitations", tags=["invitations"])

PAGE_SIZE = 20


@router.post("", status_code=201)
async def invite(
    body: NewInvitation, context: Context, identity: Annotated[Identity, requires("users.write")], visitor: Visitor
) -> Invitation:
    """The only time the link is shown. Only permissions that the caller holds can be given; who is invited is
    limited as the caller is."""
    row = await context.invitations.invite(
        body.claims, timedelta(seconds=body.expires_in), body.note, visitor.known_as(identity), identity
    )
    return Invitation.model_validate(row)


@router.get("", dependencies=[requires("users.write")])
async def list_invitations(
    request: Request, context: Context, after: Annotated[str | None, Query()] = None
) -> Page[Invitation]:
    """Those that can still be used, the newest first."""
    before = read_moment(after)
    async with context.database.connection() as connection:
        rows = await invitations.page(connection, before, PAGE_SIZE + 1)
    this = str(request.url)
    following = None
    if len(rows) > PAGE_SIZE:
        last = rows[PAGE_SIZE - 1]
        following = next_url(this, after=moment_of(last["created_date"], last["id"]))
    return Page[Invitation](
        items=[Invitation.model_validate(row) for row in rows[:PAGE_SIZE]], this=this, next=following
    )


@router.get("/check", dependencies=[public()])
async def check(context: Context, token: Annotated[str, Query(max_length=128)]) -> InvitationCheck:
    """404: unknown, used, withdrawn or expired."""
    return InvitationCheck.model_validate(await context.invitations.check(token))


@router.delete("/{invitation_id}", status_code=204, response_class=Response)
async def withdraw(
    invitation_id: UUID, context: Context, identity: Annotated[Identity, requires("users.write")], visitor: Visitor
) -> None:
    """403: who invites, or is invited, can do or see more than the caller."""
    await context.invitations.withdraw(invitation_id, visitor.known_as(identity), identity)
