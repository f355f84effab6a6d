"""The HTTP and the websockets of uvicorn with bounds that they lack: how long a client may take to ask for something,
how much the head of a request may hold, how many connections there may be (bounds.py). Whoever opens connections and
never finishes would otherwise have them for ever."""

from __future__ import annotations

import asyncio
from typing import Any

import structlog
from uvicorn.protocols.http.flow_control import CLOSE_HEADER
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.datastructures import Headers
from websockets.protocol import State
from websockets.server import ServerProtocol

from kyoo.core.http.frames import WRITES
from kyoo.serve.http.bounds import RETRY_AFTER, Clients, RefusedError, error_body

#: The URL and the headers; claims of users travel in them.
HEAD_BYTES = 64 * 1024
#: Requests of a connection that wait until earlier ones of it are answered.
MOST_PIPELINED = 64
#: How long one who is refused may take to ask for what is not answered: an answer before the question is lost.
REFUSED_SECONDS = 2
#: How long what was sent in vain is read.
ENDED_SECONDS = 1
#: Seconds in which the client of a websocket that we have closed takes what is left for it.
UNREAD_SECONDS = 15
#: Seconds between two looks whether a websocket is open.
HANDSHAKE_LOOK = 0.02
#: How long a new connection is kept for its first request as we end: it was opened for one, which is on its way.
FIRST_SECONDS = 1
#: More who are refused at once get no answer.
MOST_REFUSED = 256

log = structlog.get_logger()


class PipelinedError(Exception):
    """A client asks for too much before it is answered."""


class WholeAnswer:
    """The transport of one answer, whose head leaves with the first of its body, as ASGI allows: one call of the
    system, and one message to the client, in place of two."""

    __slots__ = ("_cycle", "_head", "_transport")

    def __init__(self, cycle: RequestResponseCycle) -> None:
        self._cycle, self._transport = cycle, cycle.transport
        #: None: it has left.
        self._head: bytes | None = b""

    def write(self, data: bytes) -> None:
        if self._head is None or not self._cycle.response_started:
            self._transport.write(data)
        elif self._head:
            self._transport.writelines((self._head, data) if data else (self._head,))
            self._head = None
        else:
            self._head = data

    def close(self) -> None:
        self.flush()
        self._transport.close()

    def is_closing(self) -> bool:
        return self._transport.is_closing()

    def flush(self) -> None:
        """There is no body."""
        if self._head:
            self._transport.write(self._head)
            self._head = None


class BoundedHttp(HttpToolsProtocol):
    """`clients` is given by a subclass for each server."""

    clients: Clients

    _counted = False
    _ended = False
    #: On the loop's clock.
    _opened = 0.0
    _refused: RefusedError | None = None
    #: When the client must be done with what it sends (the loop's clock), None: it need not send anything. One timer
    #: looks after that for as long as the connection lasts.
    _due: float | None = None
    _timer: asyncio.TimerHandle | None = None
    _in_head = False
    #: Of the head; after it, of what stands around a body: the names of its chunks, and fields behind it.
    _head_bytes = 0
    _body_begun = 0.0
    _body_bytes = 0
    #: The request that is answered; `cycle` is the one that was read last.
    _answered: RequestResponseCycle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._opened = self.loop.time()
        try:
            self.clients.enter(self.client)
            self._counted = True
        except RefusedError as refusal:
            if self.clients.refused >= MOST_REFUSED:
                transport.abort()
                return
            self.clients.refused += 1
            self._refused = refusal
        self._wait_for_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._leave()
        if self._answered is not None and self._answered is not self.cycle:
            # Whoever answers it waits for it, or writes to nobody.
            self._answered.disconnected = True
            self._answered.message_event.set()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._ended:
            return
        if self._refused is not None:
            self._end(answer(self._refused.status, self._refused.message))
            return
        body_bytes = self._body_bytes
        super().data_received(data)
        if self._in_head or (self._due is not None and body_bytes == self._body_bytes):
            self._head_bytes += len(data)
            if self._head_bytes > HEAD_BYTES and not self.transport.is_closing():
                self._due = None
                self.send_400_response("The head of the request is too large.")
        elif self._due is None and self._counted and self._is_free:
            # Blank lines before the next request, which end uvicorn's own wait for it.
            self._wait_for_head()

    def handle_websocket_upgrade(self) -> None:
        # The websocket takes a place of its own.
        self._leave()
        super().handle_websocket_upgrade()

    def send_400_response(self, msg: str) -> None:
        if self._is_answering:
            # It would stand in the middle of the answer to an earlier request.
            self.transport.close()
        else:
            super().send_400_response(msg)

    def on_message_begin(self) -> None:
        if len(self.pipeline) >= MOST_PIPELINED:
            # Ends the reading, at once: there can be thousands in what is read at a time.
            raise PipelinedError
        super().on_message_begin()
        self._wait_for_head()

    def on_header(self, name: bytes, value: bytes) -> None:
        # What stands behind a body (RFC 9110 §6.5) is not looked at: a gateway has not seen it as a header.
        if self._in_head:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._in_head, self._head_bytes = False, 0
        self.clients.waits_no_more(self)
        self._body_begun, self._body_bytes = self.loop.time(), 0
        self._wait_until(self._body_begun + self.clients.bounds.head_seconds)
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._body_bytes += len(body)
        self._head_bytes = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._due = None
        super().on_message_complete()

    def on_response_complete(self) -> None:
        if self._answered is not None:
            self._answered.transport.flush()  # type: ignore[attr-defined]
        super().on_response_complete()
        if self.timeout_keep_alive_task is not None:
            self.clients.waits(self, self.transport.close)

    def shutdown(self) -> None:
        asked: RequestResponseCycle | None = self.cycle
        rest = self._opened + FIRST_SECONDS - self.loop.time()
        if asked is None and rest > 0 and self._counted:
            self.loop.call_later(rest, self.shutdown)
            return
        if not self._is_free and not self.cycle.response_started:
            _is_last(self.cycle)
        super().shutdown()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        self._answered = cycle
        if self.clients.leaving:
            _is_last(cycle)
        cycle.transport = WholeAnswer(cycle)  # type: ignore[assignment]
        super()._start_asgi_task(cycle, app)

    @property
    def _is_answering(self) -> bool:
        """Whether the client has a part of an answer, and not all of it."""
        answered = self._answered
        return answered is not None and answered.response_started and not answered.response_complete

    @property
    def _is_free(self) -> bool:
        """Whether no request is under way."""
        cycle: RequestResponseCycle | None = self.cycle
        return cycle is None or cycle.response_complete

    def _wait_for_head(self) -> None:
        if self._in_head:
            return
        self._in_head, self._head_bytes = True, 0
        if self._refused is not None:
            self._wait_until(self.loop.time() + REFUSED_SECONDS)
            return
        self._wait_until(self.loop.time() + self.clients.bounds.head_seconds)
        # Not who sends the next request while the last one is answered.
        if self._is_free:
            self.clients.waits(self, self.transport.close)

    def _wait_until(self, due: float) -> None:
        self._due = due
        if self._timer is None:
            self._timer = self.loop.call_at(due, self._look)

    def _look(self) -> None:
        """Who is late is sent away, unless it was us who kept it waiting or it has been fast enough."""
        self._timer = None
        if self._due is None or self.transport.is_closing():
            return
        now = self.loop.time()
        if not self._in_head:
            self._due = self._body_due(now)
        if self._due > now:
            # A head that begins meanwhile may be due before a long body would be.
            self._timer = self.loop.call_at(min(self._due, now + self.clients.bounds.head_seconds), self._look)
        elif self._ended or (self._in_head and self._refused is None):
            self.transport.close()
        elif self._refused is not None:
            self._end(answer(self._refused.status, self._refused.message))
        else:
            self._end_body()

    def _body_due(self, now: float) -> float:
        bounds = self.clients.bounds
        if self.flow.read_paused or self.pipeline:
            # The service has not taken what is here, or is busy with an earlier request: its affair.
            self._body_begun = max(self._body_begun, now - self._body_bytes / bounds.body_rate)
            return now + bounds.head_seconds
        earned = self._body_begun + bounds.head_seconds + self._body_bytes / bounds.body_rate
        return min(earned, self._body_begun + bounds.body_seconds)

    def _end_body(self) -> None:
        log.info("a body came too slowly", client=self.client[0] if self.client else None, bytes=self._body_bytes)
        silent = self.cycle.response_started
        # Whoever still reads the body learns that there is no more of it.
        self.cycle.disconnected = True
        self.cycle.message_event.set()
        self.flow.resume_reading()
        self._end(b"" if silent else answer(408, "The body of the request came too slowly"))

    def _end(self, last: bytes) -> None:
        """The last words on this connection. What the client still sends is read for a moment: a connection that is
        closed before is reset, and the answer lost."""
        self._ended, self._in_head = True, True
        if not self.transport.is_closing():
            self.transport.write(last)
            self.transport.write_eof()
            self._wait_until(self.loop.time() + ENDED_SECONDS)

    def _leave(self) -> None:
        self._due = None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self.clients.waits_no_more(self)
        if self._counted:
            self._counted = False
            self.clients.leave(self.client)
        if self._refused is not None:
            self._refused = None
            self.clients.refused -= 1


def _is_last(cycle: RequestResponseCycle) -> None:
    """The connection ends with this answer, which says so: whoever holds connections open then asks for nothing on one
    that is closed at that moment."""
    cycle.keep_alive = False
    # As if the client had asked for it; uvicorn answers accordingly.
    cycle.scope["headers"] = [*cycle.scope["headers"], CLOSE_HEADER]


def answer(status: int, message: str) -> bytes:
    body = error_body(status, message)
    head = f"content-type: application/json\r\ncontent-length: {len(body)}\r\nretry-after: {RETRY_AFTER}\r\n"
    head += "cache-control: no-store\r\nx-content-type-options: nosniff\r\nconnection: close\r\n\r\n"
    return STATUS_LINE[status] + head.encode() + body


class Handshake(ServerProtocol):
    """Leaves the choice of a subprotocol to the application: native clients offer `kyoo, Bearer <token>`, which has a
    blank and is none (RFC 6455 §4.1)."""

    def process_subprotocol(self, headers: Headers) -> None:  # noqa: ARG002 (the base class's)
        return None


class BoundedWebSocket(WebSocketsSansIOProtocol):
    """Takes its place among the connections when HTTP hands it over."""

    clients: Clients

    _counted = False
    _abort: asyncio.TimerHandle | None = None

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.conn = Handshake(max_size=self.config.ws_max_size, logger=self.logger)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        # HTTP has given its own place back a moment ago.
        self.clients.enter(self.client)
        self._counted = True

    async def run_asgi(self) -> None:
        self.scope["extensions"][WRITES] = self.write  # type: ignore[assignment]
        await super().run_asgi()

    def start_keepalive(self) -> None:
        super().start_keepalive()
        # What the handshake was made of lasts as long as the socket otherwise, for nobody.
        del self.request, self.response

    def write(self, frame: bytes) -> bool:
        """See core/http/frames.py."""
        is_open = self.handshake_complete and self.conn.state is State.OPEN and not self.close_sent
        if not is_open or self.disconnected or self.transport.is_closing() or not self.writable.is_set():
            return False
        self.transport.write(frame)
        return True

    def shutdown(self) -> None:
        if self.handshake_initiated and not self.handshake_complete and not self.transport.is_closing():
            # It is opened first: then its client is told to come back elsewhere.
            self.loop.call_later(HANDSHAKE_LOOK, self.shutdown)
        else:
            super().shutdown()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if not self.handshake_initiated and not self.transport.is_closing():
            # HTTP hands over a whole head, but this one has a body, or is too large for a handshake: whoever waits for
            # more of it waits for ever.
            self.transport.write(answer(400, "No request that opens a websocket"))
            self.transport.close()

    def on_task_complete(self, task: asyncio.Task[None]) -> None:
        super().on_task_complete(task)
        if self._counted:
            # What is left for a client that does not read is not kept for it.
            self._abort = self.loop.call_later(UNREAD_SECONDS, self.transport.abort)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._abort is not None:
            self._abort.cancel()
        if self._counted:
            self._counted = False
            self.clients.leave(self.client)
        super().connection_lost(exc)
