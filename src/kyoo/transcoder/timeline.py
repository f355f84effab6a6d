"""Segment boundaries of a track: from keyframes for video, a regular grid for audio. Times in seconds from 0."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from itertools import chain, repeat

from kyoo.transcoder.models.media import AudioTrack, VideoTrack

#: Least lengths of the first segments, so that a first picture comes early, and of all later ones.
FIRST_LENGTHS = (1.0, 1.0, 2.0)
LENGTH = 3.0
#: A segment is closed before its minimum when waiting for the next keyframe would make it longer than this.
STRETCHED = 6.0
#: A track with keyframes further apart than this (s) cannot be cut into segments unchanged.
LONGEST_GAP = 30.0
#: Lengths of the segments of a track that is always re-encoded: any picture can be made a keyframe.
FREE_LENGTHS = (1.0, 1.0, 2.0)
FREE_LENGTH = 4.0

#: AAC frames of 1024 samples at 48 kHz: boundaries lie on frames, so that encoders started anywhere meet there.
AUDIO_FRAME = 1024 / 48_000
AUDIO_FRAMES = 188
#: A tail shorter than this is joined to the segment before it.
SHORTEST = 0.25


@dataclass(frozen=True)
class Timeline:
    """Segment n lasts from `bounds[n]` to `bounds[n + 1]`. `on_keyframes`: every bound is a keyframe of the source."""

    bounds: tuple[float, ...]
    on_keyframes: bool

    def __len__(self) -> int:
        return len(self.bounds) - 1

    def start(self, number: int) -> float:
        return self.bounds[number]

    def end(self, number: int) -> float:
        return self.bounds[number + 1]

    def at(self, time: float) -> int:
        """The segment that contains `time`."""
        return min(max(bisect_right(self.bounds, time) - 1, 0), len(self) - 1)


def video_timeline(track: VideoTrack, *, copyable: bool) -> Timeline:
    """One timeline for all qualities of a track, so that a player can change quality at every segment."""
    if copyable:
        return Timeline(_closed(_from_keyframes(track.keyframes, track.end), track.end), on_keyframes=True)
    return Timeline(_closed(_free(track.end), track.end), on_keyframes=False)


def audio_timeline(track: AudioTrack) -> Timeline:
    step = AUDIO_FRAME * AUDIO_FRAMES
    count = max(1, int(track.end / step))
    return Timeline(_closed([step * number for number in range(count + 1)], track.end), on_keyframes=False)


def _from_keyframes(keyframes: list[float], end: float) -> list[float]:
    bounds = [0.0]
    minimums = chain(FIRST_LENGTHS, repeat(LENGTH))
    minimum = next(minimums)
    for this, following in zip(keyframes, [*keyframes[1:], end], strict=True):
        length = this - bounds[-1]
        # The very first keyframe may come a little after 0; what is before it belongs to no segment of its own.
        if this == keyframes[0] or length < SHORTEST:
            continue
        if length >= minimum or following - bounds[-1] > max(STRETCHED, minimum):
            bounds.append(this)
            minimum = next(minimums)
    return bounds


def _free(end: float) -> list[float]:
    bounds = [0.0]
    lengths = chain(FREE_LENGTHS, repeat(FREE_LENGTH))
    while (following := bounds[-1] + next(lengths)) < end:
        bounds.append(following)
    return bounds


def _closed(bounds: list[float], end: float) -> tuple[float, ...]:
    """`bounds` with the end added; a very short tail is joined to what is before it."""
    while len(bounds) > 1 and end - bounds[-1] < SHORTEST:
        bounds.pop()
    return (*bounds, max(end, bounds[-1] + 0.001))
