"""Candidates of several providers joined, ranked, and the decision whether the first one is taken."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TypeVar

from kyoo.scanner.matching.model import SURE, Evidence, Profile, Ranked, Verdict
from kyoo.scanner.matching.score import ID, SHOWN, Scored, score
from kyoo.scanner.naming.titles import normalise
from kyoo.scanner.providers.records import Candidate, ShowKind

T = TypeVar("T")

#: Where nothing but the title speaks for it: films have the titles of others, and of what people record themselves.
SURE_BY_TITLE: dict[ShowKind, float] = {"movie": 5.9, "serie": 5.0}
#: With so many points it is the title, if nothing speaks against it.
FITTING = 4.0
SEVERAL = "Several titles fit equally well"
#: So many points the first one must be ahead of the second.
LEAD = 1.5
#: What popularity may add to the lead of one whose evidence is as good; a thousand times as popular gives all of it.
MOST_BY_POPULARITY = 1.8
#: A person chooses among so many.
SHOWN_AT_MOST = 12


def rank(evidence: Evidence, candidates: Iterable[Candidate]) -> list[Ranked]:
    """Best first. What several providers say of one title is one candidate, named by the first of them."""
    return [ranked for ranked, _ in _rank(evidence, candidates)]


def _rank(evidence: Evidence, candidates: Iterable[Candidate]) -> list[tuple[Ranked, Scored]]:
    found = []
    for group in _groups(candidates):
        scored = score(evidence, profile(group))
        found.append((Ranked(group[0], scored.points, scored.reasons, tuple(group[1:])), scored))
    found.sort(key=lambda pair: (-round(pair[0].points, 1), -(_known(pair[0].candidate) or 0)))
    return found


def decide(evidence: Evidence, candidates: Iterable[Candidate]) -> Verdict:
    """The match, if it is sure: a wrong one is worse than none."""
    found = _rank(evidence, candidates)
    shown = tuple(ranked for ranked, _ in found if ranked.points >= SHOWN)[:SHOWN_AT_MOST]
    if not shown:
        return Verdict((), None, "No provider knows a title like it")
    first, scored = found[0]
    alone = len(found) < 2 or first.points - found[1][0].points + _more_popular(first, found[1][0]) >= LEAD
    if first.points < _enough(evidence, scored):
        if first.points < FITTING:
            return Verdict(shown, None, "No title fits well enough")
        return Verdict(shown, None, "Nothing but the title speaks for it" if alone else SEVERAL)
    if first.candidate.kind != evidence.kind and first.points < ID / 2:
        return Verdict(shown, None, "The title that fits best is of the other kind")
    if not alone:
        return Verdict(shown, None, SEVERAL)
    return Verdict(shown, first, "; ".join(reason.text for reason in first.reasons if reason.points > 0))


def _enough(evidence: Evidence, scored: Scored) -> float:
    if scored.backed:
        return SURE
    return SURE_BY_TITLE["movie" if scored.doubted else evidence.kind]


def _more_popular(one: Ranked, other: Ranked) -> float:
    """How much the better known of two is the likelier one, in points. Numbers of two services say nothing."""
    known = {each.provider: _known(each) for each in (other.candidate, *other.others)}
    pairs = [
        (mine, known[each.provider])
        for each in (one.candidate, *one.others)
        if (mine := _known(each)) and known.get(each.provider) is not None
    ]
    shares = [math.log10(mine / max(theirs or 0, mine / 1e3)) for mine, theirs in pairs]
    return max(-MOST_BY_POPULARITY, min(MOST_BY_POPULARITY, 0.6 * max(shares))) if shares else 0


def _known(candidate: Candidate) -> float | None:
    return candidate.votes if candidate.votes is not None else candidate.popularity


def _groups(candidates: Iterable[Candidate]) -> list[list[Candidate]]:
    groups: list[list[Candidate]] = []
    for candidate in candidates:
        group = next((group for group in groups if _belongs(candidate, group)), None)
        if group is None:
            groups.append([candidate])
        elif all((one.provider, one.id) != (candidate.provider, candidate.id) for one in group):
            group.append(candidate)
    return groups


def _belongs(candidate: Candidate, group: list[Candidate]) -> bool:
    return any(_one_title(candidate, other) for other in group) and not any(
        _ids(candidate)[key] != value for other in group for key, value in _ids(other).items() if key in _ids(candidate)
    )


def _one_title(one: Candidate, other: Candidate) -> bool:
    """Whether two providers speak of one title: by their ids, else by name and year."""
    if one.kind != other.kind:
        return False
    mine, theirs = _ids(one), _ids(other)
    if shared := mine.keys() & theirs.keys():
        return all(mine[key] == theirs[key] for key in shared)
    years = (one.first_year, other.first_year)
    same_year = years[0] is not None and years[1] is not None and abs(years[0] - years[1]) <= 1
    return same_year and bool(
        {normalise(title) for title in _names(one)} & {normalise(title) for title in _names(other)}
    )


def _ids(candidate: Candidate) -> dict[str, str]:
    return {**candidate.ids, candidate.provider: candidate.id}


def _names(candidate: Candidate) -> list[str]:
    """What it is called, and was called first."""
    return [candidate.name, *(title.text for title in candidate.titles[:1])]


def profile(group: list[Candidate]) -> Profile:
    """All that is known of a title, the first provider's word before the others'."""

    def first(values: Iterable[T | None]) -> T | None:
        return next((value for value in values if value), None)

    titles = [candidate.name for candidate in group]
    titles += [title.text for candidate in group for title in candidate.titles]
    return Profile(
        kind=group[0].kind,
        titles=tuple(dict.fromkeys(titles)),
        years=tuple(dict.fromkeys(one.first_year for one in group if one.first_year)),
        last_year=first(one.end.year if one.end else None for one in group),
        minutes=first(one.runtime for one in group),
        seasons=first(one.seasons for one in group),
        sizes=first(one.sizes for one in group) or {},
        episodes=first(one.episodes for one in group),
        countries=tuple(dict.fromkeys(country for one in group for country in one.countries)),
        language=first(one.original_language for one in group),
        ids={key: value for one in reversed(group) for key, value in _ids(one).items()},
    )
