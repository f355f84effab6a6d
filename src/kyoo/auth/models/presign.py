"""Presigned requests on the wire."""

from __future__ import annotations

from typing import Any

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer

from kyoo.auth.models.base import AnyClaims, Timestamp, WireModel
from kyoo.auth.tokens.claims import Claims


class Rule(WireModel):
    """One allowed (verb, path): a path equal to `url`, or starting with `prefix`, which wins when both are given."""

    verb: str = Field(min_length=1, max_length=32)
    url: str | None = Field(default=None, max_length=4096)
    prefix: str | None = Field(default=None, max_length=4096)

    @model_serializer(mode="wrap")
    def _without_absent_prefix(self, serialize: SerializerFunctionWrapHandler) -> dict[str, Any]:
        fields: dict[str, Any] = serialize(self)
        if self.prefix is None:
            fields.pop("prefix", None)
        return fields


class PresignRequest(WireModel):
    """`duration` is a Go duration (`90s`, `24h`, `1h30m`), above zero and at most seven days."""

    rules: list[Rule] = Field(alias="for", min_length=1, max_length=256)
    duration: str = Field(max_length=64)
    claims: AnyClaims | None = None


class Presign(WireModel):
    rules: list[Rule] = Field(alias="for")
    duration: str
    claims: Claims | None = None
    signature: str
    expire_at: Timestamp

    @model_serializer(mode="wrap")
    def _without_absent_claims(self, serialize: SerializerFunctionWrapHandler) -> dict[str, Any]:
        fields: dict[str, Any] = serialize(self)
        if self.claims is None:
            fields.pop("claims", None)
        return fields
