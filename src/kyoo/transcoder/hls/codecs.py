"""Codec strings (RFC 6381) and what can be copied into fragmented MP4 for a browser. Knows neither files nor ffmpeg."""

from __future__ import annotations

from dataclasses import dataclass

#: H.264 profiles → profile_idc and constraint flags, as libavcodec names them.
H264_PROFILES = {
    "Baseline": "42E0",
    "Constrained Baseline": "42E0",
    "Main": "4D40",
    "High": "6400",
    "High 10": "6E00",
    "High 10 Intra": "6E10",
    "High 4:2:2": "7A00",
    "High 4:2:2 Intra": "7A10",
    "High 4:4:4 Predictive": "F400",
}
AV1_PROFILES = {"Main": 0, "High": 1, "Professional": 2}
DTS_PROFILES = {"DTS": "dtsc", "DTS-HD HRA": "dtsh", "DTS-HD MA": "dtsl", "DTS:X": "dtsx", "DTS Express": "dtse"}

FIXED_VIDEO = {
    "vp8": "vp08.00.41.08",
    "mpeg4": "mp4v.20.9",
    "mpeg2video": "mp4v.61",
    "mpeg1video": "mp4v.6A",
    "vc1": "vc-1",
    "theora": "theora",
}
FIXED_AUDIO = {
    "mp3": "mp4a.40.34",
    "mp2": "mp4a.40.33",
    "opus": "Opus",
    "ac3": "ac-3",
    "eac3": "ec-3",
    "flac": "fLaC",
    "alac": "alac",
    "vorbis": "vorbis",
    "truehd": "mlpa",
}

#: What a browser can be given unchanged in fragmented MP4; anything else is only offered re-encoded. Left out: MP3,
#: which no browser takes in it under the name that the protocol gives it, DTS and TrueHD.
COPYABLE_VIDEO = frozenset({"h264", "hevc", "av1", "vp9"})
OFFERED_AUDIO = frozenset({"aac", "opus", "flac", "ac3", "eac3", "alac"})

#: What the encoders of ours make.
AAC_LC = "mp4a.40.2"
H264_HIGH = "avc1.6400"


@dataclass(frozen=True)
class VideoFormat:
    """`level` and `profile` as libavcodec gives them; `pixel_format` its name; sizes in pixels."""

    codec: str
    profile: str | None
    level: int
    pixel_format: str | None
    width: int
    height: int
    frame_rate: float

    @property
    def bit_depth(self) -> int:
        name = self.pixel_format or ""
        return (
            12 if "12" in name.removeprefix("yuv4").removeprefix("nv") else 10 if "10" in name or "p010" in name else 8
        )


def video_codec(video: VideoFormat) -> str | None:
    """The codec string of a video track, or None for a format that has none."""
    match video.codec:
        case "h264":
            return f"avc1.{H264_PROFILES.get(video.profile or '', '4240')}{max(video.level, 0):02X}"
        case "hevc":
            profile = "2.4" if video.profile == "Main 10" else "1.4"
            return f"hvc1.{profile}.L{max(video.level, 0)}.B0"
        case "av1":
            profile_number = AV1_PROFILES.get(video.profile or "", 0)
            return f"av01.{profile_number}.{max(video.level, 0):02d}M.{video.bit_depth:02d}"
        case "vp9":
            profile_text = (video.profile or "Profile 0").removeprefix("Profile ")
            level = video.level if video.level > 0 else vp9_level(video)
            return f"vp09.{int(profile_text):02d}.{level}.{video.bit_depth:02d}" if profile_text.isdigit() else None
    return FIXED_VIDEO.get(video.codec)


def audio_codec(codec: str, profile: str | None) -> str | None:
    """The codec string of an audio track, or None for a format that has none."""
    if codec == "aac":
        return "mp4a.40.5" if (profile or "").startswith("HE-AAC") else AAC_LC
    if codec == "dts":
        return DTS_PROFILES.get(profile or "", "dtsc")
    return FIXED_AUDIO.get(codec)


#: VP9 levels: (level × 10, luma samples per second, luma samples per picture).
VP9_LEVELS = [
    (10, 829_440, 36_864),
    (11, 2_764_800, 73_728),
    (20, 4_608_000, 122_880),
    (21, 9_216_000, 245_760),
    (30, 20_736_000, 552_960),
    (31, 36_864_000, 983_040),
    (40, 83_558_400, 2_228_224),
    (41, 160_432_128, 2_228_224),
    (50, 311_951_360, 8_912_896),
    (51, 588_251_136, 8_912_896),
    (52, 1_176_502_272, 8_912_896),
    (60, 1_176_502_272, 35_651_584),
    (61, 2_353_004_544, 35_651_584),
]


def vp9_level(video: VideoFormat) -> int:
    samples = video.width * video.height
    rate = samples * max(video.frame_rate, 1)
    return next((level for level, most, size in VP9_LEVELS if rate <= most and samples <= size), 62)


#: H.264 levels (ITU-T H.264 table A-1): level × 10, macroblocks/s, macroblocks/frame, kbit/s in High profile.
H264_LEVELS = [
    (10, 1_485, 99, 80),
    (11, 3_000, 396, 240),
    (12, 6_000, 396, 480),
    (13, 11_880, 396, 960),
    (20, 11_880, 396, 2_500),
    (21, 19_800, 792, 5_000),
    (22, 20_250, 1_620, 5_000),
    (30, 40_500, 1_620, 12_500),
    (31, 108_000, 3_600, 17_500),
    (32, 216_000, 5_120, 25_000),
    (40, 245_760, 8_192, 25_000),
    (42, 522_240, 8_704, 62_500),
    (50, 589_824, 22_080, 168_750),
    (51, 983_040, 36_864, 300_000),
    (52, 2_073_600, 36_864, 300_000),
    (60, 4_177_920, 139_264, 300_000),
    (61, 8_355_840, 139_264, 600_000),
]


def h264_level(width: int, height: int, frame_rate: float, bitrate: int) -> int:
    """The lowest level (× 10) that allows a picture size, rate and bitrate (bits/s); 6.2 when none does."""
    blocks = -(-width // 16) * -(-height // 16)
    longest = max(-(-width // 16), -(-height // 16))
    rate = blocks * max(frame_rate, 1)
    for level, most_rate, most_blocks, most_kbits in H264_LEVELS:
        fits = rate <= most_rate and blocks <= most_blocks and longest**2 <= 8 * most_blocks
        if fits and bitrate <= most_kbits * 1000:
            return level
    return 62
