"""Calls of the file system side by side, where each takes long: a folder of this machine answers sooner than a thread
wakes up, one of a network share after milliseconds, and to many at once."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Generic, TypeVar

T = TypeVar("T", bound=Hashable)
R = TypeVar("R")

#: A call that takes so many seconds is worth a thread. Disks that have to seek are that slow, too.
SLOW = 0.001
#: So many calls are made before the service of threads is taken; one that merely waits for a processor says nothing.
TRIED = 8
AT_ONCE = 16


class Abreast(Generic[T, R]):
    """Makes `call` for one thing after the other; for many at once, in threads, while more than half prove slow."""

    def __init__(self, call: Callable[[T], R], at_once: int = AT_ONCE) -> None:
        self._call = call
        self._at_once = at_once
        self._pool: ThreadPoolExecutor | None = None
        self._begun: dict[T, Future[R]] = {}
        self._calls = self._slow = 0

    @property
    def is_slow(self) -> bool:
        return self._calls >= TRIED and 2 * self._slow > self._calls

    def get(self, wanted: T, soon: Iterable[T] = ()) -> R:
        """The answer for one; meanwhile those that are wanted soon are asked for."""
        if self.is_slow:
            for each in (wanted, *soon):
                if each not in self._begun:
                    self._begun[each] = self._threads().submit(self._measured, each)
        if wanted in self._begun:
            return self._begun.pop(wanted).result()
        return self._measured(wanted)

    def _measured(self, one: T) -> R:
        begun = time.perf_counter()
        try:
            return self._call(one)
        finally:
            self._calls += 1
            self._slow += time.perf_counter() - begun > SLOW

    def each(self, wanted: list[T]) -> Iterator[R]:
        """The answers for all, in their order."""
        for at, one in enumerate(wanted):
            yield self.get(one, wanted[at + 1 : at + self._at_once] if self.is_slow else ())

    def close(self) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)

    def _threads(self) -> ThreadPoolExecutor:
        if self._pool is None:
            self._pool = ThreadPoolExecutor(self._at_once, "look")
        return self._pool
