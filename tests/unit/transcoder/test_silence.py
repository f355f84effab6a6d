"""Silent frames in the midst of real ones, as libavcodec decodes them."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests import media
from tests.samples import sampled

from kyoo.transcoder.hls.filling import UNKNOWN, Filling
from kyoo.transcoder.hls.fmp4 import MalformedError, boxes
from kyoo.transcoder.hls.silence import AAC, FlacSilence, Silence, silence_of, silent_aac

#: Which frames silent ones take the place of.
FIRST, LAST = 9, 13

LAYOUTS = ["mono", "stereo", "3.0", "3.0(back)", "4.0", "quad(side)", "5.0(side)", "2.1", "4.1", "5.1(side)"]
LOSSLESS = ["mono", "stereo", "3.0", "4.0", "5.0", "5.1"]
OPUS = ["mono", "stereo", "3.0", "quad", "5.0", "5.1", "6.1", "7.1"]


@pytest.mark.parametrize("layout", AAC)
@pytest.mark.parametrize("rate", [44_100, 48_000])
def test_of_aac(layout: str, rate: int) -> None:
    silence = silent_aac(layout, rate)
    assert silence.length == 1024 / rate
    assert_silent(tone("aac", layout, rate), silence)


@pytest.mark.parametrize("layout", sampled(LAYOUTS, {"stereo", "2.1", "5.1(side)"}.__contains__))
@pytest.mark.parametrize(("codec", "rate"), [("ac3", 48_000), ("ac3", 44_100), ("eac3", 48_000), ("eac3", 32_000)])
def test_of_ac3(codec: str, layout: str, rate: int) -> None:
    path = tone(codec, layout, rate)
    silence = silence_of(moov(path))
    assert silence.length == 1536 / rate
    assert_silent(path, silence)


def test_a_frame_of_ac3_is_checked_after_five_eighths_and_at_its_end() -> None:
    path = tone("ac3", "5.1(side)", 48_000)
    silence = silence_of(moov(path))
    for frame in (packets(path)[5], silence.frame):
        words = len(frame) // 2
        assert remainder(frame[2 : (words // 2 + words // 8) * 2]) == 0
        assert remainder(frame[2:]) == 0
    # Decoders take each of these for a beginning.
    assert silence.frame.count(b"\x0b\x77") == 1


@pytest.mark.parametrize("layout", sampled(LOSSLESS, {"mono", "5.1"}.__contains__))
@pytest.mark.parametrize("bits", [16, 24])
@pytest.mark.parametrize("codec", ["flac", "alac"])
def test_of_flac_and_alac(codec: str, layout: str, bits: int) -> None:
    sample = {"flac": {16: "s16", 24: "s32"}, "alac": {16: "s16p", 24: "s32p"}}[codec][bits]
    path = tone(codec, layout, 96_000 if bits == 24 else 44_100, "-sample_fmt", sample)
    assert_silent(path, silence_of(moov(path)))


@pytest.mark.parametrize("codec", ["flac", "alac"])
def test_a_block_has_the_size_of_the_stream(codec: str) -> None:
    path = tone(codec, "stereo", 48_000, "-frame_size", "1152")
    silence = silence_of(moov(path))
    assert silence.length in {1152 / 48_000, 4096 / 48_000}
    assert_silent(path, silence)


@pytest.mark.parametrize("layout", sampled(OPUS, {"stereo", "5.1"}.__contains__))
def test_of_opus(layout: str) -> None:
    path = tone("libopus", layout, 48_000)
    silence = silence_of(moov(path))
    assert silence.length == 0.02
    assert_silent(path, silence)


def test_no_frame_of_flac_is_shorter_than_the_stream_tells() -> None:
    """GStreamer takes shorter ones for pieces of one."""
    path = tone("flac", "stereo", 48_000)
    sizes = [len(packet) for packet in packets(path)[:-1]]
    silence = silence_of(moov(path))
    with av.open(str(path)) as container:
        told = int.from_bytes((container.streams.audio[0].codec_context.extradata or b"")[4:7], "big")
    assert 100 < told <= len(silence.before(memoryview(b""), 0)) < max(sizes)


def test_frames_of_flac_are_counted_back_from_what_follows() -> None:
    """libFLAC fills up by itself what a count leaves out."""
    silence = silence_of(moov(tone("flac", "stereo", 48_000)))
    assert isinstance(silence, FlacSilence)
    for counts, step in ((False, 1), (True, round(silence.length * silence.rate))):
        for number in (0, 5, 0x7F, 0x80, 0x7FF, 0x800, 0xFFFF, 0x10000, 0x3FFFFFF, 0x4000000, 0x7FFFFFFF):
            following = memoryview(silence.numbered(number, counts_samples=counts))
            for distance in (1, 2, 7):
                expected = silence.numbered(max(0, number - distance * step), counts_samples=counts)
                assert silence.before(following, distance * silence.length) == expected
    # As the standard has it for numbers of two and of six bytes.
    assert silence.numbered(0x80, counts_samples=False)[4:6] == bytes([0xC2, 0x80])
    assert silence.numbered(0x7FFFFFFF, counts_samples=False)[4:10] == bytes([0xFD, *[0xBF] * 5])


def test_frames_of_flac_are_counted_as_the_file_counts() -> None:
    path = tone("flac", "stereo", 48_000, "-frame_size", "576")
    silence, real = silence_of(moov(path)), packets(path)
    assert len(real) > 130
    for before, after in pairwise(real):
        made, end = silence.before(memoryview(after), silence.length), 5 if before[4] < 0x80 else 6
        assert (made[:2], made[4:end]) == (before[:2], before[4:end])


@given(st.binary(max_size=16), st.floats(0, 1e6))
def test_a_damaged_frame_of_flac_has_silence_before_it_all_the_same(following: bytes, ahead: float) -> None:
    silence = silence_of(moov(tone("flac", "stereo", 48_000)))
    for damaged in (following, b"\xff\xf9\0\0" + b"\xff" * 7, b"\xff\xf9\0\0\xfe" + b"\xbf" * 6):
        assert len(silence.before(memoryview(damaged), ahead)) >= 10


def test_what_no_silent_frame_fits_is_not_filled() -> None:
    whole = moov(tone("ac3", "stereo", 48_000))
    filling = Filling.of_silence(UNKNOWN, 1.0)
    assert filling.fitting(whole) is not None
    assert filling.fitting(whole.replace(b"dac3", b"free")) is None


@pytest.mark.parametrize(("codec", "kind", "byte"), [("ac3", "dac3", 255), ("flac", "dfLa", 0), ("alac", "alac", 0)])
def test_a_sample_entry_that_is_none_is_malformed(codec: str, kind: str, byte: int) -> None:
    whole = moov(tone(codec, "stereo", 48_000))
    silence_of(whole)
    at = whole.rindex(kind.encode()) + 4
    with pytest.raises(MalformedError):
        silence_of(whole[:at] + bytes([byte] * 3) + bytes(25 * (byte == 0)) + whole[at + 3 + 25 * (byte == 0) :])
    with pytest.raises(MalformedError):
        silence_of(whole[: at - 4] + b"free" + whole[at:])


def tone(codec: str, layout: str, rate: int, *options: str) -> Path:
    source = f"sine=frequency=440:sample_rate={rate}:duration=2,volume=4"
    channels = "|".join(f"c{number}=c0" for number in range(av.AudioLayout(layout).nb_channels))
    arguments = ["-f", "lavfi", "-i", f"{source},pan={layout}|{channels}", "-c:a", codec, *options]
    return media.make("tone.mp4", arguments)


def moov(path: Path) -> bytes:
    data = path.read_bytes()
    return next(data[start - 8 : end] for kind, start, end in boxes(memoryview(data)) if kind == b"moov")


def packets(path: Path) -> list[bytes]:
    with av.open(str(path)) as container:
        return [bytes(packet) for packet in container.demux(container.streams.audio[0]) if packet.size]


def remainder(data: bytes) -> int:
    """Of the division by the polynomial of AC-3."""
    number = int.from_bytes(data, "big")
    for bit in range(len(data) * 8 - 1, 15, -1):
        if number >> bit & 1:
            number ^= 0x18005 << bit - 16
    return number


def assert_silent(path: Path, silence: Silence) -> None:
    """Where silent frames take the place of others nothing is heard, the rest is as it was, and no check fails."""
    plain = decoded(path, lambda _, frame: frame)
    real = [memoryview(packet) for packet in packets(path)]

    def changed(number: int, frame: bytes) -> bytes:
        if not FIRST <= number <= LAST:
            return frame
        return silence.before(real[LAST + 1], (LAST + 1 - number) * silence.length)

    heard = decoded(path, changed)
    assert len(heard) == len(plain) > LAST + 6
    for number, (frame, before) in enumerate(zip(heard, plain, strict=True)):
        assert frame.rate == before.rate
        assert frame.layout == before.layout
        if FIRST + 2 <= number <= LAST:
            assert frame.loudest < 1e-4
            assert frame.length == round(silence.length * frame.rate)
        elif number < FIRST - 1 or number > LAST + 6:
            assert frame.length == before.length
            assert frame.loudest == pytest.approx(before.loudest, abs=0.05)
    assert min(frame.loudest for frame in [*heard[4 : FIRST - 1], *heard[LAST + 6 : -2]]) > 0.05


class Heard:
    def __init__(self, frame: av.AudioFrame) -> None:
        self.rate, self.layout, self.length = frame.sample_rate, frame.layout.name, frame.samples
        # Packed, as PyAV has room for fewer planes than there are channels.
        (packed,) = av.AudioResampler(format="flt").resample(frame)
        self.loudest = float(np.abs(packed.to_ndarray()).max())


def decoded(path: Path, change: Callable[[int, bytes], bytes]) -> list[Heard]:
    with av.open(str(path)) as container:
        stream = container.streams.audio[0]
        stream.codec_context.options = {"err_detect": "crccheck+bitstream+explode"}
        frames: list[Heard] = []
        for number, packet in enumerate(container.demux(stream)):
            given = av.Packet(change(number, bytes(packet))) if packet.size else packet
            given.pts, given.time_base = packet.pts, packet.time_base or Fraction(1, 48_000)
            frames += [Heard(frame) for frame in stream.codec_context.decode(given)]
        return frames
