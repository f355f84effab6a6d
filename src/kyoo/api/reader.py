"""Who reads, and in which languages: what every query that answers a person needs to know.

Source: docs/protocol/api.md#languages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from kyoo.core.languages import ANY


@dataclass(frozen=True, slots=True)
class Reader:
    """`languages` are canonical, best first, and may hold `*`. `profile` is the auth id, the nil UUID for guests."""

    profile: UUID
    languages: tuple[str, ...]
    prefer_original: bool
    is_guest: bool = False

    def params(self) -> dict[str, Any]:
        """The named parameters that the pieces of `queries.fragments` use, as texts that Postgres reads: psycopg takes
        as long to write an array and an id as for all the rest of a short query."""
        return {
            "reader": str(self.profile),
            # Codes of letters, digits and hyphens.
            "languages": "{" + ",".join(language for language in self.languages if language != ANY) + "}",
            "any_language": ANY in self.languages,
            "prefer_original": self.prefer_original,
        }
