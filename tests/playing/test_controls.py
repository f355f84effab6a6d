"""What is known to go wrong in a player goes wrong there without our server, too: whose fault it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.conftest import browser
from tests.playing.browsers import PLAYERS, watch
from tests.playing.controls import CONTROLS
from tests.playing.known import KNOWN, Known
from tests.playing.programs import PROGRAMS
from tests.playing.served import Served
from tests.playing.watching import faults, truth

__all__ = ["browser"]

#: `make test-all` plays the first file of each kind.
CASES = [
    pytest.param(
        one,
        player,
        file,
        id=f"{player}-{file}-{one.control}",
        marks=[
            pytest.mark.exhaustive if file == one.files[0] else pytest.mark.matrix,
            *([pytest.mark.browser] if player in PLAYERS else []),
        ],
    )
    for one in KNOWN
    if one.control
    for player in one.players
    for file in one.files
]


@pytest.mark.parametrize(("one", "player", "file"), CASES)
def test_it_goes_wrong_without_us(
    request: pytest.FixtureRequest, served: Served, tmp_path: Path, one: Known, player: str, file: str
) -> None:
    real = truth(file)
    address = served.control(CONTROLS[one.control or ""](real.path))
    if player in PROGRAMS:
        if not PROGRAMS[player].is_there():
            pytest.skip(f"{player} is not installed")
        seen = PROGRAMS[player].play(address, real, tmp_path)
    else:
        seen = watch(request.getfixturevalue("browser"), served, real, lambda: address, [player])[player]
    assert any(map(one.covers, faults(seen, real)))
