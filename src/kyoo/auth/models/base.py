"""What the wire types share: camelCase keys, UTC timestamps, text that can be stored. No type of a resource."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from kyoo.auth.tokens.claims import Claims, check_claims


class WireModel(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)


def _to_utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)


def _storable(text: str) -> str:
    if any(not character.isprintable() for character in text):
        raise ValueError("control characters are not allowed")
    return text


#: RFC 3339 in UTC.
Timestamp = Annotated[datetime, AfterValidator(_to_utc)]

#: Text without control characters and lone surrogates, which Postgres cannot keep.
Text = Annotated[str, AfterValidator(_storable)]

#: Free-form claims within the limits of `kyoo.auth.tokens.claims`.
AnyClaims = Annotated[Claims, AfterValidator(check_claims)]
