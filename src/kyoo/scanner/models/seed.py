"""The bodies that create and update shows in the api (docs/protocol/api.md#seeding)."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal
from uuid import UUID

from pydantic import Field

from kyoo.scanner.models.base import Wire

#: provider → `{dataId, link, label?}` or `{serieId, season, episode, link}`
ExternalId = dict[str, list[dict[str, Any]]]


class CollectionTexts(Wire):
    name: str
    latin_name: str | None = None
    description: str | None = None
    tagline: str | None = None
    aliases: list[str] = Field(default_factory=list)
    tags: list[str] = Field(default_factory=list)
    poster: str | None = None
    thumbnail: str | None = None
    banner: str | None = None
    logo: str | None = None


class ShowTexts(CollectionTexts):
    trailer: str | None = None


class SeedCollection(Wire):
    slug: str
    genres: list[str] = Field(default_factory=list)
    rating: dict[str, int] = Field(default_factory=dict)
    external_id: ExternalId = Field(default_factory=dict)
    original_language: str
    translations: dict[str, CollectionTexts]


class StudioTexts(Wire):
    name: str
    logo: str | None = None


class SeedStudio(Wire):
    slug: str
    external_id: ExternalId = Field(default_factory=dict)
    translations: dict[str, StudioTexts]


class SeedCharacter(Wire):
    name: str
    latin_name: str | None = None
    image: str | None = None


class SeedPerson(Wire):
    slug: str
    name: str
    latin_name: str | None = None
    image: str | None = None
    external_id: ExternalId = Field(default_factory=dict)


class SeedStaff(Wire):
    kind: Literal["actor", "director", "writter", "producer", "music", "crew", "other"]
    character: SeedCharacter | None = None
    staff: SeedPerson


class SeedShow(Wire):
    """What films and series have in common."""

    slug: str
    genres: list[str] = Field(default_factory=list)
    rating: dict[str, int] = Field(default_factory=dict)
    #: years
    min_age: int | None = None
    status: str = "unknown"
    #: minutes
    runtime: int | None = None
    external_id: ExternalId = Field(default_factory=dict)
    original_language: str
    translations: dict[str, ShowTexts]
    collection: SeedCollection | None = None
    studios: list[SeedStudio] = Field(default_factory=list)
    staff: list[SeedStaff] = Field(default_factory=list)


class SeedExtra(Wire):
    kind: str
    slug: str
    name: str
    runtime: int | None = None
    thumbnail: str | None = None
    video: UUID


class SeedMovie(SeedShow):
    air_date: date | None = None
    videos: list[UUID] = Field(default_factory=list)
    extras: list[SeedExtra] = Field(default_factory=list)


class SeasonTexts(Wire):
    name: str | None = None
    description: str | None = None
    poster: str | None = None
    thumbnail: str | None = None
    banner: str | None = None


class SeedSeason(Wire):
    season_number: int
    start_air: date | None = None
    end_air: date | None = None
    external_id: ExternalId = Field(default_factory=dict)
    translations: dict[str, SeasonTexts]


class EntryTexts(Wire):
    name: str | None = None
    description: str | None = None


class MovieEntryTexts(EntryTexts):
    tagline: str | None = None
    poster: str | None = None


class SeedEntryBase(Wire):
    content: Literal["story", "recap", "filler", "ova"] = "story"
    order: float
    air_date: date | None = None
    #: minutes
    runtime: int | None = None
    thumbnail: str | None = None
    external_id: ExternalId = Field(default_factory=dict)
    videos: list[UUID] = Field(default_factory=list)


class SeedEpisode(SeedEntryBase):
    kind: Literal["episode"] = "episode"
    season_number: int
    episode_number: int
    translations: dict[str, EntryTexts]


class SeedSpecial(SeedEntryBase):
    kind: Literal["special"] = "special"
    number: int
    translations: dict[str, EntryTexts]


class SeedMovieEntry(SeedEntryBase):
    kind: Literal["movie"] = "movie"
    slug: str
    #: Of a film that is a special of TheTVDB; the api has no use for it.
    number: int | None = Field(default=None, exclude=True)
    translations: dict[str, MovieEntryTexts]


SeedEntry = SeedEpisode | SeedSpecial | SeedMovieEntry


class SeedSerie(SeedShow):
    start_air: date | None = None
    end_air: date | None = None
    seasons: list[SeedSeason] = Field(default_factory=list)
    entries: list[SeedEntry] = Field(default_factory=list)
    extras: list[SeedExtra] = Field(default_factory=list)
    #: Entries that it does not name, and that have no file and were never watched, go.
    complete: bool = False
    #: Numbers of files (`1:30`) that count otherwise here, to where they stand; so do films that have a file by their
    #: number as a special (`film:1`). The api has no use for it.
    translated: dict[str, tuple[int, int]] = Field(default_factory=dict, exclude=True)


class Seeded(Wire):
    """What the api answers to a seed."""

    id: UUID
    slug: str
