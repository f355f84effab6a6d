"""Segment boundaries of a track: from keyframes for copied video, a regular grid for audio. Times in seconds from 0."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, pairwise, repeat

from kyoo.transcoder.models.media import VideoTrack

#: Least lengths of the first segments, so that a first picture comes early, and of all later ones.
FIRST_LENGTHS = (1.0, 1.0, 2.0)
LENGTH = 3.0
#: A segment is closed before its minimum when waiting for the next keyframe would make it longer than this.
STRETCHED = 6.0
#: A track with keyframes further apart than this (s) cannot be cut into segments unchanged.
LONGEST_GAP = 30.0
#: Lengths of encoded segments where the source sets none: any picture can be made a keyframe.
FREE_LENGTHS = (1.0, 1.0, 2.0)
FREE_LENGTH = 4.0
#: Pictures of a free segment at least, up to its full length: decoders show nothing of the first one alone.
FEWEST = 4
#: At a lower rate (pictures a second) bounds may have no picture near them.
SLOW = 1.0
#: An encoded segment is never longer (s), whatever the source's groups of pictures.
LONGEST_ENCODED = 6.0

#: AAC frames of 1024 samples at 48 kHz: boundaries lie on frames, so that encoders started anywhere meet there.
AUDIO_FRAME = 1024 / 48_000
AUDIO_FRAMES = 188
#: Frames of lossless codecs are as long as four of AAC: what is copied of them begins at its bounds as well.
AUDIO_UNIT = 4 * AUDIO_FRAME
#: How much (s) earlier than its index says a keyframe may come, and than it was told to one that an encoder makes.
TOLERANCE, ENCODED_TOLERANCE = 0.1, 0.005
#: A tail shorter than this is joined to the segment before it.
SHORTEST = 0.25
#: How long (s) the last picture stands still at most for sound that goes on. It is one segment.
LONGEST_STILL = 10.0


@dataclass(frozen=True)
class Timeline:
    """Segment n lasts from `bounds[n]` to `bounds[n + 1]`; a bound is where the group of one of `keyframes` begins, or
    a picture that can be made one. `openings` are the bounds of open groups, with the keyframe that is shown a little
    later: what is before it can be decoded only by who has decoded the group before."""

    bounds: tuple[float, ...]
    keyframes: tuple[float, ...] = ()
    openings: Mapping[float, float] = field(default_factory=dict, hash=False)

    def __len__(self) -> int:
        return len(self.bounds) - 1

    def start(self, number: int) -> float:
        return self.bounds[number]

    def end(self, number: int) -> float:
        return self.bounds[number + 1]

    @property
    def is_copied(self) -> bool:
        """Whether segments begin with keyframes of the source, not with ones that an encoder makes."""
        return bool(self.keyframes)

    def entry(self, number: int) -> float:
        """From when on pictures can be shown by who begins with segment `number`."""
        return self.openings.get(self.bounds[number], self.bounds[number])

    def at(self, time: float) -> int:
        """The segment that contains `time`."""
        return min(max(bisect_right(self.bounds, time) - 1, 0), len(self) - 1)

    def until(self, end: float) -> Timeline:
        """The last segment goes on to `end`, or so far as the last picture may stand still."""
        *earlier, last = self.bounds
        return replace(self, bounds=(*earlier, max(last, min(end, last + LONGEST_STILL))))

    def tolerance(self, number: int) -> float:
        """How much (s) earlier than its bound segment `number` may begin: no other keyframe is taken for its."""
        if not self.is_copied:
            return ENCODED_TOLERANCE
        bound = self.bounds[number]
        before = bisect_left(self.keyframes, bound)
        return min(TOLERANCE, (bound - self.keyframes[before - 1]) / 2) if before else TOLERANCE


def copied_timeline(track: VideoTrack) -> Timeline:
    """Every bound is where a group of pictures of the source begins."""
    bounds = _closed(_from_groups([begin for _, begin in track.groups], track.end), track.end)
    return Timeline(bounds, tuple(track.keyframes), _openings(track))


def encoded_timeline(track: VideoTrack, *, copyable: bool) -> Timeline:
    """One for all encoded qualities. Of a track that is offered as a copy as well it has all bounds of that, so that a
    player can change quality at each of them, and more where those lie far apart."""
    if copyable:
        copied = copied_timeline(track)
        return Timeline(tuple(_divided(copied.bounds, track)), openings=copied.openings)
    bounds = [_at_picture(bound, track, track.begin) for bound in _free(track)]
    return Timeline(_closed(bounds, track.end))


def audio_timeline(end: float, pictures: Timeline | None = None) -> Timeline:
    """Bounds up to `end` (s) lie on frames, each within 43 ms of one of the pictures. Where a quality is changed hls.js
    throws away what it has of both from a place on that suits the pictures; up to 0.25 s before the end of a segment of
    sound it would go on with the next one, and skip what is between."""
    step = AUDIO_FRAME * AUDIO_FRAMES
    bounds = [round(bound / AUDIO_UNIT) * AUDIO_UNIT for bound in pictures.bounds] if pictures else [0.0]
    while bounds[-1] + step < end:
        bounds.append(bounds[-1] + step)
    inside = dict.fromkeys(bound for bound in bounds if bound < end)
    return Timeline(_closed(list(inside) or [0.0], end))


def _openings(track: VideoTrack) -> dict[float, float]:
    return {begin: keyframe for keyframe, begin in track.groups if begin < keyframe}


def _from_groups(begins: list[float], end: float) -> list[float]:
    bounds = [0.0]
    minimums = chain(FIRST_LENGTHS, repeat(LENGTH))
    minimum = next(minimums)
    for this, following in zip(begins, [*begins, end][1:], strict=True):
        length = this - bounds[-1]
        # The very first group may begin a little after 0; what is before it belongs to no segment of its own.
        if this == begins[0] or length < SHORTEST:
            continue
        if length >= minimum or following - bounds[-1] > max(STRETCHED, minimum):
            bounds.append(this)
            minimum = next(minimums)
    return bounds


def _divided(bounds: Sequence[float], track: VideoTrack) -> Iterator[float]:
    """`bounds`, and what divides the segments that are too long into equal ones."""
    for begin, end in pairwise(bounds):
        parts = 1 if end - begin <= LONGEST_ENCODED else math.ceil((end - begin) / FREE_LENGTH)
        yield from (_at_picture(begin + (end - begin) * part / parts, track, begin) for part in range(parts))
    yield bounds[-1]


def _free(track: VideoTrack) -> list[float]:
    bounds = [0.0]
    least = FEWEST / max(track.frame_rate, FEWEST / FREE_LENGTH)
    lengths = (max(length, least) for length in chain(FREE_LENGTHS, repeat(FREE_LENGTH)))
    while (following := bounds[-1] + next(lengths)) < track.end:
        bounds.append(following)
    return bounds


def _at_picture(time: float, track: VideoTrack, first: float) -> float:
    """The time of the picture of a steady rate that is nearest to `time`, if `first` is that of one before."""
    if track.is_variable or track.frame_rate < SLOW or time <= first:
        return time
    return first + round((time - first) * track.frame_rate) / track.frame_rate


def _closed(bounds: list[float], end: float) -> tuple[float, ...]:
    """`bounds` with the end added; a very short tail is joined to what is before it."""
    while len(bounds) > 1 and end - bounds[-1] < SHORTEST:
        bounds.pop()
    return (*bounds, max(end, bounds[-1] + 0.001))
