"""Invitations on the wire."""

from __future__ import annotations

from uuid import UUID

from pydantic import Field

from kyoo.auth.models.base import AnyClaims, Text, Timestamp, WireModel
from kyoo.auth.tokens.claims import Claims

DAY = 24 * 3600


class NewInvitation(WireModel):
    """`claims` are laid over those of every new user. `expiresIn` is in seconds: a minute to ninety days, a week unless
    given. The note is for people: the guest sees it, too."""

    claims: AnyClaims = Field(default_factory=dict)
    expires_in: int = Field(default=7 * DAY, ge=60, le=90 * DAY)
    note: Text | None = Field(default=None, max_length=256)


class Invitation(WireModel):
    """`url` is shown at creation only, as the link is stored hashed; null later."""

    id: UUID
    url: str | None = None
    created_date: Timestamp
    expire_at: Timestamp
    claims: Claims
    note: str | None


class InvitationCheck(WireModel):
    expire_at: Timestamp
    note: str | None
