"""`/auth/federation`: other instances ask who a user of this one is. Logging in here with an account of another
instance is in oidc.py."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse

from kyoo.auth import pages
from kyoo.auth.audit import Actor
from kyoo.auth.context import AuthContext
from kyoo.auth.factors.second_factors import SecondFactorNeededError
from kyoo.auth.models.federation import AuthorizationRequest, Consent, Profile, TokenError, TokenRequest, Tokens
from kyoo.auth.oidc.federation import GrantError
from kyoo.auth.oidc.redirects import origin_of
from kyoo.auth.routes.access import Context, refuse_restricted, require_presence
from kyoo.auth.routes.actors import Visitor
from kyoo.auth.routes.cookies import session_cookie
from kyoo.auth.routes.credentials import bearer_token
from kyoo.auth.tokens.exchange import identity_of
from kyoo.core.errors import ForbiddenError, KyooError, NotFoundError
from kyoo.core.http.permissions import public
from kyoo.core.http.security_headers import page_headers
from kyoo.core.tokens import Identity

router = APIRouter(prefix="/auth/federation", tags=["federation"], dependencies=[public()])


@router.get("/authorize", response_class=HTMLResponse)
async def ask(request: Annotated[AuthorizationRequest, Query()], context: Context) -> Response:
    """The page on which a user agrees. 400, 403, 404: not an instance that may ask, which nobody is sent back to."""
    host = context.federation.check_client(request)
    if word := context.federation.fault(request):
        return RedirectResponse(context.federation.refusal_url(request, word), 303)
    return _page(context, request, host)


@router.post("/authorize", response_class=HTMLResponse)
async def decide(http: Request, consent: Annotated[Consent, Form()], context: Context, visitor: Visitor) -> Response:
    """What the user decided: back to the instance that asked, with or without a code; or the page once more."""
    host = context.federation.check_client(consent)
    # The page is ours and nobody else's, so that nobody agrees unknowingly.
    if origin_of(http.headers.get("origin", "")) != origin_of(str(http.url)):
        raise ForbiddenError("This form comes from another site")
    if word := None if consent.allow else "access_denied":
        return RedirectResponse(context.federation.refusal_url(consent, word), 303)
    if word := context.federation.fault(consent):
        return RedirectResponse(context.federation.refusal_url(consent, word), 303)
    try:
        url = await _consent(http, consent, context, visitor)
    except SecondFactorNeededError as needed:
        details = needed.details
        if "totp" not in details["secondFactor"]:
            message = "Your account needs a passkey: log in to this server in this browser first, then go on here"
            return _page(context, consent, host, message=message, status=403)
        return _page(context, consent, host, challenge=details["challenge"])
    except KyooError as error:
        # What is wrong with a second step is wrong with the whole login.
        return _page(context, consent, host, message=error.message, ask=True, status=error.status)
    return RedirectResponse(url, 303)


async def _consent(http: Request, consent: Consent, context: AuthContext, visitor: Actor) -> str:
    """Where the browser goes with a code. Raises KyooError when it is not known who agrees."""
    if not consent.login and not consent.challenge:
        identity = await _of_browser(http, context)
        return await context.federation.consent(consent, identity.subject, visitor.known_as(identity))
    if consent.challenge:
        user = await context.second_factors.answer(consent.challenge, consent.code, visitor)
        by = visitor.logged_in_as(user["user_id"], user["username"])
    else:
        by = await context.accounts.identify(consent.login, consent.password, visitor)
    assert by.id is not None, "it has proved who it is"
    return await context.federation.consent(consent, by.id, by)


async def _of_browser(http: Request, context: AuthContext) -> Identity:
    """The user of the session cookie, which browsers send along with our own form only."""
    token = session_cookie(http, context.public_url)
    if not token:
        raise ForbiddenError("This browser is not logged in here: say who you are")
    identity = identity_of(await context.exchange.bearer(token))
    refuse_restricted(identity)
    require_presence(identity)
    return identity


def _page(
    context: AuthContext,
    request: AuthorizationRequest,
    host: str,
    *,
    message: str = "",
    challenge: str = "",
    ask: bool = False,
    status: int = 200,
) -> HTMLResponse:
    ours = urlsplit(context.public_url).netloc
    body = pages.consent(request, host, ours, message=message, challenge=challenge, ask=ask)
    policy = (
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'; "
        f"form-action 'self' {request.client_id}"
    )
    return HTMLResponse(body, status, page_headers(policy))


@router.post("/token", response_model=Tokens, responses={400: {"model": TokenError}})
async def redeem(request: Annotated[TokenRequest, Form()], context: Context) -> JSONResponse:
    """The instance that asked redeems its code (RFC 6749 §4.1.3)."""
    try:
        tokens = await context.federation.redeem(request)
    except GrantError as error:
        fault = TokenError(status=error.status, message=error.message, error=error.word)
        return JSONResponse(fault.model_dump(), error.status)
    return JSONResponse(tokens.model_dump())


@router.get("/profile", response_model_exclude_none=True)
async def profile(request: Request, context: Context) -> Profile:
    """Who the user is, for the bearer of an access token."""
    return await context.federation.profile(bearer_token(request.headers.get("authorization", "")))


@router.get("/picture", response_class=Response)
async def picture(token: Annotated[str, Query(max_length=4096)], context: Context) -> Response:
    """The user's uploaded picture, for the bearer of an access token."""
    found = await context.pictures.get(await context.federation.subject_of(token))
    if found is None:
        raise NotFoundError("No picture")
    return Response(found.data, media_type=found.content_type)
