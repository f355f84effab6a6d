"""Logins at OpenID providers and at other instances, and the links they leave. The rules only: no HTTP of ours, no SQL.
What a provider is asked is in provider.py."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx2
import structlog
from psycopg.errors import UniqueViolation
from psycopg.rows import DictRow

from kyoo.auth.accounts.accounts import LOOKS, Accounts
from kyoo.auth.accounts.pictures import MAX_BYTES, PictureTooLargeError, UserPictures
from kyoo.auth.accounts.registration import Registrations
from kyoo.auth.audit import Actor, Target, record, user_target
from kyoo.auth.models.oidc import ProviderAnswer
from kyoo.auth.oidc.profile import Profile
from kyoo.auth.oidc.provider import Provider, ProviderError
from kyoo.auth.oidc.providers import Providers
from kyoo.auth.oidc.redirects import is_allowed, with_query
from kyoo.auth.oidc.requests import NoAnswerError, Outside, download
from kyoo.auth.queries import oidc, users
from kyoo.auth.settings import AuthSettings
from kyoo.auth.tokens.opaque import hash_secret, new_secret
from kyoo.core.database.postgres import Connection, Database
from kyoo.core.errors import BadRequestError, ConflictError, ForbiddenError, InvalidError, KyooError, NotFoundError

log = structlog.get_logger()

#: How long a user may take at the provider, and until when the client must have fetched the result.
AT_PROVIDER = timedelta(hours=1)
TO_FINISH = timedelta(minutes=10)


class LoginGoneError(KyooError):
    """The login took too long, was finished already, or is another one."""

    status = 410


@dataclass(frozen=True)
class Begun:
    """Where to send the browser, and the cookie that binds the login to it."""

    url: str
    cookie: str
    secret: str


COOKIE = "kyoo-oidc-"
#: The constraints that the username of a new user can violate.
NAME_TAKEN = ("users_username", LOOKS)


def cookie_of(token: str) -> str:
    """The name of the cookie that belongs to a login; a browser may have several under way."""
    return f"{COOKIE}{hash_secret(token).hex()[:16]}"


class OidcLogins:
    def __init__(
        self,
        database: Database,
        settings: AuthSettings,
        accounts: Accounts,
        registrations: Registrations,
        pictures: UserPictures,
        *,
        providers: Providers,
        outside: Outside,
        public_url: str,
    ) -> None:
        self._database = database
        self._settings = settings
        self._accounts = accounts
        self._registrations = registrations
        self._pictures = pictures
        self._outside = outside
        self._public_url = public_url
        self.providers = providers

    def _redirect_url(self, path: str) -> str:
        """What is registered at the provider."""
        return f"{self._public_url}/auth/oidc/logged/{path}"

    async def begin(self, path: str, tenant: str, redirect_url: str | None) -> Begun:
        """Step 1. `path` is the provider as the route names it, in any case. Raises NotFoundError, BadRequestError,
        ProviderError."""
        path = path.lower()
        provider = self.providers.find(path, tenant)
        if not redirect_url:
            raise BadRequestError("redirectUrl is missing")
        if not self.may_lead_to(redirect_url):
            raise BadRequestError("This redirectUrl is not allowed")
        state, secret, nonce, verifier = (new_secret() for _ in range(4))
        url = await provider.authorization_url(
            state=state, nonce=nonce, verifier=verifier, redirect_url=self._redirect_url(path)
        )
        async with self._database.connection() as connection:
            await oidc.begin(
                connection,
                token_hash=hash_secret(state),
                browser_hash=hash_secret(secret),
                provider=path,
                tenant=tenant,
                redirect_url=redirect_url,
                verifier=verifier,
                nonce=nonce,
            )
        return Begun(url, cookie_of(state), secret)

    async def returned(self, path: str, answer: ProviderAnswer, cookies: Mapping[str, str]) -> tuple[str, str, str]:
        """Step 2: the browser comes back from the provider. Gives where to send it next, and the name and value of a
        cookie for step 3.

        The state is good once, and only in the browser that step 1 was in, so that nobody is made to log in as somebody
        else. The client gets another token, which the provider never saw. Raises NotFoundError, LoginGoneError,
        ForbiddenError.
        """
        path = path.lower()
        if not path.isprintable():
            raise NotFoundError("No such provider")
        unknown = NotFoundError("This login is not known: it was finished, or never begun")
        async with self._database.connection() as connection:
            login = await oidc.waiting(connection, hash_secret(answer.state), path)
        if login is None:
            raise unknown
        if login["age"] > AT_PROVIDER:
            raise LoginGoneError("This login took too long; begin again")
        secret = cookies.get(cookie_of(answer.state), "")
        if not hmac.compare_digest(hash_secret(secret), login["browser_hash"]):
            raise ForbiddenError("This login was begun in another browser", {"error": "other_browser"})
        error = answer.failure
        if not error and not answer.code:
            error = "no_code"
        if not error and not await self.providers.find(path, login["tenant"]).is_from(answer.iss):
            error = "other_issuer"
        token = new_secret()
        async with self._database.connection() as connection:
            if error:
                await oidc.delete(connection, login["id"])
            elif not await oidc.answer(connection, login["id"], answer.code, hash_secret(token)):
                raise unknown
        url = with_query(login["redirect_url"], provider=path, token=token, error=error)
        return url, cookie_of(token), secret

    def may_lead_to(self, redirect_url: str) -> bool:
        return is_allowed(redirect_url, self._public_url, self._settings.extra_oidc_redirect_urls)

    async def way_back(self, cookies: Mapping[str, str], error: str) -> str | None:
        """Where to send a browser that came back from a provider with nothing of use (some forget the state when they
        refuse): to the client that it began at last, which is told why. None when it began nothing."""
        secrets = [hash_secret(value) for name, value in cookies.items() if name.startswith(COOKIE)]
        async with self._database.connection() as connection:
            login = await oidc.begun_last(connection, secrets)
        if login is None:
            return None
        return with_query(login["redirect_url"], provider=login["provider"], token="", error=error)

    async def finish(
        self, path: str, *, token: str, tenant: str, secret: str | None, by: Actor
    ) -> tuple[Provider, Profile]:
        """Step 3: who logged in at the provider. `secret` is the cookie's, None for a client that is no browser.
        Raises NotFoundError, LoginGoneError, ForbiddenError, BadRequestError, ProviderError."""
        path = path.lower()
        provider = self.providers.find(path, tenant)
        async with self._database.connection() as connection:
            login = await oidc.take(connection, hash_secret(token))
        if login is None or login["age"] > TO_FINISH or (login["provider"], login["tenant"]) != (path, tenant):
            raise LoginGoneError("This login is over; begin again")
        if secret is not None and not hmac.compare_digest(hash_secret(secret), login["browser_hash"]):
            raise ForbiddenError("This login was begun in another browser", {"error": "other_browser"})
        if login["code"] is None:
            raise BadRequestError("The provider has not answered yet")
        try:
            profile = await provider.redeem(
                login["code"],
                nonce=login["nonce"],
                verifier=login["verifier"],
                redirect_url=self._redirect_url(path),
            )
        except ProviderError:
            async with self._database.connection() as connection:
                await record(connection, "login.failed", by, Target("provider", None, provider.id))
            raise
        return provider, profile

    async def log_in(self, provider: Provider, profile: Profile, by: Actor) -> dict[str, Any]:
        """Step 4a: a session of the linked user, else of a new one. Raises ForbiddenError (registration is closed, the
        account is disabled), ConflictError, whose `details.error` says what is taken, and SecondFactorNeededError: the
        second factor that a user has set up here is asked for here, whatever the provider asked for."""
        how = f"oidc:{provider.id}"
        async with self._database.transaction() as connection:
            user_id = await oidc.user_of(connection, provider.id, profile.subject)
            if user_id is not None:
                await oidc.rename(connection, provider.id, profile.subject, profile.username, profile.profile_url)
        if user_id is not None:
            return await self._accounts.log_in_as(user_id, by, how=how)
        if self._settings.disable_registration:
            raise ForbiddenError("Registration is disabled on this server", {"error": "registration_disabled"})
        await self._registrations.count(by)
        try:
            async with self._database.transaction() as connection:
                user, session = await self._register(connection, provider, profile, by)
        except UniqueViolation as error:
            if not provider.is_instance or error.diag.constraint_name not in NAME_TAKEN:
                raise _taken(provider, error) from error
            elsewhere = replace(profile, username=f"{profile.username}-{provider.id}")
            try:
                async with self._database.transaction() as connection:
                    user, session = await self._register(connection, provider, elsewhere, by)
            except UniqueViolation as second:
                raise _taken(provider, second) from second
        log.info("a user registered", user=str(user["id"]), provider=provider.id)
        if profile.picture is not None:
            await self._adopt_picture(user["id"], provider, profile.picture)
        return session

    async def _register(
        self, connection: Connection, provider: Provider, profile: Profile, by: Actor
    ) -> tuple[DictRow, dict[str, Any]]:
        let_in = not self._settings.verify_provider_accounts
        claims = await self._registrations.claims(connection, let_in=let_in)
        user = await self._registrations.insert(connection, profile.username, profile.email, None, claims)
        await self._link(connection, user["id"], provider, profile)
        by = by.logged_in_as(user["id"], profile.username)
        await record(connection, "user.registered", by, user_target(user["id"], profile.username), provider=provider.id)
        return user, await self._accounts.open_session(connection, user["id"], by, how=f"oidc:{provider.id}")

    async def link(self, user_id: UUID, provider: Provider, profile: Profile, by: Actor) -> DictRow:
        """Step 4b: the account logs in as this user from now on. Raises ConflictError and ForbiddenError."""
        try:
            async with self._database.transaction() as connection:
                if await users.by_id(connection, user_id) is None:
                    raise ForbiddenError("Only users can be linked")
                if await oidc.user_of(connection, provider.id, profile.subject) != user_id:
                    await self._link(connection, user_id, provider, profile)
                    await record(connection, "provider.linked", by, Target("provider", None, provider.id))
                row = await users.by_id(connection, user_id)
        except UniqueViolation as error:
            raise _taken(provider, error) from error
        assert row is not None, "it was there"
        return row

    async def _link(self, connection: Connection, user_id: UUID, provider: Provider, profile: Profile) -> None:
        await oidc.link(
            connection,
            user_id,
            provider=provider.id,
            external_id=profile.subject,
            username=profile.username,
            profile_url=profile.profile_url,
        )

    async def unlink(self, user_id: UUID, provider_id: str, by: Actor) -> None:
        """Raises NotFoundError, and InvalidError when the user could not log in any more."""
        async with self._database.transaction() as connection:
            linked = await oidc.providers_of_user(connection, user_id)
            if provider_id not in linked:
                raise NotFoundError("This provider is not linked to your account")
            user = await users.by_id(connection, user_id)
            assert user is not None, "the link refers to it"
            others = [name for name in linked if name != provider_id and self.providers.offers(name)]
            if not user["has_password"] and not others:
                raise InvalidError("Set a password or link another provider first; you could not log in any more")
            await oidc.unlink(connection, user_id, provider_id)
            await record(connection, "provider.unlinked", by, Target("provider", None, provider_id))

    async def _adopt_picture(self, user_id: UUID, provider: Provider, url: str) -> None:
        """The picture at the provider becomes the user's; without it the account is as good."""

        def client_for(url: str) -> httpx2.AsyncClient:
            return provider.client if provider.serves(url) else self._outside.public

        try:
            async with asyncio.timeout(10):
                await self._pictures.put(user_id, await download(client_for, url, MAX_BYTES))
        except (NoAnswerError, PictureTooLargeError, InvalidError, TimeoutError, OSError) as error:
            log.warning(
                "the picture of a new user is not to be had", provider=provider.id, error=str(error) or "timeout"
            )


def _taken(provider: Provider, error: UniqueViolation) -> ConflictError:
    """`details.error` tells a client whether to offer logging in and linking."""
    name = provider.config.name or provider.id
    match error.diag.constraint_name:
        case "users_email":
            message, code = "Your e-mail address belongs to an account here: log in to it, then link it", "email_taken"
        case constraint if constraint in NAME_TAKEN:
            message, code = "Your username belongs to an account here: log in to it, then link it", "username_taken"
        case "oidc_links_pkey":
            message, code = f"Another account of {name} is linked to you: unlink it first", "provider_linked"
        case _:
            message, code = f"This account of {name} is linked to another user", "linked_to_another"
    return ConflictError(message, {"error": code, "provider": provider.id})
