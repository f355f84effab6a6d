"""The wire's list of running streams."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from kyoo.transcoder.models.info import Wire

Reason = Literal["codec", "keyframes", "browser", "quality"]


class Head(Wire):
    """A run of segments: times in seconds, segment numbers inclusive."""

    start: float
    end: float
    start_head: int
    end_head: int
    is_running: bool


class StreamTrack(Wire):
    """Ours: `reason`, why it is encoded, null for a copy: `codec` and `keyframes` (a copy would not play), `browser` (a
    copy plays in some browsers only), `quality` (less was asked for). `encoders` at work, and what they have used of
    processors so far, in seconds."""

    index: int
    quality: str
    heads: list[Head]
    reason: Reason | None
    encoders: int
    processor_seconds: float


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
