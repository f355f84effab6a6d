"""Password resets on the wire."""

from __future__ import annotations

from pydantic import Field

from kyoo.auth.models.base import Text, Timestamp, WireModel
from kyoo.auth.models.users import Password


class PasswordResetLink(WireModel):
    """`mailed`: the user also gets a link by mail."""

    url: str
    expire_at: Timestamp
    mailed: bool


class PasswordResetRequest(WireModel):
    """`login` is a username or an e-mail address."""

    login: Text = Field(min_length=1, max_length=320)


class NewPassword(WireModel):
    password: Password
