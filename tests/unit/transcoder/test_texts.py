"""Texts of unknown encoding, subtitle formats, codec strings, chapter names."""

from __future__ import annotations

import pytest

from kyoo.core.errors import BadRequestError
from kyoo.transcoder.chapters import chapter_type
from kyoo.transcoder.hls.codecs import VideoFormat, audio_codec, h264_level, video_codec
from kyoo.transcoder.subtitles.charset import decode
from kyoo.transcoder.subtitles.conversion import convert

SRT = "1\n00:00:01,000 --> 00:00:02,500\n<i>Où</i> ça\n\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "utf-32"])
def test_western_texts_are_read_in_any_encoding(encoding: str) -> None:
    assert decode(SRT.encode(encoding)) == SRT


def test_the_language_tells_a_legacy_encoding() -> None:
    assert decode("Привет, мир".encode("cp1251"), "ru") == "Привет, мир"
    assert decode("こんにちは".encode("cp932"), "ja") == "こんにちは"
    assert decode(b"\x81\xff\xfe bytes of nothing", "ja")


@pytest.mark.parametrize(
    ("source", "target", "wanted"),
    [
        ("srt", "vtt", "00:00:01.000 --> 00:00:02.500\n<i>Où</i> ça"),
        ("srt", "ass", "Dialogue: 0,0:00:01.00,0:00:02.50,Default,,0,0,0,,{\\i1}Où{\\i0} ça"),
        ("srt", "srt", SRT),
        ("srt", "microdvd", "{1}{1}25\n{25}{62}Où ça"),
        ("srt", "sub", "{25}{62}"),
    ],
)
def test_subtitles_are_converted(source: str, target: str, wanted: str) -> None:
    assert wanted in convert(SRT, source, target, 25)


def test_unknown_subtitle_formats_are_refused() -> None:
    for source, target in [("srt", "stl"), ("srt", "../x"), ("sup", "vtt")]:
        with pytest.raises(BadRequestError):
            convert(SRT, source, target, 25)


@pytest.mark.parametrize(
    ("codec", "profile", "level", "pixel_format", "wanted"),
    [
        ("h264", "High", 40, "yuv420p", "avc1.640028"),
        ("h264", "Main", 31, "yuv420p", "avc1.4D401F"),
        ("h264", "Constrained Baseline", 30, "yuv420p", "avc1.42E01E"),
        ("h264", "High 10", 51, "yuv420p10le", "avc1.6E0033"),
        ("hevc", "Main", 120, "yuv420p", "hvc1.1.4.L120.B0"),
        ("hevc", "Main 10", 153, "yuv420p10le", "hvc1.2.4.L153.B0"),
        ("av1", "Main", 8, "yuv420p10le", "av01.0.08M.10"),
        ("vp9", "Profile 0", -99, "yuv420p", "vp09.00.40.08"),
        ("vp9", "Profile 2", -99, "yuv420p10le", "vp09.02.40.10"),
        ("rv40", None, -99, None, None),
    ],
)
def test_video_codec_strings(codec: str, profile: str | None, level: int, pixel_format: str, wanted: str) -> None:
    assert video_codec(VideoFormat(codec, profile, level, pixel_format, 1920, 1080, 24)) == wanted


def test_audio_codec_strings() -> None:
    assert audio_codec("aac", "LC") == "mp4a.40.2"
    assert audio_codec("aac", "HE-AAC") == "mp4a.40.5"
    assert audio_codec("dts", "DTS-HD MA") == "dtsl"
    assert audio_codec("wmav2", None) is None


@pytest.mark.parametrize(
    ("size", "rate", "bitrate", "level"),
    [
        ((426, 240), 24, 700_000, 21),
        ((1280, 720), 24, 4_000_000, 31),
        ((1920, 1080), 24, 8_000_000, 40),
        ((1920, 1080), 60, 8_000_000, 42),
        ((2560, 1440), 24, 12_000_000, 50),
        ((3840, 2160), 24, 28_000_000, 51),
        ((7680, 4320), 60, 40_000_000, 61),
    ],
)
def test_levels_follow_the_size(size: tuple[int, int], rate: float, bitrate: int, level: int) -> None:
    assert h264_level(*size, rate, bitrate) == level


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Previously on Lost", "recap"),
        ("Opening", "intro"),
        ("OP", "intro"),
        ("Operation", "content"),
        ("ED 2", "credits"),
        ("Next time on", "preview"),
        ("Sneak Peek", "preview"),
        ("Chapter 01", "content"),
        ("", "content"),
    ],
)
def test_chapters_are_typed_by_name(name: str, kind: str) -> None:
    assert chapter_type(name) == kind
