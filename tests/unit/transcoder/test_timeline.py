"""Where segments begin and end."""

from __future__ import annotations

from itertools import pairwise

import m3u8
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kyoo.transcoder.hls.playlists import media_playlist
from kyoo.transcoder.hls.timeline import (
    AUDIO_FRAME,
    AUDIO_FRAMES,
    AUDIO_UNIT,
    LONGEST_ENCODED,
    audio_timeline,
    copied_timeline,
    encoded_timeline,
)
from kyoo.transcoder.models.media import AudioTrack, VideoRange, VideoTrack


def video(keyframes: list[float], end: float) -> VideoTrack:
    return VideoTrack(
        index=0,
        stream=0,
        title=None,
        language=None,
        codec="h264",
        is_default=True,
        mime_codec="avc1.640028",
        width=1920,
        height=1080,
        display_width=1920,
        display_height=1080,
        rotation=0,
        frame_rate=24,
        is_variable=False,
        bitrate=0,
        video_range=VideoRange.SDR,
        hdr=None,
        dolby_vision_profile=None,
        sample_aspect_ratio="1:1",
        is_interlaced=False,
        begin=keyframes[0] if keyframes else 0.0,
        end=end,
        delay=0.0,
        starts_inside_group=False,
        starts_untimed=False,
        keyframes=keyframes,
    )


def audio(end: float) -> AudioTrack:
    return AudioTrack(
        index=0,
        stream=1,
        title=None,
        language=None,
        codec="aac",
        is_default=True,
        mime_codec=None,
        channels=2,
        layout="stereo",
        sample_rate=48_000,
        bitrate=0,
        begin=0,
        end=end,
        is_adts=False,
    )


def lengths(bounds: tuple[float, ...]) -> list[float]:
    return [round(later - earlier, 3) for earlier, later in pairwise(bounds)]


@pytest.mark.parametrize(
    ("gap", "wanted"),
    [
        (1, [1, 1, 2, 3, 3, 3, 3, 3, 1]),
        (2, [2, 2, 2, 4, 4, 4, 2]),
        (4, [4, 4, 4, 4, 4]),
        (5, [5, 5, 5, 5]),
        (10, [10, 10]),
    ],
)
def test_segments_are_short_at_first_and_end_at_keyframes(gap: int, wanted: list[float]) -> None:
    timeline = copied_timeline(video([float(stamp) for stamp in range(0, 20, gap)], 20))
    assert lengths(timeline.bounds) == wanted


def test_a_late_first_keyframe_and_a_short_tail_get_no_segment_of_their_own() -> None:
    timeline = copied_timeline(video([0.083, 4.083, 8.083], 8.2))
    assert timeline.bounds == (0.0, 4.083, 8.2)


def test_a_segment_begins_with_what_is_shown_before_its_keyframe() -> None:
    track = video([0.0, 2.0, 4.0, 9.0], 12.0)
    track.shown_from = [0.0, 1.875, 4.0, 8.8]
    copied, encoded = copied_timeline(track), encoded_timeline(track, copyable=True)
    assert copied.bounds == encoded.bounds == (0.0, 1.875, 4.0, 8.8, 12.0)
    for timeline in (copied, encoded):
        assert [timeline.entry(number) for number in range(4)] == [0.0, 2.0, 4.0, 9.0]
        assert [timeline.at(keyframe) for keyframe in track.keyframes] == [0, 1, 2, 3]


def test_an_encoded_segment_takes_no_picture_of_the_one_before() -> None:
    """The first keyframe of an encoder may be a picture or two before the next bound."""
    track = video([1.263, 1.343, 4.343], 8.0)
    timeline = encoded_timeline(track, copyable=True)
    assert timeline.bounds[1] == 1.343
    assert timeline.at(1.263 + timeline.tolerance(1)) == 0


def test_any_picture_can_be_a_boundary_of_an_encoded_track() -> None:
    timeline = encoded_timeline(video([], 15), copyable=False)
    assert lengths(timeline.bounds) == [1, 1, 2, 4, 4, 3]


@pytest.mark.parametrize(
    ("keyframes", "wanted"),
    [
        ([0.0, 5.0, 10.0], [5, 5, 6]),
        ([0.0, 12.0], [4, 4, 4, 4]),
        ([0.0], [4, 4, 4, 4]),
        ([0.0, 1, 15.5], [3.625, 3.625, 3.625, 0.5]),
    ],
)
def test_encoded_segments_are_short_whatever_the_keyframes(keyframes: list[float], wanted: list[float]) -> None:
    track = video(keyframes, 16)
    assert lengths(encoded_timeline(track, copyable=True).bounds)[-4:] == wanted[-4:]


@pytest.mark.parametrize("rate", [5, 10, 12.5, 24_000 / 1001, 60_000 / 1001])
def test_encoded_segments_begin_at_pictures(rate: float) -> None:
    track = video([0.4, 0.4 + 75 / rate], 40)
    track.frame_rate, track.begin = rate, 0.4
    for copyable in (False, True):
        bounds = encoded_timeline(track, copyable=copyable).bounds[1:-1]
        assert len(bounds) >= 4
        for bound in bounds:
            pictures = (bound - 0.4) * rate
            assert pictures == pytest.approx(round(pictures), abs=0.01)


def test_audio_boundaries_lie_on_frames() -> None:
    timeline = audio_timeline(60)
    for bound in timeline.bounds[:-1]:
        assert bound / AUDIO_FRAME == pytest.approx(round(bound / AUDIO_FRAME))
    assert timeline.end(0) == AUDIO_FRAME * AUDIO_FRAMES
    assert timeline.bounds[-1] == 60


@pytest.mark.parametrize(
    ("end", "wanted"),
    [
        (15.9, [2, 5, 6, 3]),
        # Sound alone goes on as it would without pictures.
        (23.0, [2, 5, 6, 3, 4.01, 3]),
        # Sound that ends before the pictures do, just behind a bound, too.
        (9.0, [2, 5, 2]),
        (7.1, [2, 5]),
        (0.01, [0.01]),
    ],
)
def test_audio_boundaries_are_at_those_of_the_pictures(end: float, wanted: list[float]) -> None:
    pictures = copied_timeline(video([0.0, 2.0, 7.0, 13.0], 16.0))
    timeline = audio_timeline(end, pictures)
    assert lengths(timeline.bounds) == pytest.approx(wanted, abs=0.15)
    for bound in timeline.bounds[:-1]:
        assert bound / AUDIO_UNIT == pytest.approx(round(bound / AUDIO_UNIT))
        assert end > 16 or min(abs(bound - other) for other in pictures.bounds) <= AUDIO_UNIT / 2


stamps = st.lists(st.floats(0, 600), max_size=200).map(lambda values: sorted({round(value, 3) for value in values}))


@given(stamps, st.floats(0.1, 700), st.floats(0, 0.99))
def test_every_playlist_obeys_the_rules(keyframes: list[float], end: float, opened: float) -> None:
    track = video(keyframes, max(end, *keyframes, 0.1))
    behind = [later - (later - earlier) * opened for earlier, later in pairwise(keyframes)]
    track.shown_from = [*keyframes[:1], *behind] if opened else []
    copied, encoded = copied_timeline(track), encoded_timeline(track, copyable=bool(keyframes))
    assert max(lengths(encoded.bounds)) <= LONGEST_ENCODED
    if keyframes:
        assert set(copied.bounds) <= set(encoded.bounds), "a player can change between both wherever a copy ends"
    for timeline in (copied, encoded, audio_timeline(end), audio_timeline(end / 2, encoded)):
        assert timeline.bounds[0] == 0
        assert all(later > earlier for earlier, later in pairwise(timeline.bounds))
        playlist = m3u8.loads(media_playlist(timeline, "?clientId=a"))
        assert playlist.is_endlist
        assert all(int(segment.duration + 0.5) <= playlist.target_duration for segment in playlist.segments)
        assert all(timeline.at(timeline.start(number)) == number for number in range(len(timeline)))


def test_a_segment_begins_with_its_own_keyframe_and_with_none_just_before_it() -> None:
    timeline = copied_timeline(video([0.0, 2.0, 2.04, 5.0], 8.0))
    assert timeline.bounds == (0.0, 2.0, 5.0, 8.0)
    assert timeline.tolerance(1) == pytest.approx(0.1)
    assert copied_timeline(video([0.0, 0.96, 1.0, 5.0], 8.0)).tolerance(1) == pytest.approx(0.02)


@pytest.mark.parametrize(("rate", "wanted"), [(24, [1, 1, 2, 4, 4]), (2, [2, 2, 2, 4, 2]), (1 / 6, [4, 4, 4])])
def test_pictures_that_come_seldom_are_several_in_a_segment(rate: float, wanted: list[float]) -> None:
    slides = video([], 12)
    slides.frame_rate = rate
    assert lengths(encoded_timeline(slides, copyable=False).bounds) == wanted
