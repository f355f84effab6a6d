"""Plays an address in GStreamer and prints what was seen and heard, as JSON. Run by a Python that has `gi`."""

from __future__ import annotations

import json
import sys
import time
from array import array
from typing import Any

import gi

gi.require_version("Gst", "1.0")
from gi.repository import Gst  # noqa: E402

WHITE, LOUD, APART = 200, 0.12, 0.5
PATIENCE = 50.0
PICTURE = "videoconvert ! videoscale ! video/x-raw,format=GRAY8,width=8,height=8 ! appsink name=sink sync=false"
SOUND = "audioconvert ! audioresample ! audio/x-raw,format=F32LE,channels=1,rate=48000 ! appsink name=sink sync=false"


class Pulses:
    """When each of a kind of pulse begins (s)."""

    def __init__(self) -> None:
        self.first: float | None = None
        self.last = 0.0
        self.found: list[float] = []
        self._last = float("-inf")

    def take(self, time: float, *, high: bool) -> None:
        self.first = time if self.first is None else self.first
        self.last = time
        if high:
            if abs(time - self._last) > APART:
                self.found.append(time)
            self._last = time


def main(url: str, seek: float) -> dict[str, Any]:
    Gst.init(None)
    player = Gst.ElementFactory.make("playbin3")
    flashes, beeps = [Pulses()], [Pulses()]
    complaints: list[str] = []
    sinks = {}
    for name, text in (("video-sink", PICTURE), ("audio-sink", SOUND)):
        made = Gst.parse_bin_from_description(text, True)
        player.set_property(name, made)
        sinks[name] = made.get_by_name("sink")
    player.set_property("uri", url)
    bus = player.get_bus()

    def complain() -> bool:
        """Until the end of the stream."""
        message = bus.pop_filtered(Gst.MessageType.EOS | Gst.MessageType.ERROR | Gst.MessageType.WARNING)
        if message is None:
            return False
        if message.type == Gst.MessageType.EOS:
            return True
        error, _ = message.parse_error() if message.type == Gst.MessageType.ERROR else message.parse_warning()
        complaints.append(f"{message.type.first_value_nick}: {error.message}")
        return message.type == Gst.MessageType.ERROR

    def take(kind: str) -> bool:
        """Take one sample; whether there was one."""
        sample = sinks[kind].emit("try-pull-sample", 5 * Gst.MSECOND)
        if sample is None:
            return False
        buffer, segment = sample.get_buffer(), sample.get_segment()
        begin = segment.to_stream_time(Gst.Format.TIME, buffer.pts) / Gst.SECOND
        data = buffer.extract_dup(0, buffer.get_size())
        if kind == "video-sink":
            flashes[-1].take(begin, high=sum(data) / len(data) > WHITE)
        else:
            for index, value in enumerate(array("f", data)):
                beeps[-1].take(begin + index / 48_000, high=abs(value) > LOUD)
        return True

    def play() -> None:
        """To the end."""
        moved = time.monotonic()
        ended = False
        while time.monotonic() < moved + PATIENCE:
            got = [take(kind) for kind in sinks]
            if any(got):
                moved = time.monotonic()
            elif ended:
                return
            else:
                time.sleep(0.002)
            ended = complain() or ended
        complaints.append("it stands still")

    player.set_state(Gst.State.PLAYING)
    play()
    player.set_state(Gst.State.NULL)
    player.get_state(5 * Gst.SECOND)
    flashes.append(Pulses())
    beeps.append(Pulses())
    if not complaints:
        player.set_state(Gst.State.PAUSED)
        if player.get_state(20 * Gst.SECOND)[0] == Gst.StateChangeReturn.FAILURE:
            complaints.append("it does not start again")
        player.seek_simple(Gst.Format.TIME, Gst.SeekFlags.FLUSH | Gst.SeekFlags.ACCURATE, int(seek * Gst.SECOND))
        player.set_state(Gst.State.PLAYING)
        play()
    player.set_state(Gst.State.NULL)
    return {
        "flashes": [one.found for one in flashes],
        "beeps": [one.found for one in beeps],
        "firsts": [one.first for one in flashes],
        "lasts": [max(one.last, other.last) for one, other in zip(flashes, beeps, strict=True)],
        "complaints": complaints,
    }


if __name__ == "__main__":
    json.dump(main(sys.argv[1], float(sys.argv[2])), sys.stdout)
