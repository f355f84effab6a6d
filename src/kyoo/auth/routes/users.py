"""`/auth/users`: registration, and users as administrators see them. `me` is in me.py."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request
from psycopg.rows import DictRow

from kyoo.auth.context import AuthContext
from kyoo.auth.models.sessions import Session, SessionWToken
from kyoo.auth.models.users import AdminUserPatch, Registration, User
from kyoo.auth.queries import sessions, users
from kyoo.auth.routes.access import (
    Context,
    administrator_of,
    as_uuid,
    require_more_for_login,
    require_presence,
    requires,
)
from kyoo.auth.routes.actors import Visitor
from kyoo.auth.routes.cursors import moment_of, read_moment
from kyoo.auth.routes.sessions import session_with_token, wire_session
from kyoo.core.errors import BadRequestError, NotFoundError
from kyoo.core.http.pages import Page, next_url
from kyoo.core.http.permissions import public
from kyoo.core.tokens import Identity

router = APIRouter(prefix="/auth/users", tags=["users"])

PAGE_SIZE = 20


def with_picture(context: AuthContext, row: DictRow) -> dict[str, Any]:
    """Where Gravatar is asked, whoever uploaded no picture may have one."""
    uploaded: str | None = row["logo"]
    elsewhere = None if context.gravatar is None else f"/auth/users/{row['id']}/logo"
    return {**row, "logo": uploaded or elsewhere, "has_picture": uploaded is not None}


def wire_user(context: AuthContext, row: DictRow) -> User:
    return User.model_validate(with_picture(context, row))


@router.post("", status_code=201, dependencies=[public()])
async def register(
    request: Request,
    body: Registration,
    context: Context,
    visitor: Visitor,
    *,
    device: Annotated[str | None, Query()] = None,  # noqa: ARG001 (documented here, read by Visitor)
    invitation: Annotated[str | None, Query(max_length=128)] = None,
) -> SessionWToken:
    """Make an account and log in. The first user of a server becomes its administrator. The token of an invitation
    opens a server that is closed to others, and brings its claims. Whose account an administrator makes is let in.
    403: closed, or not a valid invitation."""
    row = await context.registrations.register(
        body.username,
        body.email,
        body.password,
        visitor,
        invitation=invitation,
        administrator=await administrator_of(request),
    )
    return session_with_token(row)


@router.get("", dependencies=[requires("users.read")])
async def list_users(
    request: Request,
    context: Context,
    after: Annotated[str | None, Query()] = None,
    verified: Annotated[bool | None, Query()] = None,
) -> Page[User]:
    """All users by creation, 20 a page; follow `next`. `verified=false`: who waits to be let in by an administrator
    (`PATCH /auth/users/{id}` with `{"claims": {"verified": true}}`)."""
    cursor = read_moment(after)
    async with context.database.connection() as connection:
        rows = await users.page(connection, cursor, PAGE_SIZE + 1, verified=verified)
    this = str(request.url)
    following = None
    if len(rows) > PAGE_SIZE:
        last = rows[PAGE_SIZE - 1]
        following = next_url(this, after=moment_of(last["created_date"], last["id"]))
    return Page[User](items=[wire_user(context, row) for row in rows[:PAGE_SIZE]], this=this, next=following)


async def find_user(context: AuthContext, id_or_username: str) -> DictRow:
    """By id when it is one, else by username. Raises NotFoundError."""
    user_id = as_uuid(id_or_username)
    async with context.database.connection() as connection:
        if user_id is not None:
            row = await users.by_id(connection, user_id)
        elif id_or_username.isprintable():
            row = await users.by_username(connection, id_or_username)
        else:
            row = None
    if row is None:
        raise NotFoundError("No such user")
    return row


@router.get("/{id_or_username}", dependencies=[requires("users.read")])
async def get_user(id_or_username: str, context: Context) -> User:
    return wire_user(context, await find_user(context, id_or_username))


@router.get("/{id_or_username}/sessions", dependencies=[requires("users.read")])
async def list_sessions_of(id_or_username: str, context: Context) -> list[Session]:
    """A user's sessions, the least recently used first."""
    user = await find_user(context, id_or_username)
    async with context.database.connection() as connection:
        rows = await sessions.of_user(connection, user["id"], context.settings.session_lifetime)
    return [wire_session(row) for row in rows]


@router.patch("/{user_id}")
async def patch_user(
    user_id: str,
    body: AdminUserPatch,
    context: Context,
    identity: Annotated[Identity, requires("users.write")],
    visitor: Visitor,
) -> User:
    """`claims` is merged at top level. 400: no uuid. 403: before or after the change, the user can do or see more than
    the caller; or is the last one who holds `users.write`, and would not any more."""
    target = as_uuid(user_id)
    if target is None:
        raise BadRequestError("The id of a user is a UUID")
    if target == identity.subject:
        await require_more_for_login(context, identity, username=body.username, email=body.email)
    row = await context.accounts.edit(
        target,
        username=body.username,
        email=body.email,
        claims=body.claims or {},
        by=visitor.known_as(identity),
        administrator=identity,
        disabled=body.disabled,
    )
    return wire_user(context, row)


@router.delete("/{id_or_username}/sessions/{session_id}")
async def end_session_of(
    id_or_username: str,
    session_id: UUID,
    context: Context,
    identity: Annotated[Identity, requires("users.write")],
    visitor: Visitor,
) -> Session:
    """End a session of a user. 403: the user can do or see more than the caller."""
    user = await find_user(context, id_or_username)
    by = visitor.known_as(identity)
    return wire_session(await context.accounts.close_session(session_id, user["id"], by, identity))


@router.delete("/{user_id}")
async def delete_user(
    user_id: UUID, context: Context, identity: Annotated[Identity, requires("users.delete")], visitor: Visitor
) -> User:
    """403: the user can do or see more than the caller, or is the caller, with an app password."""
    if user_id == identity.subject:
        require_presence(identity)
    row = await context.accounts.delete(user_id, visitor.known_as(identity), identity)
    if row is None:
        raise NotFoundError("No such user")
    return wire_user(context, row)
