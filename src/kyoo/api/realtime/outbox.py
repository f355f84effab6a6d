"""What waits to be sent on one socket: in order, within bounds, and without a task while there is nothing."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

from kyoo.core.http.frames import Write, frame_of

Send = Callable[[str], Awaitable[None]]


class Outbox:
    """`send` and `put` say something; `send` waits for a client that does not read. One for whom more than `most`
    characters wait is too slow: `overflowed` is called once, and nothing is kept for it any more."""

    __slots__ = ("_closed", "_is_sending", "_most", "_overflowed", "_send", "_size", "_task", "_waiting", "_write")

    def __init__(self, send: Send, write: Write, most: int, overflowed: Callable[[], None]) -> None:
        self._send = send
        self._write = write
        self._most = most
        self._overflowed = overflowed
        #: None: nothing waits.
        self._waiting: deque[str] | None = None
        self._size = 0
        self._is_sending = False
        self._task: asyncio.Task[None] | None = None
        self._closed = False

    def put(self, text: str, frame: bytes | None = None) -> None:
        """`frame`: the text as it is on the wire, when many are told it."""
        first = not self._is_sending and not self._closed
        if first and len(text) <= self._most and self._write(frame or frame_of(text)):
            return
        if self._keep(text) and not self._is_sending:
            self._is_sending = True
            self._task = asyncio.create_task(self._send_all())

    async def send(self, text: str) -> None:
        if not self._keep(text):
            return
        if not self._is_sending:
            self._is_sending = True
            await self._send_all()
        elif self._task is not None:
            await asyncio.shield(self._task)

    def overflow(self) -> None:
        if not self._closed:
            self._close()
            self._overflowed()

    async def end(self) -> None:
        """Nothing is sent any more."""
        self._close()
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def _keep(self, text: str) -> bool:
        if self._closed:
            return False
        if self._size + len(text) > self._most:
            self.overflow()
            return False
        if self._waiting is None:
            self._waiting = deque()
        self._waiting.append(text)
        self._size += len(text)
        return True

    def _close(self) -> None:
        self._closed = True
        self._waiting = None
        self._size = 0

    async def _send_all(self) -> None:
        try:
            while self._waiting:
                text = self._waiting.popleft()
                await self._send(text)
                self._size = max(0, self._size - len(text))
        except Exception:  # noqa: BLE001 (of whatever kind, by the server that runs us)
            # The client is gone; whoever reads from it learns so.
            self._close()
        finally:
            self._is_sending, self._task, self._waiting = False, None, None
