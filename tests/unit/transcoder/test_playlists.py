"""Master playlists: what each variant announces is true of all that can be chosen in it."""

from __future__ import annotations

from collections.abc import Sequence

import m3u8
import pytest

from kyoo.core.errors import NotFoundError
from kyoo.transcoder.ffmpeg.commands import Program, picture_delay
from kyoo.transcoder.hls.codecs import audio_codec
from kyoo.transcoder.hls.ladder import BY_NAME, audio_channels, video_qualities, video_rendition
from kyoo.transcoder.hls.playlists import master_playlist
from kyoo.transcoder.models.media import AudioTrack, Media, VideoRange, VideoTrack

RATES = [50_000, 400_000, 1_900_000, 12_000_000]


def picture(height: int = 720, bitrate: int = 1_900_000, codec: str = "h264") -> VideoTrack:
    return VideoTrack(
        index=0, stream=0, title=None, language=None, codec=codec, is_default=True,
        mime_codec={"h264": "avc1.640028", "hevc": "hvc1.1.4.L120.B0", "mpeg2video": "mp4v.61"}[codec],
        width=height * 16 // 9, height=height, display_width=height * 16 // 9, display_height=height, rotation=0,
        frame_rate=24, is_variable=False, bitrate=bitrate, video_range=VideoRange.SDR, hdr=None,
        dolby_vision_profile=None, sample_aspect_ratio="1:1", is_interlaced=False, begin=0, end=60, delay=0,
        starts_inside_group=False, starts_untimed=False,
        keyframes=[2.0 * number for number in range(30)],
    )  # fmt: skip


def sound(index: int, codec: str, bitrate: int = 128_000, channels: int = 2) -> AudioTrack:
    return AudioTrack(
        index=index, stream=index + 1, title=None, language=None, codec=codec, is_default=index == 0, is_adts=False,
        mime_codec=audio_codec(codec, None), channels=channels,
        layout={1: "mono", 2: "stereo", 6: "5.1"}.get(channels, "other"), sample_rate=48_000, bitrate=bitrate,
        begin=0, end=60,
    )  # fmt: skip


def film(video: VideoTrack | None, audios: Sequence[AudioTrack]) -> Media:
    return Media(
        content_id="0" * 40, size=1, formats="matroska", container="matroska", start=0, duration=60, bitrate=0,
        videos=[video] if video else [], audios=list(audios), subtitles=[], chapters=[], attachments=[],
        cover_stream=None,
    )  # fmt: skip


def parsed(video: VideoTrack | None, audios: Sequence[AudioTrack]) -> m3u8.M3U8:
    return m3u8.loads(master_playlist(film(video, audios), ""))


def codecs_in_group(master: m3u8.M3U8, group: str, audios: Sequence[AudioTrack]) -> set[str | None]:
    found: set[str | None] = set()
    for medium in (one for one in master.media if one.group_id == group):
        _, index, quality, _ = medium.uri.split("/")
        found.add(audios[int(index)].mime_codec if quality == "original" else "mp4a.40.2")
    return found


@pytest.mark.parametrize(
    "codecs",
    [
        ["aac"], ["aac", "ac3"], ["ac3", "aac"], ["flac", "opus", "aac", "eac3"], ["dts", "ac3"], ["truehd", "dts"],
        ["mp3"], ["vorbis", "flac"], ["eac3", "ac3"], ["pcm_s16le", "aac", "aac"],
    ],
)  # fmt: skip
@pytest.mark.parametrize("video", ["h264", "hevc", "mpeg2video"])
def test_a_variant_names_every_codec_that_can_be_chosen_in_it(video: str, codecs: list[str]) -> None:
    audios = [sound(index, codec) for index, codec in enumerate(codecs)]
    master = parsed(picture(codec=video), audios)
    for variant in master.playlists:
        named = variant.stream_info.codecs.split(",")[1:]
        assert set(named) == codecs_in_group(master, variant.stream_info.audio, audios)
        tracks = {medium.uri.split("/")[1] for medium in master.media if medium.group_id == variant.stream_info.audio}
        assert tracks == {str(track.index) for track in audios}, "every track can be chosen in every variant"
    # Whoever plays nothing but AAC has the best picture, too.
    first = master.playlists[0].uri
    assert any(one.uri == first and one.stream_info.codecs.endswith(",mp4a.40.2") for one in master.playlists)


def test_a_second_codec_is_copied_in_a_variant_of_its_own() -> None:
    audios = [sound(0, "aac"), sound(1, "ac3", 448_000, channels=6)]
    master = parsed(picture(), audios)
    found = [(one.stream_info.codecs, one.stream_info.audio) for one in master.playlists if "original" in one.uri]
    assert found == [
        ("avc1.640028,mp4a.40.2", "a-original"),
        ("avc1.640028,mp4a.40.2,ac-3", "a-original-ac-3"),
        ("avc1.640028,mp4a.40.2", "a-surround"),
    ]
    copied = [one for one in master.media if one.uri == "audio/1/original/index.m3u8"]
    assert [(one.group_id, one.channels) for one in copied] == [("a-original-ac-3", "6")]


@pytest.mark.parametrize("codec", ["mp3", "dts", "truehd"])
def test_what_no_browser_takes_is_never_offered_as_a_copy(codec: str) -> None:
    master = parsed(picture(), [sound(0, codec, 320_000), sound(1, codec, 320_000)])
    assert not [one for one in master.media if "/original/" in one.uri]
    assert all(one.stream_info.codecs.endswith(",mp4a.40.2") for one in master.playlists)


@pytest.mark.parametrize("bitrate", RATES)
@pytest.mark.parametrize("height", [360, 720, 1080, 2160])
@pytest.mark.parametrize("codec", ["h264", "hevc"])
def test_no_encoded_rendition_takes_more_than_its_source(codec: str, height: int, bitrate: int) -> None:
    track = picture(height, bitrate, codec)
    master = parsed(track, [sound(0, "aac", 64_000)])
    announced = [(one.stream_info.bandwidth, one.stream_info.average_bandwidth) for one in master.playlists]
    copies = [one for one in master.playlists if one.uri.startswith("0/original/")]
    assert copies
    for peak, average in announced[len(copies) :]:
        assert peak < copies[0].stream_info.bandwidth
        assert average < copies[0].stream_info.average_bandwidth
    # A player that ranks by bits takes the copy first, then the larger picture.
    assert announced == sorted(announced, reverse=True)
    for step in BY_NAME.values():
        if step.height <= height:
            rendition = video_rendition(track, step.name)
            assert rendition.average <= min(bitrate, step.average)
            assert rendition.maximum <= min(bitrate * 1.25, step.maximum)


def test_a_quality_above_that_of_the_file_does_not_exist() -> None:
    small = picture(350)
    assert video_rendition(small, "360p").height == 350
    for quality in ("480p", "720p", "1080p", "4k", "8k"):
        with pytest.raises(NotFoundError):
            video_rendition(small, quality)


def test_a_track_of_few_bits_is_not_made_heavier() -> None:
    master = parsed(picture(bitrate=300_000), [sound(0, "opus", 48_000)])
    copied, encoded = (one for one in master.playlists if "original" in one.uri)
    assert encoded.stream_info.average_bandwidth <= copied.stream_info.average_bandwidth


def test_sound_alone_has_a_variant_for_each_codec() -> None:
    audios = [sound(0, "flac", 900_000), sound(1, "aac")]
    master = parsed(None, audios)
    assert master.playlists[0].uri == "audio/0/original/index.m3u8"
    assert master.playlists[0].stream_info.codecs == "fLaC,mp4a.40.2"
    assert all(one.uri.startswith("audio/0/") for one in master.playlists)
    assert master.playlists[-1].stream_info.codecs == "mp4a.40.2"


@pytest.mark.parametrize("codecs", [["aac"], ["flac", "aac"], ["dts", "ac3"]])
def test_every_group_of_sound_belongs_to_a_variant_named_before_it(codecs: list[str]) -> None:
    """Libavformat, which chooses among all streams, never reads one of a group without a variant."""
    tracks = [sound(index, codec, 320_000) for index, codec in enumerate(codecs)]
    text = master_playlist(film(picture(), tracks), "")
    master = m3u8.loads(text)
    assert {medium.group_id for medium in master.media} == {variant.stream_info.audio for variant in master.playlists}
    assert text.rindex("#EXT-X-STREAM-INF") < text.index("#EXT-X-MEDIA")


@pytest.mark.parametrize("codec", ["eac3", "dts", "flac"])
def test_six_channels_are_offered_as_aac_last_and_never_by_default(codec: str) -> None:
    audios = [sound(0, "aac"), sound(1, codec, 1_500_000, channels=8)]
    master = parsed(picture(), audios)
    group = [one for one in master.media if one.group_id == "a-surround"]
    assert [(one.uri.split("/")[2], one.channels, one.default) for one in group] == [
        ("128k", "2", "NO"),
        ("surround", "6", "NO"),
    ]
    variants = [one.stream_info.audio for one in master.playlists if "/original/" in one.uri]
    assert variants[-1] == "a-surround"
    assert variants.count("a-surround") == 1
    assert {one.channels for one in master.media if one.group_id in ("a-128k", "a-192k")} == {"2"}


def test_six_channels_are_not_offered_twice_nor_made_up() -> None:
    for audios in ([sound(0, "aac", channels=6)], [sound(0, "eac3")], [sound(0, "ac3", channels=5)]):
        assert not [one for one in parsed(picture(), audios).media if one.group_id == "a-surround"]
    with pytest.raises(NotFoundError):
        audio_channels(sound(0, "ac3"), "surround")


@pytest.mark.parametrize("kind", list(VideoRange))
def test_a_copy_has_the_range_of_its_source_and_what_is_encoded_is_sdr(kind: VideoRange) -> None:
    track = picture(2160, 20_000_000, "hevc").model_copy(update={"video_range": kind})
    for variant in parsed(track, [sound(0, "aac")]).playlists:
        assert variant.stream_info.video_range == (kind if "/original/" in variant.uri else "SDR")


@pytest.mark.parametrize(
    ("rate", "delay", "copied"), [(24, 0.25, True), (8, 0.12, True), (8, 0.25, False), (1, 2, False)]
)
def test_pictures_that_come_slowly_are_copied_when_hls_js_finds_them(rate: float, delay: float, copied: bool) -> None:
    slow = picture().model_copy(update={"frame_rate": rate, "delay": delay})
    assert (video_qualities(slow)[0] == "original") is copied


@pytest.mark.parametrize("rate", [24, 12, 8, 1])
def test_an_encoded_picture_is_not_decoded_long_before_it_is_shown(rate: float) -> None:
    program = Program("ffmpeg", "fast")
    track = picture().model_copy(update={"frame_rate": rate})
    assert picture_delay(program, track, video_rendition(track, "240p")) <= 0.19
