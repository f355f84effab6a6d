"""Which events administrators' webhooks tell of, and what is told of each. No HTTP, no database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Literal, get_args

from kyoo.core.events import Event

Happening = Literal[
    "play.started",
    "play.paused",
    "play.resumed",
    "play.stopped",
    "play.finished",
    "title.added",
    "episode.added",
    "scan.ended",
    "user.registered",
]
HAPPENINGS: tuple[str, ...] = get_args(Happening)
#: What is read of the table of events.
TOPICS = ("watch", "catalogue", "arrivals", "scan", "notices")
#: Of each of these, what is found together is one message: a library of thousands of titles must not be thousands.
GATHERED = ("title.added", "episode.added")
#: What one such message names at most.
ITEMS = 100

_OF_EVENTS: dict[tuple[str, str], str] = {
    ("watch", "started"): "play.started",
    ("watch", "paused"): "play.paused",
    ("watch", "resumed"): "play.resumed",
    ("watch", "stopped"): "play.stopped",
    ("watch", "finished"): "play.finished",
    ("catalogue", "added"): "title.added",
    ("arrivals", "episodes"): "episode.added",
    ("scan", "ended"): "scan.ended",
}


def happening(event: Event) -> str | None:
    if event.topic == "notices":
        return "user.registered" if event.body.get("key") == "user.registered" else None
    return _OF_EVENTS.get((event.topic, event.type))


def named(found: Iterable[Event]) -> tuple[set[str], set[str]]:
    """The ids of shows and entries whose names are told."""
    shows: set[str] = set()
    entries: set[str] = set()
    for event in found:
        match happening(event):
            case None | "scan.ended" | "user.registered":
                pass
            case "title.added":
                shows.update(item["id"] for item in event.body["items"])
            case _:
                shows.add(event.body["show"]["id"])
                if event.body["entry"] is not None:
                    entries.add(event.body["entry"]["id"])
    return shows, entries


def messages(found: Sequence[Event], names: Mapping[str, dict[str, Any]]) -> Iterator[tuple[int, str, dict[str, Any]]]:
    """(event, type, body) of each message."""
    gathered: dict[str, list[Event]] = {kind: [] for kind in GATHERED}
    for event in found:
        kind = happening(event)
        if kind is None:
            continue
        if kind in gathered:
            gathered[kind].append(event)
        else:
            yield event.id, kind, _body(kind, event.at, _data(kind, event, names))
    for kind, together in gathered.items():
        if items := [item for event in together for item in _items(kind, event, names)]:
            more = len(items) > ITEMS or any("more" in event.body for event in together)
            data = {"items": items[:ITEMS], **({"more": True} if more else {})}
            yield together[-1].id, kind, _body(kind, together[-1].at, data)


def example(server: str) -> dict[str, Any]:
    """What the test button sends."""
    return _body("test", datetime.now(UTC), {"message": f"This is a test of {server}"})


def _items(kind: str, event: Event, names: Mapping[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """Of what there still is."""
    if kind == "title.added":
        return [{**item, **names[item["id"]]} for item in event.body["items"] if item["id"] in names]
    show, entry = event.body["show"], event.body["entry"]
    if show["id"] not in names or entry["id"] not in names:
        return []
    named = {"show": {**show, **names[show["id"]]}, "entry": {**entry, **names[entry["id"]]}}
    return [{**named, "number": event.body["number"]}]


def _data(kind: str, event: Event, names: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    match kind:
        case "scan.ended":
            return event.body
        case "user.registered":
            return {"user": event.body["values"]}
    show, entry = event.body["show"], event.body["entry"]
    return {
        "user": {"id": str(event.owner)},
        "show": {**show, **names.get(show["id"], {})},
        "entry": entry and {**entry, **names.get(entry["id"], {})},
        "progress": event.body.get("progress"),
    }


def _body(kind: str, at: datetime, data: dict[str, Any]) -> dict[str, Any]:
    moment = at.astimezone(UTC)
    timestamp = moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"
    return {"type": kind, "timestamp": timestamp, "data": data}
