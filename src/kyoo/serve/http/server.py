"""uvicorn as we run it: with bounds, told by gateways where clients are, and without signal handlers of its own."""

from __future__ import annotations

import contextlib
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

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


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
