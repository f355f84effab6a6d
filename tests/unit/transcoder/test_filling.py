"""What stands in for missing samples."""

from __future__ import annotations

from itertools import pairwise

import pytest
from tests.unit.transcoder.test_playlists import picture, sound

from kyoo.transcoder.hls.filling import Filling
from kyoo.transcoder.hls.fmp4 import NON_SYNC, Sample


def copied(codec: str, layout: str, channels: int, rate: int = 48_000) -> Filling | None:
    track = sound(0, codec, channels=channels).model_copy(update={"layout": layout, "sample_rate": rate})
    return Filling.of_copied_audio(track)


@pytest.mark.parametrize(
    ("codec", "layout", "channels"),
    [
        *[("aac", "5.1", 6), ("ac3", "5.1(side)", 6), ("eac3", "mono", 1)],
        *[("flac", "7.1", 8), ("alac", "5.1", 6), ("opus", "5.1", 6)],
    ],
)
def test_what_is_copied_is_filled(codec: str, layout: str, channels: int) -> None:
    assert copied(codec, layout, channels) is not None


@pytest.mark.parametrize(
    ("codec", "layout", "channels", "rate"),
    [
        *[("aac", "2.1", 3, 48_000), ("aac", "7.1", 8, 48_000), ("mp3", "stereo", 2, 48_000)],
        # Streams with a dependent one, and of half the rate.
        *[("eac3", "7.1", 8, 48_000), ("ac3", "stereo", 2, 24_000)],
    ],
)
def test_no_silent_frame_is_made_up(codec: str, layout: str, channels: int, rate: int) -> None:
    assert copied(codec, layout, channels, rate) is None


def test_what_fills_a_hole_joins_and_begins_every_segment() -> None:
    filling = Filling.of_video(picture(), 24, is_broadcast=False)
    following = Sample(dts=9_000, duration=40, offset=80, flags=0, data=memoryview(b"key"))
    made = list(filling.samples(following, 5_200, [6_500, 9_000], 1_000))
    assert made[0].dts == 5_200
    assert {sample.offset for sample in made} == {80}
    assert 6_500 in {sample.dts for sample in made}
    assert all(one.dts + one.duration == other.dts for one, other in pairwise([*made, following]))
    assert max(sample.duration for sample in made) < 2_000
    assert not following.flags & NON_SYNC
