"""Turns at something that only few can do at once: who waits for theirs, and who is next. Knows no password."""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from kyoo.core.errors import KyooError


class BusyError(KyooError):
    status = 503


class Lane:
    """Those who wait for the same kind of work. Addresses take turns, so that who sends a hundred requests waits for
    themselves; when all places are taken, the newest request of the address that waits most often goes."""

    def __init__(self, places: int) -> None:
        self._places = places
        self._waiting: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()

    def enter(self, address: str) -> asyncio.Future[None]:
        """What becomes done when it is the turn of `address`. Raises BusyError."""
        if sum(map(len, self._waiting.values())) >= self._places:
            self._make_room(address)
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(address, deque()).append(turn)
        return turn

    def leave(self, address: str, turn: asyncio.Future[None]) -> None:
        """Who does not want to wait any more."""
        if (mine := self._waiting.get(address)) is not None and turn in mine:
            mine.remove(turn)
            if not mine:
                del self._waiting[address]

    def pass_to_next(self) -> bool:
        """Make it the turn of somebody who waits; False when nobody does."""
        while self._waiting:
            address, mine = next(iter(self._waiting.items()))
            turn = mine.popleft()
            if mine:
                self._waiting.move_to_end(address)
            else:
                del self._waiting[address]
            if not turn.done():
                turn.set_result(None)
                return True
        return False

    def _make_room(self, address: str) -> None:
        greediest = max(self._waiting, key=lambda name: len(self._waiting[name]))
        if len(self._waiting[greediest]) <= len(self._waiting.get(address, ())) + 1:
            raise _busy()
        turn = self._waiting[greediest].pop()
        if not turn.done():
            turn.set_exception(_busy())


def _busy() -> BusyError:
    return BusyError("Too many people log in at this moment; try again in a few seconds")


class Turns:
    """At most `at_once` at a time. Lanes in which somebody waits take turns, too: each has its share, however full the
    others are, and nobody waits while nobody else does."""

    def __init__(self, at_once: int, lanes: int, places: int) -> None:
        self._free = at_once
        self._lanes = deque(Lane(places) for _ in range(lanes))
        self._numbered = list(self._lanes)

    @asynccontextmanager
    async def turn(self, lane: int, address: str) -> AsyncIterator[None]:
        """Raises BusyError."""
        if self._free:
            self._free -= 1
        else:
            mine = self._numbered[lane]
            turn = mine.enter(address)
            try:
                await turn
            except asyncio.CancelledError:
                mine.leave(address, turn)
                if turn.done() and not turn.cancelled() and turn.exception() is None:
                    # It had just become this one's turn.
                    self._pass_on()
                raise
        try:
            yield
        finally:
            self._pass_on()

    def _pass_on(self) -> None:
        for lane in list(self._lanes):
            self._lanes.rotate(-1)
            if lane.pass_to_next():
                return
        self._free += 1
