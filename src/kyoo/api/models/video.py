"""Files: what the scanner registers, what is answered, and what is read."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import ConfigDict, Field, StringConstraints, model_validator

from kyoo.api.models.base import ExtraKind, Moment, Number, Slug, Wire
from kyoo.api.models.entry import EmbeddedVideo, Entry, EntryInVideo, Progress
from kyoo.api.models.show import Show


class GuessEpisode(Wire):
    season: int | None
    episode: int


def _is_none(value: object) -> bool:
    return value is None


class PastGuess(Wire):
    """What a file was taken for before; unknown members are kept."""

    model_config = ConfigDict(extra="allow")

    title: str
    # Clients take these two as texts or not there at all.
    kind: Literal["episode", "movie", "extra"] | None = Field(default=None, exclude_if=_is_none)
    extra_kind: ExtraKind | None = Field(default=None, exclude_if=_is_none)
    years: list[int] = Field(default_factory=list)
    episodes: list[GuessEpisode] = Field(default_factory=list)
    external_id: dict[str, str] = Field(default_factory=dict)
    source: str = Field(alias="from")
    history: list[PastGuess] = Field(default_factory=list)


class Guess(PastGuess):
    """What a file was taken for, with what it was taken for before."""

    history: list[PastGuess]


class DataIdLink(Wire):
    data_id: str


class EpisodeIdLink(Wire):
    serie_id: str
    season: int | None
    episode: int


# Source: docs/protocol/api.md#links.
class Link(Wire):
    """Which entries a file holds, in any form. Each entry that one of them matches is linked."""

    slug: Slug | None = None
    movie: str | None = None
    serie: str | None = None
    season: Number | None = None
    episode: Number | None = None
    order: Annotated[float, Field(allow_inf_nan=False)] | None = None
    special: Number | None = None
    external_id: dict[str, EpisodeIdLink | DataIdLink] | None = None

    @model_validator(mode="after")
    def some_form(self) -> Link:
        numbered = self.season is not None and self.episode is not None
        of_serie = self.serie is not None and (numbered or self.order is not None or self.special is not None)
        if self.slug is None and self.movie is None and not of_serie and not self.external_id:
            raise ValueError(
                "A link must be one of {slug}, {movie}, {serie, season, episode}, {serie, order}, {serie, special}"
                " and {externalId}"
            )
        return self


Path = Annotated[str, StringConstraints(min_length=1)]


class SeedVideo(Wire):
    """`rendering` is what the versions and parts of one cut have in common; it becomes part of slugs.

    `movedFrom` is where the file was before: that video keeps its id, links and history under its new path."""

    path: Path
    rendering: Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]+$", max_length=200)]
    part: Number | None
    version: Number
    guess: Guess
    links: list[Link] = Field(default_factory=list, alias="for")
    moved_from: str | None = None


class SlugOnly(Wire):
    slug: Slug


class LinkRequest(Wire):
    id: UUID
    links: list[Link] = Field(alias="for")


class LinkResult(Wire):
    id: UUID
    path: str
    entries: list[SlugOnly]


class CreatedVideo(LinkResult):
    guess: Guess


class Video(Wire):
    id: UUID
    path: str
    rendering: str
    part: int | None
    version: int
    edition: str | None
    guess: Guess
    created_at: Moment
    updated_at: Moment


class EditionName(Wire):
    """The name of a cut, which all files of its rendering have; empty for none, null for the one in their names."""

    edition: Annotated[str, StringConstraints(max_length=200)] | None


class Neighbour(Wire):
    """The entry before or after, and the link slug that plays it, null if it has no file."""

    video: Slug | None
    entry: Entry


class ListedVideo(Video):
    slugs: list[Slug]
    progress: Progress
    entries: list[EntryInVideo]


class FullVideo(ListedVideo):
    """A video with the relations asked for by `with`; the others are left out."""

    previous: Neighbour | None = None
    next: Neighbour | None = None
    show: Show | None = None
    versions: list[EmbeddedVideo] | None = None


class Guesses(Wire):
    """The whole library as the scanner needs it. `guesses`: title, then year or "unknown", then the show."""

    paths: list[str]
    guesses: dict[str, dict[str, Any]]
    unmatched: list[str]
