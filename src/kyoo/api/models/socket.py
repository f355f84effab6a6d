"""The wire types of the websocket."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from kyoo.api.models.base import Percent, Wire
from kyoo.api.models.rooms import Shown
from kyoo.api.models.trackers import Sync


class Ping(Wire):
    action: Literal["ping"]


Topics = Annotated[list[Annotated[str, Field(max_length=64)]], Field(min_length=1, max_length=64)]


class Watch(Wire):
    """How far a video has come: `entry` is an id or a slug, `time` seconds. Without a `state` it is guessed: what is
    reported twice at the same time is paused."""

    action: Literal["watch"]
    entry: str
    video_id: UUID
    percent: Percent
    time: Annotated[int, Field(ge=0, le=2**31 - 1)]
    state: Literal["playing", "paused", "stopped"] | None = None


Name = Annotated[str, Field(min_length=1, max_length=100)]


class Device(Wire):
    """What a device calls itself. One that comes back under the same `id` is the same; by default it is its socket."""

    id: Name | None = None
    name: Name | None = None
    client: Annotated[str, Field(max_length=100)] | None = None


class Subscribe(Wire):
    """The topics to receive; `after`: the newest event that is known. Whoever follows `devices` is one, which
    `device` describes."""

    action: Literal["subscribe"]
    topics: Topics
    after: Annotated[str, Field(max_length=64)] | None = None
    device: Device | None = None


class State(Wire):
    """What this device is doing, for the others of its user: any members."""

    action: Literal["state"]
    state: dict[str, Any]


class Ordered(BaseModel):
    model_config = ConfigDict(extra="allow")

    name: Literal["play", "pause", "resume", "seek", "rate", "stop", "next", "volume", "audio", "subtitle", "message"]
    #: Seconds.
    position: Annotated[float, Field(allow_inf_nan=False)] | None = None
    rate: Annotated[float, Field(allow_inf_nan=False)] | None = None


class Command(Wire):
    """Have another device of the same user do something, or everybody in a room; what it takes beside a name are
    members of the command. `version`: the state of the room that it is meant for."""

    action: Literal["command"]
    device: Name | None = None
    room: Name | None = None
    version: Annotated[int, Field(ge=0, lt=2**31)] | None = None
    command: Ordered

    @model_validator(mode="after")
    def _one_target(self) -> Command:
        if (self.device is None) == (self.room is None):
            raise ValueError("a command is for a device or for a room")
        if self.room is not None and self.version is None:
            raise ValueError("a command for a room names the version of the state that it is meant for")
        return self


class InRoom(Wire):
    """What a member of a room does beside steering it. One of the four."""

    action: Literal["room"]
    room: Name
    ready: bool | None = None
    buffering: bool | None = None
    chat: Annotated[Shown, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)] | None = None
    reaction: Annotated[Shown, StringConstraints(min_length=1, max_length=16)] | None = None

    @model_validator(mode="after")
    def _says_something(self) -> InRoom:
        if self.ready is None and self.buffering is None and self.chat is None and self.reaction is None:
            raise ValueError("it says nothing: ready, buffering, chat or reaction")
        return self


class Clock(Wire):
    """What time it is: `sent` is given back."""

    action: Literal["clock"]
    sent: Annotated[float, Field(allow_inf_nan=False)]


class Told(Wire):
    """The clock of the server, in milliseconds: when the question came, and when the answer went."""

    action: Literal["clock"] = "clock"
    sent: float
    received: float
    replied: float


class Steered(Wire):
    """The room has this state from now on."""

    action: Literal["command"] = "command"
    status: Literal[200] = 200
    version: int


class Done(Wire):
    action: Literal["room"] = "room"
    status: Literal[200] = 200


class Unsubscribe(Wire):
    action: Literal["unsubscribe"]
    topics: Topics


Request = Annotated[
    Ping | Watch | Subscribe | Unsubscribe | State | Command | InRoom | Clock, Field(discriminator="action")
]


class Subscribed(Wire):
    """All topics that are followed now; `after` is the newest of all events that were sent or never will be."""

    action: Literal["subscribe"] = "subscribe"
    status: Literal[200] = 200
    topics: list[str]
    after: str


class Unsubscribed(Wire):
    """The topics that are still followed."""

    action: Literal["unsubscribe"] = "unsubscribe"
    status: Literal[200] = 200
    topics: list[str]


class Delivered(Wire):
    """A command is on its way, or a state known."""

    action: Literal["command", "state"]
    status: Literal[202] = 202


class Reload(Wire):
    """Too much was missed of these topics, or it was too long ago: what they tell of is to be fetched anew."""

    action: Literal["reload"] = "reload"
    topics: list[str]


class HistoryCounts(Wire):
    """What a report did: began a play, or went on with one."""

    created: int
    updated: int
    existing: int


class Watched(Wire):
    action: Literal["watch"] = "watch"
    status: Literal[201] = 201
    inserted: int
    history: HistoryCounts
    sync: Sync | None = None


class Refusal(Wire):
    """An action that was not done; without `action` when the message named none. Of a subscription, what is followed
    all the same."""

    action: str | None = None
    status: int
    message: str
    topics: list[str] | None = None
    after: str | None = None
    #: Of a room, the present one.
    state: dict[str, Any] | None = None
