"""A room at one moment: where it stands, whom it waits for, what an order makes of it, and how its members see it.
Pure: no clock, no database."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from kyoo.api.models.socket import Ordered
from kyoo.api.realtime.playback import Playback
from kyoo.core.errors import InvalidError

Row = dict[str, Any]

#: How fast a room may play.
RATES = (0.25, 4.0)


def playback_of(room: Row) -> Playback:
    names = ("paused", "position", "rate", "at", "by", "version", "wanted", "waits_since")
    return Playback(**{name: room[name] for name in names})


def buffers(member: Row) -> bool:
    return member["socket"] is not None and bool(member["buffering"])


def was_here(member: Row, since: datetime) -> bool:
    return member["socket"] is not None or (member["left_at"] or member["joined_at"]) > since


def waiting_for(members: list[Row]) -> list[str]:
    """Whom a play waits for: who is there and not ready, or buffers."""
    return [one["name"] for one in members if one["socket"] is not None and (not one["ready"] or one["buffering"])]


def shown_member(one: Row) -> Row:
    return {
        "id": one["id"],
        "name": one["name"],
        "guest": one["key"] is not None,
        "here": one["socket"] is not None,
        "ready": one["ready"],
        "buffering": one["buffering"],
    }


def shown_state(playback: Playback, members: list[Row]) -> Row:
    at = playback.at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return {
        "paused": playback.paused,
        "position": round(playback.position, 3),
        "rate": playback.rate,
        "at": at,
        "by": playback.by,
        "version": playback.version,
        "waiting": waiting_for(members) if playback.wanted and playback.paused else [],
    }


def ordered(before: Playback, order: Ordered, now: datetime, by: str, *, waits: bool) -> Playback:
    """Raises InvalidError for an order that makes no sense in a room."""
    place = order.position
    if place is not None and not 0 <= place <= 1e6:
        raise InvalidError("Invalid command: position must be a time in the video")
    match order.name:
        case "play" | "resume":
            return before.play(now, by, position=place, waits=waits)
        case "pause":
            return before.pause(now, by, position=place)
        case "seek" if place is not None:
            return before.seek(now, by, position=place)
        case "rate" if order.rate is not None and RATES[0] <= order.rate <= RATES[1]:
            return before.at_rate(now, by, rate=order.rate)
        case "next":
            return replace(before.pause(now, by, position=0), wanted=True, waits_since=now)
    raise InvalidError(f"Invalid command: {order.name} lacks what it takes, or is for devices")
