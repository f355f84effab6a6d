"""What a user takes along."""

from __future__ import annotations

from kyoo.auth.models.api_keys import ApiKey
from kyoo.auth.models.audit import AuditEntry
from kyoo.auth.models.base import Timestamp, WireModel
from kyoo.auth.models.invitations import Invitation
from kyoo.auth.models.passkeys import Passkey
from kyoo.auth.models.second_factors import AppPassword
from kyoo.auth.models.sessions import Session
from kyoo.auth.models.users import User


class Export(WireModel):
    """`apiKeys` and `invitations` are those the user made; `audit` what was done by or to the user. `elsewhere`: where
    to get what other services hold, with the same credential."""

    exported_date: Timestamp
    user: User
    sessions: list[Session]
    api_keys: list[ApiKey]
    app_passwords: list[AppPassword]
    passkeys: list[Passkey]
    invitations: list[Invitation]
    audit: list[AuditEntry]
    elsewhere: dict[str, str]
