"""Where ffmpeg is sent so that it begins to read at the keyframe of a segment."""

from __future__ import annotations

import math
from bisect import bisect_right
from itertools import accumulate

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.unit.transcoder.test_playlists import film, picture

from kyoo.transcoder.ffmpeg.commands import Cut, seek_time
from kyoo.transcoder.hls.timeline import Timeline

RATE = 24_000 / 1001


@given(st.lists(st.integers(1, 40), min_size=1, max_size=20), st.integers(0, 3), st.booleans())
@example([49, 2, 22], 1, True)
def test_it_lands_at_the_keyframe_of_the_segment_or_before(gaps: list[int], delay: int, in_order: bool) -> None:
    """Some containers find a keyframe by when it is decoded, counted in whole pictures (AVI), others by when it is
    shown."""
    numbers = list(accumulate(gaps, initial=delay))
    track = picture()
    track.keyframes = [number / RATE for number in numbers]
    track.begin, track.end = track.keyframes[0], track.keyframes[-1] + 1
    track.frame_rate, track.delay = RATE, delay / RATE
    timeline = Timeline((0.0, *track.keyframes[1:], track.end))
    found = [number - delay if in_order else number for number in numbers]
    for number in range(len(numbers)):
        asked = seek_time(film(track, []), track, Cut(timeline, number)) * RATE
        landed = max(bisect_right(found, math.floor(asked + 0.5) if in_order else asked) - 1, 0)
        assert landed <= number, "its own keyframe is not passed"
        following = numbers[number + 1] if number + 1 < len(numbers) else numbers[number] + 24
        if following - numbers[number] > delay:
            assert landed == number, "and nothing is read in vain"


def test_the_keyframe_of_an_open_group_is_that_of_its_first_picture() -> None:
    track = picture()
    track.keyframes, track.shown_from = [0.0, 2.0, 4.0], [0.0, 1.875, 3.9]
    timeline = Timeline((0.0, 1.875, 3.9, 6.0), openings={1.875: 2.0, 3.9: 4.0})
    assert seek_time(film(track, []), track, Cut(timeline, 1)) == pytest.approx(2.25)


def test_a_segment_that_begins_inside_an_open_group_is_decoded_from_the_keyframe_before() -> None:
    """As one of a track that is encoded only may: the pictures before the next keyframe are made of it, too."""
    track = picture()
    track.keyframes, track.shown_from = [0.0, 2.0, 4.0], [0.0, 1.875, 3.9]
    assert seek_time(film(track, []), track, Cut(Timeline((0.0, 1.95, 6.0)), 1)) == pytest.approx(0.25)
