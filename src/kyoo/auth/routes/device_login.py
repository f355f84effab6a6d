"""`/auth/device`: login of a device by a code that a user confirms elsewhere (RFC 8628)."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from kyoo.auth.accounts.device_login import LIFETIME, PAUSE
from kyoo.auth.accounts.devices import display_name
from kyoo.auth.factors.qr import qr_svg
from kyoo.auth.models.base import Text
from kyoo.auth.models.device_login import DeviceAuthorization, DeviceDecision, DeviceTokenRequest, WaitingDevice
from kyoo.auth.models.sessions import SessionWToken
from kyoo.auth.routes.access import Context, InPerson
from kyoo.auth.routes.actors import Visitor
from kyoo.auth.routes.sessions import session_with_token
from kyoo.core.http.permissions import public

router = APIRouter(prefix="/auth/device", tags=["device login"])

UserCode = Annotated[Text, Path(max_length=32)]


@router.post("", status_code=201, dependencies=[public()])
async def begin(
    context: Context,
    visitor: Visitor,
    device: Annotated[str | None, Query()] = None,  # noqa: ARG001 (documented here, read by Visitor)
) -> DeviceAuthorization:
    """A code for a device to show. 429: too many devices of this address wait."""
    code = await context.device_logins.begin(visitor)
    return DeviceAuthorization(
        **asdict(code),
        qr=qr_svg(code.verification_uri_complete),
        expires_in=int(LIFETIME.total_seconds()),
        interval=PAUSE,
    )


@router.post("/token", status_code=201, dependencies=[public()])
async def token(body: DeviceTokenRequest, context: Context, visitor: Visitor) -> SessionWToken:
    """The device's session, once a user has confirmed. 400 with `details: {error}` until then: `authorization_pending`,
    `slow_down` (wait five seconds longer from now on), `access_denied`, `expired_token`."""
    return session_with_token(await context.device_logins.token(body.device_code, visitor))


@router.get("/{user_code}")
async def waiting_device(user_code: UserCode, identity: InPerson, context: Context, visitor: Visitor) -> WaitingDevice:
    """The device that shows a code. 404: none. 429: too many wrong codes."""
    row = await context.device_logins.find(user_code, visitor.known_as(identity))
    return WaitingDevice.model_validate({**row, "device": display_name(row["device"])})


@router.post("/{user_code}", status_code=204, response_class=Response)
async def decide(
    user_code: UserCode, body: DeviceDecision, identity: InPerson, context: Context, visitor: Visitor
) -> None:
    """Let the device in as the caller, or refuse it. 404: no device shows this code. 429: too many wrong codes."""
    by = visitor.known_as(identity)
    await context.device_logins.decide(user_code, identity.subject, by, approve=body.approve)
