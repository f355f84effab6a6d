"""What becomes of a show that a tracker knows, too, by what both agreed on last: without database and services."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from kyoo.api.trackers.base import Remote, RemotePlay, Status
from kyoo.api.trackers.merging import Bases, Entry, Plan, Play, Rule, Show, plan, without
from kyoo.api.trackers.services.mal import MyAnimeList
from kyoo.api.trackers.services.trakt import Trakt

NOW = datetime(2026, 3, 1, tzinfo=UTC)
BEFORE, SINCE = NOW - timedelta(days=1), NOW + timedelta(days=1)


def facts(kind: str, ids: dict[str, Any], season: int | None = None, number: int | None = None) -> dict[str, Any]:
    entry = {"kind": kind, "slug": "x", "season": season, "number": number, "ids": ids if season else {}}
    return {
        "show": {"kind": "serie" if season else "movie", "ids": {} if season else ids, "seasons": 2},
        "entry": entry,
    }


def episode(pk: int, mal: str, number: int, *plays: datetime) -> Entry:
    ids = {"myanimelist": [{"serieId": mal, "season": None, "episode": number}]}
    seen = tuple(Play(n, at) for n, at in enumerate(plays))
    return Entry(pk, str(pk), f"e{pk}", facts("episode", ids, 1, number), seen)


#: Two seasons, which are titles of their own there.
SERIE = Show(1, "1", "serie", "serie", (episode(1, "10", 1), episode(2, "10", 2), episode(3, "20", 1)))
FILM = Show(2, "2", "film", "movie", (Entry(9, "9", "film", facts("movie", {"tmdb": [{"dataId": "5"}]}), ()),))
TMDB, FIRST, SECOND = "themoviedatabase:5", "myanimelist:10", "myanimelist:20"


def title(status: Status | None, progress: int | None = None, at: datetime | None = NOW, **more: Any) -> Remote:
    return Remote("serie", {"myanimelist": "10"}, status=status, progress=progress, updated_at=at, **more)


def film(*plays: datetime | None, **more: Any) -> Remote:
    given = [RemotePlay(None, None, at) for at in plays]
    return Remote("movie", {"themoviedatabase": "5"}, plays=given, updated_at=NOW, **more)


def of_mal(show: Show, *remotes: Remote, rule: Rule = "merge", bases: Bases | None = None, whole: bool = True) -> Plan:
    return plan(show, remotes, rule, tracker=MyAnimeList, bases=bases or {}, now=SINCE, whole=whole)


def of_trakt(show: Show, *remotes: Remote, rule: Rule = "merge", bases: Bases | None = None) -> Plan:
    return plan(show, remotes, rule, tracker=Trakt, bases=bases or {}, now=SINCE)


def test_a_season_that_is_completed_does_not_complete_the_serie() -> None:
    made = of_mal(SERIE, title("completed", 2))
    assert ([entry.pk for entry, _ in made.add], made.status) == ([1, 2], "watching")
    both = {FIRST: {"status": "completed", "progress": 2}}
    second = replace(title("completed", 1), ids={"myanimelist": "20"})
    assert of_mal(replace(SERIE, status="watching", listed_at=BEFORE), second, bases=both).status == "completed"


@pytest.mark.parametrize(
    ("listed_at", "base", "waiting", "expected"),
    [
        (SINCE, "watching", (), "dropped"),  # changed there alone, whatever the clocks say
        (BEFORE, "planned", (), "dropped"),  # changed on both sides: there last
        (SINCE, "planned", (), None),  # here last
        (SINCE, "dropped", (), None),  # changed here alone
        (SINCE, "watching", ("status",), None),  # here last, and still to be told
    ],
)
def test_the_side_that_changed_counts_and_else_the_newest(
    listed_at: datetime, base: str, waiting: tuple[str, ...], expected: str | None
) -> None:
    show = replace(SERIE, status="watching", listed_at=listed_at, waiting=frozenset(waiting))
    made = of_mal(show, title("dropped"), bases={FIRST: {"status": base}})
    assert made.status == expected
    assert ("status" in made.obsolete) == (expected is not None)


def test_what_was_unmarked_here_does_not_come_back_by_a_look() -> None:
    made = of_mal(SERIE, title("watching", 2), bases={FIRST: {"status": "watching", "progress": 1}}, whole=False)
    assert [entry.pk for entry, _ in made.add] == [2]
    assert [entry.pk for entry, _ in of_mal(SERIE, title("watching", 2), bases={FIRST: {"progress": 1}}).add] == [1, 2]


def test_plays_come_once() -> None:
    assert [at for _, at in of_trakt(FILM, film(NOW, NOW), film(NOW)).add] == [NOW]
    assert [at for _, at in of_trakt(FILM, film(None)).add] == [NOW]
    seen = replace(FILM, entries=(replace(FILM.entries[0], plays=(Play(1, NOW - timedelta(minutes=20)),)),))
    assert of_trakt(seen, film(NOW, NOW + timedelta(hours=3))).add == [(seen.entries[0], NOW + timedelta(hours=3))]
    untold = replace(seen, entries=(replace(seen.entries[0], untold=True),))
    assert (len(of_trakt(seen, film()).tell_plays), of_trakt(untold, film()).tell_plays) == (1, [])


def test_what_is_gone_there_goes_here_unless_it_changed_here() -> None:
    planned, bases = replace(FILM, status="planned", listed_at=BEFORE), {TMDB: {"status": "planned", "score": 70}}
    gone = {TMDB: {"status": "planned"}}
    made = without(planned, gone, "merge", tracker=Trakt, bases=bases)
    assert (made.unlist, made.status, made.bases) == (True, None, {TMDB: {"score": 70}})
    # It has been watched: off the watchlist is no reason to forget that.
    seen = replace(planned, entries=(replace(FILM.entries[0], plays=(Play(1, NOW),)),))
    assert without(seen, gone, "merge", tracker=Trakt, bases=bases).status == "completed"
    for changed in (replace(planned, status="watching"), replace(planned, waiting=frozenset({"status"}))):
        made = without(changed, gone, "merge", tracker=Trakt, bases=bases)
        assert (made.unlist, made.status) == (False, None)
    assert without(planned, gone, "ours", tracker=Trakt, bases=bases).tell_status
    scored = without(replace(planned, score=70), {TMDB: {"score": 70}}, "merge", tracker=Trakt, bases=bases)
    assert (scored.unscore, scored.unlist) == (True, False)
    assert not without(replace(planned, score=90), {TMDB: {"score": 70}}, "merge", tracker=Trakt, bases=bases).unscore
