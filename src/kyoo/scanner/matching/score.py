"""What one title is worth: points for and against it, each with its reason. Points are like logarithms of odds:
they add up, and those of the title alone decide nothing that a year can contradict."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from kyoo.scanner.matching.likeness import NOTHING, compare
from kyoo.scanner.matching.model import Evidence, NameReading, Profile, Reason

#: An id in a name was put there by somebody who knew.
ID = 20.0
#: A candidate with fewer points is not worth a person's look.
SHOWN = -1.0

# The scripts that tell the language of a title, as far as they do.
_SCRIPTS = (
    (re.compile(r"[\u3040-\u30ff]"), ("ja",)),
    (re.compile(r"[\uac00-\ud7af]"), ("ko",)),
    (re.compile(r"[\u4e00-\u9fff]"), ("zh", "ja", "cn", "yue")),
    (re.compile(r"[\u0400-\u04ff]"), ("ru", "uk", "bg", "sr", "mk", "be", "kk")),
    (re.compile(r"[\u0900-\u0dff]"), ("hi", "mr", "bn", "ta", "te", "ml", "kn", "gu", "pa", "ne")),
    (re.compile(r"[\u0e00-\u0e7f]"), ("th",)),
    (re.compile(r"[\u0370-\u03ff]"), ("el",)),
    (re.compile(r"[\u0590-\u05ff]"), ("he", "yi")),
    (re.compile(r"[\u0600-\u06ff]"), ("ar", "fa", "ur")),
)


@dataclass(frozen=True, slots=True)
class Scored:
    """`backed`: something beside the title speaks for it; `doubted`: something speaks against it."""

    points: float
    reasons: tuple[Reason, ...]
    backed: bool
    doubted: bool


def score(evidence: Evidence, profile: Profile) -> Scored:
    """The best reading of the names for this title, and what is known beside them."""
    title, *years = max(
        (_reading(reading, profile) for reading in evidence.readings if reading.kind in (None, profile.kind)),
        key=lambda reasons: sum(reason.points for reason in reasons),
    )
    beside = [
        *years,
        *_kind(evidence, profile),
        *_ids(evidence, profile),
        *_minutes(evidence, profile),
        *_episodes(evidence, profile),
        *_neighbours(evidence, profile),
    ]
    reasons = [title, *beside]
    reasons.sort(key=lambda reason: -abs(reason.points))
    return Scored(
        points=sum(reason.points for reason in reasons),
        reasons=tuple(reasons),
        backed=any(reason.points >= 1 for reason in beside),
        doubted=any(reason.points <= -0.5 for reason in beside),
    )


def _reading(reading: NameReading, profile: Profile) -> list[Reason]:
    found = [compare(reading.title, title) for title in profile.titles]
    # An alias is what somebody typed once; the name and the original one are what it is called.
    best = (
        max((one.points - (0.2 if at > 1 and one.points > 0 else 0), one.text) for at, one in enumerate(found))
        if found
        else (NOTHING, "Another title")
    )
    reasons = [Reason(best[1], best[0] - reading.doubt)]
    reasons += _year(reading, profile)
    reasons += _country(reading, profile)
    reasons += _script(reading, profile)
    return reasons


def _year(reading: NameReading, profile: Profile) -> Iterator[Reason]:
    if not reading.years:
        return
    if not profile.years:
        yield Reason("Its year is not known", -1)
        return
    away, wanted, year = min((abs(one - year), one, year) for one in reading.years for year in profile.years)
    if away == 0:
        yield Reason(f"Of the same year, {year}", 3)
    elif away == 1:
        yield Reason(f"Of {year}, one year off", 1.2)
    elif profile.kind == "serie" and year < wanted <= (profile.last_year or wanted):
        yield Reason(f"Began in {year}, and {wanted} may be the year of a season", -1)
    else:
        yield Reason(f"Of {year}, not {wanted}", -1.5 if away == 2 else -4 if away <= 5 else -6)


def _country(reading: NameReading, profile: Profile) -> Iterator[Reason]:
    if reading.country is None:
        return
    if not profile.countries:
        yield Reason("Its country is not known", -0.5)
    elif reading.country in profile.countries:
        yield Reason(f"From {reading.country}", 2)
    else:
        yield Reason(f"From {', '.join(profile.countries)}, not {reading.country}", -4)


def _script(reading: NameReading, profile: Profile) -> Iterator[Reason]:
    languages = next((languages for script, languages in _SCRIPTS if script.search(reading.title)), None)
    if languages and profile.language in languages:
        yield Reason("Its original language is the title's", 0.4)


def _kind(evidence: Evidence, profile: Profile) -> Iterator[Reason]:
    if evidence.kind != profile.kind:
        other = "A serie, and the file looks like a film" if profile.kind == "serie" else "A film, not a serie"
        yield Reason(other, -1 if evidence.unsure_kind else -5)


def _ids(evidence: Evidence, profile: Profile) -> Iterator[Reason]:
    for provider, value in evidence.ids.items():
        known = profile.ids.get(provider)
        if known == value:
            yield Reason(f"The id in the name, {provider} {value}", ID)
            return
        if known:
            yield Reason(f"Another id than the one in the name, {provider} {value}", -ID)
            return


def _minutes(evidence: Evidence, profile: Profile) -> Iterator[Reason]:
    if not evidence.minutes or not profile.minutes:
        return
    is_, should = round(evidence.minutes), round(profile.minutes)
    share = evidence.minutes / profile.minutes
    if share < 0.1:
        # A stand-in, or a stub of a broken copy: it says nothing of what it stands for.
        return
    text = f"The file runs {is_} minutes, it should be {should}"
    if profile.kind == "movie":
        if 0.985 <= share <= 1.015 or abs(is_ - should) <= 1:
            yield Reason(f"As long as it should be, {is_} minutes", 1.3)
        elif 0.94 <= share <= 1.06:
            yield Reason(f"About as long as it should be, {is_} minutes", 0.6)
        elif share < 0.75 or share > 1.5:
            yield Reason(text, -2.2)
        elif share < 0.9 or share > 1.3:
            yield Reason(text, -0.8)
    elif 0.88 <= share <= 1.14 or abs(is_ - should) <= 3:
        yield Reason(f"Episodes are as long as they should be, {is_} minutes", 0.6)
    elif share < 0.78 or share > 1.3:
        # Two episodes in a file are twice as long.
        far = share < 0.5 or share > 2.3
        yield Reason(f"Episodes run {is_} minutes, they should be {should}", -2 if far else -0.7)


def _episodes(evidence: Evidence, profile: Profile) -> Iterator[Reason]:
    """Whether it has as many seasons and episodes as the files say."""
    wanted = {season: number for season, number in evidence.episodes.items() if season != 0}
    if profile.kind != "serie" or not wanted:
        return
    last = max((season for season in wanted if season is not None), default=0)
    absolute = wanted.get(None, 0)
    seasons = profile.seasons or max(profile.sizes, default=0)
    total = profile.episodes or sum(profile.sizes.values())
    # A season that is called by its year is no 2,019th one.
    if seasons and last > seasons and last < 1900:
        yield Reason(f"It has {_count(seasons, 'season')}, and there is a season {last} here", -1.5)
    elif total and max(wanted.values()) > total and not _in_hundreds(absolute, profile.sizes):
        yield Reason(f"It has {_count(total, 'episode')}, and there is a number {max(wanted.values()):g} here", -1.8)
    elif any(season is not None and 0 < profile.sizes.get(season, 0) < number for season, number in wanted.items()):
        yield Reason("A season of it has fewer episodes than are here", -0.7)
    elif profile.sizes or (seasons and total):
        telling = last > 1 or absolute > 30 or max(wanted.values()) > 13
        yield Reason("It has the seasons and episodes that are here", 0.6 if telling else 0.3)


def _in_hundreds(number: float, sizes: Mapping[int, int]) -> bool:
    """Whether 213 can be the 13th of the second season."""
    season, episode = divmod(int(number), 100)
    return 0 < episode <= sizes.get(season, 0)


def _count(number: int, what: str) -> str:
    return f"{number} {what}" + ("" if number == 1 else "s")


def _neighbours(evidence: Evidence, profile: Profile) -> Iterator[Reason]:
    count = sum(evidence.languages.values())
    if count < 3 or profile.language is None:
        return
    share = evidence.languages.get(profile.language, 0) / count
    if share >= 0.6:
        yield Reason("Of the language of most titles beside it", 0.5)
    elif share == 0 and count >= 5:
        yield Reason("Of another language than all titles beside it", -0.3)
