"""Awkward files in players that are programs, those that are installed: in sync, where one seeks, to the end."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.playing.cases import cases
from tests.playing.known import news
from tests.playing.programs import PROGRAMS
from tests.playing.served import Served
from tests.playing.watching import faults, truth

#: What `make test` tries: reordered pictures, copied, and encoded ones with sound that is not AAC.
SAMPLE = {("mpeg4-avi-b-frames", "encoded")}
#: How often a player may try: those that play at the speed of the film are disturbed by other tests.
VIEWINGS = 3


@pytest.mark.parametrize(("name", "what"), cases(SAMPLE, PROGRAMS))
def test_a_file_plays(
    served: Served, tmp_path: Path, name: str, what: str, record_property: Callable[[str, object], None]
) -> None:
    real = truth(name)
    path = served.add(real.path, f"{name}{real.path.suffix}")
    address = served.encoded if what == "encoded" else served.master

    def play(player: str) -> tuple[list[str], list[str]]:
        """The complaints, and those that are news."""
        folder = tmp_path / player
        folder.mkdir()
        for _ in range(VIEWINGS):
            found = faults(PROGRAMS[player].play(address(path, uuid.uuid4().hex), real, folder), real)
            if not (new := news(player, name, what, found)):
                break
        return found, new

    players = [player for player, program in PROGRAMS.items() if program.is_there()]
    with ThreadPoolExecutor(len(players)) as pool:
        said = dict(zip(players, pool.map(play, players), strict=True))
    for player, (found, _) in said.items():
        record_property(player, "; ".join(found))
    assert {player: new for player, (_, new) in said.items()} == {player: [] for player in players}
