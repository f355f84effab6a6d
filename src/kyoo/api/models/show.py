"""Movies, series and collections, as they are read."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from kyoo.api.models.base import (
    Day,
    ExternalId,
    Genre,
    Image,
    Moment,
    MovieStatus,
    Percent,
    Rating,
    SerieStatus,
    Slug,
    WatchStatus,
    Wire,
)
from kyoo.api.models.entry import EmbeddedVideo, Episode, MovieEntry, Special
from kyoo.api.models.studio import Studio


class Original(Wire):
    language: str
    name: str | None
    latin_name: str | None


class CollectionTranslation(Wire):
    name: str
    description: str | None
    tagline: str | None
    aliases: list[str]
    tags: list[str]
    poster: Image | None
    thumbnail: Image | None
    banner: Image | None
    logo: Image | None


class ShowTranslation(CollectionTranslation):
    trailer_url: str | None


class BaseShow(CollectionTranslation):
    """`minAge` is the age from which on it may be seen, null when nobody has said."""

    id: UUID
    slug: Slug
    genres: list[Genre]
    rating: dict[str, Rating]
    external_id: ExternalId
    min_age: int | None
    original: Original
    created_at: Moment
    updated_at: Moment


class MovieWatchStatus(Wire):
    status: WatchStatus
    score: int | None
    completed_at: Moment | None
    percent: Percent


class SerieWatchStatus(Wire):
    status: WatchStatus
    score: int | None
    started_at: Moment | None
    completed_at: Moment | None
    seen_count: int


class Movie(BaseShow):
    trailer_url: str | None
    status: MovieStatus
    runtime: int | None
    air_date: Day | None
    next_refresh: Day | None
    is_available: bool
    watch_status: MovieWatchStatus | None


class Serie(BaseShow):
    trailer_url: str | None
    status: SerieStatus
    runtime: int | None
    start_air: Day | None
    end_air: Day | None
    next_refresh: Day | None
    entries_count: int
    available_count: int
    watch_status: SerieWatchStatus | None


class Collection(BaseShow):
    start_air: Day | None
    end_air: Day | None


class MovieShow(Movie):
    kind: Literal["movie"]


class SerieShow(Serie):
    kind: Literal["serie"]


class CollectionShow(Collection):
    kind: Literal["collection"]


#: What lists of several kinds hold.
Show = Annotated[MovieShow | SerieShow | CollectionShow, Field(discriminator="kind")]


class FullMovie(MovieShow):
    """A movie with the relations asked for by `with`; the others are left out."""

    translations: dict[str, ShowTranslation] = Field(default_factory=dict)
    studios: list[Studio] = Field(default_factory=list)
    collection: Collection | None = None
    videos: list[EmbeddedVideo] = Field(default_factory=list)


class FullSerie(SerieShow):
    """A serie with the relations asked for by `with`; the others are left out."""

    translations: dict[str, ShowTranslation] = Field(default_factory=dict)
    studios: list[Studio] = Field(default_factory=list)
    collection: Collection | None = None
    first_entry: Annotated[Episode | MovieEntry | Special, Field(discriminator="kind")] | None = None
    next_entry: Annotated[Episode | MovieEntry | Special, Field(discriminator="kind")] | None = None


class FullCollection(CollectionShow):
    translations: dict[str, CollectionTranslation] = Field(default_factory=dict)


class EpisodeWithShow(Episode):
    show: Show


class MovieEntryWithShow(MovieEntry):
    show: Show


class SpecialWithShow(Special):
    show: Show


#: An entry with its show: news, history, next up.
EntryWithShow = Annotated[EpisodeWithShow | MovieEntryWithShow | SpecialWithShow, Field(discriminator="kind")]
