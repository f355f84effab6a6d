"""An invented catalogue, which each double of a service tells in its own words."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True)
class Title:
    """A film or a serie. `number` is what all ids are made of. `seasons`: episodes of each. `names`, `plots` by
    language; the one of `original` is the original one."""

    number: int
    kind: Literal["movie", "serie"]
    names: dict[str, str]
    year: int
    original: str = "en"
    plots: dict[str, str] = field(default_factory=dict)
    aliases: tuple[str, ...] = ()
    genres: tuple[str, ...] = ("Drama",)
    cast: tuple[tuple[str, str], ...] = ()
    director: str = "Ada Quill"
    runtime: int = 42
    seasons: tuple[int, ...] = ()
    specials: int = 0
    anime: bool = False
    ended: bool = True
    collection: str | None = None
    rating: float = 7.8
    sequel: int | None = None
    #: How many people have rated it: tells it from others of its name.
    votes: int = 120

    @property
    def name(self) -> str:
        return self.names.get("en") or self.names[self.original]

    @property
    def plot(self) -> str:
        return self.plots.get("en", "")

    @property
    def imdb(self) -> str:
        return f"tt{self.number:07}"

    @property
    def tmdb(self) -> int:
        return 1000 + self.number

    @property
    def tvdb(self) -> int:
        return 70_000 + self.number

    @property
    def anilist(self) -> int:
        return 20_000 + self.number

    @property
    def tvmaze(self) -> int:
        return 300 + self.number

    @property
    def wikidata(self) -> str:
        return f"Q{500_000 + self.number}"

    def episode_name(self, season: int, episode: int, language: str = "en") -> str:
        words = {"en": "Part", "fr": "Partie", "ja": "第"}.get(language, "Part")
        return f"{words} {season}.{episode}"

    def aired(self, season: int, episode: int) -> str:
        return f"{self.year + season - 1}-{1 + (episode - 1) // 28 % 12:02}-{1 + (episode - 1) % 28:02}"


LAMP = Title(
    1,
    "movie",
    {"en": "The Quiet Lamp", "fr": "La lampe muette", "de": "Die stille Lampe"},
    1994,
    plots={"en": "A lamp says nothing.", "fr": "Une lampe ne dit rien."},
    aliases=("Lamp",),
    genres=("Drama", "Science Fiction"),
    cast=(("Bo Reed", "The Lamp"), ("Cy Vane", "The Moth")),
    runtime=93,
    collection="The Lamps",
)
LAMP_AGAIN = Title(
    2, "movie", {"en": "The Quiet Lamp"}, 2019, plots={"en": "It says it again."}, runtime=101, votes=900
)
HARBOUR = Title(
    3,
    "serie",
    {"en": "Harbour Nights", "fr": "Les Nuits du port"},
    2008,
    plots={"en": "Ships come in.", "fr": "Des navires entrent."},
    genres=("Crime", "Action & Adventure"),
    cast=(("Dee Marsh", "Nell"), ("Bo Reed", "The Pilot")),
    seasons=(3, 4),
    specials=2,
)
PAPER = Title(
    4,
    "serie",
    {"ja": "紙の街", "en": "Paper Town Tale"},
    2016,
    original="ja",
    plots={"en": "A town of paper."},
    aliases=("Kami no Machi",),
    genres=("Animation",),
    cast=(("Yui Kanda", "Ren"),),
    runtime=24,
    seasons=(12,),
    anime=True,
    ended=False,
    sequel=5,
)
PAPER_FILM = Title(
    5,
    "movie",
    {"ja": "劇場版 紙の街", "en": "Paper Town Tale: The Fold"},
    2018,
    original="ja",
    plots={"en": "The town is folded."},
    genres=("Animation",),
    runtime=98,
    anime=True,
)
#: A title about which hardly anything is known.
BARE = Title(6, "movie", {"en": "Untold"}, 2031, runtime=0, rating=0, votes=0, director="")

WORLD: tuple[Title, ...] = (LAMP, LAMP_AGAIN, HARBOUR, PAPER, PAPER_FILM, BARE)


#: A catalogue of more titles is looked through by whole words.
LARGE = 2000
_BY_WORD: dict[int, tuple[tuple[Title, ...], dict[str, tuple[Title, ...]]]] = {}


def _with(world: tuple[Title, ...]) -> dict[str, tuple[Title, ...]]:
    """Word → the titles with it in a name."""
    if id(world) not in _BY_WORD:
        found: dict[str, list[Title]] = {}
        for title in world:
            for word in {word for name in title.names.values() for word in name.casefold().split()}:
                found.setdefault(word, []).append(title)
        _BY_WORD[id(world)] = world, {word: tuple(titles) for word, titles in found.items()}
    return _BY_WORD[id(world)][1]


def named(world: tuple[Title, ...], kind: str, query: str) -> list[Title]:
    """Titles with these words in one of their names, as a search finds them: those that everybody knows first."""
    words = query.casefold().split()
    if words and len(world) > LARGE:
        world = min((_with(world).get(word, world) for word in words), key=len)
    found = [
        title
        for title in world
        if title.kind == kind
        and words
        and any(all(word in name.casefold() for word in words) for name in (*title.names.values(), *title.aliases))
    ]
    return sorted(found, key=lambda title: -title.votes)
