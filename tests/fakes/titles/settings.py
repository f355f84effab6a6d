"""The environment variables of the facade."""

from __future__ import annotations

from pydantic import AliasChoices, Field

from kyoo.core.settings import Settings


class TitlesSettings(Settings):
    most: int = Field(default=50, ge=1, le=250, validation_alias=AliasChoices("TITLES_MOST"))
