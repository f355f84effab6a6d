"""`/auth/users/{id}/password-reset` and `/auth/password-resets`: one-time links to set a new password."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Response

from kyoo.auth.models.password_reset import NewPassword, PasswordResetLink, PasswordResetRequest
from kyoo.auth.routes.access import Context, require_more_for_own, requires
from kyoo.auth.routes.actors import Visitor
from kyoo.core.http.permissions import public
from kyoo.core.tokens import Identity

router = APIRouter(prefix="/auth", tags=["passwords"])


@router.post("/users/{user_id}/password-reset", status_code=201)
async def offer_reset(
    user_id: UUID, context: Context, identity: Annotated[Identity, requires("users.write")], visitor: Visitor
) -> PasswordResetLink:
    """A link for the user to set a new password with, valid for a day. 403: the user can do or see more than the
    caller, or is the caller, who has not just logged in."""
    await require_more_for_own(context, identity, user_id)
    link = await context.password_resets.offer(user_id, visitor.known_as(identity), identity)
    return PasswordResetLink(url=link.url, expire_at=link.expire_at, mailed=link.mailed)


@router.post("/password-resets", status_code=204, response_class=Response, dependencies=[public()])
async def ask_for_reset(body: PasswordResetRequest, context: Context, visitor: Visitor) -> None:
    """Mail a link to the user, if the account exists and the server can send mail: the answer never tells. 429: too
    often."""
    await context.password_resets.ask(body.login, visitor)


@router.post("/password-resets/{token}", status_code=204, response_class=Response, dependencies=[public()])
async def reset(
    token: Annotated[str, Path(max_length=128)], body: NewPassword, context: Context, visitor: Visitor
) -> None:
    """Set the password. Every session of the user ends. 404: unknown, used or expired."""
    await context.password_resets.redeem(token, body.password, visitor)
