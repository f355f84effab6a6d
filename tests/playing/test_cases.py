"""What `make test-all` plays of the matrix: some of each kind, and all that ever went wrong."""

from __future__ import annotations

from collections.abc import Collection

import pytest

from tests.playing import test_browsers, test_programs
from tests.playing.cases import ENCODED, FAILED, cases, every, telling
from tests.playing.files import BY_NAME
from tests.playing.known import KNOWN
from tests.playing.programs import PROGRAMS
from tests.playing.test_own_page import PLAYER

MODULES = [test_browsers.PLAYERS, tuple(PROGRAMS), (PLAYER,)]
#: A film is watched for some seven seconds, in each of three modules, on two cores: `make test-all` takes half an hour.
MOST = 40


@pytest.mark.parametrize("players", MODULES, ids=str)
def test_some_thirty_cases_tell_a_third_of_them_encoded(players: Collection[str]) -> None:
    chosen = telling(players)
    assert chosen <= set(every())
    assert 30 <= len(chosen) <= MOST
    assert sum(what == ENCODED for _, what in chosen) >= len(chosen) / 3


@pytest.mark.parametrize("players", MODULES, ids=str)
def test_what_is_known_of_a_player_is_played_in_it(players: Collection[str]) -> None:
    known = [one for one in KNOWN if set(players) & set(one.players)]
    played = {name for name, _ in telling(players)}
    assert all(played & set(one.files) for one in known)


@pytest.mark.parametrize("sample", [test_browsers.SAMPLE, test_programs.SAMPLE])
def test_each_case_is_of_one_level(sample: Collection[tuple[str, str]]) -> None:
    marks = {
        getattr(case, "values", case): {mark.name for mark in getattr(case, "marks", ())}
        for case in cases(sample, PROGRAMS)
    }
    assert {case for case, named in marks.items() if not named} == set(sample)
    assert {case for case, named in marks.items() if named == {"exhaustive"}} == telling(PROGRAMS) - set(sample)
    assert all(named <= {"exhaustive", "matrix"} and len(named) < 2 for named in marks.values())
    assert marks.keys() > FAILED
    assert {name for name, _ in marks} < BY_NAME.keys()
