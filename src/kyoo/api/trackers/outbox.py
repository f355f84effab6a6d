"""What trackers are to be told of what somebody watched or said: written in the transaction of the fact itself."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import structlog

from kyoo.api.queries.trackers import accounts
from kyoo.api.queries.trackers import facts as facts_of
from kyoo.api.queries.trackers import outbox as queries
from kyoo.api.queries.trackers.outbox import NewOrder
from kyoo.api.trackers.base import What
from kyoo.api.trackers.moments import iso
from kyoo.api.trackers.registry import ONLY, SERVICES
from kyoo.core.database.postgres import Connection

log = structlog.get_logger()

#: Orders of one write that somebody waits for; what is more is sent in its turn.
URGENT = 20
#: What waits for one account, when nobody has configured another number.
SIZE = 100_000
KINDS = {kind.name: kind for kind in SERVICES}


@dataclass(slots=True)
class Outgoing:
    """What a write is to tell trackers. `live`: it was watched right now, with us; `skip`: the trackers that said it,
    `only`: the one that is told. After the write `due` has the keys of the orders, by tracker, and `services` their
    names."""

    live: bool = False
    skip: frozenset[int] = frozenset()
    only: int | None = None
    urgent: bool = True
    size: int = SIZE
    due: dict[int, list[int]] = field(default_factory=dict)
    services: dict[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Finished:
    """An entry that was watched to its end."""

    entry: int
    show: int
    at: datetime
    percent: int


async def watched(
    connection: Connection,
    profile: int,
    finished: Sequence[Finished],
    outgoing: Outgoing,
    *,
    again: Collection[int] = (),
) -> None:
    """Entries were watched, or marked as such; those of the shows in `again` not for the first time."""
    if not finished:
        return
    linked = await _linked(connection, profile, outgoing)
    if not linked:
        return
    shows = await facts_of.shows(connection, profile, {one.show for one in finished})
    entries = await facts_of.entries(connection, [one.entry for one in finished])
    orders = []
    for one in finished:
        show, entry = shows[one.show], entries[one.entry]
        facts = {
            "show": show["show"],
            "entry": entry,
            "at": iso(one.at),
            "percent": one.percent,
            "status": show["status"],
            "rewatching": one.show in again,
            "live": outgoing.live,
        }
        orders += _orders(linked, "watched", show, facts, one.entry)
    await _write(connection, linked, orders, outgoing)


async def unwatched(
    connection: Connection, profile: int, show: int, part: int | Collection[str] | None, outgoing: Outgoing
) -> None:
    """A show, a season of it, or entries by their slugs were marked as not seen: told only to those whose owner wants
    that told."""
    linked = [one for one in await _linked(connection, profile, outgoing) if one["unwatch"]]
    if not linked:
        return
    known = (await facts_of.shows(connection, profile, [show]))[show]
    every = await facts_of.entries_of(connection, profile, show)
    gone = [
        one["slug"]
        for one in every
        if part is None or (_season(one) == part if isinstance(part, int) else one["slug"] in part)
    ]
    facts = {**_listing(known), "at": iso(datetime.now(UTC)), "entries": every, "gone": gone}
    await _write(connection, linked, _orders(linked, "unwatched", known, facts), outgoing)


async def worded(
    connection: Connection, profile: int, show: int, outgoing: Outgoing, *, status: bool, score: bool
) -> None:
    """The owner of a list said what a show is to them: its status, its score or both. A serie of which they saw the
    last entry and not all is one that they watch: `completed` would mark there what nobody saw."""
    linked = await _linked(connection, profile, outgoing)
    if not linked or not (status or score):
        return
    known = (await facts_of.shows(connection, profile, [show]))[show]
    facts = {**_listing(known), "at": iso(known["completed_at"] or datetime.now(UTC))}
    if known["partly"]:
        facts["status"] = "watching"
    if known["show"]["kind"] == "serie":
        facts["entries"] = await facts_of.entries_of(connection, profile, show)
    orders = []
    if status and known["status"] is not None:
        orders += _orders(linked, "status", known, facts)
    if score:
        orders += _orders([one for one in linked if one["scores"]], "score", known, facts)
    await _write(connection, linked, orders, outgoing)


async def removed(connection: Connection, profile: int, show: int, status: str, outgoing: Outgoing) -> None:
    """A show was taken out of the list, in which it had `status`."""
    linked = await _linked(connection, profile, outgoing)
    if not linked:
        return
    known = (await facts_of.shows(connection, profile, [show]))[show]
    facts = {**_listing(known), "status": status, "at": iso(datetime.now(UTC))}
    if known["show"]["kind"] == "serie":
        facts["entries"] = await facts_of.entries_of(connection, profile, show)
    await _write(connection, linked, _orders(linked, "removed", known, facts), outgoing)


async def refreshed(
    connection: Connection, profile: int, facts: dict[str, Any], show: int, entry: int | None
) -> dict[str, Any]:
    """Facts with the ids and numbers that are known now."""
    known = (await facts_of.shows(connection, profile, [show])).get(show)
    changed = dict(facts)
    if known is not None:
        changed["show"] = known["show"]
        if "entries" in facts:
            changed["entries"] = await facts_of.entries_of(connection, profile, show)
    if entry is not None and (found := (await facts_of.entries(connection, [entry])).get(entry)):
        changed["entry"] = found
    return changed


async def _linked(connection: Connection, profile: int, outgoing: Outgoing) -> list[Mapping[str, Any]]:
    found = await accounts.of_profile(connection, profile)
    return [
        one
        for one in found
        if one["pk"] not in outgoing.skip and outgoing.only in (None, one["pk"]) and one["service"] in KINDS
    ]


def _season(entry: Mapping[str, Any]) -> int | None:
    """Season 0 is the specials."""
    season: int | None = 0 if entry["kind"] == "special" else entry["season"]
    return season


def _listing(known: Mapping[str, Any]) -> dict[str, Any]:
    started, completed = known["started_at"], known["completed_at"]
    return {
        "show": known["show"],
        "status": known["status"],
        "score": known["score"],
        "startedAt": iso(started) if started else None,
        "completedAt": iso(completed) if completed else None,
        "seen": known["seen"],
        "next": known["next"],
    }


def _orders(
    linked: Sequence[Mapping[str, Any]],
    what: What,
    show: Mapping[str, Any],
    facts: dict[str, Any],
    entry: int | None = None,
) -> list[NewOrder]:
    """One for each tracker that can know the title, and can hold that."""
    return [
        NewOrder(one["pk"], show["id"], show["pk"], entry, what, facts, urgent=True)
        for one in linked
        if may_know(one["service"], facts) and KINDS[one["service"]].wants(what, facts)
    ]


def may_know(service: str, facts: Mapping[str, Any]) -> bool:
    """Whether a service can know a title at all: an anime list knows no other series."""
    only = ONLY[service]
    if not only:
        return True
    entry = facts.get("entry")
    among = [facts["show"], *([entry] if entry else []), *facts.get("entries", ())]
    return any(only & one["ids"].keys() for one in among)


async def _write(
    connection: Connection, linked: Sequence[Mapping[str, Any]], orders: Sequence[NewOrder], outgoing: Outgoing
) -> None:
    if not orders:
        return
    roomy = await queries.room(connection, [one["pk"] for one in linked], outgoing.size)
    if any(order.tracker not in roomy for order in orders):
        log.warning("an outbox is full, and what is new is not sent", trackers=len(linked) - len(roomy))
        orders = [order for order in orders if order.tracker in roomy]
    urgent = outgoing.urgent and len(orders) <= URGENT
    rows = [
        NewOrder(order.tracker, order.item, order.show, order.entry, order.what, order.facts, urgent)
        for order in orders
    ]
    outgoing.services |= {one["pk"]: one["service"] for one in linked}
    for order, pk in zip(rows, await queries.add(connection, rows), strict=True):
        outgoing.due.setdefault(order.tracker, []).append(pk)
