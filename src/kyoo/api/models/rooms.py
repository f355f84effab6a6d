"""The wire types of rooms."""

from __future__ import annotations

import re
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints

from kyoo.api.models.base import Moment, Wire

Control = Literal["everyone", "host"]

#: These turn the direction of what is behind them (Unicode Annex 9): other words would be shown than were written.
TURNING = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f]+")


def _shown(text: str) -> str:
    shown = CONTROLS.sub(" ", TURNING.sub("", text)).strip()
    if not any(letter.isprintable() and not letter.isspace() for letter in shown):
        raise ValueError("nothing of it can be seen")
    return shown


#: What somebody says, as others see it.
Shown = Annotated[str, AfterValidator(_shown)]
GuestName = Annotated[Shown, StringConstraints(strip_whitespace=True, min_length=1, max_length=50)]


class NewRoom(Wire):
    """`video`: an id or a slug. `control`: who may play, pause and seek."""

    video: Annotated[str, Field(min_length=1, max_length=500)]
    guests: bool = False
    control: Control = "everyone"


class JoinRoom(Wire):
    """An account needs neither; a guest is somebody who has the link."""

    name: GuestName | None = None
    link: Annotated[str, Field(max_length=1000)] | None = None


class RoomVideo(Wire):
    id: UUID
    slug: str | None


class Member(Wire):
    """`here`: connected at present."""

    id: str
    name: str
    guest: bool
    here: bool
    ready: bool
    buffering: bool


class Message(Wire):
    """`byId` is the member that said it; null of messages of an earlier release."""

    kind: Literal["chat", "reaction"]
    by: str
    by_id: str | None
    text: str
    at: Moment


class RoomState(Wire):
    """Playback stands at `position + (now − at) × rate`, unless it is paused. `waiting`: whom a play waits for."""

    paused: bool
    position: float
    rate: float
    at: Moment
    by: str
    version: int
    waiting: list[str]


class Room(Wire):
    """`link` is the invitation; guests do not get it."""

    id: UUID
    slug: str
    link: str | None
    video: RoomVideo
    control: Control
    guests: bool
    host: str
    members: list[Member]
    state: RoomState
    messages: list[Message]


class Joined(Wire):
    """`presign` is the value of `x-presign` for guests, null for accounts; `member` is who one is in the room."""

    room: Room
    presign: str | None
    member: str
