"""Device logins on the wire (RFC 8628, in camelCase)."""

from __future__ import annotations

from pydantic import Field

from kyoo.auth.models.base import Timestamp, WireModel


class DeviceAuthorization(WireModel):
    """`deviceCode` stays in the device, which asks for its token every `interval` seconds; it shows `userCode`, or
    `qr`: an SVG element that shows `verificationUriComplete`. Everything ends after `expiresIn` seconds."""

    device_code: str
    user_code: str
    verification_uri: str
    verification_uri_complete: str
    qr: str
    expires_in: int
    interval: int


class DeviceTokenRequest(WireModel):
    device_code: str = Field(min_length=1, max_length=128)


class WaitingDevice(WireModel):
    """What a user is shown before confirming: the device as it calls itself, and where it is."""

    device: str | None
    address: str | None
    created_date: Timestamp


class DeviceDecision(WireModel):
    approve: bool
