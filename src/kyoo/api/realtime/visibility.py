"""What of an event a reader with limits may know of: the limits of Postgres decide, as for every other read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from kyoo.api.limits import Limits, within
from kyoo.api.queries import visible as queries
from kyoo.core.database.postgres import Database
from kyoo.core.events import Event

#: Members of items that are for us, not for the wire.
SECRET = ("seen",)


async def seen_by(database: Database, limits: Limits, events: list[Event]) -> list[Event]:
    """What is left of these events for readers with `limits`."""
    named = {identifier for event in events for identifier in _named(event)}
    visible: set[str] = set()
    if named:
        with within(limits):
            async with database.connection() as connection:
                visible = await queries.visible(connection, named)
    return [left for event in events if (left := _left(event, limits, visible)) is not None]


def _named(event: Event) -> Iterator[str]:
    if event.topic == "catalogue" and event.type != "removed":
        yield from (str(item["id"]) for item in event.body["items"])
    elif event.topic == "watch":
        yield str(event.body["show"]["id"])


def _left(event: Event, limits: Limits, visible: set[str]) -> Event | None:
    if event.topic == "watch":
        return event if event.body["show"]["id"] in visible else None
    if event.topic != "catalogue":
        return event
    items = [item for item in event.body["items"] if _may_know(event.type, item, limits, visible)]
    return replace(event, body={**event.body, "items": items}) if items else None


def _may_know(what: str, item: dict[str, Any], limits: Limits, visible: set[str]) -> bool:
    if what != "removed":
        return item["id"] in visible
    return any(_would_see(one, limits) for one in item.get("seen", ()))


def _would_see(shown: dict[str, Any], limits: Limits) -> bool:
    if limits.libraries is not None and not set(shown["libraries"]).intersection(limits.libraries):
        return False
    return limits.max_age is None or (shown["minAge"] is not None and shown["minAge"] <= limits.max_age)


def without_secrets(items: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{key: value for key, value in item.items() if key not in SECRET} for item in items]
