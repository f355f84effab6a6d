"""The lines that tell how far the first scan is."""

from __future__ import annotations

import httpx2
import pytest

from kyoo.serve import progress
from kyoo.serve.progress import Console, follow_first_scan


class Lines(Console):
    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []

    @property
    def interactive(self) -> bool:
        return False

    def step(self, text: str) -> None:
        self.said.append(text)


async def _at_once(_: float) -> None:
    pass


async def test_a_scanner_that_does_not_answer_for_a_while_has_not_finished(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress.asyncio, "sleep", _at_once)  # type: ignore[attr-defined]
    answers = iter(
        [
            httpx2.Response(200, json={"running": False, "found": 0}),
            httpx2.Response(200, json={"running": True, "found": 3, "identified": 1}),
            httpx2.Response(503, json={"detail": "The database does not answer"}),
            httpx2.ConnectError("refused"),
            httpx2.Response(200, json={"running": True, "found": 4, "identified": 2, "failed": 1}),
            httpx2.Response(200, json={"running": False, "found": 4, "identified": 3, "failed": 1}),
        ]
    )

    def answer(_: httpx2.Request) -> httpx2.Response:
        said = next(answers)
        if isinstance(said, Exception):
            raise said
        return said  # type: ignore[return-value]

    console = Lines()
    async with httpx2.AsyncClient(base_url="http://kyoo", transport=httpx2.MockTransport(answer)) as peer:
        await follow_first_scan(peer, console)
    assert console.said == [
        "Scanning: 1 of 3 files",
        "Scanning: 3 of 4 files",
        "The library is scanned: 3 files, 1 could not be read (see Admin)",
    ]
