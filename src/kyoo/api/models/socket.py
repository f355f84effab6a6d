"""The wire types of the websocket (api.md §11)."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from kyoo.api.models.base import Percent, Wire
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
    """What to be told of from now on; `after`: the newest event that is known. Whoever follows `devices` is one, which
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

    name: Literal["play", "pause", "resume", "seek", "stop", "next", "volume", "audio", "subtitle", "message"]


class Command(Wire):
    """Have another device of the same user do something; what it takes beside a name are members of the command."""

    action: Literal["command"]
    device: Name
    command: Ordered


class Unsubscribe(Wire):
    action: Literal["unsubscribe"]
    topics: Topics


Request = Annotated[Ping | Watch | Subscribe | Unsubscribe | State | Command, Field(discriminator="action")]


class Subscribed(Wire):
    """All topics that are followed now; `after` is the newest event of all that were told, or will not be."""

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
