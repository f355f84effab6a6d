"""What a socket plays: whether a report begins, goes on with, holds or ends a play (docs/using/realtime.md#frames)."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

State = Literal["playing", "paused", "stopped"]
PlayType = Literal["started", "paused", "resumed", "stopped", "progress"]

#: A player that reports nothing for so many seconds has stopped.
SILENCE = 30.0


@dataclass(frozen=True, slots=True)
class PlayerReport:
    """How far a video has come; `state` is what the player says itself, None of clients that do not say it."""

    entry: str
    video: UUID
    percent: int
    time: int
    state: State | None


class Playing:
    """Of one socket, which plays one thing at a time."""

    def __init__(self) -> None:
        #: The last report of what is played; None when nothing is.
        self.last: PlayerReport | None = None
        self._state: State = "stopped"
        self._at = 0.0

    def other(self, report: PlayerReport) -> bool:
        """Whether something else was played until this report."""
        return self.last is not None and (self.last.entry, self.last.video) != (report.entry, report.video)

    def hear(self, report: PlayerReport) -> PlayType:
        """What happens to the play of this report."""
        begins = self.last is None or self.other(report)
        state = report.state or self._guess(report, begins=begins)
        before, self._state = self._state, state
        self.last = None if state == "stopped" else report
        self._at = time.monotonic()
        if state == "stopped":
            return "stopped"
        if begins:
            return "started"
        if state == before:
            return "progress"
        return "paused" if state == "paused" else "resumed"

    def _guess(self, report: PlayerReport, *, begins: bool) -> State:
        return "paused" if not begins and self.last is not None and report.time == self.last.time else "playing"

    @property
    def is_silent(self) -> bool:
        """Whether a player that is not known to be paused has said nothing for too long."""
        said_so = self.last is not None and self.last.state == "paused"
        return self.last is not None and not said_so and time.monotonic() - self._at > SILENCE

    def stop(self) -> PlayerReport | None:
        """What was played and is not any more."""
        last, self.last, self._state = self.last, None, "stopped"
        return last
