"""`/auth/sessions` and the sessions of users: login, logout, lists."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from psycopg.rows import DictRow

from kyoo.auth.accounts.devices import display_name
from kyoo.auth.context import AuthContext
from kyoo.auth.models.passkeys import SecondFactorChallenge, SecondFactorOptions
from kyoo.auth.models.second_factors import SecondFactorAnswer
from kyoo.auth.models.sessions import Login, Session, SessionWCurrent, SessionWToken
from kyoo.auth.queries import sessions
from kyoo.auth.routes import cookies
from kyoo.auth.routes.access import Caller, Context, NewCaller, requires
from kyoo.auth.routes.actors import Visitor
from kyoo.auth.routes.credentials import bearer_token
from kyoo.auth.tokens.opaque import is_jwt
from kyoo.core.errors import ForbiddenError
from kyoo.core.http.origins import refuse_foreign
from kyoo.core.http.permissions import public
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


@dataclass(frozen=True)
class _Closing:
    """What closes a session of the caller; the browser forgets the cookie of its own."""

    request: Request
    response: Response
    identity: NewCaller
    context: Context
    visitor: Visitor

    async def close(self, session: UUID) -> Session:
        by = self.visitor.known_as(self.identity)
        row = await self.context.accounts.close_session(session, self.identity.subject, by)
        if session == self.identity.session:
            cookies.forget(self.response, self.request, self.context.public_url)
        return wire_session(row)


Closing = Annotated[_Closing, Depends()]


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


@router.post("/auth/sessions/cookie")
async def keep_in_cookie(request: Request, response: Response, identity: NewCaller, context: Context) -> Session:
    """Put the session of this request into a cookie that no script can read, for pages that then need its token no
    more; or renew that cookie. 403: the request is not of a session, but of its JWT, a key, or a link."""
    authorization = request.headers.get("authorization")
    token = bearer_token(authorization) if authorization else cookies.session_cookie(request, context.public_url)
    session = next((one for one in await own_sessions(identity, context) if one.current), None)
    if token is None or is_jwt(token) or session is None:
        raise ForbiddenError("Only a session can be kept in a cookie")
    cookies.remember(response, request, context.public_url, token)
    return session


@router.delete("/auth/sessions/cookie", status_code=204, response_class=Response, dependencies=[public()])
async def forget_cookie(request: Request, context: Context) -> Response:
    """Have the browser forget that cookie, also one whose session is over, without which it is a guest again."""
    refuse_foreign(request)
    response = Response(status_code=204)
    cookies.forget(response, request, context.public_url)
    return response


@router.delete("/auth/sessions")
async def log_out(closing: Closing) -> Session:
    """Close the session of this request."""
    return await closing.close(closing.identity.session)


@router.delete("/auth/sessions/current")
async def close_current_session(closing: Closing) -> Session:
    """Close the session of this request."""
    return await closing.close(closing.identity.session)


@router.delete("/auth/sessions/{session_id}", dependencies=[requires()])
async def close_session(session_id: UUID, closing: Closing) -> Session:
    """Close one of the caller's sessions."""
    return await closing.close(session_id)
