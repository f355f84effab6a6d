"""The wire types of websocket events (docs/using/realtime.md#topics): one event is one of these, told apart by
its topic."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import ConfigDict, Discriminator, Field, Tag

from kyoo.api.models.base import Moment, ShowKind, Wire
from kyoo.api.models.rooms import Member, RoomState


class _Event(Wire):
    """`id` grows; the last one that a client has seen is where it goes on."""

    model_config = ConfigDict(extra="forbid")

    action: Literal["event"]
    id: str
    at: Moment


class ShowOf(Wire):
    id: UUID
    slug: str
    kind: ShowKind


class EntryOf(Wire):
    id: UUID
    slug: str


class DeviceOf(Wire):
    id: str
    name: str | None = None
    client: str | None = None


class Reached(Wire):
    percent: int
    time: int
    played_date: Moment | None
    video_id: UUID | None


class WatchEvent(_Event):
    """`watchStatus` is null when the show is not in the list any more; `hiddenFrom` are rows of the home page. `device`
    is what it is played on, of plays that a socket reports."""

    topic: Literal["watch"]
    type: Literal["started", "paused", "resumed", "stopped", "progress", "finished", "status", "score", "hidden"]
    show: ShowOf
    entry: EntryOf | None
    progress: Reached | None = None
    watch_status: dict[str, Any] | None = None
    score: int | None = None
    hidden_from: list[str] | None = None
    next_up: Literal[False] | None = None
    device: DeviceOf | None = None


class Item(Wire):
    """`fields`: what was changed of it, when that is known."""

    kind: Literal["movie", "serie", "collection", "studio", "staff"]
    id: UUID
    slug: str
    fields: list[str] | None = None


class CatalogueEvent(_Event):
    topic: Literal["catalogue"]
    type: Literal["added", "changed", "removed"]
    items: Annotated[list[Item], Field(max_length=100)]
    #: There are more than these.
    more: Literal[True] | None = None


class ScanEvent(_Event):
    """How far the scanner is; of a failure, what failed."""

    topic: Literal["scan"]
    type: Literal["started", "progress", "failed", "ended"]
    running: bool | None = None
    found: int | None = None
    registered: int | None = None
    identified: int | None = None
    probed: int | None = None
    #: The number of files; a failure has `title`, `path`, `files` and `reason` instead.
    failed: int | None = None
    missing: int | None = None
    title: str | None = None
    path: str | None = None
    files: int | None = None
    reason: str | None = None


class JobsEvent(_Event):
    topic: Literal["jobs"]
    type: Literal["queued", "started", "failed", "ended"]
    queue: str
    task: str | None
    waiting: int
    running: int
    failed: int


class StreamsEvent(_Event):
    """`stream` is a row of `/video/streams`."""

    topic: Literal["streams"]
    type: Literal["started", "changed", "ended"]
    stream: dict[str, Any]


class DevicesEvent(_Event):
    topic: Literal["devices"]
    type: Literal["online", "offline", "command", "state"]
    device: DeviceOf
    command: dict[str, Any] | None = None
    state: dict[str, Any] | None = None


class NoticesEvent(_Event):
    """A text by its key; of `session`, the session that has ended."""

    topic: Literal["notices"]
    type: Literal["notice", "session"]
    key: str
    values: dict[str, Any]
    link: str | None = None
    session: UUID | None = None


class VideoOf(Wire):
    id: UUID


class RoomEvent(_Event):
    """For the members of a room. `ended`: there is no such room any more; `removed`: a member whom the host has sent
    away; `byId`: the member that said something."""

    topic: Annotated[str, Field(pattern="^room:")]
    type: Literal["member", "state", "chat", "reaction"]
    room: UUID
    member: Member | None = None
    host: str | None = None
    state: RoomState | None = None
    video: VideoOf | None = None
    by: str | None = None
    by_id: str | None = None
    text: str | None = None
    removed: str | None = None
    ended: Literal[True] | None = None


def _topic(event: Any) -> str:
    topic = str(event.get("topic") if isinstance(event, dict) else event.topic)
    return "room" if topic.startswith("room:") else topic


Event = Annotated[
    Annotated[WatchEvent, Tag("watch")]
    | Annotated[CatalogueEvent, Tag("catalogue")]
    | Annotated[ScanEvent, Tag("scan")]
    | Annotated[JobsEvent, Tag("jobs")]
    | Annotated[StreamsEvent, Tag("streams")]
    | Annotated[DevicesEvent, Tag("devices")]
    | Annotated[NoticesEvent, Tag("notices")]
    | Annotated[RoomEvent, Tag("room")],
    Discriminator(_topic),
]
EVENTS = (
    WatchEvent, CatalogueEvent, ScanEvent, JobsEvent, StreamsEvent, DevicesEvent, NoticesEvent, RoomEvent,
)  # fmt: skip
