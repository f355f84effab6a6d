"""The wire types of watching: plays, and what a person says of a show (api.md §8)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

WatchStatusName = Literal["watching", "rewatching", "completed", "dropped", "planned"]


def _utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


#: A timestamp of a request; a bare date or a time without zone is UTC.
Moment = Annotated[datetime, AfterValidator(_utc)]

Percent = Annotated[int, Field(ge=0, le=100)]


class SeedHistory(BaseModel):
    """One play. `entry` is an id or a slug, `time` seconds into the video, `playedDate` null means now; `external`
    plays (marked as seen by hand, or seen elsewhere) count as seen but stay out of the history."""

    entry: str
    videoId: UUID | None  # noqa: N815 (the wire's spelling)
    percent: Percent
    time: Annotated[int, Field(ge=0, le=2**31 - 1)]
    playedDate: Moment | None  # noqa: N815
    external: bool = False


class HistoryRecorded(BaseModel):
    """The answer to plays; `inserted` does not count the plays that went on."""

    status: Literal[201]
    inserted: int


class SeedMovieWatchStatus(BaseModel):
    """What a person says of a movie; a `score` of null removes the score."""

    status: WatchStatusName
    score: Percent | None = None
    completedAt: Moment | None = None  # noqa: N815


class SeedSerieWatchStatus(SeedMovieWatchStatus):
    """What a person says of a serie; a `score` of null removes the score."""

    startedAt: Moment | None = None  # noqa: N815


class _Listed(BaseModel):
    model_config = ConfigDict(extra="forbid")

    status: WatchStatusName
    score: Percent | None
    completedAt: datetime | None  # noqa: N815
    createdAt: datetime  # noqa: N815
    updatedAt: datetime  # noqa: N815


class ListedMovie(_Listed):
    """A movie's place in the watch list."""

    percent: Percent


class ListedSerie(_Listed):
    """A serie's place in the watch list."""

    startedAt: datetime | None  # noqa: N815
    seenCount: Annotated[int, Field(ge=0)]  # noqa: N815
