"""uvicorn as we run it: with bounds, told by gateways where clients are, and without signal handlers of its own."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from collections.abc import Iterable, Iterator

import uvicorn
from fastapi import FastAPI
from starlette.types import ASGIApp

from kyoo.core.http.forwarded import Forwarded
from kyoo.core.logs import LogSettings
from kyoo.core.request_log import RequestLog
from kyoo.core.settings import read
from kyoo.serve.http.bounds import BoundedRequests, Bounds, Clients
from kyoo.serve.http.draining import OF_SERVE, Drain
from kyoo.serve.http.protocols import BoundedHttp, BoundedWebSocket

#: Connections that may wait to be taken while we end.
MOST_WAITING = 2048
#: Seconds in which they must be taken: TLS is agreed on first.
TAKING_SECONDS = 1
#: Of a websocket, in bytes.
LARGEST_MESSAGE = 64 * 1024


class Server(uvicorn.Server):
    """Whoever runs it decides the order in which things stop."""

    def __init__(self, config: uvicorn.Config, clients: Clients, drain: Drain) -> None:
        super().__init__(config)
        self._clients = clients
        self._drain = drain

    async def leave(self, applications: Iterable[FastAPI]) -> None:
        """Have it end. Sockets are closed with 1012 (RFC 6455 §7.4, "service restart"), once no more are taken."""
        await self._drain.announce(applications, self._clients)
        self.should_exit = True

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Take who is connected already before the listeners close. The kernel resets those that nobody has taken, and
        a gateway that has sent a POST on one asks nobody else: its client is answered 502."""
        self._clients.leaving = True
        with contextlib.ExitStack() as queues:
            # The same queues by other names, for uvicorn's own close with their servers.
            kept = [queues.enter_context(one.dup()) for one in sockets or [] if one.fileno() >= 0]
            for server in self.servers:
                server.close()
            waiting = [connection for one in kept for connection in _accepted(one)]
        if waiting:
            taking = [asyncio.create_task(self._take(connection)) for connection in waiting]
            _, late = await asyncio.wait(taking, timeout=TAKING_SECONDS)
            for task in late:
                task.cancel()
        await super().shutdown(sockets)

    async def _take(self, connection: socket.socket) -> None:
        protocol = self.config.http_protocol_class
        with contextlib.suppress(OSError):
            await asyncio.get_running_loop().connect_accepted_socket(
                lambda: protocol(  # type: ignore[call-arg]
                    config=self.config, server_state=self.server_state, app_state=self.lifespan.state
                ),
                connection,
                ssl=self.config.ssl,
            )

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _accepted(listener: socket.socket) -> Iterator[socket.socket]:
    """Who has connected and waits."""
    listener.setblocking(False)
    for _ in range(MOST_WAITING):
        try:
            connection, _ = listener.accept()
        except ConnectionAbortedError:
            # They are gone; others may wait behind them.
            continue
        except OSError:
            return
        connection.setblocking(False)
        yield connection


def make_server(
    app: ASGIApp,
    public_url: str = "",
    *,
    bounds: Bounds | None = None,
    trusted: list[str] | None = None,
    tls: ssl.SSLContext | None = None,
    drain: Drain = OF_SERVE,
) -> Server:
    """uvicorn for `app`, whose lifespan is run elsewhere and which clients find at `public_url`. `drain`: how it ends,
    unless variables say otherwise. Every request is a line in the log when KYOO_LOG_REQUESTS is true. `trusted`: the
    gateways in front (core/http/forwarded.py). `tls`: None = plain HTTP."""
    logged = read(LogSettings).requests
    clients = Clients(bounds or read(Bounds), lambda address: address in forwarded.trusted_hosts)
    bounded = BoundedRequests(app, clients)
    forwarded = Forwarded(RequestLog(bounded) if logged else bounded, public_url, trusted=trusted)
    drain = drain.chosen()
    return Server(
        uvicorn.Config(
            forwarded,
            # Forwarded reads them.
            proxy_headers=False,
            lifespan="off",
            access_log=False,
            log_config=None,
            server_header=False,
            timeout_graceful_shutdown=drain.seconds,
            timeout_keep_alive=75,
            http=type("Http", (BoundedHttp,), {"clients": clients}),
            ws=type("WebSocket", (BoundedWebSocket,), {"clients": clients}),
            # Its windows would be kept for every socket, and messages are short.
            ws_per_message_deflate=False,
            ws_max_size=LARGEST_MESSAGE,
            ssl_context_factory=None if tls is None else lambda *_: tls,
        ),
        clients,
        drain,
    )
