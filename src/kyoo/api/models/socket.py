"""The wire types of the websocket (api.md §11)."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from kyoo.api.models.base import Percent, Wire


class Ping(Wire):
    action: Literal["ping"]


class Watch(Wire):
    """How far a video has come: `entry` is an id or a slug, `time` seconds."""

    action: Literal["watch"]
    entry: str
    video_id: UUID
    percent: Percent
    time: Annotated[int, Field(ge=0, le=2**31 - 1)]


Request = Annotated[Ping | Watch, Field(discriminator="action")]


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
    """An action that was not done; without `action` when the message named none."""

    action: str | None = None
    status: int
    message: str
