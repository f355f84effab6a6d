"""Metadata requests, search results and the progress of the scanner (docs/protocol/scanner.md#metadata-requests)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from kyoo.scanner.models.base import Wire
from kyoo.scanner.providers.records import ShowKind

Status = Literal["pending", "running", "failed"]


class RequestError(Wire):
    title: str
    message: str
    traceback: list[str] = Field(default_factory=list)


class Request(Wire):
    """`id` is the place in the queue, as text."""

    id: str
    kind: Literal["episode", "movie"]
    title: str
    year: int | None
    status: Status
    videos: list[str]
    error: RequestError | None
    started_at: datetime | None


class RequestedEpisode(Wire):
    """Season 0 is that of the specials, null counts through the serie."""

    # Numbers of specials above these stand for half episodes (`Place.special_number`).
    season: Annotated[int, Field(ge=0, lt=100_000)] | None
    episode: Annotated[int, Field(ge=0, lt=100_000)]


class RequestedVideo(Wire):
    id: UUID
    episodes: list[RequestedEpisode] = Field(default_factory=list)


class NewRequest(Wire):
    """The body of POST /scanner/movies and /scanner/series, and of a remap."""

    title: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
    year: int | None = Field(default=None, ge=1800, le=2200)
    external_id: dict[str, str] = Field(default_factory=dict)
    videos: list[RequestedVideo] = Field(default_factory=list)
    #: Ours: the slug of a show of the library that it is; then the title says nothing.
    slug: str | None = Field(default=None, min_length=1, max_length=500)


class Remap(NewRequest):
    """`kind` (ours): what it turns out to be, unless it stays a film or a serie."""

    kind: ShowKind | None = None


class SearchResult(Wire):
    id: str
    slug: str
    name: str
    description: str | None = None
    air_date: date | None = None
    start_air: date | None = None
    end_air: date | None = None
    poster: str | None = None
    original_language: str | None = None
    external_id: dict[str, Any] = Field(default_factory=dict)


class RootWarning(Wire):
    path: str
    message: str


class Progress(Wire):
    """`found` files are in the library now; each ends up `identified` or `failed`, and is `probed` later.
    `missing` ones were there before and are kept until they come back. `errors` explains failures; `left_out` are the
    files that are not shown on purpose, `unmatched` those without an entry: each with why, the newest first."""

    running: bool
    found: int
    registered: int
    identified: int
    probed: int
    failed: int
    missing: int = 0
    updated_at: datetime | None
    warnings: list[RootWarning] = Field(default_factory=list)
    errors: list[RootWarning] = Field(default_factory=list)
    left_out: list[RootWarning] = Field(default_factory=list)
    unmatched: list[RootWarning] = Field(default_factory=list)
