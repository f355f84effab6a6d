"""Passkeys on the wire. Options and credentials have the JSON forms of WebAuthn Level 3 (§5.1.8, §5.1.9)."""

from __future__ import annotations

import json
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, Field

from kyoo.auth.models.base import Text, Timestamp, WireModel

MAX_CREDENTIAL_BYTES = 64 * 1024


def _check_credential(credential: dict[str, Any]) -> dict[str, Any]:
    if not isinstance(credential.get("rawId"), str) or not isinstance(credential.get("response"), dict):
        raise ValueError("this is no credential")  # noqa: TRY004 (Pydantic's way to refuse)
    if len(json.dumps(credential)) > MAX_CREDENTIAL_BYTES:
        raise ValueError("this credential is too large")
    return credential


#: RegistrationResponseJSON or AuthenticationResponseJSON.
Credential = Annotated[dict[str, Any], AfterValidator(_check_credential)]


class Passkey(WireModel):
    """`lastUsed` is null until somebody logs in with it."""

    id: UUID
    name: str
    created_date: Timestamp
    last_used: Timestamp | None


class PasskeyAdded(Passkey):
    """`recoveryCodes`: with the first second factor of a user come the codes for its loss, shown this once; else
    null."""

    recovery_codes: list[str] | None


class NewPasskey(WireModel):
    name: Text = Field(min_length=1, max_length=256)
    credential: Credential


class PasskeyLoginOptions(WireModel):
    """`publicKey` is for `navigator.credentials.get`."""

    challenge: str
    public_key: dict[str, Any]


class PasskeyLogin(WireModel):
    challenge: str = Field(max_length=2048)
    credential: Credential


class SecondFactorChallenge(WireModel):
    challenge: str = Field(max_length=128)


class SecondFactorOptions(WireModel):
    """`publicKey` is for `navigator.credentials.get`."""

    public_key: dict[str, Any]
