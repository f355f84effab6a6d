"""The HTTP of uvicorn with bounds that it lacks: how long a client may take to ask for something, and how much the
head of a request may hold. Whoever opens connections and never finishes would otherwise have them for ever."""

from __future__ import annotations

import asyncio

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

#: Seconds from the beginning of a connection, or of a request, to the end of its head.
HEAD_SECONDS = 20.0
#: The URL and the headers; claims of users travel in them.
HEAD_BYTES = 64 * 1024


class BoundedHttp(HttpToolsProtocol):
    _late: asyncio.TimerHandle | None = None
    _head_bytes = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._wait_for_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._head_is_here()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._late is not None:
            self._head_bytes += len(data)
            if self._head_bytes > HEAD_BYTES and not self.transport.is_closing():
                self._head_is_here()
                self.send_400_response("The head of the request is too large.")
            return
        # None for a websocket, which has another protocol from now on.
        cycle: RequestResponseCycle | None = self.cycle
        if cycle is not None and cycle.response_complete and not cycle.more_body:
            # Blank lines before the next request, which end uvicorn's own wait for it.
            self._wait_for_head()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._wait_for_head()

    def on_headers_complete(self) -> None:
        self._head_is_here()
        super().on_headers_complete()

    def _wait_for_head(self) -> None:
        if self._late is None:
            self._head_bytes = 0
            self._late = self.loop.call_later(HEAD_SECONDS, self.transport.close)

    def _head_is_here(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None
