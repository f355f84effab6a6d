"""Entries (what is watched) and extras, as they are read."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from kyoo.api.models.base import (
    Content,
    Day,
    EntryId,
    EpisodeId,
    ExtraKind,
    Image,
    Moment,
    Percent,
    SeasonId,
    Slug,
    Wire,
)


class EmbeddedVideo(Wire):
    """A file of an entry. `slug` is the link's, which plays it; `edition` names its cut, where it has a name."""

    slug: Slug
    id: UUID
    path: str
    rendering: str
    part: int | None
    version: int
    edition: str | None


class Progress(Wire):
    """The reader's latest play; zeros and nulls if there is none."""

    percent: Percent
    time: int
    played_date: Moment | None
    video_id: UUID | None


class BareEntry(Wire):
    """An entry inside a video: without videos and progress."""

    id: UUID
    slug: Slug
    name: str | None
    description: str | None
    order: float
    air_date: Day | None
    runtime: int | None
    thumbnail: Image | None
    content: Content
    created_at: Moment
    updated_at: Moment


class BareEpisode(BareEntry):
    kind: Literal["episode"]
    season_number: int
    episode_number: int
    external_id: EpisodeId


class BareSpecial(BareEntry):
    kind: Literal["special"]
    number: int
    external_id: EpisodeId


class BareMovieEntry(BareEntry):
    kind: Literal["movie"]
    tagline: str | None
    poster: Image | None
    external_id: EntryId


class Watchable(Wire):
    videos: list[EmbeddedVideo]
    progress: Progress


class Episode(BareEpisode, Watchable):
    pass


class Special(BareSpecial, Watchable):
    pass


class MovieEntry(BareMovieEntry, Watchable):
    pass


Entry = Annotated[Episode | MovieEntry | Special, Field(discriminator="kind")]
EntryInVideo = Annotated[BareEpisode | BareMovieEntry | BareSpecial, Field(discriminator="kind")]


class ExtraProgress(Wire):
    percent: Percent
    time: int
    played_date: Moment | None


class ExtraVideo(Wire):
    """The file of an extra; `slug` plays it."""

    slug: Slug
    id: UUID


class Extra(Wire):
    id: UUID
    slug: Slug
    kind: ExtraKind
    name: str | None
    runtime: int | None
    thumbnail: Image | None
    video: ExtraVideo | None
    progress: ExtraProgress
    created_at: Moment
    updated_at: Moment


class Season(Wire):
    id: UUID
    slug: Slug
    name: str | None
    description: str | None
    poster: Image | None
    thumbnail: Image | None
    banner: Image | None
    season_number: int
    start_air: Day | None
    end_air: Day | None
    external_id: SeasonId
    entries_count: int
    available_count: int
    created_at: Moment
    updated_at: Moment


class SeasonSeparator(Season):
    """Stands before the first episode of a season in a list of entries (`includeSeasons`)."""

    kind: Literal["season"]


EntryOrSeason = Annotated[Episode | MovieEntry | Special | SeasonSeparator, Field(discriminator="kind")]
