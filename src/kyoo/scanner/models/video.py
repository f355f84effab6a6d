"""A file on the wire: what its name says, and where it belongs (docs/protocol/api.md#links)."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from pydantic import Field

from kyoo.scanner.models.base import Wire


class GuessEpisode(Wire):
    season: int | None
    episode: int


class Guess(Wire):
    title: str
    kind: Literal["episode", "movie", "extra"]
    extra_kind: str | None = None
    years: list[int] = Field(default_factory=list)
    episodes: list[GuessEpisode] = Field(default_factory=list)
    external_id: dict[str, str] = Field(default_factory=dict)
    from_: str = "kyoo"
    #: What the name says besides, for people who look why.
    raw: dict[str, Any] = Field(default_factory=dict)
    history: list[Any] = Field(default_factory=list)


class SeedVideo(Wire):
    """The body of POST and PUT /api/videos. `for_` holds links; `moved_from` is the path the file had before."""

    path: str
    rendering: str
    part: int | None = Field(default=None, ge=0)
    version: int = Field(default=1, ge=0)
    guess: Guess
    for_: list[dict[str, Any]] = Field(default_factory=list)
    moved_from: str | None = None


class CreatedVideo(Wire):
    id: UUID
    path: str
    entries: list[dict[str, Any]] = Field(default_factory=list)


class VideoGuess(Wire):
    """The answer of GET /scanner/guess."""

    path: str
    rendering: str
    part: int | None
    version: int
    guess: Guess
    for_: list[dict[str, Any]]
