"""What the routes and the jobs of the auth service share; built once per process."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx2

from kyoo.auth.accounts import confusable_names
from kyoo.auth.accounts.accounts import Accounts
from kyoo.auth.accounts.authority import Authority
from kyoo.auth.accounts.device_login import DeviceLogins
from kyoo.auth.accounts.gravatar import Gravatar
from kyoo.auth.accounts.invitations import Invitations
from kyoo.auth.accounts.pictures import UserPictures
from kyoo.auth.accounts.registration import Registrations
from kyoo.auth.factors.app_passwords import AppPasswords
from kyoo.auth.factors.passkeys import Passkeys
from kyoo.auth.factors.password_policy import PasswordPolicy
from kyoo.auth.factors.password_reset import PasswordResets
from kyoo.auth.factors.passwords import Passwords
from kyoo.auth.factors.second_factors import SecondFactors
from kyoo.auth.mail import Mailer
from kyoo.auth.oidc.federation import Federation
from kyoo.auth.oidc.logins import OidcLogins
from kyoo.auth.oidc.providers import Providers
from kyoo.auth.oidc.requests import Outside
from kyoo.auth.queries import api_keys as api_key_queries
from kyoo.auth.settings import AuthSettings
from kyoo.auth.throttle import Throttle
from kyoo.auth.tokens.activity import Activity
from kyoo.auth.tokens.api_keys import ApiKeys
from kyoo.auth.tokens.changes import Changes
from kyoo.auth.tokens.exchange import Exchange
from kyoo.auth.tokens.principals import Principals
from kyoo.auth.tokens.signing import SigningKeys
from kyoo.core.database.postgres import Database
from kyoo.core.errors import KyooError
from kyoo.core.http.service import Runtime
from kyoo.core.pictures.rendering import Renderer


class ApiKeyNameError(KyooError):
    """A configured API key has the name of a stored one. The message is one line for the operator."""


class PublicUrlMissingError(KyooError):
    """Something that is configured leads browsers back here, and nobody has said where that is."""


@dataclass(frozen=True)
class AuthContext:
    settings: AuthSettings
    database: Database
    public_url: str
    keys: SigningKeys
    principals: Principals
    exchange: Exchange
    accounts: Accounts
    registrations: Registrations
    api_keys: ApiKeys
    throttle: Throttle
    renderer: Renderer
    policy: PasswordPolicy
    pictures: UserPictures
    gravatar: Gravatar | None
    activity: Activity
    changes: Changes
    invitations: Invitations
    password_resets: PasswordResets
    mailer: Mailer | None
    second_factors: SecondFactors
    app_passwords: AppPasswords
    device_logins: DeviceLogins
    passkeys: Passkeys
    outside: Outside
    oidc: OidcLogins
    federation: Federation

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Load the keys and work in the background while open. Raises KyooError when the service cannot start."""
        await self.keys.load()
        await self._refuse_name_clash()
        await confusable_names.claim_for_all(self.database)
        async with self.activity.run(), self.changes.run():
            try:
                yield
            finally:
                await self.outside.close()
                await self.renderer.close()
                if self.gravatar is not None:
                    await self.gravatar.close()

    async def _refuse_name_clash(self) -> None:
        names = [key.name for key in self.principals.configured_keys]
        async with self.database.connection() as connection:
            clashing = await api_key_queries.names_among(connection, names)
        if clashing:
            raise ApiKeyNameError(
                f"The API key {clashing[0]} is given by the configuration and stored in the database; remove one"
            )


def make_mailer(settings: AuthSettings, public_url: str) -> Mailer | None:
    """None when no mail server is configured."""
    if settings.smtp_url is None:
        return None
    host = urlsplit(public_url).hostname or "localhost"
    sender = settings.mail_from or f"kyoo@{'localhost' if ':' in host else host}"
    return Mailer(settings.smtp_url.get_secret_value(), sender)


def create_context(settings: AuthSettings, runtime: Runtime) -> AuthContext:
    """Raises KyooError when the settings cannot work (an unusable signing key, no public URL for what needs one)."""
    database = runtime.database
    public_url = settings.public_url or runtime.public_url
    if not public_url and (purpose := settings.leads_back):
        raise PublicUrlMissingError(f"PUBLIC_URL is not set: {purpose} lead back to it")
    keys = SigningKeys(database, settings.rsa_private_key_path)
    activity = Activity(database)
    principals = Principals(
        database,
        activity,
        session_lifetime=settings.session_lifetime,
        second_factor_required=settings.require_second_factor,
        guest_claims=settings.guest_claims,
        configured_keys=settings.api_keys,
        remember_seconds=settings.exchange_cache_seconds,
    )
    authority = Authority(principals, settings.extra_claims)
    policy = PasswordPolicy(settings.password_policy)
    renderer = Renderer()
    pictures = UserPictures(database, renderer, settings.profile_picture_path)
    throttle = Throttle(
        database,
        per_account=settings.login_attempts_per_account,
        per_address=settings.login_attempts_per_address,
        window=settings.login_attempts_window,
        registrations=settings.registrations_per_address,
    )
    passwords = Passwords(settings.password_concurrency)
    second_factors = SecondFactors(
        database,
        principals,
        throttle,
        authority=authority,
        public_url=public_url,
        required=settings.require_second_factor,
    )
    accounts = Accounts(
        database,
        settings,
        principals,
        passwords,
        pictures,
        authority=authority,
        policy=policy,
        throttle=throttle,
        second_factors=second_factors,
    )
    registrations = Registrations(
        database, settings, accounts, passwords, authority=authority, policy=policy, throttle=throttle
    )
    outside = Outside()
    mailer = make_mailer(settings, public_url)
    return AuthContext(
        settings=settings,
        database=database,
        public_url=public_url,
        keys=keys,
        principals=principals,
        exchange=Exchange(principals, keys, public_url),
        accounts=accounts,
        registrations=registrations,
        api_keys=ApiKeys(database, authority, principals, throttle),
        throttle=throttle,
        renderer=renderer,
        policy=policy,
        pictures=pictures,
        gravatar=Gravatar(httpx2.AsyncClient(), renderer, settings.gravatar_url) if settings.gravatar else None,
        activity=activity,
        changes=Changes(database.notifications, principals, keys),
        invitations=Invitations(database, authority, public_url),
        password_resets=PasswordResets(
            database,
            runtime.queue,
            authority=authority,
            policy=policy,
            principals=principals,
            passwords=passwords,
            throttle=throttle,
            mailer=mailer,
            public_url=public_url,
        ),
        mailer=mailer,
        second_factors=second_factors,
        app_passwords=AppPasswords(database, principals),
        device_logins=DeviceLogins(database, accounts, throttle, public_url),
        passkeys=Passkeys(database, keys, accounts, principals, public_url=public_url),
        outside=outside,
        federation=Federation(database, keys, pictures, settings.federation_offer, public_url=public_url),
        oidc=OidcLogins(
            database,
            settings,
            accounts,
            registrations,
            pictures,
            providers=Providers(settings.oidc, settings.federation_accept, outside, public_url=public_url),
            outside=outside,
            public_url=public_url,
        ),
    )
