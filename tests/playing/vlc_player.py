"""Plays an address in VLC, at its speed, and prints what was shown and sounded when, as JSON."""

from __future__ import annotations

import json
import sys
import time
from array import array
from collections.abc import Callable
from ctypes import POINTER, c_void_p, cast, create_string_buffer, string_at
from typing import Any

import vlc

WHITE, LOUD, APART = 200, 0.12 * 32768, 0.5
SIDE = 16
PATIENCE = 50.0


class Pulses:
    """When each of a kind of pulse begins (s), on the clock of the machine."""

    def __init__(self) -> None:
        self.first: float | None = None
        self.last: float | None = None
        self.found: list[float] = []
        self._high = float("-inf")

    def take(self, time: float, *, high: bool) -> None:
        self.first = time if self.first is None else self.first
        self.last = time
        if high:
            if abs(time - self._high) > APART:
                self.found.append(time)
            self._high = time


class Player:
    def __init__(self, url: str, phase: float) -> None:
        """`phase`: how long (s) after a full second the file's pulses are."""
        self._phase = phase
        self.flashes, self.beeps = [Pulses()], [Pulses()]
        self.errors: list[str] = []
        self.places = [0.0]
        self._instance = vlc.Instance("--no-video-title-show", "--quiet", "--no-osd", "--no-plugins-cache")
        self._player = self._instance.media_player_new()
        self._picture = create_string_buffer(SIDE * SIDE * 4)
        # Kept, as VLC only has their addresses.
        self._callbacks = (
            vlc.CallbackDecorators.VideoLockCb(self._lock),
            vlc.CallbackDecorators.VideoDisplayCb(self._show),
            vlc.CallbackDecorators.AudioPlayCb(self._sound),
        )
        lock, show, sound = self._callbacks
        vlc.libvlc_video_set_callbacks(self._player, lock, vlc.CallbackDecorators.VideoUnlockCb(), show, None)
        self._player.video_set_format("RV32", SIDE, SIDE, SIDE * 4)
        nothing = [
            vlc.CallbackDecorators.AudioPauseCb(),
            vlc.CallbackDecorators.AudioResumeCb(),
            vlc.CallbackDecorators.AudioFlushCb(),
            vlc.CallbackDecorators.AudioDrainCb(),
        ]
        vlc.libvlc_audio_set_callbacks(self._player, sound, *nothing, None)
        self._player.audio_set_format("S16N", 48_000, 1)
        media = self._instance.media_new(url)
        self._player.set_media(media)

    def _lock(self, _: Any, planes: Any) -> None:
        cast(planes, POINTER(c_void_p))[0] = cast(self._picture, c_void_p)

    def _show(self, *_: Any) -> None:
        pixels = self._picture.raw
        mean = (sum(pixels) - sum(pixels[3::4])) / (SIDE * SIDE * 3)
        self.flashes[-1].take(vlc.libvlc_clock() / 1e6, high=mean > WHITE)

    def _sound(self, _: Any, samples: int, count: int, pts: int) -> None:
        for index, value in enumerate(array("h", string_at(samples, count * 2))):
            self.beeps[-1].take(pts / 1e6 + index / 48_000, high=abs(value) > LOUD)

    def until(self, condition: Callable[[], bool], seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self._player.get_state() in (vlc.State.Ended, vlc.State.Error) or condition():
                return True
            time.sleep(0.02)
        return False

    def play(self, stay: float, seek: float) -> dict[str, Any]:
        self._player.play()
        if not self.until(lambda: self._player.get_time() >= stay * 1000, stay + PATIENCE):
            self.errors.append(f"it stands still at {self._player.get_time()} ms")
        for watched in (self.flashes, self.beeps):
            watched.append(Pulses())
        self.places.append(seek)
        self._player.set_time(int(seek * 1000))
        if not self.until(lambda: False, PATIENCE):
            self.errors.append(f"it does not end: {self._player.get_time()} ms")
        ended = self._player.get_state() == vlc.State.Ended
        self._player.stop()
        return {
            "flashes": self.on_film(self.flashes),
            "beeps": self.on_film(self.beeps),
            "firsts": [one.first for one in self.flashes],
            "stayed": self.last(0),
            "last": self.last(1),
            "ended": ended,
            "complaints": self.errors,
        }

    def zero(self, part: int) -> float | None:
        """When the film's 0 was, or would have been, on the clock of the machine: what comes first is that of the
        place; then so that the pulses are where those of the file are in their seconds."""
        begins = [one.first for one in (self.beeps[part], self.flashes[part]) if one.first is not None]
        if not begins:
            return None
        # At the start, whatever comes first; after a seek the picture may stand until it goes on.
        about = (begins[0] if part else min(begins)) - self.places[part]
        # Where no sound tells, pictures are as late as they were where one did.
        pulses = self.beeps[part].found or [time - self.lateness for time in self.flashes[part].found]
        rests = sorted((time - about - self._phase + 0.5) % 1 - 0.5 for time in pulses)
        return about + (rests[len(rests) // 2] if rests else 0.0)

    @property
    def lateness(self) -> float:
        """How much later than its beep a flash is shown."""
        pairs = zip(self.flashes, self.beeps, strict=True)
        late = sorted(
            flash - beep
            for ours, theirs in pairs
            for flash in ours.found
            for beep in theirs.found
            if abs(flash - beep) < 0.3
        )
        return late[len(late) // 2] if late else 0.0

    def on_film(self, watched: list[Pulses]) -> list[float]:
        zeros = [self.zero(part) for part in range(len(watched))]
        return [time - zero for one, zero in zip(watched, zeros, strict=True) if zero is not None for time in one.found]

    def last(self, part: int) -> float:
        zero = self.zero(part)
        # Sound is handed out long before it sounds.
        ends = [one.last for one in (self.flashes[part], self.beeps[part]) if one.last is not None]
        return ends[0] - zero if ends and zero is not None else 0.0


if __name__ == "__main__":
    url, *numbers = sys.argv[1:]
    stay, seek, phase = (float(number) for number in numbers)
    json.dump(Player(url, phase).play(stay, seek), sys.stdout)
