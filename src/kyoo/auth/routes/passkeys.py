"""`/auth/users/me/passkeys` and `/auth/passkeys`: registering passkeys, and logging in with nothing else."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response

from kyoo.auth.models.passkeys import NewPasskey, Passkey, PasskeyAdded, PasskeyLogin, PasskeyLoginOptions
from kyoo.auth.models.sessions import SessionWToken
from kyoo.auth.routes.access import Context, SettingUp, SettingUpFresh
from kyoo.auth.routes.actors import Visitor
from kyoo.auth.routes.sessions import session_with_token
from kyoo.core.http.permissions import public

router = APIRouter(prefix="/auth", tags=["passkeys"])


@router.get("/users/me/passkeys")
async def list_passkeys(identity: SettingUp, context: Context) -> list[Passkey]:
    return [Passkey.model_validate(row) for row in await context.passkeys.of_user(identity.subject)]


@router.post("/users/me/passkeys/options")
async def registration_options(identity: SettingUpFresh, context: Context) -> dict[str, Any]:
    """What `navigator.credentials.create` needs, as JSON (PublicKeyCredentialCreationOptionsJSON). 403: log in again
    first. 422: the server has no name or no https, so that browsers offer no passkeys."""
    return await context.passkeys.registration_options(identity.subject, identity.username)


@router.post("/users/me/passkeys", status_code=201)
async def add_passkey(body: NewPasskey, identity: SettingUp, context: Context, visitor: Visitor) -> PasskeyAdded:
    """Keep a passkey that the browser made from the options. From now on a login with the password needs it, or another
    second factor. 403: too late. 409: known already. 422: not accepted."""
    row = await context.passkeys.register(identity.subject, body.name, body.credential, visitor.known_as(identity))
    return PasskeyAdded.model_validate(row)


@router.delete("/users/me/passkeys/{passkey_id}", status_code=204, response_class=Response)
async def remove_passkey(passkey_id: UUID, identity: SettingUpFresh, context: Context, visitor: Visitor) -> None:
    """403: log in again first."""
    await context.passkeys.remove(identity.subject, passkey_id, visitor.known_as(identity))


@router.post("/passkeys/options", dependencies=[public()])
async def login_options(context: Context) -> PasskeyLoginOptions:
    """Begin a login without name and password. 422: see above."""
    challenge, options = context.passkeys.login_options()
    return PasskeyLoginOptions(challenge=challenge, public_key=options)


@router.post("/passkeys/sessions", status_code=201, dependencies=[public()])
async def log_in(
    body: PasskeyLogin,
    context: Context,
    visitor: Visitor,
    device: Annotated[str | None, Query()] = None,  # noqa: ARG001 (documented here, read by Visitor)
) -> SessionWToken:
    """A session of the passkey's user. 403: an unknown passkey, or too late. 422: not accepted."""
    return session_with_token(await context.passkeys.log_in(body.challenge, body.credential, visitor))
