"""Awkward files in players that are programs, those that are installed: in sync, where one seeks, to the end."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest

from tests.playing.files import BY_NAME
from tests.playing.programs import PROGRAMS
from tests.playing.served import Served
from tests.playing.watching import faults, truth

#: What `make test` tries: reordered pictures, copied, and encoded ones with sound that is not AAC.
SAMPLE = {("ffmpeg", "h264-mp4-index-last", "offered"), ("ffmpeg", "mpeg4-avi-b-frames", "encoded")}
CASES = [(player, name, what) for name in BY_NAME for what in ("offered", "encoded") for player in PROGRAMS]


@pytest.mark.parametrize(
    ("player", "name", "what"),
    [case if case in SAMPLE else pytest.param(*case, marks=pytest.mark.exhaustive) for case in CASES],
)
def test_a_file_plays(served: Served, tmp_path: Path, player: str, name: str, what: str) -> None:
    play, is_there = PROGRAMS[player]
    if not is_there():
        pytest.skip(f"{player} is not installed")
    real = truth(name)
    path = served.add(real.path, f"{name}{real.path.suffix}")
    address = served.encoded if what == "encoded" else served.master
    assert faults(play(address(path, uuid.uuid4().hex), real, tmp_path), real) == []
