"""`/auth/sessions` and the sessions of users: login, logout, lists (auth.md §4, §6)."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from psycopg.rows import DictRow

from kyoo.auth.audit import Actor
from kyoo.auth.context import AuthContext
from kyoo.auth.devices import display_name
from kyoo.auth.models.passkeys import SecondFactorChallenge, SecondFactorOptions
from kyoo.auth.models.second_factors import SecondFactorAnswer
from kyoo.auth.models.sessions import Login, Session, SessionWCurrent, SessionWToken
from kyoo.auth.queries import sessions
from kyoo.auth.routes.access import Caller, Context, NewCaller
from kyoo.auth.routes.actors import Visitor
from kyoo.core.permissions import public
from kyoo.core.tokens import Identity

router = APIRouter(tags=["sessions"])


def _shown(row: DictRow | dict[str, Any]) -> dict[str, Any]:
    # Kyoo's app shows no list at all when one session has no device.
    return {**row, "device": display_name(row["device"]) or "Unknown device"}


def session_with_token(row: dict[str, Any]) -> SessionWToken:
    return SessionWToken.model_validate(_shown(row))


def wire_session(row: DictRow) -> Session:
    return Session.model_validate(_shown(row))


@router.post("/auth/sessions", status_code=201, dependencies=[public()])
async def log_in(
    body: Login,
    context: Context,
    visitor: Visitor,
    device: Annotated[str | None, Query()] = None,  # noqa: ARG001 (documented here, read by Visitor)
) -> SessionWToken:
    """404: no such account. 403: wrong password, or (`details: {secondFactor: [kind…], challenge}`) a second factor is
    needed. 422: the account has no password. 429: too many failures."""
    row = await context.accounts.log_in(body.login, body.password, visitor)
    return session_with_token(row)


@router.post("/auth/sessions/second-factor", status_code=201, dependencies=[public()])
async def log_in_with_second_factor(body: SecondFactorAnswer, context: Context, visitor: Visitor) -> SessionWToken:
    """The second step of a login, when the first gave 403 with `details: {secondFactor, challenge}`. 403: a wrong code,
    or (`details: {challengeExpired: true}`) the first step has to be done again. 429: too many failures."""
    if body.code is not None:
        return session_with_token(await context.accounts.log_in_with_code(body.challenge, body.code, visitor))
    assert body.credential is not None, "the model wants one of them"
    return session_with_token(await context.passkeys.answer_second_factor(body.challenge, body.credential, visitor))


@router.post("/auth/sessions/second-factor/options", dependencies=[public()])
async def second_factor_options(body: SecondFactorChallenge, context: Context) -> SecondFactorOptions:
    """What `navigator.credentials.get` needs to answer with a passkey. 403: no passkey, or the first step has to be
    done again."""
    return SecondFactorOptions(public_key=await context.passkeys.second_factor_options(body.challenge))


async def own_sessions(identity: Identity, context: AuthContext) -> list[SessionWCurrent]:
    async with context.database.connection() as connection:
        rows = await sessions.of_user(connection, identity.subject, context.settings.session_lifetime)
    return [SessionWCurrent.model_validate({**_shown(row), "current": row["id"] == identity.session}) for row in rows]


@router.get("/auth/sessions")
async def list_sessions(identity: Caller, context: Context) -> list[SessionWCurrent]:
    """The caller's sessions, the least recently used first."""
    return await own_sessions(identity, context)


@router.get("/auth/users/me/sessions")
async def list_my_sessions(identity: Caller, context: Context) -> list[SessionWCurrent]:
    """The same as `/auth/sessions`."""
    return await own_sessions(identity, context)


@router.delete("/auth/sessions")
async def log_out(identity: NewCaller, context: Context, visitor: Visitor) -> Session:
    """Close the session of this request."""
    return await _close(identity.session, identity, context, visitor)


@router.delete("/auth/sessions/current")
async def close_current_session(identity: NewCaller, context: Context, visitor: Visitor) -> Session:
    """Close the session of this request."""
    return await _close(identity.session, identity, context, visitor)


@router.delete("/auth/sessions/{session_id}")
async def close_session(session_id: UUID, identity: Caller, context: Context, visitor: Visitor) -> Session:
    """Close one of the caller's sessions."""
    return await _close(session_id, identity, context, visitor)


async def _close(session: UUID, identity: Identity, context: AuthContext, visitor: Actor) -> Session:
    return wire_session(await context.accounts.close_session(session, identity.subject, visitor.known_as(identity)))
