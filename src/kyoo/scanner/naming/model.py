"""The answer of the name parser. No rules here, only the shape and what follows from it alone."""

import datetime
import hashlib
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

Number = int | float
Kind = Literal["movie", "episode", "extra"]


class FilmOf(NamedTuple):
    """A place of a film: TheTVDB's id of its serie, the serie's title and its key, the number of the special it is."""

    serie: str
    title: str
    number: int
    title_key: str


@dataclass(frozen=True, slots=True)
class ParsedName:
    """What a path says about its file.

    - `kind`: `episode` has a number, a season, or a date; `extra` is a bonus.
    - `extra_kind`: as in the contract, or `sample`: a file that is left out beside what it is a sample of.
    - `title`: never empty. `title_guessed`: neither the name nor a folder held a title, and a stand-in is given.
    - `alternative_titles`: other names in the path, best first (translations, AKA, the folder's title).
    - `years`: of the show or film, best first; usually none or one.
    - `episodes`: `(season, episode)` in file order, each once; season `None` is an absolute number, 0 a special.
      A half number (13.5) is a float. A pack of whole seasons has none: see `seasons`.
    - `seasons`: seasons named by the file or its folder, ascending.
    - `absolute_episodes`: numbers given without a season beside them (`Show - 152`), even if a folder adds a season.
    - `part` of one episode or film split over files; `version` of the release (`v2`), 1 if unsaid.
    - `external_ids`: provider name of the contract to id, from `{tmdb-1}`, `[tvdbid=1]`, a bare `tt` id.
    - `special`: an OVA, a special, a season 0. `unsure`: film or episode cannot be told from the path (`Title 3`).
    - `quality`, `source`, `codec`, `audio_codec`, `languages` (BCP 47, of the sound): as the name has it; the prober
      knows better what is in the file.
    - `film_of`: the serie that a film stands in. `read_as`: what the name says where the lists of anime say better.
      Both come from `scanner/anime`, never from the name alone.
    - `rendering`: key of the path less version and part, `[a-z0-9]+`, the same for all versions and parts of one cut.

    Source: docs/protocol/scanner.md#guesses.
    """

    kind: Kind
    title: str
    rendering: str
    title_guessed: bool = False
    alternative_titles: tuple[str, ...] = ()
    years: tuple[int, ...] = ()
    seasons: tuple[int, ...] = ()
    episodes: tuple[tuple[int | None, Number], ...] = ()
    absolute_episodes: tuple[Number, ...] = ()
    date: datetime.date | None = None
    episode_title: str | None = None
    release_group: str | None = None
    version: int = 1
    part: int | None = None
    edition: str | None = None
    extra_kind: str | None = None
    external_ids: dict[str, str] = field(default_factory=dict)
    special: bool = False
    unsure: bool = False
    quality: str | None = None
    source: str | None = None
    codec: str | None = None
    audio_codec: str | None = None
    languages: tuple[str, ...] = ()
    film_of: FilmOf | None = None
    read_as: dict[str, Any] = field(default_factory=dict)

    @property
    def year(self) -> int | None:
        """The best year, if any."""
        return self.years[0] if self.years else None


def rendering_key(path_without_version_and_part: str) -> str:
    """SHA-256 in hex: fits the slug alphabet. Lone surrogates (undecodable file names) are hashed as they are."""
    return hashlib.sha256(path_without_version_and_part.encode("utf-8", "surrogatepass")).hexdigest()
