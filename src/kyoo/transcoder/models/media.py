"""What probing a file yields and the database keeps: tracks, keyframes, chapters. Not the wire's media info."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

#: No more than part of a file's name.
Extension = Annotated[str, Field(pattern=r"\A[a-z0-9]{1,8}\z")]
FileName = Annotated[str, Field(pattern=r"\A[^/\x00]+\z")]
#: What playlists have between quotation marks.
Codecs = Annotated[str, Field(pattern=r'\A[^"\x00-\x1f]*\z')]


Ratio = Annotated[str, Field(pattern=r"\A[0-9]{1,9}:[0-9]{1,9}\z")]


class VideoRange(StrEnum):
    """The transfer function, as playlists name it (draft-pantos-hls-rfc8216bis §4.4.6.2)."""

    SDR = "SDR"
    PQ = "PQ"
    HLG = "HLG"


class Hdr(StrEnum):
    HDR10 = "HDR10"
    HDR10_PLUS = "HDR10+"
    HLG = "HLG"
    DOLBY_VISION = "Dolby Vision"


class Found(BaseModel):
    """Said by the process that reads the file, over which a hostile file may have power: nothing here leads to another
    file, or into what is written with it."""

    model_config = ConfigDict(allow_inf_nan=False)


class Track(Found):
    """`index` counts inside its own kind; `stream` is the absolute stream number in the container."""

    index: int
    stream: int
    title: str | None
    language: str | None
    codec: str
    is_default: bool


class VideoTrack(Track):
    """Times in seconds on the playlist's timeline (0 = the container's start); bitrate in bits/s, 0 = unknown.

    `width` and `height` are the coded size; `display_width` and `display_height` count the sample aspect ratio and the
    rotation in. `frame_rate` is the mean one, or when it `is_variable` the one of which all times are multiples.
    `begin` is when the first picture is shown. `keyframes` are presentation times, sorted; empty when none could be
    found. `shown_from` is when the pictures that are decoded from each of them on are first shown: in an open group
    some are before it; empty where none are. `starts_inside_group`: pictures before the first of them are shown,
    decoded from one that is not; `starts_untimed`: it is not known when what comes before them is shown.
    """

    mime_codec: Codecs | None
    width: int
    height: int
    display_width: int
    display_height: int
    rotation: int
    sample_aspect_ratio: Ratio
    frame_rate: float
    is_variable: bool
    bitrate: int
    video_range: VideoRange
    hdr: Hdr | None
    dolby_vision_profile: int | None
    is_interlaced: bool
    begin: float
    end: float
    delay: float
    starts_inside_group: bool
    starts_untimed: bool
    keyframes: list[float]
    shown_from: list[float] = []

    @property
    def groups(self) -> list[tuple[float, float]]:
        """Each keyframe, and from when on what is decoded from it on is shown."""
        return list(zip(self.keyframes, self.shown_from or self.keyframes, strict=True))

    @property
    def is_hdr(self) -> bool:
        return self.video_range is not VideoRange.SDR


class AudioTrack(Track):
    """`layout` is libav's name of how the speakers stand."""

    mime_codec: Codecs | None
    channels: int
    layout: str
    sample_rate: int
    bitrate: int
    begin: float
    end: float
    is_adts: bool


class SubtitleTrack(Track):
    """`extension` is that of the extracted file; None when the format cannot be extracted."""

    extension: Extension | None
    is_forced: bool
    is_hearing_impaired: bool


class ChapterType(StrEnum):
    CONTENT = "content"
    RECAP = "recap"
    INTRO = "intro"
    CREDITS = "credits"
    PREVIEW = "preview"


class Chapter(Found):
    start: float
    end: float
    name: str
    type: ChapterType
    first_appearance: bool | None = None
    match_accuracy: int | None = None


class Attachment(Found):
    """`name` is unique in the file and safe as a file name."""

    stream: int
    name: FileName
    mime_type: str | None


class Media(Found):
    """`start` is the container's own time of the playlist's 0; `formats` the demuxer's names; `tags` those of the whole
    file that say which title it is."""

    content_id: str
    size: int
    formats: str
    container: str | None
    start: float
    duration: float
    bitrate: int
    videos: list[VideoTrack]
    audios: list[AudioTrack]
    subtitles: list[SubtitleTrack]
    chapters: list[Chapter]
    attachments: list[Attachment]
    cover_stream: int | None
    tags: dict[str, str] = {}

    @property
    def end(self) -> float:
        """When the last track ends (s)."""
        return max([*(track.end for track in self.videos), *(track.end for track in self.audios)])

    @property
    def default_video(self) -> VideoTrack | None:
        return next((track for track in self.videos if track.is_default), next(iter(self.videos), None))

    @property
    def default_audio(self) -> AudioTrack | None:
        return next((track for track in self.audios if track.is_default), next(iter(self.audios), None))


class Probed(Found):
    """`complete`: the keyframes are known. Otherwise they took too long, and whoever has more patience looks again."""

    media: Media
    complete: bool
