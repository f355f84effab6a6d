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
    rotation in. `keyframes` are presentation times, sorted; empty when none could be found.
    """

    mime_codec: Codecs | None
    width: int
    height: int
    display_width: int
    display_height: int
    rotation: int
    frame_rate: float
    bitrate: int
    is_hdr: bool
    is_interlaced: bool
    end: float
    delay: float
    keyframes: list[float]


class AudioTrack(Track):
    mime_codec: Codecs | None
    channels: int
    sample_rate: int
    bitrate: int
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
    """`start` is the container's own time of the playlist's 0; `formats` the demuxer's names."""

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
