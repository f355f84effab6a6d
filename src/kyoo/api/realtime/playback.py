"""Where the playback of a room stands, and what moves it. Pure: no clock, no database."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

#: Whoever is not ready, or buffers, is waited for so long.
PATIENCE = timedelta(seconds=15)


@dataclass(frozen=True, slots=True)
class Playback:
    """`position` (s) is right at the moment `at`. `wanted`: somebody has pressed play, and others are waited for since
    `waits_since`."""

    paused: bool
    position: float
    rate: float
    at: datetime
    by: str
    version: int
    wanted: bool = False
    waits_since: datetime | None = None

    def position_at(self, now: datetime) -> float:
        if self.paused:
            return self.position
        return self.position + max(0.0, (now - self.at).total_seconds()) * self.rate

    def moved(self, now: datetime, *, position: float | None = None) -> Playback:
        """The same, as of `now`."""
        place = self.position_at(now) if position is None else position
        return replace(self, position=max(0.0, place), at=now)

    def play(self, now: datetime, by: str, *, position: float | None, waits: bool) -> Playback:
        """Go on; not before those are there who have to be waited for."""
        begun = replace(self.moved(now, position=position), by=by, version=self.version + 1, wanted=True)
        return replace(begun, paused=True, waits_since=now) if waits else replace(begun, paused=False, waits_since=None)

    def pause(self, now: datetime, by: str, *, position: float | None) -> Playback:
        held = self.moved(now, position=position)
        return replace(held, paused=True, by=by, version=self.version + 1, wanted=False, waits_since=None)

    def seek(self, now: datetime, by: str, *, position: float) -> Playback:
        return replace(self.moved(now, position=position), by=by, version=self.version + 1)

    def at_rate(self, now: datetime, by: str, *, rate: float) -> Playback:
        return replace(self.moved(now), rate=rate, by=by, version=self.version + 1)

    def settled(self, now: datetime, *, waits: bool) -> Playback:
        """Held for whoever has to be waited for, and on again when they are there or have been waited for enough. The
        same object when nothing changes."""
        if waits and not self.paused:
            held = self.moved(now)
            return replace(held, paused=True, version=self.version + 1, wanted=True, waits_since=now)
        late = self.waits_since is not None and now - self.waits_since >= PATIENCE
        if self.paused and self.wanted and (not waits or late):
            return replace(self.moved(now), paused=False, version=self.version + 1, waits_since=None)
        return self
