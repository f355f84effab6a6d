"""What people change by hand: any field of the catalogue, and which of them refreshes must leave alone."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field

from kyoo.api.models.base import (
    Content,
    EntryId,
    ExternalId,
    ExtraKind,
    Genre,
    MovieStatus,
    Number,
    OptionalLink,
    Rating,
    Reference,
    SeasonId,
    SerieStatus,
    Wire,
)
from kyoo.api.models.seeds import ImageUrl, Language, SeedCollection, SeedStaff, SeedStudio

#: Members that are not given are not changed; null is a value like others. Defaults stand for "not given" only.
NotGiven: Any = Field(default=None)


class TextsEdit(Wire):
    """The words and pictures in one language."""

    name: str = NotGiven
    description: str | None = None
    poster: ImageUrl | None = None


class SeasonTextsEdit(TextsEdit):
    name: str | None = None  # type: ignore[assignment]
    thumbnail: ImageUrl | None = None
    banner: ImageUrl | None = None


class EntryTextsEdit(TextsEdit):
    name: str | None = None  # type: ignore[assignment]
    tagline: str | None = None


class ShowTextsEdit(TextsEdit):
    latin_name: str | None = None
    tagline: str | None = None
    aliases: list[str] = NotGiven
    tags: list[str] = NotGiven
    thumbnail: ImageUrl | None = None
    banner: ImageUrl | None = None
    logo: ImageUrl | None = None


class ProductionTextsEdit(ShowTextsEdit):
    trailer_url: OptionalLink = None


class Edit(Wire):
    """`locks` says all that is locked from now on: fields (`genres`, or `name` for every language there is) and fields
    of one language (`en.name`). Without it, what the edit changes is locked besides what was."""

    locks: Annotated[list[str], Field(max_length=1000)] = NotGiven


class ShowEdit(Edit):
    """`poster`, `thumbnail`, `banner` and `logo` here are set in every language there is."""

    genres: list[Genre] = NotGiven
    min_age: Annotated[int, Field(ge=0, le=21)] | None = None
    rating: dict[str, Rating] = NotGiven
    original_language: Language = NotGiven
    external_id: ExternalId = NotGiven
    poster: ImageUrl | None = None
    thumbnail: ImageUrl | None = None
    banner: ImageUrl | None = None
    logo: ImageUrl | None = None


class ProductionEdit(ShowEdit):
    """`studios` and `staff`, given as seeds give them, are all that the show has from now on; so is `collection`."""

    collection: SeedCollection | None = None
    studios: list[SeedStudio] = NotGiven
    staff: list[SeedStaff] = NotGiven


class MovieEdit(ProductionEdit):
    status: MovieStatus = NotGiven
    runtime: Number | None = None
    air_date: date | None = None
    translations: dict[Language, ProductionTextsEdit] = NotGiven


class SerieEdit(ProductionEdit):
    status: SerieStatus = NotGiven
    runtime: Number | None = None
    start_air: date | None = None
    end_air: date | None = None
    translations: dict[Language, ProductionTextsEdit] = NotGiven


class CollectionEdit(ShowEdit):
    start_air: date | None = None
    end_air: date | None = None
    translations: dict[Language, ShowTextsEdit] = NotGiven


class SeasonEdit(Edit):
    """`poster`, `thumbnail` and `banner` here are set in every language there is."""

    start_air: date | None = None
    end_air: date | None = None
    external_id: SeasonId = NotGiven
    poster: ImageUrl | None = None
    thumbnail: ImageUrl | None = None
    banner: ImageUrl | None = None
    translations: dict[Language, SeasonTextsEdit] = NotGiven


class EntryEdit(Edit):
    """`poster` here, of a film of a serie, is set in every language there is."""

    content: Content = NotGiven
    order: Annotated[float, Field(ge=0, allow_inf_nan=False)] = NotGiven
    air_date: date | None = None
    runtime: Number | None = None
    thumbnail: ImageUrl | None = None
    external_id: EntryId = NotGiven
    poster: ImageUrl | None = None
    translations: dict[Language, EntryTextsEdit] = NotGiven


class ExtraEdit(Edit):
    kind: ExtraKind = NotGiven
    name: str = NotGiven
    runtime: Number | None = None
    thumbnail: ImageUrl | None = None


class StaffEdit(Edit):
    name: str = NotGiven
    latin_name: str | None = None
    image: ImageUrl | None = None
    external_id: ExternalId = NotGiven


class StudioTextsEdit(Wire):
    name: str = NotGiven
    logo: ImageUrl | None = None


class StudioEdit(Edit):
    """`logo` here is set in every language there is."""

    external_id: ExternalId = NotGiven
    logo: ImageUrl | None = None
    translations: dict[Language, StudioTextsEdit] = NotGiven


class Edited(Reference):
    """What was edited, and all of it that is locked."""

    locks: list[str]


class Editable(Edited):
    """All that an edit can change but relations, as it is now; pictures are Image objects."""

    fields: dict[str, Any]
    translations: dict[str, dict[str, Any]]


EditedKind = Literal["movie", "serie", "collection", "season", "entry", "extra", "staff", "studio"]
EDITS: dict[EditedKind, type[Edit]] = {
    "movie": MovieEdit,
    "serie": SerieEdit,
    "collection": CollectionEdit,
    "season": SeasonEdit,
    "entry": EntryEdit,
    "extra": ExtraEdit,
    "staff": StaffEdit,
    "studio": StudioEdit,
}
