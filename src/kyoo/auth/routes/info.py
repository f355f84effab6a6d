"""What anybody may know of the server."""

from __future__ import annotations

from fastapi import APIRouter

from kyoo.auth.models.info import Features, Jwks, OidcProvider, OpenIdConfiguration, ServerInfo
from kyoo.auth.queries import users
from kyoo.auth.routes.access import Context
from kyoo.core.http.permissions import public

router = APIRouter(tags=["server"], dependencies=[public()])


@router.get("/auth/info")
async def info(context: Context) -> ServerInfo:
    async with context.database.connection() as connection:
        setup = not await users.any_exists(connection)
    return ServerInfo(
        public_url=context.public_url,
        allow_register=not context.settings.disable_registration,
        oidc={
            name: OidcProvider(name=provider.name or name, logo=provider.logo)
            for name, provider in context.oidc.providers.shown().items()
        },
        setup=setup,
        features=Features(
            mail=context.mailer is not None,
            passkeys=context.passkeys.available,
            second_factor_required=context.settings.require_second_factor,
            federation=context.oidc.providers.any_instance,
            password_length=context.policy.shortest,
        ),
    )


@router.get("/.well-known/jwks.json")
async def jwks(context: Context) -> Jwks:
    """The keys that verify our JWTs."""
    return Jwks(keys=context.keys.public_keys())


@router.get("/.well-known/openid-configuration", response_model_exclude_none=True)
async def openid_configuration(context: Context) -> OpenIdConfiguration:
    """Where our keys are; and, when other instances may ask who our users are, how."""
    more = context.federation.discovery() if context.federation.is_open else {}
    return OpenIdConfiguration(jwks_uri=f"{context.public_url}/.well-known/jwks.json", **more)
