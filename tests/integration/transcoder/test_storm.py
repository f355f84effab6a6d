"""Twelve viewers who seek without rest while encoders are killed: nobody hangs, and nothing is left behind."""

from __future__ import annotations

from pathlib import Path

import psutil
import pytest
from tests.storm import TREE, Outcome, Transcoder, films, storm, stormy
from tests.waiting import until

from kyoo.transcoder.hls.admission import encoders_for

VIEWERS = 12
#: Of pictures, on two cores; copies and sound have eight times as many.
ENCODERS = encoders_for(2)


def open_films(server: Transcoder) -> list[str]:
    return [file.path for file in psutil.Process(server.pid).open_files() if server.library in Path(file.path).parents]


async def weather(conninfo: str, folder: Path, size: str, seconds: float, kill: float, **variables: str) -> Outcome:
    """What a storm brings, and nothing of it is left."""
    settings = {"KYOO_ENCODERS": str(ENCODERS), "KYOO_CLIENT_IDLE": "1", **variables}
    async with stormy(TREE, conninfo, folder, films(4, size), **settings) as (server, paths):
        outcome = await storm(server, paths, viewers=VIEWERS, seconds=seconds, kill=kill)
        await until(lambda: not [*server.encoders(), *open_films(server)])
        launched = {process.pid for process in psutil.Process(server.pid).children(recursive=True)}
    (heavy, light), bound = outcome.most, int(settings["KYOO_ENCODERS"])
    assert heavy <= bound
    assert light <= bound * 8
    assert outcome.wrong == []
    # One that is killed cuts off whoever reads from it, and nothing else does.
    assert outcome.broken <= outcome.killed * VIEWERS
    assert not [pid for pid in launched if psutil.pid_exists(pid)]
    assert [file for file in server.cache.rglob("*") if file.is_file()] == []
    return outcome


async def test_a_storm_without_room_to_wait_is_told_to_come_back(conninfo: str, tmp_path: Path) -> None:
    outcome = await weather(conninfo, tmp_path, "640x480", 4, 1, KYOO_ENCODERS="1", KYOO_ENCODER_WAIT="0")
    assert outcome.refused > 0
    assert outcome.served


@pytest.mark.exhaustive
async def test_a_storm_is_served(conninfo: str, tmp_path: Path) -> None:
    """The seconds are those of two cores: who waits longer for a seek is told to come back, and that is to be rare."""
    outcome = await weather(conninfo, tmp_path, "1280x720", 60, 2)
    assert outcome.share >= 0.95
