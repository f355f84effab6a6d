"""Who may call the account routes: any credential is resolved (docs/protocol/auth.md#credentials), then the permission
is checked. The exchange itself is in exchange.py."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Request
from starlette.requests import HTTPConnection

from kyoo.auth.audit import Actor
from kyoo.auth.context import AuthContext
from kyoo.auth.queries import users
from kyoo.auth.routes.actors import client_address
from kyoo.auth.routes.credentials import find_credential
from kyoo.auth.tokens.api_keys import ApiKeys
from kyoo.auth.tokens.claims import ADMINISTER, APP_PASSWORD, PRESIGNED, RESTRICTED
from kyoo.auth.tokens.exchange import Exchange, identity_of
from kyoo.auth.tokens.presign import clean_path
from kyoo.auth.tokens.principals import Principal, Principals
from kyoo.core.errors import ForbiddenError, KyooError, UnauthorizedError
from kyoo.core.http.origins import READING, refuse_foreign
from kyoo.core.http.permissions import ASKED, Authentication, Guard
from kyoo.core.tokens import Identity, Verifier


@dataclass(frozen=True)
class AccountAuthentication(Authentication):
    """Resolves every kind of credential in this process; nothing is fetched from a JWKS."""

    exchange: Exchange = field(kw_only=True)
    principals: Principals = field(kw_only=True)
    api_keys: ApiKeys = field(kw_only=True)
    public_url: str = field(kw_only=True)

    async def identify(self, connection: HTTPConnection) -> Identity:
        return identity_of(await self._principal(connection))

    async def _principal(self, connection: HTTPConnection) -> Principal:
        credential = find_credential(connection, self.public_url, at_exchange=False)
        if credential.by_cookie:
            refuse_foreign(connection)
        match credential.kind:
            case "presign":
                # The request's own path and verb: anybody can send X-Forwarded-Uri here.
                scope = connection.scope
                verb = scope.get(ASKED, scope["method"])
                principal = await self.exchange.presigned(credential.value, verb, clean_path(scope["path"]))
                if verb not in READING:
                    # A key, an invitation, another link or a login would outlive it.
                    raise ForbiddenError("With a link, accounts can be read and not changed")
                return principal
            case "api_key":
                return await self.api_keys.identify(credential.value, Actor(address=client_address(connection)))
            case "bearer":
                return await self.exchange.bearer(credential.value)
            case "anonymous":
                return self.principals.guest()


def account_authentication(context: AuthContext) -> AccountAuthentication:
    unused: Verifier | None = None
    return AccountAuthentication(
        unused,
        exchange=context.exchange,
        principals=context.principals,
        api_keys=context.api_keys,
        public_url=context.public_url,
    )


class AccountGuard(Guard):
    """A guest on a route that needs a permission is asked to log in: 401.

    `during_setup`: also for users who have yet to set up the second factor that the server demands. `in_person`: only
    for a user's own session; what decides how to log in is out of reach of API keys, presigned links and app passwords.
    `fresh`: and only just after a login.
    """

    def __init__(
        self, *permissions: str, during_setup: bool = False, in_person: bool = False, fresh: bool = False
    ) -> None:
        super().__init__(*permissions)
        self.during_setup = during_setup
        self.in_person = in_person or fresh
        self.fresh = fresh

    async def __call__(self, request: Request) -> Identity:
        authentication: AccountAuthentication = request.app.state.authentication
        identity = await authentication.identify(request)
        if self.permissions and identity.is_guest:
            raise UnauthorizedError("Log in first")
        if not self.during_setup:
            refuse_restricted(identity)
        if self.in_person:
            require_presence(identity)
        require(identity, *self.permissions)
        if self.fresh:
            await request.app.state.context.accounts.require_fresh(identity.session)
        return identity


def refuse_restricted(identity: Identity) -> None:
    """Raise ForbiddenError for who has yet to set up the second factor that the server demands."""
    if RESTRICTED in identity.claims:
        raise ForbiddenError("Set up a second factor first", {RESTRICTED: True})


def require_presence(identity: Identity) -> None:
    """Raise UnauthorizedError or ForbiddenError for anything but a user's own session."""
    refuse_guests(identity)
    if identity.subject == identity.session or PRESIGNED in identity.claims:
        raise ForbiddenError("Only users can do this, logged in themselves")
    if APP_PASSWORD in identity.claims:
        raise ForbiddenError("This cannot be done with an app password; log in with your own")


async def require_more_for_own(context: AuthContext, identity: Identity, user_id: UUID) -> None:
    """Raise ForbiddenError when an administrator does to the own account, without having just logged in, what decides
    how others log in: what a user may not do, an app password or a stolen session must not do by this way round."""
    if user_id == identity.subject:
        require_presence(identity)
        await context.accounts.require_fresh(identity.session)


async def require_more_for_login(
    context: AuthContext, identity: Identity, *, username: str | None, email: str | None
) -> None:
    """Raise UnauthorizedError or ForbiddenError when callers who are not there in person change their own username or
    e-mail, with which they log in. Links for new passwords go to the e-mail: to change it, who has a second factor must
    have just logged in, too."""
    if username is None and email is None:
        return
    async with context.database.connection() as connection:
        present = await users.by_id(connection, identity.subject)
    if username is not None and (present is None or present["username"] != username):
        require_presence(identity)
    if email is not None and (present is None or present["email"] != email):
        require_presence(identity)
        await context.accounts.require_fresh_if_protected(identity.session, identity.subject)


def require(identity: Identity, *permissions: str) -> None:
    """Raise ForbiddenError for the permissions that the caller lacks."""
    missing = [permission for permission in permissions if permission not in identity.permissions]
    if missing:
        raise ForbiddenError(
            f"Missing permission: {', '.join(missing)}",
            {"current": sorted(identity.permissions), "required": list(permissions)},
        )


def requires(*permissions: str) -> Any:
    """Like `kyoo.core.http.permissions.requires`, for the credentials of this service. None named: any caller, guests
    included."""
    return Depends(AccountGuard(*permissions))


def refuse_guests(identity: Identity) -> None:
    if identity.is_guest:
        raise UnauthorizedError("Log in first")


async def _context(request: Request) -> AuthContext:
    context: AuthContext = request.app.state.context
    return context


Context = Annotated[AuthContext, Depends(_context)]
Caller = Annotated[Identity, requires()]
#: Any caller, also one who has yet to set up the second factor that the server demands.
NewCaller = Annotated[Identity, Depends(AccountGuard(during_setup=True))]
InPerson = Annotated[Identity, Depends(AccountGuard(in_person=True))]
SettingUp = Annotated[Identity, Depends(AccountGuard(in_person=True, during_setup=True))]
JustLoggedIn = Annotated[Identity, Depends(AccountGuard(fresh=True))]
SettingUpFresh = Annotated[Identity, Depends(AccountGuard(fresh=True, during_setup=True))]


async def administrator_of(request: Request) -> Identity | None:
    """Who sends a request that anybody may send, if they administer accounts; a credential that is not valid makes
    nobody an administrator."""
    authentication: AccountAuthentication = request.app.state.authentication
    try:
        identity = await authentication.identify(request)
    except KyooError:
        return None
    return identity if ADMINISTER in identity.permissions else None


def same_user(identity: Identity, id_or_username: str) -> bool:
    return id_or_username in (str(identity.subject), identity.username)


def as_uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
