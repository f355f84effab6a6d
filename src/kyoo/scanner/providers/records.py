"""What providers answer, in words that belong to none of them. Records are values: they can be compared, merged, kept
as JSON and read again.

Languages are canonical BCP 47 codes; None is text without a language (an untitled picture), never "unknown". Ratings
are 0–100, runtimes are minutes. Ids are keyed by the name of the provider that gives them: `themoviedatabase`, `tvdb`,
`imdb`, `anidb`, `anilist`, `mal`, `tvmaze`, `wikidata`, `trakt`…
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

#: Longest name and longest text that is kept, in characters; what is longer is cut.
NAME, TEXT = 1000, 20_000
#: People of one show that are kept, the first ones.
CREDITS = 300

ShowKind = Literal["movie", "serie"]
Status = Literal["unknown", "planned", "airing", "finished"]
Genre = Literal[
    "action", "adventure", "animation", "comedy", "crime", "documentary", "drama", "family", "fantasy", "history",
    "horror", "music", "mystery", "romance", "science-fiction", "thriller", "war", "western", "kids", "reality",
    "politics", "soap", "talk",
]  # fmt: skip
Role = Literal["actor", "director", "writter", "producer", "music", "crew", "other"]
Content = Literal["story", "recap", "filler", "ova"]
PictureKind = Literal["poster", "thumbnail", "banner", "logo"]
#: `parent` is the story that a side story is beside; `summary` and `compilation` tell it again.
RelationKind = Literal[
    "prequel", "sequel", "parent", "side-story", "spin-off", "summary", "compilation", "alternative", "adaptation",
    "other",
]  # fmt: skip


def _cut(limit: int) -> BeforeValidator:
    def cut(value: Any) -> Any:
        return value[:limit] if isinstance(value, str | list) else value

    return BeforeValidator(cut)


Text = Annotated[str, StringConstraints(min_length=1), _cut(TEXT)]
Name = Annotated[str, StringConstraints(min_length=1), _cut(NAME)]
Link = Annotated[str, StringConstraints(pattern=r"^https?://\S+$", max_length=4000)]
Id = Annotated[str, StringConstraints(min_length=1, max_length=300)]
#: Of a season, an episode, a part; minutes.
MAX_COUNT = 100_000
Count = Annotated[int, Field(ge=0, lt=MAX_COUNT)]
Percent = Annotated[int, Field(ge=0, le=100)]


class Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Texts(Record):
    """The words about a show, season or episode in one language."""

    name: Name | None = None
    description: Text | None = None
    tagline: Text | None = None


class Title(Record):
    """Another title. `language` None: not said."""

    text: Name
    language: str | None = None


class Picture(Record):
    """`thumbnail` is a wide picture: a backdrop of a show, a still of an episode. `language` None: no words in it.
    `score` orders pictures of one provider and kind. `local`: a file beside the videos, for readers of all
    languages."""

    kind: PictureKind
    url: Link
    language: str | None = None
    score: float = 0
    width: int | None = None
    height: int | None = None
    local: bool = False


class Trailer(Record):
    url: Link
    language: str | None = None
    official: bool = True


class Person(Record):
    name: Name
    latin_name: Name | None = None
    image: Link | None = None
    ids: dict[str, Id] = Field(default_factory=dict)


class Character(Record):
    name: Name
    latin_name: Name | None = None
    image: Link | None = None


class Credit(Record):
    """What a person did. The order of a list of credits is that of their importance."""

    role: Role
    person: Person
    character: Character | None = None


class Studio(Record):
    """Who made it, or the network that showed it first."""

    name: Name
    logo: Link | None = None
    ids: dict[str, Id] = Field(default_factory=dict)


class CollectionRecord(Record):
    """Films that belong together. As part of a film it may be no more than a name and an id."""

    provider: str
    id: Id
    texts: dict[str, Texts] = Field(default_factory=dict)
    pictures: list[Picture] = Field(default_factory=list)
    ids: dict[str, Id] = Field(default_factory=dict)
    original_language: str | None = None


class Relation(Record):
    """How another show stands to this one: `sequel` means that the other one continues this one."""

    kind: RelationKind
    ids: dict[str, Id]
    title: Name | None = None
    show_kind: ShowKind | None = None
    #: What the provider calls it (`TV`, `OVA`, `MOVIE`, `SPECIAL`…).
    format: Name | None = None
    year: int | None = None
    episodes: Count | None = None


class SeasonRecord(Record):
    number: Count
    texts: dict[str, Texts] = Field(default_factory=dict)
    pictures: list[Picture] = Field(default_factory=list)
    start: date | None = None
    end: date | None = None
    #: How many episodes it has, if that is known without them.
    episodes: Count | None = None
    #: The provider's own id of the season.
    id: Id | None = None


class EpisodeRecord(Record):
    """`season` 0 are the specials. `absolute` counts through all seasons. Where a special is watched: before an
    episode (`airs_before`: season, and episode or None for the whole season), or after a season."""

    season: Count
    number: Count
    #: Season and number as it was aired, where `season` and `number` are those of another order.
    aired: tuple[Count, Count] | None = None
    #: What it is as aired at other providers, where the order of another one than usual was chosen.
    elsewhere: dict[str, tuple[Count, Count]] = Field(default_factory=dict)
    absolute: Count | None = None
    texts: dict[str, Texts] = Field(default_factory=dict)
    still: Picture | None = None
    air_date: date | None = None
    runtime: Count | None = None
    content: Content | None = None
    #: Whether it is a film that is listed among the episodes, and then its posters.
    is_movie: bool = False
    pictures: list[Picture] = Field(default_factory=list)
    airs_before: tuple[Count, Count | None] | None = None
    airs_after_season: Count | None = None
    rating: dict[str, Percent] = Field(default_factory=dict)
    #: The provider's own id of the episode, and those of a film that it is.
    id: Id | None = None
    ids: dict[str, Id] = Field(default_factory=dict)


class Candidate(Record):
    """A show that a search found: all that can tell it from others of its title, where the provider says it."""

    provider: str
    kind: ShowKind
    id: Id
    name: Name
    #: The original title, and every other one that the answer has.
    titles: list[Title] = Field(default_factory=list)
    ids: dict[str, Id] = Field(default_factory=dict)
    start: date | None = None
    end: date | None = None
    #: When only the year is known.
    year: int | None = None
    description: Text | None = None
    poster: Link | None = None
    original_language: str | None = None
    runtime: Count | None = None
    seasons: Count | None = None
    episodes: Count | None = None
    #: Season → how many episodes it has, without the specials.
    sizes: dict[int, Count] = Field(default_factory=dict)
    #: Of origin, ISO 3166-1 alpha-2.
    countries: list[str] = Field(default_factory=list)
    #: On the provider's own scale: they only order its own candidates.
    votes: int | None = None
    popularity: float | None = None
    #: Whether the provider knows it as anime, and what it calls it (`TV`, `OVA`, `MOVIE`…).
    is_anime: bool = False
    format: Name | None = None

    @property
    def first_year(self) -> int | None:
        return self.start.year if self.start else self.year


class ShowRecord(Record):
    """A film or a serie with everything that a provider says about it."""

    provider: str
    kind: ShowKind
    id: Id
    ids: dict[str, Id] = Field(default_factory=dict)
    #: Language → name, description, tagline.
    texts: dict[str, Texts] = Field(default_factory=dict)
    original_language: str | None = None
    original_title: Name | None = None
    aliases: list[Title] = Field(default_factory=list)
    genres: list[Genre] = Field(default_factory=list)
    tags: list[Name] = Field(default_factory=list)
    #: Who rates → 0–100.
    rating: dict[str, Percent] = Field(default_factory=dict)
    votes: int | None = None
    popularity: float | None = None
    #: Country (ISO 3166-1) → what its board says, in its own words (`PG-13`, `16`).
    content_rating: dict[str, Name] = Field(default_factory=dict)
    status: Status = "unknown"
    #: Of a film: `start` is its release.
    start: date | None = None
    end: date | None = None
    #: When only the year is known.
    year: int | None = None
    #: The next time that something is expected to change, such as the next episode.
    next_air: date | None = None
    runtime: Count | None = None
    season_count: Count | None = None
    episode_count: Count | None = None
    pictures: list[Picture] = Field(default_factory=list)
    trailers: list[Trailer] = Field(default_factory=list)
    credits: Annotated[list[Credit], _cut(CREDITS)] = Field(default_factory=list)
    studios: list[Studio] = Field(default_factory=list)
    collection: CollectionRecord | None = None
    relations: list[Relation] = Field(default_factory=list)
    seasons: list[SeasonRecord] = Field(default_factory=list)
    episodes: list[EpisodeRecord] = Field(default_factory=list)
    #: Whose numbers the episodes have, in a record that several providers made.
    numbering: str | None = None
    is_anime: bool = False
    #: What the provider calls it (`TV`, `OVA`, `MOVIE`…).
    format: Name | None = None
    #: Where people find it.
    link: Link | None = None

    @property
    def first_year(self) -> int | None:
        return self.start.year if self.start else self.year
