"""`/auth/keys`: the API keys of other programs (auth.md §6.3)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request
from psycopg.errors import UniqueViolation

from kyoo.auth.audit import Target, record
from kyoo.auth.claims import granted_permissions, limited_as, refuse_escalation
from kyoo.auth.models.api_keys import ApiKey, ApiKeyWToken, NewApiKey
from kyoo.auth.queries import api_keys
from kyoo.auth.routes.access import Context, requires
from kyoo.auth.routes.actors import Visitor
from kyoo.auth.tokens import hash_secret, new_secret
from kyoo.core.errors import ConflictError, NotFoundError
from kyoo.core.pages import Page
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
    refuse_escalation(body.claims, {}, identity.permissions)
    taken = ConflictError("An API key with this name already exists")
    if any(key.name == body.name for key in context.principals.configured_keys):
        raise taken
    secret = new_secret()
    try:
        async with context.database.transaction() as connection:
            row = await api_keys.insert(
                connection,
                name=body.name,
                token_hash=hash_secret(secret),
                claims=limited_as(body.claims, identity.claims),
                caller=identity.subject,
            )
            target = Target("api_key", row["id"], body.name)
            granted = sorted(granted_permissions(body.claims))
            await record(connection, "api_key.created", visitor.known_as(identity), target, permissions=granted)
    except UniqueViolation as error:
        raise taken from error
    return ApiKeyWToken.model_validate({**row, "token": secret})


@router.delete("/{key_id}")
async def delete_key(
    key_id: UUID, context: Context, identity: Annotated[Identity, requires("apikeys.write")], visitor: Visitor
) -> ApiKey:
    """404 for the keys of the configuration, which only it can remove."""
    async with context.database.transaction() as connection:
        row = await api_keys.delete(connection, key_id)
        if row is None:
            raise NotFoundError("No such API key")
        target = Target("api_key", key_id, row["name"])
        await record(connection, "api_key.deleted", visitor.known_as(identity), target)
    context.principals.forget(key_id)
    return ApiKey.model_validate(row)
