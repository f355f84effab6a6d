"""Telling a service that counts episodes: read the entry, work out what it becomes, write it when that is another."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence

from kyoo.api.trackers.base import DONE, Order, Outcome, Session, Tracker
from kyoo.api.trackers.lists import Entry, applied, touched
from kyoo.api.trackers.marks import missed, unplaced


class Counting(Tracker):
    """A repeat says the same again, as whole numbers are written, and a rewatch that was counted is newer than its last
    play. `provider` has the ids of its titles."""

    provider: str
    dated = False

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
        outcome, unknown = DONE, 0
        for touch in found:
            before = await self.entry(session, touch.title)
            if before is None:
                unknown += 1
                continue
            if order.what == "removed":
                if before.id is None:
                    continue
                if before.progress and not session.unwatch:
                    outcome = Outcome(note=f"{self.title} keeps what you watched of it")
                    continue
                await self.delete(session, touch.title, before)
                continue
            after = applied(order, touch, before)
            if after != before:
                await self.write(session, touch.title, before, after)
        return missed(self.title) if unknown == len(found) else outcome
