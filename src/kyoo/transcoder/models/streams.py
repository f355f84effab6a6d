"""The wire's list of running streams (video.md §12)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from kyoo.transcoder.models.info import Wire


class Head(Wire):
    """A run of segments: times in seconds, segment numbers inclusive."""

    start: float
    end: float
    start_head: int
    end_head: int
    is_running: bool


class StreamTrack(Wire):
    index: int
    quality: str
    heads: list[Head]


class ViewerTrack(Wire):
    index: int
    quality: str
    head: int


class Viewer(Wire):
    client_id: str
    profile_id: str | None
    session_id: str | None
    #: Ours. A player that has been left without a word looks paused for a while.
    state: Literal["playing", "paused"]
    video: ViewerTrack | None
    audio: ViewerTrack | None


class Stream(Wire):
    path: str
    sha: str
    duration: float
    videos: list[StreamTrack]
    audios: list[StreamTrack]
    viewers: list[Viewer]


class End(Wire):
    """Why a stream is ended; its player shows it."""

    message: Annotated[str, Field(max_length=500)] | None = None
