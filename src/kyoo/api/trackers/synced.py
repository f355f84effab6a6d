"""Services of the kind that Trakt made: a history, which takes many plays at once, and words of one title each."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import ClassVar

from kyoo.api.trackers.base import Order, Outcome, Session, Status, Tracker


class Synced(Tracker):
    #: Where plays are told; those that are taken back, below it.
    history: ClassVar[str] = "/sync/history"

    @classmethod
    def held(cls, kind: str, status: Status | None, *, seen: bool) -> Status | None:
        """It has a watchlist, and series that were dropped."""
        del seen
        return status if status == "planned" or (status == "dropped" and kind == "serie") else None

    async def tell(self, session: Session, orders: Sequence[Order]) -> list[Outcome]:
        what = orders[0].what
        if what == "watched":
            if len(orders) == 1 and orders[0].live and not orders[0].again:
                return [await self._stop(session, orders[0])]
            return await self._history(session, self.history, orders)
        if what == "unwatched":
            return await self._history(session, f"{self.history}/remove", orders)
        if what == "score":
            return [await self._score(session, order) for order in orders]
        return [await self._word(session, order) for order in orders]

    @abstractmethod
    async def _stop(self, session: Session, order: Order) -> Outcome:
        """What was watched right now."""

    @abstractmethod
    async def _history(self, session: Session, path: str, orders: Sequence[Order]) -> list[Outcome]:
        """One request for all that has coordinates."""

    @abstractmethod
    async def _word(self, session: Session, order: Order) -> Outcome:
        """A status, or that there is none any more."""

    async def _score(self, session: Session, order: Order) -> Outcome:
        return await self._word(session, order)
