"""`/auth/oidc`: logging in with, linking and unlinking OpenID providers and other instances."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse

from kyoo.auth import pages
from kyoo.auth.context import AuthContext
from kyoo.auth.models.base import Text
from kyoo.auth.models.oidc import FinishedLogin, ProviderAnswer
from kyoo.auth.models.sessions import SessionWToken
from kyoo.auth.models.users import User
from kyoo.auth.oidc.logins import AT_PROVIDER, cookie_of
from kyoo.auth.oidc.redirects import with_query
from kyoo.auth.routes.access import Context, InPerson, refuse_restricted, require_presence
from kyoo.auth.routes.actors import Visitor
from kyoo.auth.routes.credentials import bearer_token
from kyoo.auth.routes.sessions import session_with_token
from kyoo.auth.routes.users import wire_user
from kyoo.auth.tokens.exchange import identity_of
from kyoo.core.errors import ForbiddenError, KyooError, UnauthorizedError
from kyoo.core.http.permissions import public
from kyoo.core.http.security_headers import page_headers
from kyoo.core.tokens import Identity

router = APIRouter(prefix="/auth/oidc", tags=["oidc"])

COOKIE_PATH = "/auth/oidc"
PAGE_HEADERS = page_headers(
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


@router.get("/login/{provider}", status_code=302, response_class=Response, dependencies=[public()])
async def begin(
    provider: str,
    request: Request,
    context: Context,
    redirect_url: Annotated[str | None, Query(alias="redirectUrl", max_length=4096)] = None,
    tenant: Annotated[Text, Query(max_length=4096)] = "",
) -> Response:
    """Send the browser to a provider, or, as the provider `federation`, to the instance at the origin `tenant`. Later
    it comes back to `redirectUrl` with `provider`, `token` and `error` added to the query. 404: no such provider; 502:
    it does not answer; a person in a browser comes back at once with that error."""
    try:
        begun = await context.oidc.begin(provider, tenant, redirect_url)
    except KyooError as error:
        if not _shows_pages(request) or not redirect_url or not context.oidc.may_lead_to(redirect_url):
            raise
        return RedirectResponse(with_query(redirect_url, provider=provider, token="", error=error.message), 302)
    response = RedirectResponse(begun.url, 302)
    _bind(response, context, begun.cookie, begun.secret)
    return response


@router.get("/logged/{provider}", status_code=302, response_class=Response, dependencies=[public()])
async def returned(
    provider: str, request: Request, context: Context, answer: Annotated[ProviderAnswer, Query()]
) -> Response:
    """Where providers send the browser back to. 403: not the browser that began. 404: unknown state. 410: too late. A
    person in a browser comes back to where the login began even then, or gets a page that says what is wrong."""
    try:
        url, cookie, secret = await context.oidc.returned(provider, answer, request.cookies)
    except KyooError as error:
        if not _shows_pages(request):
            raise
        # OAuth's word, if it is one: anybody can write an address with a text of their own.
        reason = answer.error if answer.error.isidentifier() else error.message
        if (back := await context.oidc.way_back(request.cookies, reason)) is not None:
            return RedirectResponse(back, 302)
        return HTMLResponse(pages.login_failed(reason, context.public_url), error.status, PAGE_HEADERS)
    response = RedirectResponse(url, 302)
    # The token is in the address: it must not travel on.
    response.headers["Referrer-Policy"] = "no-referrer"
    response.delete_cookie(cookie_of(answer.state), path=COOKIE_PATH)
    _bind(response, context, cookie, secret)
    return response


@router.get(
    "/callback/{provider}",
    status_code=201,
    response_model=SessionWToken,
    responses={200: {"model": User, "description": "With Authorization: the provider is linked to the caller"}},
    dependencies=[public()],
)
async def finish(
    provider: str,
    request: Request,
    context: Context,
    visitor: Visitor,
    login: Annotated[FinishedLogin, Query()],
) -> Response:
    """Log in; with `Authorization`, link the provider to the caller.

    400: the provider has not answered. 403 with `details: {secondFactor, challenge}`: go on as after a password. 409:
    `details.error` is `email_taken`, `username_taken`, `linked_to_another` or `provider_linked`. 410: over. 500, 502:
    the provider failed.
    """
    # Who links is checked first, so that a bad token does not use up the login.
    identity = await _linking(request, context)
    by = visitor if identity is None else visitor.known_as(identity)
    at_provider, profile = await context.oidc.finish(
        provider, token=login.token, tenant=login.tenant, secret=_browser_secret(request, login.token), by=by
    )
    response: JSONResponse
    if identity is None:
        session = session_with_token(await context.oidc.log_in(at_provider, profile, by))
        response = JSONResponse(session.model_dump(mode="json", by_alias=True), 201)
    else:
        user = wire_user(context, await context.oidc.link(identity.subject, at_provider, profile, by))
        response = JSONResponse(user.model_dump(mode="json", by_alias=True), 200)
    response.delete_cookie(cookie_of(login.token), path=COOKIE_PATH)
    return response


@router.post("/callback/{provider}")
async def link(
    provider: str,
    login: Annotated[FinishedLogin, Query()],
    *,
    request: Request,
    response: Response,
    identity: InPerson,
    context: Context,
    visitor: Visitor,
) -> User:
    """Link the provider to the caller, for pages whose session is in a cookie. Answers as the GET with `Authorization`,
    which asks to log in when there is only a cookie."""
    await context.accounts.require_fresh_if_protected(identity.session, identity.subject)
    by = visitor.known_as(identity)
    at_provider, profile = await context.oidc.finish(
        provider, token=login.token, tenant=login.tenant, secret=_browser_secret(request, login.token), by=by
    )
    response.delete_cookie(cookie_of(login.token), path=COOKIE_PATH)
    return wire_user(context, await context.oidc.link(identity.subject, at_provider, profile, by))


@router.delete("/login/{provider}", status_code=204, response_class=Response)
async def unlink(provider: str, identity: InPerson, context: Context, visitor: Visitor) -> None:
    """404: not linked. 422: the user has neither a password nor another provider."""
    await context.oidc.unlink(identity.subject, provider.lower(), visitor.known_as(identity))


def _shows_pages(request: Request) -> bool:
    """Whether a browser goes there, not a program."""
    return "text/html" in request.headers.get("accept", "")


def _bind(response: Response, context: AuthContext, cookie: str, secret: str) -> None:
    response.set_cookie(
        cookie,
        secret,
        max_age=int(AT_PROVIDER.total_seconds()),  # who comes late is told so, not that it is another browser
        path=COOKIE_PATH,
        secure=context.public_url.startswith("https://"),
        httponly=True,
        samesite="lax",  # it comes along when the provider sends the browser back
    )


def _browser_secret(request: Request, token: str) -> str | None:
    """What binds the login to a browser; None for a client that is none. Browsers say that they are one, and send the
    cookie with the requests of our pages."""
    secret = request.cookies.get(cookie_of(token))
    return "" if secret is None and "sec-fetch-site" in request.headers else secret


async def _linking(request: Request, context: AuthContext) -> Identity | None:
    """The caller who wants to link: only `Authorization` counts, as browsers send cookies unasked. Raises
    ForbiddenError."""
    authorization = request.headers.get("authorization")
    if not authorization:
        return None
    try:
        identity = identity_of(await context.exchange.bearer(bearer_token(authorization)))
        refuse_restricted(identity)
        require_presence(identity)
        await context.accounts.require_fresh_if_protected(identity.session, identity.subject)
    except UnauthorizedError as error:
        raise ForbiddenError(error.message) from error
    return identity
