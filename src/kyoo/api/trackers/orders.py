"""Orders of the outbox as what they are about, entry by entry."""

from __future__ import annotations

from typing import Any

from kyoo.api.trackers.base import Order


def each(order: Order) -> list[tuple[dict[str, Any], str | None]]:
    """The entries that an order is about, each as facts of its own, and when they were watched. An order that takes
    marks away names the entries that are `gone`."""
    facts = order.facts
    entries = facts.get("entries")
    if entries is None:
        return [(facts, facts.get("at"))]
    gone = facts.get("gone")
    return [
        ({"show": facts["show"], "entry": entry, "seen": entry.get("seen")}, entry.get("at") or facts.get("at"))
        for entry in entries
        if gone is None or entry.get("slug") in gone
    ]
