"""Shows of the library that nobody is sure about, and the titles that they may be (ours)."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from kyoo.scanner.models.base import Wire
from kyoo.scanner.models.request import NewRequest
from kyoo.scanner.providers.records import ShowKind


class MatchCandidate(Wire):
    """`poster` is on this server. `score` 0 … 100; `reasons` say in words what speaks for it and against it."""

    provider: str
    id: str
    kind: ShowKind
    name: str
    year: int | None = None
    description: str | None = None
    poster: str | None = None
    external_id: dict[str, str] = Field(default_factory=dict)
    score: int
    reasons: list[str] = Field(default_factory=list)


class UnsureMatch(Wire):
    """`id` is the scanner's own; `slug` what the api calls the show, once it has it. `paths` are the first files."""

    id: int
    kind: ShowKind
    title: str
    year: int | None
    slug: str | None
    paths: list[str]
    files: int
    why: str
    tried_at: datetime
    candidates: list[MatchCandidate]


class ChosenMatch(NewRequest):
    """What a person says that it is."""

    kind: ShowKind
