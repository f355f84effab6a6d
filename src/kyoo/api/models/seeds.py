"""What is seeded: movies and series with all that belongs to them, and what is answered."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from typing import Annotated, Any, Literal, TypeVar
from urllib.parse import urlsplit
from uuid import UUID

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, field_validator

from kyoo.api.models.base import (
    Content,
    EntryId,
    EpisodeId,
    ExternalId,
    ExtraKind,
    Genre,
    MovieStatus,
    Number,
    OptionalLink,
    Rating,
    Reference,
    RoleKind,
    SeasonId,
    SerieStatus,
    Slug,
    Wire,
)
from kyoo.api.models.video import SlugOnly
from kyoo.core.faults import WholeMessageError
from kyoo.core.languages import base, canonical

T = TypeVar("T")


def _language(code: str) -> str:
    known = canonical(code, registered=False)
    if known is None:
        raise ValueError("must be the code of a language, such as en or pt-BR")
    return known


def _name(code: str) -> str:
    known = canonical(code, registered=False)
    if known is None:
        raise WholeMessageError(f"Invalid translation name: '{code[:100]}'.")
    return known


def _url(text: str) -> str:
    with suppress(ValueError):
        parts = urlsplit(text)
        if text.startswith("/") or (parts.scheme in ("http", "https") and parts.netloc):
            return text
    raise ValueError("A picture must be an http(s) URL, or a path of this instance")


def _canonical_languages(translations: Any) -> Any:
    """Canonical codes; the base language too, as a copy, where only a regional variant is given."""
    if not isinstance(translations, dict):
        return translations
    known = {_name(str(code)): translation for code, translation in translations.items()}
    for code, translation in list(known.items()):
        known.setdefault(base(code), translation)
    return known


Language = Annotated[str, AfterValidator(_language)]
ImageUrl = Annotated[str, StringConstraints(max_length=4000), AfterValidator(_url)]
#: Language → translation, at least one: a show has a name.
Translations = Annotated[dict[str, T], BeforeValidator(_canonical_languages), Field(min_length=1)]
#: Language → translation; seasons and entries may be known by their number alone.
OptionalTranslations = Annotated[dict[str, T], BeforeValidator(_canonical_languages)]


class SeedTexts(Wire):
    """The words and pictures of a show in one language."""

    name: str
    latin_name: str | None = None
    description: str | None
    tagline: str | None
    aliases: list[str]
    tags: list[str]
    poster: ImageUrl | None
    thumbnail: ImageUrl | None
    banner: ImageUrl | None
    logo: ImageUrl | None


class SeedShowTexts(SeedTexts):
    trailer: OptionalLink


class SeedShow(Wire):
    """What movies, series and collections have in common."""

    slug: Slug
    genres: list[Genre]
    rating: dict[str, Rating]
    external_id: ExternalId
    original_language: Language

    @field_validator("genres")
    @classmethod
    def each_once(cls, genres: list[Genre]) -> list[Genre]:
        return list(dict.fromkeys(genres))


class SeedCollection(SeedShow):
    translations: Translations[SeedTexts]


class SeedStudioTexts(Wire):
    name: str
    logo: ImageUrl | None


class SeedStudio(Wire):
    slug: Slug
    external_id: ExternalId
    translations: Translations[SeedStudioTexts]


class SeedCharacter(Wire):
    name: str
    latin_name: str | None
    image: ImageUrl | None


class SeedPerson(Wire):
    slug: Slug
    name: str
    latin_name: str | None
    image: ImageUrl | None
    external_id: ExternalId


class SeedStaff(Wire):
    kind: RoleKind
    character: SeedCharacter | None
    staff: SeedPerson


class SeedProduction(SeedShow):
    """What movies and series have in common. `minAge` is an addition of ours: without it the age stays."""

    translations: Translations[SeedShowTexts]
    min_age: Annotated[int, Field(ge=0, le=21)] | None = None
    runtime: Number | None
    collection: SeedCollection | None = None
    studios: list[SeedStudio] = Field(default_factory=list)
    staff: list[SeedStaff] = Field(default_factory=list)


class SeedExtra(Wire):
    kind: ExtraKind
    slug: Slug
    name: str
    runtime: Number | None
    thumbnail: ImageUrl | None
    video: UUID


class SeedMovie(SeedProduction):
    status: MovieStatus
    air_date: date | None
    videos: list[UUID] = Field(default_factory=list)
    extras: list[SeedExtra] = Field(default_factory=list)


class SeedSeasonTexts(Wire):
    name: str | None
    description: str | None
    poster: ImageUrl | None
    thumbnail: ImageUrl | None
    banner: ImageUrl | None


class SeedSeason(Wire):
    season_number: Number
    start_air: date | None
    end_air: date | None
    external_id: SeasonId
    translations: OptionalTranslations[SeedSeasonTexts]


class SeedEntryTexts(Wire):
    name: str | None
    description: str | None


class SeedMovieEntryTexts(SeedEntryTexts):
    tagline: str | None
    poster: ImageUrl | None


class SeedBaseEntry(Wire):
    content: Content
    order: Annotated[float, Field(ge=0, allow_inf_nan=False)]
    air_date: date | None
    runtime: Number | None
    thumbnail: ImageUrl | None
    videos: list[UUID] = Field(default_factory=list)


class SeedEpisode(SeedBaseEntry):
    kind: Literal["episode"]
    season_number: Number
    episode_number: Number
    external_id: EpisodeId
    translations: OptionalTranslations[SeedEntryTexts]


class OwnNumber(Wire):
    """The number of an episode at a provider."""

    serie_id: str
    season: Number
    episode: Number


class Numbered(Wire):
    """An episode, by its number at one provider or several, and the season and number that it is to have."""

    external_id: Annotated[dict[str, OwnNumber], Field(min_length=1, max_length=20)]
    season: Annotated[int, Field(ge=1, lt=2**31)]
    episode: Number


class SeedSpecial(SeedBaseEntry):
    kind: Literal["special"]
    number: Number
    external_id: EpisodeId
    translations: OptionalTranslations[SeedEntryTexts]


class SeedMovieEntry(SeedBaseEntry):
    kind: Literal["movie"]
    slug: Slug | None = None
    external_id: EntryId
    translations: OptionalTranslations[SeedMovieEntryTexts]


SeedEntry = Annotated[SeedEpisode | SeedSpecial | SeedMovieEntry, Field(discriminator="kind")]


class SeedSerie(SeedProduction):
    status: SerieStatus
    start_air: date | None
    end_air: date | None
    seasons: list[SeedSeason]
    entries: list[SeedEntry]
    extras: list[SeedExtra] = Field(default_factory=list)
    #: Ours: it has no others. Entries that are not named go, unless they have a file, were watched or edited by hand.
    complete: bool = False


class SeededMovie(Reference):
    """`videos` holds only the links that this call made; `extras` is there when the seed has any."""

    videos: list[SlugOnly]
    extras: list[Reference] = Field(default_factory=list)
    collection: Reference | None
    studios: list[Reference]
    staff: list[Reference]


class SeededEntry(Reference):
    videos: list[SlugOnly]


class SeededSerie(Reference):
    seasons: list[Reference]
    entries: list[SeededEntry]
    extras: list[Reference]
    collection: Reference | None
    studios: list[Reference]
    staff: list[Reference]
