"""What is being streamed now, and to whom."""

from __future__ import annotations

from typing import Any, Literal

from kyoo.api.models.base import Wire
from kyoo.api.models.entry import EntryInVideo
from kyoo.api.models.show import Show


class Head(Wire):
    """An encoder at work: seconds for `start` and `end`, segment numbers for the heads."""

    start: float
    end: float
    start_head: int
    end_head: int
    is_running: bool


class StreamedTrack(Wire):
    """Why a track is encoded (null: it is copied, or the transcoder does not say) and what that costs."""

    index: int
    quality: str
    heads: list[Head]
    reason: Literal["codec", "keyframes", "browser", "quality"] | None = None
    encoders: int | None = None
    processor_seconds: float | None = None


class ViewedTrack(Wire):
    index: int
    quality: str
    head: int


class Viewer(Wire):
    #: As the auth service describes it; null if it is not known there.
    user: dict[str, Any] | None
    #: Seconds into the video, null if the viewer has not reported any.
    progress: int | None
    #: What the player calls itself, by which `DELETE /video/streams/{clientId}` ends it, and what it is doing.
    client_id: str
    state: Literal["playing", "paused"]
    video: ViewedTrack | None
    audio: ViewedTrack | None


class RunningStream(Wire):
    #: The video's id; the transcoder's name for the file if it is no video of the library.
    id: str
    path: str
    duration: float
    videos: list[StreamedTrack]
    audios: list[StreamedTrack]
    viewers: list[Viewer]
    entries: list[EntryInVideo]
    show: Show | None
