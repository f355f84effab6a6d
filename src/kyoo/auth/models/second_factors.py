"""Second factors and app passwords on the wire."""

from __future__ import annotations

from uuid import UUID

from pydantic import Field, model_validator

from kyoo.auth.models.base import Text, Timestamp, WireModel
from kyoo.auth.models.passkeys import Credential


class Code(WireModel):
    """A TOTP code (six digits) or a recovery code; blanks, dashes and case do not matter."""

    code: Text = Field(min_length=1, max_length=64)


class RecoveryCodeRequest(WireModel):
    """`code` is needed by users with TOTP."""

    code: Text | None = Field(default=None, max_length=64)


class SecondFactorAnswer(WireModel):
    """`challenge` is the one that the login gave. Either a TOTP or recovery code, or the assertion of a passkey."""

    challenge: str = Field(max_length=128)
    code: Text | None = Field(default=None, min_length=1, max_length=64)
    credential: Credential | None = None

    @model_validator(mode="after")
    def _one_answer(self) -> SecondFactorAnswer:
        if (self.code is None) == (self.credential is None):
            raise ValueError("either code or credential is needed")
        return self


class TotpSecret(WireModel):
    """`secret` is base32, for typing; `uri` is the `otpauth:` URI; `qr` is an SVG element that shows the URI."""

    secret: str
    uri: str
    qr: str


class RecoveryCodes(WireModel):
    """Each works once in place of a second factor. They are shown this once, and stored as hashes."""

    recovery_codes: list[str]


class SecondFactorState(WireModel):
    """`required`: the server demands one of everybody. `recoveryCodes`: how many are left."""

    totp: bool
    passkeys: int
    recovery_codes: int
    required: bool


class NewAppPassword(WireModel):
    name: Text = Field(min_length=1, max_length=256)


class AppPassword(WireModel):
    """`lastUsed` is null until somebody logs in with it."""

    id: UUID
    name: str
    created_date: Timestamp
    last_used: Timestamp | None


class AppPasswordWSecret(AppPassword):
    """The only answer that holds the password; it is stored as a hash."""

    password: str
