"""Which events webhooks tell of, and what is told of each. No HTTP, no database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal, get_args
from uuid import UUID

from kyoo.api.trackers import coordinates
from kyoo.api.trackers.coordinates import SHORT, Coordinate
from kyoo.core.events import Event

#: What users do, of which their own webhooks may tell.
OwnHappening = Literal["play.started", "play.paused", "play.resumed", "play.stopped", "play.finished", "title.scored"]
Happening = Literal[
    "play.started",
    "play.paused",
    "play.resumed",
    "play.stopped",
    "play.finished",
    "title.scored",
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
    ("watch", "score"): "title.scored",
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


@dataclass(frozen=True, slots=True)
class Happened:
    """A message, for all who want it. `event` is its number; `owner`: the user who did it. `watchable`: it is about a
    title or an entry of it, and not about a trailer."""

    event: int
    owner: UUID | None
    type: str
    body: dict[str, Any]
    watchable: bool = True


def messages(found: Sequence[Event], names: Mapping[str, dict[str, Any]]) -> Iterator[Happened]:
    gathered: dict[str, list[Event]] = {kind: [] for kind in GATHERED}
    for event in found:
        kind = happening(event)
        if kind is None:
            continue
        if kind in gathered:
            gathered[kind].append(event)
        else:
            data = _data(kind, event, names)
            extra = (data.get("entry") or {}).get("kind") == "extra"
            yield Happened(event.id, event.owner, kind, _body(kind, event.at, data), watchable=not extra)
    for kind, together in gathered.items():
        if items := [item for event in together for item in _items(kind, event, names)]:
            last = together[-1]
            more = len(items) > ITEMS or any("more" in event.body for event in together)
            data = {"items": items[:ITEMS], **({"more": True} if more else {})}
            yield Happened(last.id, None, kind, _body(kind, last.at, data))


def example(server: str) -> dict[str, Any]:
    """What the test button sends."""
    return _body("test", datetime.now(UTC), {"message": f"This is a test of {server}"})


def _items(kind: str, event: Event, names: Mapping[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """Of what there still is."""
    if kind == "title.added":
        return [_title(item, names) for item in event.body["items"] if item["id"] in names]
    show, entry = event.body["show"], event.body["entry"]
    if show["id"] not in names or entry["id"] not in names:
        return []
    told = _entry(entry, names[entry["id"]], names[show["id"]])
    return [{"show": _title(show, names), "entry": told, "number": event.body["number"]}]


def _data(kind: str, event: Event, names: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    match kind:
        case "scan.ended":
            return event.body
        case "user.registered":
            return {"user": event.body["values"]}
    show, entry = event.body["show"], event.body["entry"]
    data = {
        "user": {"id": str(event.owner)},
        "device": event.body.get("device"),
        "show": _title(show, names),
        "entry": entry and _entry(entry, names.get(entry["id"], {}), names.get(show["id"], {})),
        "progress": event.body.get("progress"),
    }
    return {**data, "score": event.body["score"]} if kind == "title.scored" else data


def _title(show: Mapping[str, Any], names: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    """What a title is called here, and by ids elsewhere: one of each provider, none where there are several."""
    known = names.get(show["id"])
    if known is None:
        return dict(show)
    ids = coordinates.title_ids(known["ids"]) if known["kind"] != "collection" else {}
    return {**show, "name": known["name"], "year": known["year"], "ids": _short(ids)}


def _entry(entry: Mapping[str, Any], known: Mapping[str, Any], show: Mapping[str, Any]) -> dict[str, Any]:
    """`ids` are those of a film, `places` those at which providers have an episode, as far as both are exact."""
    if not known:
        return dict(entry)
    told = {
        **entry,
        "name": known["name"],
        "kind": known["kind"],
        "seasonNumber": known["season"],
        "episodeNumber": known["number"],
    }
    if not show or known["kind"] == "extra":
        return {**told, "ids": {}, "places": []}
    facts = {"show": show, "entry": known}
    places = [_place(place) for place in coordinates.places(facts)]
    return {**told, "ids": _short(coordinates.film(facts) or {}), "places": places}


def _place(place: Coordinate) -> dict[str, Any]:
    ((provider, identifier),) = place.ids.items()
    return {"provider": SHORT[provider], "id": identifier, "season": place.season, "episode": place.number}


def _short(ids: Mapping[str, str]) -> dict[str, str]:
    return {SHORT[provider]: identifier for provider, identifier in ids.items()}


def _body(kind: str, at: datetime, data: dict[str, Any]) -> dict[str, Any]:
    moment = at.astimezone(UTC)
    timestamp = moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"
    return {"type": kind, "timestamp": timestamp, "data": data}
