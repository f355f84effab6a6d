"""Telling a service that counts episodes: read the entry, work out what it becomes, write it when that is another."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from kyoo.api.trackers.base import Order, Outcome, Session, Tracker
from kyoo.api.trackers.lists import Entry, applied, touched
from kyoo.api.trackers.marks import missed, unplaced


class Counting(Tracker):
    """A repeat says the same again, as whole numbers are written, and a rewatch that was counted is newer than its last
    play. `provider` has the ids of its titles."""

    provider: str
    dated = each = False
    sweeps = True

    @abstractmethod
    async def entry(self, session: Session, title: str) -> Entry | None:
        """The user's entry of a title, without an `id` when it is not in the list; None: no such title."""

    @abstractmethod
    async def write(self, session: Session, title: str, before: Entry, after: Entry) -> None: ...

    @abstractmethod
    async def delete(self, session: Session, title: str, entry: Entry) -> None: ...

    async def tell(self, session: Session, orders: Sequence[Order]) -> list[Outcome]:
        return [await self._one(session, order) for order in orders]

    async def _one(self, session: Session, order: Order) -> Outcome:
        found = touched(order, self.provider)
        if not found:
            return unplaced(self.title)
        note: str | None = None
        entries = [(touch, await self.entry(session, touch.title)) for touch in found]
        known = [(touch, before) for touch, before in entries if before is not None]
        if order.what == "score" and any(before.id is not None for _, before in known):
            # A score puts no further parts into the list.
            known = [(touch, before) for touch, before in known if before.id is not None]
        elif order.what == "score":
            known = known[:1]
        held: dict[str, dict[str, Any]] = {}
        for touch, before in known:
            key = f"{self.provider}:{touch.title}"
            if order.what == "removed":
                if before.id is not None and before.progress and not session.unwatch:
                    note = f"{self.title} keeps what you watched of it"
                elif before.id is not None:
                    await self.delete(session, touch.title, before)
                    held[key] = {"status": None, "score": None, "progress": 0}
                continue
            after = applied(order, touch, before, order.bases.get(key, {}))
            if after != before:
                await self.write(session, touch.title, before, after)
                held[key] = _written(before, after, scores=session.scores)
        return replace(missed(self.title) if not known else Outcome(note=note), held=held)


def _written(before: Entry, after: Entry, *, scores: bool) -> dict[str, Any]:
    """What is another now by us. What is as it was may have been changed there, and is to be seen as that."""
    held: dict[str, Any] = {}
    if after.status != before.status:
        held["status"] = after.status
    if after.progress != before.progress:
        held["progress"] = after.progress
    if after.score != before.score and scores:
        held["score"] = after.score
    return held
