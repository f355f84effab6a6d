"""The wire's media info (docs/protocol/video.md#information)."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from kyoo.transcoder.models.media import ChapterType, Hdr, VideoRange


class Wire(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, serialize_by_alias=True)


class Versions(Wire):
    """Code versions of what has been made; 0 = not yet, -1 = the file cannot be read."""

    info: int
    extract: int
    thumbs: int
    keyframes: int
    fingerprint: int
    fp_with: list[str]


class VideoInfo(Wire):
    """What follows `isDefault` is ours. `rotation` in degrees, counterclockwise, to show the coded picture upright;
    `sampleAspectRatio` is the shape of a coded pixel; `displayWidth` and `displayHeight` count both in."""

    index: int
    title: str | None
    language: str | None
    codec: str
    mime_codec: str | None
    width: int
    height: int
    bitrate: int
    is_default: bool
    display_width: int
    display_height: int
    rotation: int
    sample_aspect_ratio: str
    frame_rate: float
    is_interlaced: bool
    video_range: VideoRange
    hdr: Hdr | None
    dolby_vision_profile: int | None


class AudioInfo(Wire):
    index: int
    title: str | None
    language: str | None
    codec: str
    mime_codec: str | None
    channels: int
    bitrate: int
    is_default: bool


class SubtitleInfo(Wire):
    index: int | None
    title: str | None
    language: str | None
    codec: str
    extension: str | None
    is_default: bool
    is_forced: bool
    is_hearing_impaired: bool
    is_external: bool
    path: str | None
    link: str | None


def is_unknown(value: object) -> bool:
    """Of these two the wire knows no null: clients want them left out."""
    return value is None


class ChapterInfo(Wire):
    start_time: float
    end_time: float
    name: str
    type: ChapterType
    first_appearance: bool | None = Field(default=None, exclude_if=is_unknown)
    match_accuracy: int | None = Field(default=None, exclude_if=is_unknown)


class MediaInfo(Wire):
    """Durations and times in seconds, size in bytes, bitrates in bits/s. Ours are `cover`, which leads to the picture
    that is embedded, if there is one, and `tags`, what the file says of its title, by ffmpeg's names in small
    letters."""

    id: int
    sha: str
    path: str
    extension: str
    mime_codec: str | None
    size: int
    duration: float
    container: str | None
    versions: Versions
    videos: list[VideoInfo]
    audios: list[AudioInfo]
    subtitles: list[SubtitleInfo]
    fonts: list[str]
    chapters: list[ChapterInfo]
    cover: str | None
    tags: dict[str, str]
