"""What the api tells of what people watch and of the catalogue: which facts become which events. No SQL text here.

Each call belongs into the transaction of the fact. Others hear of it by the events (core/events)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol
from uuid import UUID

from kyoo.api.models.base import ShowKind
from kyoo.api.queries import facts as queries
from kyoo.api.queries.facts import Change
from kyoo.api.queries.viewers import history
from kyoo.core import events
from kyoo.core.database.postgres import Connection
from kyoo.core.events import Fact

WatchType = Literal["started", "paused", "resumed", "stopped", "progress", "finished", "status", "score", "hidden"]

#: Of more plays than these at once (an import, a season that is marked), each show is told, not each entry.
SINGLY = 8


@dataclass(frozen=True, slots=True)
class Moment:
    """What happens to a play while a socket follows it. `origin` is the socket, which need not be told; `device`: what
    it plays on, `{id, name, client}`."""

    type: WatchType
    origin: str
    device: dict[str, str] | None = None


@dataclass(frozen=True, slots=True)
class EntryReport:
    """How far an entry has come. `finishes`: with this report; `lists`: it may have changed the watch list."""

    show: int
    entry: int
    video: UUID | None
    percent: int
    time: int
    at: str
    finishes: bool
    lists: bool


class Last(Protocol):
    """What a player has said last."""

    @property
    def entry(self) -> str: ...
    @property
    def video(self) -> UUID: ...
    @property
    def percent(self) -> int: ...
    @property
    def time(self) -> int: ...


async def played(
    connection: Connection, user: UUID, profile: int, reports: Sequence[EntryReport], moment: Moment | None = None
) -> None:
    """Plays were recorded."""
    changes: list[Change] = []
    if len(reports) > SINGLY:
        changes = [Change(show, None, "status", listed=True) for show in {report.show: None for report in reports}]
    else:
        for report in reports:
            progress = {
                "percent": report.percent,
                "time": report.time,
                "playedDate": report.at,
                "videoId": report.video and str(report.video),
            }
            body = {"progress": progress, **_on(moment.device if moment else None)}
            if report.finishes:
                changes.append(_of_entry(report, "finished", body))
            if moment is not None or not report.finishes:
                changes.append(_of_entry(report, moment.type if moment else "progress", body))
    await queries.record_watching(connection, user, profile, changes, moment.origin if moment else None)


def _of_entry(report: EntryReport, kind: WatchType, body: dict[str, Any]) -> Change:
    return Change(report.show, report.entry, kind, body, listed=report.lists)


def _on(device: dict[str, str] | None) -> dict[str, Any]:
    return {} if device is None else {"device": device}


async def stopped(
    connection: Connection, user: UUID, last: Last, origin: str, device: dict[str, str] | None = None
) -> None:
    """A player is gone that had come so far; nothing is recorded but that."""
    known = (await history.entries(connection, [last.entry])).get(last.entry)
    if known is not None:
        progress = {"percent": last.percent, "time": last.time, "playedDate": None, "videoId": str(last.video)}
        change = Change(known.show_pk, known.pk, "stopped", {"progress": progress, **_on(device)})
        await queries.record_watching(connection, user, None, [change], origin)


async def listed(
    connection: Connection,
    user: UUID,
    profile: int,
    shows: Iterable[int],
    what: WatchType = "status",
    **more: Any,
) -> None:
    """The places of shows in somebody's watch list changed; `more` is told beside `watchStatus`."""
    changes = [Change(show, None, what, more, listed=True) for show in shows]
    await queries.record_watching(connection, user, profile, changes, None)


async def hidden(connection: Connection, user: UUID, profile: int, show: int, rows: Sequence[str]) -> None:
    """A show is hidden from these rows, and from these only."""
    await queries.record_watching(
        connection, user, profile, [Change(show, None, "hidden", {"hiddenFrom": [*rows]})], None
    )


async def added(connection: Connection, *shows: int) -> None:
    """Titles are new."""
    await queries.record_shows(connection, "added", shows)


async def changed(connection: Connection, shows: Collection[int], *fields: str) -> None:
    """Titles look different, in these fields."""
    await queries.record_shows(connection, "changed", shows, fields)


async def edited(connection: Connection, kind: str, found: dict[str, Any], fields: Collection[str]) -> None:
    """Something that is no show was changed: a person, a studio."""
    item = {"kind": kind, "id": str(found["id"]), "slug": found["slug"], "fields": sorted(fields)}
    await events.record(connection, Fact("catalogue", "changed", {"items": [item]}))


async def picture_ready(connection: Connection, picture: str) -> None:
    """A picture can be shown: whatever has it looks different."""
    await queries.record_picture(connection, picture)


async def removed(connection: Connection, kind: ShowKind, gone: dict[str, Any]) -> None:
    """A title is no more. `seen` says whose limits let them have seen it: its row is not there to be asked."""
    item = {"kind": kind, "id": str(gone["id"]), "slug": gone["slug"], "seen": gone["seen"]}
    await events.record(connection, Fact("catalogue", "removed", {"items": [item]}))
