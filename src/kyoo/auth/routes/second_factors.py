"""`/auth/users/me/totp`, `/auth/users/me/recovery-codes` and `/auth/users/me/app-passwords`. The second step of a login
is in sessions.py."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response

from kyoo.auth.factors.qr import qr_svg
from kyoo.auth.factors.totp import as_base32
from kyoo.auth.models.second_factors import (
    AppPassword,
    AppPasswordWSecret,
    Code,
    NewAppPassword,
    RecoveryCodeRequest,
    RecoveryCodes,
    TotpSecret,
)
from kyoo.auth.routes.access import (
    Context,
    InPerson,
    JustLoggedIn,
    SettingUp,
    SettingUpFresh,
    require_more_for_own,
    requires,
)
from kyoo.auth.routes.actors import Visitor
from kyoo.core.tokens import Identity

router = APIRouter(prefix="/auth/users", tags=["second factors"])


@router.post("/me/totp", status_code=201)
async def begin_totp(identity: SettingUpFresh, context: Context) -> TotpSecret:
    """A secret for an authenticator app. Nothing changes until a code of it is confirmed. 403: log in again first. 409:
    there is one already."""
    setup = await context.second_factors.begin_totp(identity.subject, identity.username)
    return TotpSecret(secret=as_base32(setup.secret), uri=setup.uri, qr=qr_svg(setup.uri))


@router.post("/me/totp/confirm")
async def confirm_totp(body: Code, identity: SettingUp, context: Context, visitor: Visitor) -> RecoveryCodes:
    """From now on a login with the password needs a code. 403: wrong code. 404: nothing to confirm."""
    codes = await context.second_factors.confirm_totp(identity.subject, body.code, visitor.known_as(identity))
    return RecoveryCodes(recovery_codes=codes)


@router.delete("/me/totp", status_code=204, response_class=Response)
async def remove_totp(body: Code, identity: InPerson, context: Context, visitor: Visitor) -> None:
    """403: wrong code. 404: not set up."""
    await context.second_factors.remove_totp(identity.subject, body.code, visitor.known_as(identity))


@router.post("/me/recovery-codes", status_code=201)
async def renew_recovery_codes(
    body: RecoveryCodeRequest, identity: JustLoggedIn, context: Context, visitor: Visitor
) -> RecoveryCodes:
    """New codes in place of the former ones. 403: wrong code, or log in again first. 404: no second factor."""
    codes = await context.second_factors.new_recovery_codes(identity.subject, body.code, visitor.known_as(identity))
    return RecoveryCodes(recovery_codes=codes)


@router.delete("/{user_id}/second-factors", status_code=204, response_class=Response)
async def remove_second_factors(
    user_id: UUID, context: Context, identity: Annotated[Identity, requires("users.write")], visitor: Visitor
) -> None:
    """For users who lost theirs. 403: the user can do or see more than the caller, or is the caller, who has not just
    logged in."""
    await require_more_for_own(context, identity, user_id)
    await context.second_factors.remove_all(user_id, visitor.known_as(identity), identity)


@router.get("/me/app-passwords")
async def list_app_passwords(identity: InPerson, context: Context) -> list[AppPassword]:
    return [AppPassword.model_validate(row) for row in await context.app_passwords.of_user(identity.subject)]


@router.post("/me/app-passwords", status_code=201)
async def create_app_password(
    body: NewAppPassword, identity: JustLoggedIn, context: Context, visitor: Visitor
) -> AppPasswordWSecret:
    """A password for a program that knows no second factor: it logs in with it in place of the user's own. It is shown
    this once. 403: log in again first."""
    row = await context.app_passwords.create(identity.subject, body.name, visitor.known_as(identity))
    return AppPasswordWSecret.model_validate(row)


@router.delete("/me/app-passwords/{app_password_id}", status_code=204, response_class=Response)
async def delete_app_password(app_password_id: UUID, identity: InPerson, context: Context, visitor: Visitor) -> None:
    """The sessions that it opened end."""
    await context.app_passwords.delete(identity.subject, app_password_id, visitor.known_as(identity))
