"""Qualities: the ladder of video and audio, and which of them a file is offered in
(docs/protocol/video.md#qualities)."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from kyoo.core.errors import NotFoundError
from kyoo.transcoder.hls.codecs import COPYABLE_VIDEO, H264_HIGH, OFFERED_AUDIO, h264_level
from kyoo.transcoder.hls.filling import LATE, Filling
from kyoo.transcoder.hls.timeline import LONGEST_GAP
from kyoo.transcoder.models.media import AudioTrack, VideoTrack

ORIGINAL = "original"
TRANSCODE = "transcode"


#: Lines of a picture from which on 50i becomes 50p, and the frame rate above which fields are counted already.
FIELDS_FROM, MOST_INTERLACED = 480, 30.5
#: Pictures a second that an encoded rendition has at least.
SLOWEST = 1.0
#: How long before it is shown a picture may be decoded (s) where pictures come slower than SLOW a second, so that a few
#: of them are as long. hls.js looks for a segment at the time of its decoding, 0.2 s around it, and ends no film whose
#: last segment it does not find.
MOST_DELAY, SLOW = 0.19, 12.0


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
#: AAC of six channels, of tracks that have as many; all other AAC of ours is stereo.
STEREO = 2
SURROUND, SURROUND_CHANNELS, SURROUND_BITS = "surround", 6, 384_000
AUDIO_QUALITIES = frozenset({*AUDIO_STEPS, SURROUND, ORIGINAL})


@dataclass(frozen=True)
class VideoRendition:
    """How a video track comes out in one quality: display size in square pixels, bits/s, pictures a second, codec
    string. `fields`: each field of an interlaced source becomes a picture, so that motion stays as smooth as it was."""

    quality: str
    width: int
    height: int
    average: int
    maximum: int
    frame_rate: float
    fields: bool
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
    """Whether a browser can be given the whole track as it is; its keyframes are then the segment boundaries."""
    times = [*track.keyframes, track.end]
    gaps = [later - earlier for earlier, later in pairwise(times)]
    begins = bool(track.keyframes) and not track.starts_inside_group
    in_time = track.delay <= MOST_DELAY or track.frame_rate >= SLOW
    return track.codec in COPYABLE_VIDEO and begins and in_time and max(gaps) <= LONGEST_GAP


def is_plain_h264(track: VideoTrack) -> bool:
    return (track.mime_codec or "").startswith(H264_HIGH)


def video_rendition(track: VideoTrack, quality: str) -> VideoRendition:
    """How `track` comes out in `quality` (one of VIDEO_QUALITIES). An encoded rendition never takes more bits than its
    source, and fewer the smaller its picture is: a player that ranks by bitrate prefers the copy, then the larger
    picture. Raises NotFoundError for a step above the source's own."""
    if quality == ORIGINAL:
        width, height = track.display_width, track.display_height
        peak = track.bitrate * 5 // 4
        rate = track.frame_rate
        return VideoRendition(quality, width, height, track.bitrate, peak, rate, False, track.mime_codec, None)
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
    fields = keeps_fields(track, height, is_own=quality == TRANSCODE)
    rate = track.frame_rate * 2 if fields else max(track.frame_rate, SLOWEST)
    level = h264_level(width, height, rate, maximum)
    codec = f"{H264_HIGH}{level:02X}"
    return VideoRendition(quality, width, height, average, maximum, rate, fields, codec, level)


def keeps_fields(track: VideoTrack, height: int, *, is_own: bool) -> bool:
    """In the source's own size and from FIELDS_FROM lines on; smaller pictures are for slow connections."""
    return track.is_interlaced and track.frame_rate <= MOST_INTERLACED and (is_own or height >= FIELDS_FROM)


def even(pixels: float) -> int:
    return max(2, round(pixels / 2) * 2)


def video_qualities(track: VideoTrack) -> list[str]:
    """Best first: original, transcode, then the steps strictly lower than the source."""
    lower = [step.name for step in reversed(STEPS) if step.height < track.display_height]
    copyable = can_copy(track)
    # Browsers show both fields of an interlaced copy at once.
    transcode = not copyable or not is_plain_h264(track) or track.is_interlaced
    return [*([ORIGINAL] if copyable else []), *([TRANSCODE] if transcode else []), *lower]


def own_audio_quality(track: AudioTrack) -> str:
    """The smallest step that holds the track's bitrate; unknown = the largest."""
    if track.bitrate <= 0:
        return "512k"
    return next((name for name, rate in AUDIO_STEPS.items() if rate >= track.bitrate), "512k")


def lower_audio(first: str, second: str) -> str:
    return min(first, second, key=lambda name: AUDIO_STEPS[name])


def can_copy_audio(track: AudioTrack) -> bool:
    """Whether some browser plays the track as it is. One that starts late is silent until then, which a copy can be in
    codecs only of which `filling` knows a silent frame: a player skips what has no sound."""
    starts = track.begin <= LATE or Filling.of_copied_audio(track) is not None
    return track.codec in OFFERED_AUDIO and track.mime_codec is not None and starts


def audio_bitrate(track: AudioTrack, quality: str) -> int:
    """Bits/s of the AAC that `quality`, a step or surround, is made of: never more than the source has."""
    bits = SURROUND_BITS if quality == SURROUND else AUDIO_STEPS[quality]
    return min(bits, track.bitrate) if track.bitrate > 0 else bits


def audio_channels(track: AudioTrack, quality: str) -> int:
    """How many channels `track` has in `quality`. Raises NotFoundError for surround of a track that has none."""
    if quality == ORIGINAL:
        return track.channels
    if quality == SURROUND and not has_surround(track):
        raise NotFoundError("The track has no surround sound")
    return SURROUND_CHANNELS if quality == SURROUND else STEREO


def filling_of_audio(track: AudioTrack, quality: str) -> Filling | None:
    """None where no silent frame is known. Raises NotFoundError for surround of a track that has none."""
    channels = audio_channels(track, quality)
    return Filling.of_copied_audio(track) if quality == ORIGINAL else Filling.of_encoded_audio(track, channels)


def has_surround(track: AudioTrack) -> bool:
    return track.channels >= SURROUND_CHANNELS


def audio_qualities(best: str) -> list[str]:
    """The steps up to `best`, lowest first."""
    return [name for name, rate in AUDIO_STEPS.items() if rate <= AUDIO_STEPS[best]]
