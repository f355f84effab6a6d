"""`/auth/users/me`: a user's own account. The picture is in logos.py."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from psycopg.rows import DictRow

from kyoo.auth.context import AuthContext
from kyoo.auth.models.users import Me, PasswordChange, User, UserPatch
from kyoo.auth.queries import users
from kyoo.auth.routes import cookies
from kyoo.auth.routes.access import Caller, Context, InPerson, NewCaller, require_more_for_login
from kyoo.auth.routes.actors import Visitor
from kyoo.auth.routes.users import wire_user, with_picture
from kyoo.auth.tokens.claims import refuse_protected
from kyoo.core.errors import ForbiddenError

router = APIRouter(prefix="/auth/users/me", tags=["account"])


async def _me(context: AuthContext, row: DictRow) -> Me:
    state = await context.second_factors.state(row["id"])
    return Me.model_validate({**with_picture(context, row), "second_factors": state})


@router.get("")
async def get_me(identity: NewCaller, context: Context) -> Me:
    """403 for callers that are no users: guests and API keys."""
    async with context.database.connection() as connection:
        row = await users.by_id(connection, identity.subject)
    if row is None:
        raise ForbiddenError("This identity has no account")
    return await _me(context, row)


@router.patch("")
async def patch_me(body: UserPatch, identity: Caller, context: Context, visitor: Visitor) -> Me:
    """`claims` is merged at top level; protected claims are refused (403). Username and e-mail are changed by
    the user in person only; the e-mail, to which links for new passwords go, just after a login by who has a second
    factor. 409: taken, or a username that looks like one that is."""
    await require_more_for_login(context, identity, username=body.username, email=body.email)
    claims = body.claims or {}
    refuse_protected(claims, context.settings.protected_claims)
    row = await context.accounts.edit(
        identity.subject, username=body.username, email=body.email, claims=claims, by=visitor.known_as(identity)
    )
    return await _me(context, row)


@router.delete("")
async def delete_me(
    request: Request, response: Response, identity: InPerson, context: Context, visitor: Visitor
) -> User:
    """End the account, its sessions and its API keys."""
    row = await context.accounts.delete(identity.subject, visitor.known_as(identity))
    if row is None:
        raise ForbiddenError("This identity has no account")
    cookies.forget(response, request, context.public_url)
    return wire_user(context, row)


@router.patch("/password", status_code=204, response_class=Response)
async def change_password(body: PasswordChange, identity: InPerson, context: Context, visitor: Visitor) -> None:
    """All other sessions are closed; the calling one goes on. 403: wrong `oldPassword`, or none yet and no login just
    before. 429: too many wrong ones."""
    await context.accounts.change_password(
        identity.subject, identity.session, body.old_password, body.new_password, visitor.known_as(identity)
    )
