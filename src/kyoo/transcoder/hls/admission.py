"""How many encoders run at once, who is next when there is no room, and which encoder makes way for it.

The bound of all users together is that of a machine; that of one user holds over all transcoders (replicas.py).
"""

from __future__ import annotations

import asyncio
import os
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from kyoo.core.errors import KyooError

#: Seconds for which an encoder is left to work for its user before it makes way for that of another.
TURN = 1.0
#: Seconds between two looks for room while somebody waits: encoders come to have nothing to do without saying so.
LOOK = 0.1
#: Requests of one user that wait at once; more are refused without.
MOST_WAITING = 16


#: Copies and sound that run at once for each encoder of pictures.
LIGHT = 8


def usable_cores() -> int:
    """The cores that this process may use: of those it may run on, what its container is given."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    try:
        quota, period = Path("/sys/fs/cgroup/cpu.max").read_text().split()
        return max(1, min(cores, int(quota) // int(period)))
    except (OSError, ValueError):
        return cores


def encoders_for(cores: int) -> int:
    """Four for each core: a viewer who watches on holds one, and others who seek would wait behind it. It costs them
    little, since it stands back once its first picture is there."""
    return 4 * cores


class BusyError(KyooError):
    """There is no room for another encoder; ask again in a moment."""

    status = 503


class Work(Protocol):
    """An encoder, as far as it matters here."""

    #: Whom it works for.
    user: str
    #: Of the two sorts, pictures that are encoded, and copies and sound, which cost little.
    is_heavy: bool
    #: When something of it was last asked for.
    asked: float
    #: Since when nobody needs it.
    unneeded_since: float | None

    @property
    def stopping(self) -> bool: ...

    @property
    def is_read(self) -> bool:
        """Whether a request waits for it, or is being sent what it makes."""

    @property
    def is_ahead(self) -> bool:
        """Whether it has made all that is wanted for now."""

    def end(self) -> None: ...


@dataclass(frozen=True)
class Bound:
    """Encoders of one sort: of all users together, and of each."""

    together: int
    each: int


class Waiter:
    def __init__(self, work: Work) -> None:
        self.work = work
        self.since = time.monotonic()
        self.admitted = asyncio.Event()


class Admission:
    """`heavy` and `light` are the bounds of the two sorts; `patience` (s): how long a request waits for room."""

    def __init__(self, heavy: Bound, light: Bound, patience: float) -> None:
        self._sorts = {True: Sort(heavy), False: Sort(light)}
        self._patience = patience

    async def enter(self, work: Work) -> None:
        """Wait until `work` may run; it then counts until it leaves. What no request waits for takes room that is free
        or that nobody needs, or none. Raises BusyError."""
        sort = self._sorts[work.is_heavy]
        if work in sort.running:
            return
        if sum(other.work.user == work.user for other in sort.waiting) >= MOST_WAITING:
            raise BusyError("Too many requests of this account wait for an encoder")
        waiter = Waiter(work)
        sort.waiting.append(waiter)
        try:
            while True:
                sort.settle()
                patience = self._patience if work.is_read else min(self._patience, TURN)
                left = waiter.since + patience - time.monotonic()
                if waiter.admitted.is_set():
                    return
                if left <= 0:
                    raise BusyError(sort.refusal(work))
                with suppress(TimeoutError):
                    async with asyncio.timeout(min(LOOK, left)):
                        await waiter.admitted.wait()
        finally:
            sort.waiting.remove(waiter)

    def leave(self, work: Work) -> None:
        """It has ended, or never ran."""
        sort = self._sorts[work.is_heavy]
        if sort.running.pop(work, None) is not None:
            sort.settle()

    def work_elsewhere(self, heavy: Counter[str], light: Counter[str]) -> None:
        """How many encoders other transcoders have at work for each user."""
        self._sorts[True].elsewhere, self._sorts[False].elsewhere = heavy, light
        self.settle()

    def at_work(self, *, heavy: bool) -> Counter[str]:
        """How many work here for each user, without those that would make way for anybody."""
        running = self._sorts[heavy].running
        return Counter(one.user for one in running if one.unneeded_since is None and (one.is_read or not one.is_ahead))

    @property
    def is_crowded(self) -> bool:
        """Whether more than half of the room for encoders of pictures is taken."""
        return self._sorts[True].is_crowded

    @property
    def counts(self) -> dict[tuple[str, str], int]:
        """Encoders of pictures and others, that run and that wait for room."""
        found = {}
        for is_heavy, sort in self._sorts.items():
            kind = "heavy" if is_heavy else "light"
            found[kind, "running"], found[kind, "waiting"] = len(sort.running), len(sort.waiting)
        return found

    def settle(self) -> None:
        """Something has changed: see who may run now."""
        for sort in self._sorts.values():
            sort.settle()


class Sort:
    """The encoders of one sort. Room goes to the user who has the least of it, and is made by ending, in this order:
    what nobody needs, what has made all that is wanted for now, and what works for a user who has more."""

    def __init__(self, bound: Bound) -> None:
        #: Since when each runs.
        self.running: dict[Work, float] = {}
        self.waiting: list[Waiter] = []
        #: Of each user, on other machines.
        self.elsewhere: Counter[str] = Counter()
        self._bound = bound

    @property
    def is_crowded(self) -> bool:
        return 2 * len(self.running) > self._bound.together

    def settle(self) -> None:
        ending = [work for work in self.running if work.stopping]
        queue = [waiter for waiter in self.waiting if not waiter.admitted.is_set() and not waiter.work.stopping]
        while queue:
            counts = self._counts()
            waiter = min(queue, key=lambda one: (not one.work.is_read, counts[one.work.user], one.since))
            queue.remove(waiter)
            work = waiter.work
            crowded = self._crowd(work)
            if crowded is None:
                self.running[work] = time.monotonic()
                waiter.admitted.set()
                continue
            # What is about to end makes room for one.
            promised = next((other for other in ending if other in crowded), None)
            if promised is not None:
                ending.remove(promised)
            elif (victim := self._victim(work, crowded)) is not None:
                victim.end()

    def refusal(self, work: Work) -> str:
        if len(self._crowd(work) or ()) < self._bound.together:
            return "This account has as many encoders as one account may have: try again in a moment"
        return "The server encodes for as many viewers as it can: try again in a moment"

    def _crowd(self, work: Work) -> list[Work] | None:
        """The encoders here of which one must end before `work` may run; None: there is room."""
        own = [other for other in self.running if other.user == work.user]
        if len(own) + self.elsewhere[work.user] >= self._bound.each:
            return own
        return list(self.running) if len(self.running) >= self._bound.together else None

    def _counts(self) -> Counter[str]:
        return Counter(work.user for work in self.running if not work.stopping)

    def _victim(self, asker: Work, crowd: list[Work]) -> Work | None:
        counts = self._counts()
        ranked = [(rank, work) for work in crowd if (rank := self._rank(work, asker, counts)) is not None]
        return min(ranked, key=lambda pair: pair[0])[1] if ranked else None

    def _rank(self, work: Work, asker: Work, counts: Counter[str]) -> tuple[int, int, float] | None:
        """Who makes way first; None for whoever does not."""
        if work.stopping:
            return None
        lead = counts[work.user] - counts[asker.user]
        if work.is_read:
            # To a fair share it loses even what it waits for.
            return (4, -lead, work.asked) if asker.is_read and lead > 1 else None
        if work.unneeded_since is not None:
            return 0, 0, work.asked
        if not asker.is_read:
            return None
        if work.is_ahead:
            return 1, -lead, work.asked
        had_its_turn = time.monotonic() - self.running[work] >= TURN
        return (2, -lead, work.asked) if had_its_turn and (lead > 0 or work.user == asker.user) else None
