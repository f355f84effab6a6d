"""API keys on the wire."""

from __future__ import annotations

from uuid import UUID

from pydantic import Field

from kyoo.auth.models.base import AnyClaims, Timestamp, WireModel
from kyoo.auth.tokens.claims import Claims


class ApiKey(WireModel):
    """Keys given by the configuration have the zero date 0001-01-01T00:00:00Z as both dates."""

    id: UUID
    name: str
    create_at: Timestamp
    last_used: Timestamp
    claims: Claims


class ApiKeyWToken(ApiKey):
    """The only answer that holds the key; it is stored as a hash."""

    token: str


class NewApiKey(WireModel):
    name: str = Field(pattern=r"^[A-Za-z]+$", max_length=256)
    claims: AnyClaims
