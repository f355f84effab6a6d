"""What the score takes and gives: evidence of the files, profiles of titles, verdicts. No rules here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from kyoo.scanner.providers.records import Candidate, ShowKind

#: With so many points a candidate is the title that the files are, if no other one comes near.
SURE = 5.2


@dataclass(frozen=True, slots=True)
class NameReading:
    """One way to read the names: a title with the years beside it, and the country if the title ends with one.
    `doubt` takes from what the title is worth: 0 for the title of the files, more for titles of folders and guesses.
    `kind`: it can only be one of these (`Guilty Crown` of `Guilty Crown 8` is a serie)."""

    title: str
    years: tuple[int, ...] = ()
    country: str | None = None
    doubt: float = 0
    kind: ShowKind | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of the files of one show.

    - `readings`: best first, never empty.
    - `unsure_kind`: the names do not tell a film from an episode.
    - `ids`: provider name → id, as names and .nfo files have them.
    - `minutes`: of the film, or of one episode, measured; None until files were probed.
    - `episodes`: season → highest episode; season None holds absolute numbers, 0 specials.
    - `languages`: original languages of what lies beside the files, language → how many, as far as that is known.
    """

    kind: ShowKind
    readings: tuple[NameReading, ...]
    unsure_kind: bool = False
    ids: Mapping[str, str] = field(default_factory=dict)
    minutes: float | None = None
    episodes: Mapping[int | None, float] = field(default_factory=dict)
    languages: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Profile:
    """What all providers together say of one title.

    - `titles`: its name first, then the original one, aliases, translations; at least one.
    - `years`: of its first release or air date, as each provider has it. `last_year`: of a serie that ended.
    - `minutes`: of the film, or of an episode. `seasons`: how many, without the specials; `sizes`: season → episodes.
    - `countries`: ISO 3166 alpha-2, of origin. `language`: the original one.
    """

    kind: ShowKind
    titles: tuple[str, ...]
    years: tuple[int, ...] = ()
    last_year: int | None = None
    minutes: float | None = None
    seasons: int | None = None
    sizes: Mapping[int, int] = field(default_factory=dict)
    episodes: int | None = None
    countries: tuple[str, ...] = ()
    language: str | None = None
    ids: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a candidate fits or does not, in plain words. `points` > 0 speak for it."""

    text: str
    points: float


@dataclass(frozen=True, slots=True)
class Ranked:
    """A candidate with its points, the reasons first that weigh most. `score` shows them as 0 … 100."""

    candidate: Candidate
    points: float
    reasons: tuple[Reason, ...]
    #: What other providers know of the same title.
    others: tuple[Candidate, ...] = ()

    @property
    def ids(self) -> dict[str, str]:
        """Service → its id of the title."""
        group = (self.candidate, *self.others)
        return {key: value for one in reversed(group) for key, value in {**one.ids, one.provider: one.id}.items()}

    @property
    def score(self) -> int:
        return max(0, min(100, round(80 * self.points / SURE)))


@dataclass(frozen=True, slots=True)
class Verdict:
    """`match` is None when nobody can be sure; `why` says it in a sentence."""

    ranked: tuple[Ranked, ...]
    match: Ranked | None
    why: str
