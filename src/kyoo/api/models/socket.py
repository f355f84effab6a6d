"""The wire types of the websocket (api.md §11)."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from kyoo.api.models.base import Percent, Wire


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


class Subscribe(Wire):
    """What to be told of from now on; `after`: the newest event that is known."""

    action: Literal["subscribe"]
    topics: Topics
    after: Annotated[str, Field(max_length=64)] | None = None


class Unsubscribe(Wire):
    action: Literal["unsubscribe"]
    topics: Topics


Request = Annotated[Ping | Watch | Subscribe | Unsubscribe, Field(discriminator="action")]


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


class Refusal(Wire):
    """An action that was not done; without `action` when the message named none. Of a subscription, what is followed
    all the same."""

    action: str | None = None
    status: int
    message: str
    topics: list[str] | None = None
    after: str | None = None
