"""Default deny: every route declares who may call it, or the service refuses to start."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from fastapi import Depends, FastAPI, Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from kyoo.core.errors import ForbiddenError, InvalidError, KyooError
from kyoo.core.http.ended_sessions import belongs_to
from kyoo.core.http.origins import refuse_foreign
from kyoo.core.tokens import BY_COOKIE, VERIFIED, Identity, Verifier

#: In a scope: the method of the request, where it is answered as another one.
ASKED = "kyoo.asked"


@dataclass(frozen=True)
class Authentication:
    """How a service tells callers apart. Kept in `app.state.authentication`.

    `verifier` None = no authentication at all (a transcoder used alone). `missing_status` answers a request without
    `Authorization`, `malformed_status` one that is not of the form `Bearer <token>`; services differ (contract).
    """

    verifier: Verifier | None
    missing_status: int = 403
    malformed_status: int = 422

    async def identify(self, connection: HTTPConnection) -> Identity | None:
        if self.verifier is None:
            return None
        header = connection.headers.get("authorization")
        if not header:
            raise KyooError("Missing Authorization header", status=self.missing_status)
        scheme, _, token = header.partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise InvalidError("Authorization must be of the form: Bearer <token>", status=self.malformed_status)
        identity = await self.verifier.verify(token.strip())
        scope = connection.scope
        identity.check_request(scope.get(ASKED, scope.get("method", "GET")), scope["path"])
        if BY_COOKIE in identity.claims:
            refuse_foreign(connection)
        refuse_unverified(identity)
        belongs_to(scope, identity.session)
        return identity


class UnlimitedAuthentication(Authentication):
    """Of a service that tells about whole folders: whoever may see only a part of the catalogue is refused."""

    async def identify(self, connection: HTTPConnection) -> Identity | None:
        identity = await super().identify(connection)
        if identity is not None and identity.limits:
            raise ForbiddenError("Not for whoever is limited to libraries or an age")
        return identity


def refuse_unverified(identity: Identity) -> None:
    """Raise ForbiddenError for an account that nobody has let in yet. Without the claim, an account is let in."""
    if identity.claims.get(VERIFIED) is False:
        raise ForbiddenError("An administrator has to let you in first: your account waits for it", {VERIFIED: False})


class Guard:
    """The declared permission of a route: a dependency that lets the right callers in and gives their Identity.

    Without authentication (see Authentication) it gives None, for routes that can do without a caller.
    """

    def __init__(self, *permissions: str, public: bool = False) -> None:
        self.permissions = permissions
        self.public = public

    async def __call__(self, request: Request) -> Identity | None:
        if self.public:
            return None
        authentication: Authentication = request.app.state.authentication
        identity = await authentication.identify(request)
        if identity is not None:
            missing = [permission for permission in self.permissions if permission not in identity.permissions]
            if missing:
                raise ForbiddenError(
                    f"Missing permission: {', '.join(missing)}",
                    {"current": sorted(identity.permissions), "required": list(self.permissions)},
                )
        return identity


def requires(*permissions: str) -> Any:
    """Let in callers holding all of `permissions` (none named: any valid token, guests included). Use as
    `identity: Annotated[Identity, requires("core.read")]` or in `dependencies=[…]`."""
    return Depends(Guard(*permissions))


def public() -> Any:
    """Let everybody in, with or without a token."""
    return Depends(Guard(public=True))


class UndeclaredPermissionError(Exception):
    """A route without a declared permission; the service must not start."""


def guards(dependant: Dependant) -> Iterator[Guard]:
    if isinstance(dependant.call, Guard):
        yield dependant.call
    for inner in dependant.dependencies:
        yield from guards(inner)


def declared_routes(app: FastAPI) -> Iterator[tuple[str, frozenset[str], list[Guard]]]:
    """(path, methods, guards) of every API route; all of its guards must let a caller in."""
    for context in iter_route_contexts(app.routes):
        route = context.original_route
        if isinstance(route, APIRoute):
            yield str(context.path), frozenset(route.methods or ()), list(guards(context.dependant))


def guard_bodies(app: FastAPI) -> None:
    """Have the guards of every route with a body decide before FastAPI reads the body: nobody who may not ask has what
    they send kept in memory."""
    for route in app.router.routes:
        if isinstance(route, APIRoute) and route.body_field is not None and not isinstance(route.app, _AfterGuards):
            route.app = _AfterGuards(route.app, list(guards(route.dependant)))


class _AfterGuards:
    """`app` for those whom the guards let in."""

    def __init__(self, app: ASGIApp, declared: list[Guard]) -> None:
        self.app = app
        self._guards = declared

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope)
        for guard in self._guards:
            await guard(request)
        await self.app(scope, receive, send)


def refuse_undeclared(app: FastAPI) -> None:
    """Raise UndeclaredPermissionError for the first API route of `app` that declares no permission, so that its service
    does not start. Pages of the documentation are no API routes."""
    for path, methods, declared in declared_routes(app):
        if not declared:
            raise UndeclaredPermissionError(f"{sorted(methods)} {path} declares no permission")
