"""How many websockets each user has open, and may have."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator
from contextlib import contextmanager

from kyoo.core.errors import KyooError
from kyoo.core.tokens import Identity


class TooManySocketsError(KyooError):
    status = 429


class OpenSockets:
    """Guests are told apart by their addresses."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._open: Counter[Hashable] = Counter()

    @property
    def total(self) -> int:
        return self._open.total()

    @contextmanager
    def one_more(self, identity: Identity, address: str | None) -> Iterator[None]:
        """Raises TooManySocketsError."""
        owner: Hashable = ("guest", address) if identity.is_guest else identity.subject
        if self._open[owner] >= self._most:
            raise TooManySocketsError(f"{identity.username} has {self._most} sockets open already: close some")
        self._open[owner] += 1
        try:
            yield
        finally:
            self._open[owner] -= 1
            if not self._open[owner]:
                del self._open[owner]
