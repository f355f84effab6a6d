"""The base of the wire types: camelCase on the wire, a trailing underscore dropped."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel


class Wire(BaseModel):
    model_config = ConfigDict(
        alias_generator=lambda name: to_camel(name.rstrip("_")), populate_by_name=True, extra="ignore"
    )

    def wire(self) -> dict[str, Any]:
        """The JSON value of it."""
        return self.model_dump(mode="json", by_alias=True)
