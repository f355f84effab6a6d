"""Passwords: argon2id in threads, only so many at once, as each takes 64 MiB and four processors. Who is next is in
turns.py."""

from __future__ import annotations

import asyncio
import base64
import os
import secrets
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from enum import IntEnum
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from cachetools import LRUCache

from kyoo.auth.factors.turns import Turns
from kyoo.auth.throttle import Attempt, network_of

T = TypeVar("T")


#: How much the threads stand back for requests; encoders stand back for them (docs/decisions/0014-priorities.md).
NICENESS = 5


def _stand_back() -> None:
    """On Linux a thread has a priority of its own, which the threads that argon2 starts inherit."""
    if sys.platform == "linux":
        os.nice(NICENESS)


#: How many passwords of a kind wait for their turn. More are refused: they would wait for minutes.
MAX_WAITING = 64

#: How many addresses are remembered from which somebody has logged in.
KNOWN_ADDRESSES = 4096


class Kind(IntEnum):
    """Whose password it is; each kind has its share of the turns, so that no flood of another kind keeps it out."""

    KNOWN = 0
    """Of who has logged in from this address before, or is logged in."""
    LOGIN = 1
    REGISTRATION = 2


class Passwords:
    def __init__(self, concurrency: int) -> None:
        self._hasher = PasswordHasher()
        self._threads = ThreadPoolExecutor(concurrency, thread_name_prefix="passwords", initializer=_stand_back)
        self._turns = Turns(concurrency, len(Kind), MAX_WAITING)
        self._known: LRUCache[str, bool] = LRUCache(KNOWN_ADDRESSES)
        #: The hash of no password; to verify against it takes as long as against any other.
        self._nobody = nobodys_hash(self._hasher)

    async def hash(self, password: str, address: str | None = None, kind: Kind = Kind.KNOWN) -> str:
        """Raises BusyError."""
        async with self._turns.turn(kind, network_of(address or "")):
            return await self._in_thread(self._hasher.hash, password)

    async def verify(
        self, password: str, hashed: str | None, address: str | None = None, attempt: Attempt | None = None
    ) -> bool:
        """Whether `password` has this hash. Without a hash (no such account) the answer is no, after as long a time.

        `attempt` counts from when it is this password's turn, so that those who wait for theirs are not counted.
        Raises TooManyAttemptsError and BusyError.
        """
        if attempt is not None:
            await attempt.check()
        network = network_of(address or "")
        async with self._turns.turn(Kind.KNOWN if network in self._known else Kind.LOGIN, network):
            if attempt is not None:
                await attempt.begin()
            right = await self._in_thread(self._matches, password, self._nobody if hashed is None else hashed)
            if attempt is not None and right:
                await attempt.succeeded()
        if right:
            self._known[network] = True
        return right

    async def _in_thread(self, work: Callable[..., T], *arguments: str) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work, *arguments)

    def is_outdated(self, hashed: str) -> bool:
        """Whether `hashed` was made with other parameters than today's."""
        return self._hasher.check_needs_rehash(hashed)

    def _matches(self, password: str, hashed: str) -> bool:
        try:
            return self._hasher.verify(hashed, password)
        except (VerificationError, InvalidHashError):
            return False


def nobodys_hash(hasher: PasswordHasher) -> str:
    """An argon2id hash that was made of no password, with the parameters of `hasher`."""

    def random(length: int) -> str:
        return base64.b64encode(secrets.token_bytes(length)).rstrip(b"=").decode()

    parameters = f"m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}"
    return f"$argon2id$v=19${parameters}${random(hasher.salt_len)}${random(hasher.hash_len)}"
