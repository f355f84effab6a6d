"""What the wire types have in common: camelCase names, and the simple types (docs/protocol/README.md#values)."""

from __future__ import annotations

from typing import Annotated, Literal, TypeVar
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints
from pydantic.alias_generators import to_camel

T = TypeVar("T")


class Wire(BaseModel):
    """Attributes in snake case, members in camel case. Unknown members of a request are ignored."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="ignore")


Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]+$", max_length=500)]
Day = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}-\d{2}$"), Field(json_schema_extra={"format": "date"})]
Moment = Annotated[
    str,
    StringConstraints(pattern=r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$"),
    Field(json_schema_extra={"format": "date-time"}),
]
#: 0 to 100, whatever the scale of the source.
Rating = Annotated[int, Field(ge=0, le=100)]
Percent = Annotated[int, Field(ge=0, le=100)]
#: What is sent at once. Only the first fault is named: to describe a hundred thousand takes longer than to find them.
Batch = Annotated[list[T], Field(max_length=20_000, fail_fast=True)]
#: Of a season, an episode, a part; minutes.
Number = Annotated[int, Field(ge=0, lt=2**31)]

#: Pages make links of it: nothing that a browser would run or read as a page (`javascript:`, `data:`).
WebLink = Annotated[str, StringConstraints(pattern=r"^[Hh][Tt][Tt][Pp][Ss]?://\S+$", max_length=4000)]
#: An empty one is none.
OptionalLink = Annotated[WebLink | None, BeforeValidator(lambda link: None if link == "" else link)]

ShowKind = Literal["serie", "movie", "collection"]
SerieStatus = Literal["unknown", "finished", "airing", "planned"]
MovieStatus = Literal["unknown", "finished", "planned"]
Genre = Literal[
    "action",
    "adventure",
    "animation",
    "comedy",
    "crime",
    "documentary",
    "drama",
    "family",
    "fantasy",
    "history",
    "horror",
    "music",
    "mystery",
    "romance",
    "science-fiction",
    "thriller",
    "war",
    "western",
    "kids",
    "reality",
    "politics",
    "soap",
    "talk",
]
EntryKind = Literal["episode", "movie", "special"]
Content = Literal["story", "recap", "filler", "ova"]
ExtraKind = Literal["other", "trailer", "interview", "behind-the-scene", "deleted-scene", "blooper"]
RoleKind = Literal["actor", "director", "writter", "producer", "music", "crew", "other"]
WatchStatus = Literal["watching", "rewatching", "completed", "dropped", "planned"]


class Image(Wire):
    """A picture; `blurhash` is "000000" until it is downloaded."""

    id: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    source: str
    blurhash: str


class Reference(Wire):
    id: UUID
    slug: Slug


class ExternalItem(Wire):
    """What a provider calls a show, a person or a studio."""

    data_id: str
    link: OptionalLink = None
    label: str | None = None


class EpisodeItem(Wire):
    """What a provider calls an episode."""

    serie_id: str
    season: int | None
    episode: int
    link: OptionalLink = None
    label: str | None = None


class SeasonItem(Wire):
    """What a provider calls a season."""

    serie_id: str
    season: int
    link: OptionalLink = None
    label: str | None = None


ExternalId = dict[str, list[ExternalItem]]
EpisodeId = dict[str, list[EpisodeItem]]
SeasonId = dict[str, list[SeasonItem]]
EntryId = dict[str, list[EpisodeItem | ExternalItem]]
