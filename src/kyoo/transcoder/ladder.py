"""Qualities: the ladder of video and audio, and which of them a file is offered in (video.md §6)."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from kyoo.core.errors import NotFoundError
from kyoo.transcoder.codecs import COPYABLE_VIDEO, H264_HIGH, OFFERED_AUDIO, h264_level
from kyoo.transcoder.models.media import AudioTrack, VideoTrack
from kyoo.transcoder.timeline import LONGEST_GAP

ORIGINAL = "original"
TRANSCODE = "transcode"


@dataclass(frozen=True)
class Step:
    """A rung: picture height and bits/s."""

    name: str
    height: int
    average: int
    maximum: int
    audio: str


STEPS = (
    Step("240p", 240, 400_000, 700_000, "128k"),
    Step("360p", 360, 800_000, 1_400_000, "128k"),
    Step("480p", 480, 1_200_000, 2_100_000, "128k"),
    Step("720p", 720, 2_400_000, 4_000_000, "192k"),
    Step("1080p", 1080, 4_800_000, 8_000_000, "192k"),
    Step("1440p", 1440, 9_600_000, 12_000_000, "256k"),
    Step("4k", 2160, 16_000_000, 28_000_000, "512k"),
    Step("8k", 4320, 28_000_000, 40_000_000, "512k"),
)
BY_NAME = {step.name: step for step in STEPS}
VIDEO_QUALITIES = frozenset({*BY_NAME, ORIGINAL, TRANSCODE})

AUDIO_STEPS = {"128k": 128_000, "192k": 192_000, "256k": 256_000, "320k": 320_000, "512k": 512_000}
AUDIO_QUALITIES = frozenset({*AUDIO_STEPS, ORIGINAL})


@dataclass(frozen=True)
class VideoRendition:
    """How a video track comes out in one quality: display size in square pixels, bits/s, codec string."""

    quality: str
    width: int
    height: int
    average: int
    maximum: int
    codec: str | None
    level: int | None

    @property
    def is_copy(self) -> bool:
        return self.quality == ORIGINAL


def own_step(track: VideoTrack) -> Step:
    """The step of the file's own quality."""
    return next(
        (step for step in STEPS if step.height >= track.display_height or step.average >= track.bitrate > 0), STEPS[-1]
    )


def can_copy(track: VideoTrack) -> bool:
    """Whether a browser can be given the track as it is; its keyframes are then the segment boundaries."""
    times = [*track.keyframes, track.end]
    gaps = [later - earlier for earlier, later in pairwise(times)]
    return track.codec in COPYABLE_VIDEO and bool(track.keyframes) and max(gaps) <= LONGEST_GAP


def is_plain_h264(track: VideoTrack) -> bool:
    return (track.mime_codec or "").startswith(H264_HIGH)


def video_rendition(track: VideoTrack, quality: str) -> VideoRendition:
    """How `track` comes out in `quality` (one of VIDEO_QUALITIES). An encoded rendition never takes more bits than its
    source, and fewer the smaller its picture is: a player that ranks by bitrate prefers the copy, then the larger
    picture. Raises NotFoundError for a step above the source's own."""
    if quality == ORIGINAL:
        width, height = track.display_width, track.display_height
        peak = track.bitrate * 5 // 4
        return VideoRendition(quality, width, height, track.bitrate, peak, track.mime_codec, None)
    own = next((step for step in STEPS if step.height >= track.display_height), STEPS[-1])
    step = own if quality == TRANSCODE else BY_NAME[quality]
    if step.height > own.height:
        raise NotFoundError("The quality is above that of the file")
    shown = track.display_height if quality == TRANSCODE else min(step.height, track.display_height)
    share = shown / max(track.display_height, 1)
    width, height = even(track.display_width * share), even(shown)
    average, maximum = step.average, step.maximum
    if track.bitrate > 0:
        average = max(1, min(average, int(track.bitrate * share * 0.95)))
        maximum = max(1, min(maximum, int(track.bitrate * share * 1.2)))
    level = h264_level(width, height, track.frame_rate, maximum)
    codec = f"{H264_HIGH}{level:02X}"
    return VideoRendition(quality, width, height, average, maximum, codec, level)


def even(pixels: float) -> int:
    return max(2, round(pixels / 2) * 2)


def video_qualities(track: VideoTrack) -> list[str]:
    """Best first: original, transcode, then the steps strictly lower than the source."""
    lower = [step.name for step in reversed(STEPS) if step.height < track.display_height]
    copyable = can_copy(track)
    transcode = not copyable or not is_plain_h264(track)
    return [*([ORIGINAL] if copyable else []), *([TRANSCODE] if transcode else []), *lower]


def own_audio_quality(track: AudioTrack) -> str:
    """The smallest step that holds the track's bitrate; unknown = the largest."""
    if track.bitrate <= 0:
        return "512k"
    return next((name for name, rate in AUDIO_STEPS.items() if rate >= track.bitrate), "512k")


def lower_audio(first: str, second: str) -> str:
    return min(first, second, key=lambda name: AUDIO_STEPS[name])


def can_copy_audio(track: AudioTrack) -> bool:
    """Whether some browser plays the track as it is."""
    return track.codec in OFFERED_AUDIO and track.mime_codec is not None


def audio_bitrate(track: AudioTrack, quality: str) -> int:
    """Bits/s of the AAC that `quality`, a step, is made of: never more than the source has."""
    return min(AUDIO_STEPS[quality], track.bitrate) if track.bitrate > 0 else AUDIO_STEPS[quality]


def audio_qualities(best: str) -> list[str]:
    """The steps up to `best`, lowest first."""
    return [name for name, rate in AUDIO_STEPS.items() if rate <= AUDIO_STEPS[best]]
