"""Sources of ffmpeg: opened by a thread, which goes on when nobody wants the file any more."""

from __future__ import annotations

import asyncio
import os
import threading
from pathlib import Path
from typing import Any

import psutil
import pytest
from tests.waiting import until

from kyoo.transcoder.ffmpeg.running import open_source


async def test_a_source_that_nobody_wants_any_more_is_closed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An encoder is ended while it begins, as by a viewer who seeks on."""
    film = tmp_path / "film.mkv"
    film.write_bytes(b"film")
    begun, go_on, opened = threading.Event(), threading.Event(), threading.Event()
    really_open = os.open

    def slowly(path: Any, flags: int) -> int:
        begun.set()
        go_on.wait(30)
        descriptor = really_open(path, flags)
        opened.set()
        return descriptor

    monkeypatch.setattr("kyoo.transcoder.ffmpeg.running.os.open", slowly)
    opening = asyncio.create_task(open_source(film))
    await until(begun.is_set)
    opening.cancel()
    await asyncio.gather(opening, return_exceptions=True)
    go_on.set()
    await until(opened.is_set)
    await until(lambda: str(film) not in [file.path for file in psutil.Process().open_files()])
