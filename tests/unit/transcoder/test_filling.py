"""What stands in for missing samples."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from tests import media
from tests.unit.transcoder.test_playlists import picture, sound

from kyoo.transcoder.hls.filling import Filling
from kyoo.transcoder.hls.fmp4 import NON_SYNC, Sample


@pytest.mark.parametrize("layout", ["mono", "stereo", "3.0", "4.0", "5.0", "5.1"])
@pytest.mark.parametrize("rate", [44_100, 48_000])
def test_a_silent_frame_of_aac_is_silent_in_the_midst_of_others(layout: str, rate: int) -> None:
    filling = filling_of("aac", layout, rate)
    assert filling is not None
    assert filling.usual == pytest.approx(1024 / rate)
    heard = decoded(tone("tone.mp4", "aac", layout, rate), filling, 1024 / rate)
    assert np.abs(heard[12]).max() < 1e-4
    assert np.abs(heard[5]).max() > 0.05
    assert np.abs(heard[-5]).max() > 0.05


@pytest.mark.parametrize("layout", ["mono", "stereo"])
def test_a_silent_frame_of_opus_is_silent(layout: str) -> None:
    filling = filling_of("opus", layout, 48_000)
    assert filling is not None
    heard = decoded(tone("tone.mkv", "libopus", layout, 48_000), filling, 0.02)
    assert np.abs(heard[12]).max() < 1e-3
    assert np.abs(heard[5]).max() > 0.05
    assert {len(frame) for frame in heard[9:14]} == {960}


def filling_of(codec: str, layout: str, rate: int) -> Filling | None:
    return Filling.of_copied_audio(sound(0, codec).model_copy(update={"layout": layout, "sample_rate": rate}))


def tone(name: str, codec: str, layout: str, rate: int) -> Path:
    source = f"sine=frequency=440:sample_rate={rate}:duration=1,aformat=channel_layouts={layout}"
    return media.make(name, ["-f", "lavfi", "-i", source, "-c:a", codec, "-b:a", "256k"])


def decoded(path: Path, filling: Filling, length: float) -> list[Any]:
    """The loudest channel of each frame of a file of which numbers 9 to 13 are replaced by silent ones."""
    assert filling.silence is not None
    heard = []
    with av.open(str(path)) as container:
        stream = container.streams.audio[0]
        layout = stream.codec_context.layout.name
        for number, packet in enumerate(container.demux(stream)):
            if not packet.size:
                break
            given = av.Packet(bytes(filling.silence)) if 9 <= number <= 13 else packet
            for frame in stream.codec_context.decode(given):
                assert frame.layout.name == layout
                heard.append(np.abs(frame.to_ndarray()).max(axis=0))
    assert len(heard[5]) == round(length * 48_000) or len(heard[5]) == 1024
    return heard


@pytest.mark.parametrize(
    ("codec", "layout"),
    [
        *[("ac3", "5.1"), ("eac3", "5.1"), ("flac", "stereo"), ("alac", "stereo")],
        *[("aac", "2.1"), ("aac", "7.1"), ("opus", "5.1")],
    ],
)
def test_no_silent_frame_is_made_up(codec: str, layout: str) -> None:
    assert filling_of(codec, layout, 48_000) is None


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
