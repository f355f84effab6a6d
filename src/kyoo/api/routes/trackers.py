"""The caller's accounts at trackers: linking, choices, and the end of a link."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse

from kyoo.api.context import Context
from kyoo.api.models.trackers import (
    BeginLink,
    DeviceFlow,
    KeyFlow,
    LinkFlow,
    RedirectFlow,
    SeedApplication,
    TrackerApplication,
    TrackerApplications,
    TrackerChoices,
    TrackerItem,
    TrackerItems,
)
from kyoo.api.queries.trackers import accounts as queries
from kyoo.api.queries.trackers import logins
from kyoo.api.trackers.linking import cookie_of
from kyoo.api.trackers.registry import Offer, place
from kyoo.core.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from kyoo.core.http.permissions import public, requires
from kyoo.core.tokens import ONLY_FOR, Identity

router = APIRouter(prefix="/api", tags=["trackers"])

#: May say what the application of the whole server is.
Administrator = Annotated[Identity, requires("core.write", "users.write")]
ServiceName = Annotated[str, Path(max_length=64, description="trakt, simkl, mal, anilist or mdblist")]
MINE = "/profiles/me/trackers"


async def _person(caller: Annotated[Identity, requires("core.read")]) -> Identity:
    """Somebody with a profile, in person: nobody links accounts by a link that was lent."""
    if caller.is_guest:
        raise ForbiddenError("Guests have no trackers; log in first")
    if caller.claims.get(ONLY_FOR) is not None or caller.claims.get("wsRoutes") is not None:
        raise ForbiddenError("A presigned link gives no access to trackers")
    return caller


Person = Annotated[Identity, Depends(_person)]


@router.get(MINE, response_model_exclude_none=True)
async def my_trackers(context: Context, caller: Person) -> TrackerItems:
    """Every service, and the caller's account at it."""
    return TrackerItems.model_validate({"items": await context.trackers.items(caller.subject)})


@router.post(MINE + "/{service}", response_model_exclude_none=True)
async def begin(
    context: Context, request: Request, response: Response, caller: Person, *, service: ServiceName, body: BeginLink
) -> LinkFlow:
    """Begin to link an account: by a page of the service, or by a code that is typed there."""
    begun = await context.trackers.linking.begin(caller.subject, service, body.redirect, body.key)
    if begun.cookie is not None and begun.secret is not None:
        secure = request.url.scheme == "https" or request.headers.get("origin", "").startswith("https://")
        # Lax: it has to come along when the service sends the browser back.
        response.set_cookie(
            begun.cookie,
            begun.secret,
            3600,
            path=f"/api/trackers/{service}/callback",
            secure=secure,
            httponly=True,
            samesite="lax",
        )
    match begun.answer["flow"]:
        case "redirect":
            return RedirectFlow(**begun.answer)
        case "key":
            return KeyFlow(**begun.answer)
    return DeviceFlow(**begun.answer)


@router.get(
    "/trackers/{service}/callback",
    dependencies=[public()],
    response_class=RedirectResponse,
    status_code=302,
)
async def returned(context: Context, request: Request, service: ServiceName) -> Response:
    """Where the service sends the browser back to. No session comes with it from another site: the cookie of the login
    says whose it is."""
    url = await context.trackers.linking.returned(service, dict(request.query_params), request.cookies)
    answer = RedirectResponse(url, 302)
    # That of this login: others of the same browser may be under way.
    answer.delete_cookie(cookie_of(request.query_params.get("state", "")), path=f"/api/trackers/{service}/callback")
    return answer


@router.get(MINE + "/{service}/device", responses={202: {"description": "Not yet"}, 410: {"description": "Too late"}})
async def device(context: Context, caller: Person, service: ServiceName) -> Response:
    """Whether the code was typed: 200 it is linked, 202 not yet, 410 too late, 403 refused."""
    linked = await context.trackers.linking.poll(caller.subject, service)
    return JSONResponse({"linked": linked}, 200 if linked else 202)


@router.patch(MINE + "/{service}", response_model_exclude_none=True)
async def choose(context: Context, caller: Person, service: ServiceName, body: TrackerChoices) -> TrackerItem:
    """Choose what is told and what is read."""
    async with context.runtime.database.connection() as connection:
        linked = await queries.linked_to(connection, caller.subject, context.trackers.services.find(service).name)
        if linked is None:
            raise NotFoundError(f"{service} is not linked")
        await queries.choose(connection, linked.pk, **body.model_dump())
    return TrackerItem.model_validate(await context.trackers.item(caller.subject, service))


@router.delete(MINE + "/{service}", status_code=204)
async def unlink(context: Context, caller: Person, service: ServiceName) -> None:
    """End the link: the token is forgotten here and revoked there, and what was still to be told is not."""
    await context.trackers.linking.unlink(caller.subject, service)


# The applications of this server, for its administrators.


@router.get("/trackers/applications")
async def applications(context: Context, caller: Administrator) -> TrackerApplications:  # noqa: ARG001
    """The server's application at each service that needs one."""
    offers = await context.trackers.services.offers()
    return TrackerApplications(items=[_shown(context, offer) for offer in offers.values() if "key" not in offer.flows])


@router.put("/trackers/{service}/application")
async def keep_application(
    context: Context,
    caller: Administrator,  # noqa: ARG001
    service: ServiceName,
    body: SeedApplication,
) -> TrackerApplication:
    """Type in the application of this server. One of the configuration wins, and is not changed here."""
    offer = await context.trackers.services.offer(service)
    if offer.configured:
        raise ConflictError("The configuration of the server says what its application is")
    if not body.client_id.isprintable():
        raise InvalidError("clientId must be printable")
    sealed = context.trackers.seal.close(place(service), {"secret": body.client_secret}) if body.client_secret else None
    async with context.runtime.database.connection() as connection:
        await logins.keep_application(connection, service, body.client_id, sealed)
        await queries.hurry_all(connection, service)
    return _shown(context, await context.trackers.services.offer(service))


@router.delete("/trackers/{service}/application", status_code=204)
async def forget_application(context: Context, caller: Administrator, service: ServiceName) -> None:  # noqa: ARG001
    """Forget what was typed in."""
    context.trackers.services.find(service)
    async with context.runtime.database.connection() as connection:
        if not await logins.forget_application(connection, service):
            raise NotFoundError(f"No application at {service} was typed in")


def _shown(context: Context, offer: Offer) -> TrackerApplication:
    application = offer.application
    return TrackerApplication(
        service=offer.tracker.name,
        title=offer.tracker.title,
        client_id=application.client_id if application else None,
        has_secret=application is not None and application.client_secret is not None,
        configured=offer.configured,
        callback=context.trackers.sessions.callback(offer.tracker.name),
    )
