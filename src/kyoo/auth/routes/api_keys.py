"""`/auth/keys`: the API keys of other programs."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request

from kyoo.auth.models.api_keys import ApiKey, ApiKeyWToken, NewApiKey
from kyoo.auth.queries import api_keys
from kyoo.auth.routes.access import Context, requires
from kyoo.auth.routes.actors import Visitor
from kyoo.core.http.pages import Page
from kyoo.core.tokens import Identity

router = APIRouter(prefix="/auth/keys", tags=["api keys"])

ZERO_DATE = datetime(1, 1, 1, tzinfo=UTC)


@router.get("", dependencies=[requires("apikeys.read")])
async def list_keys(request: Request, context: Context) -> Page[ApiKey]:
    """The stored keys, the least recently used first, then those of the configuration. One page holds them all."""
    async with context.database.connection() as connection:
        rows = await api_keys.every(connection)
    stored = [ApiKey.model_validate(row) for row in rows]
    configured = [
        ApiKey(id=key.id, name=key.name, create_at=ZERO_DATE, last_used=ZERO_DATE, claims=key.claims)
        for key in context.principals.configured_keys
    ]
    return Page[ApiKey](items=[*stored, *configured], this=str(request.url), next=None)


@router.post("", status_code=201)
async def create_key(
    body: NewApiKey, context: Context, identity: Annotated[Identity, requires("apikeys.write")], visitor: Visitor
) -> ApiKeyWToken:
    """The only time the key is shown. Only permissions that the caller holds can be given to it; it is
    limited as the caller is."""
    row = await context.api_keys.create(body.name, body.claims, visitor.known_as(identity), identity)
    return ApiKeyWToken.model_validate(row)


@router.delete("/{key_id}")
async def delete_key(
    key_id: UUID, context: Context, identity: Annotated[Identity, requires("apikeys.write")], visitor: Visitor
) -> ApiKey:
    """404 for the keys of the configuration, which only it can remove. 403: the key, or who made it, can do or see more
    than the caller."""
    return ApiKey.model_validate(await context.api_keys.delete(key_id, visitor.known_as(identity), identity))
