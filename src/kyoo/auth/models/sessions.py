"""Sessions on the wire."""

from __future__ import annotations

from uuid import UUID

from pydantic import Field

from kyoo.auth.models.base import Text, Timestamp, WireModel


class Login(WireModel):
    """`login` is a username or an e-mail address."""

    login: Text = Field(min_length=1, max_length=320)
    password: str = Field(min_length=1, max_length=1024)


class Session(WireModel):
    """`device` is made for people: `Firefox - PC - Linux`, or the label that the client gave; never null."""

    id: UUID
    created_date: Timestamp
    last_used: Timestamp
    device: str


class SessionWToken(Session):
    """The only answer that holds the token; it is stored as a hash."""

    token: str


class SessionWCurrent(Session):
    """`current`: the session that made the request."""

    current: bool
