"""One service, or one worker, by itself: for replicas behind a gateway, on a Postgres of their own."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import secrets
import socket
from typing import Any

import httpx2
import structlog
from fastapi import FastAPI
from psycopg.conninfo import conninfo_to_dict

from kyoo.core.database.postgres import Database, check_server, external_conninfo
from kyoo.core.database.queue import make_queue
from kyoo.core.database.shares import Tenant
from kyoo.core.errors import KyooError
from kyoo.core.http.permissions import Authentication
from kyoo.core.http.service import Runtime
from kyoo.core.peers import peer_client
from kyoo.core.process import settle, share_heaps, stand_back, stop_at_signals
from kyoo.core.tasks import ended
from kyoo.core.telemetry import configure_telemetry
from kyoo.core.tokens import JwksUrl, SharedSecret, Verifier
from kyoo.serve.backup.keeper import before_migrations
from kyoo.serve.http.draining import OF_A_SERVICE
from kyoo.serve.http.server import Server, make_server
from kyoo.serve.metrics import listen_for_metrics, metrics
from kyoo.serve.options import ListenSettings, ServeOptions, listen
from kyoo.serve.postgres.schemas import migrate_all
from kyoo.serve.processes.alone_settings import AloneSettings
from kyoo.serve.services import NAMES, SERVICES

log = structlog.get_logger()


class MissingVariableError(KyooError):
    """The environment lacks what a service needs to run by itself."""


async def required_database() -> str:
    conninfo = external_conninfo()
    if conninfo is None:
        raise MissingVariableError("A service by itself needs a Postgres: set POSTGRES_URL or PGHOST")
    await check_server(conninfo)
    return conninfo


async def run_service(name: str, listening: ListenSettings) -> None:
    """Serve one service's HTTP until SIGTERM or SIGINT. Its options and variables are checked (checks.py)."""
    service = SERVICES[name]
    settings = AloneSettings()
    configure_telemetry(f"kyoo {name}")
    conninfo = await required_database()
    listeners = listen(listening.host, listening.port or service.port)
    measured: list[socket.socket] = []
    try:
        [measured] = listen_for_metrics()
        await migrate_all(conninfo, [] if service.facade else [name])
        public_url = settings.public_url
        tenant = Tenant(f"kyoo {name}")
        share = await tenant.share(conninfo)
        database = Database(conninfo, name=tenant.name, max_size=share.pool, max_apart=share.limited)
        queue = make_queue(conninfo, max_size=share.queue)
        key = settings.api_key.get_secret_value() if settings.api_key else None
        async with (
            peer_client(settings.gateway or public_url, api_key=key) as peer,
            httpx2.AsyncClient(trust_env=False) as keys,
            queue.open_async(),
        ):
            verifier = _verifier(settings, keys)
            authentication = Authentication(verifier, service.missing_status, service.malformed_status)
            address = settings.replica_address or await asyncio.to_thread(reached_at, listeners[0], conninfo)
            runtime = Runtime(database, queue, authentication, peer, public_url, address)
            app = service.create_app(service.settings(), runtime)
            await database.open()
            try:
                async with tenant.at_home(database, queue), app.router.lifespan_context(app), metrics([app], measured):
                    settle()
                    await _until_signal(make_server(app, public_url, drain=OF_A_SERVICE), app, listeners)
            finally:
                await database.close()
    finally:
        for listener in [*listeners, *measured]:
            listener.close()


async def run_worker(options: ServeOptions) -> None:
    """Run jobs until SIGTERM or SIGINT. Its services live in its own process, so it needs no key and no gateway."""
    stand_back()
    share_heaps()
    configure_telemetry("kyoo worker")
    conninfo = await required_database()
    await asyncio.to_thread(before_migrations, conninfo, options.data_dir)
    await migrate_all(conninfo, NAMES)
    from kyoo.serve.processes.worker import work

    await work(options, conninfo, secrets.token_urlsafe(32))


def reached_at(listener: socket.socket, conninfo: str) -> str:
    """Where other machines reach what listens here. For all addresses of this machine, that by which it reaches
    Postgres, as the others do; on the machine of Postgres, itself."""
    host, port = listener.getsockname()[:2]
    if ipaddress.ip_address(host).is_unspecified:
        host = "127.0.0.1"
        given = conninfo_to_dict(conninfo)
        server = str(given.get("hostaddr") or given.get("host") or "").partition(",")[0]
        with contextlib.suppress(OSError):
            kind, _, _, _, address = socket.getaddrinfo(server, 9, type=socket.SOCK_DGRAM)[0]
            with socket.socket(kind, socket.SOCK_DGRAM) as probe:
                # Sends nothing.
                probe.connect(address)
                host = probe.getsockname()[0]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _verifier(settings: AloneSettings, client: httpx2.AsyncClient) -> Verifier | None:
    """None: nobody is asked for a token, which takes KYOO_AUTH=off."""
    if settings.auth == "off":
        log.warning("KYOO_AUTH=off: whoever reaches this service can play every file")
        return None
    if settings.jwt_secret is not None:
        log.warning("tokens are verified by JWT_SECRET, which is for tests: whoever knows it can make them")
        return Verifier(SharedSecret(settings.jwt_secret.get_secret_value()), issuer=settings.jwt_issuer)
    return Verifier(JwksUrl(client, settings.keys_url), issuer=settings.jwt_issuer)


async def _until_signal(server: Server, app: FastAPI, listeners: list[Any]) -> None:
    """A second signal waits for nobody."""
    leaving: asyncio.Task[None] | None = None

    def stop() -> None:
        nonlocal leaving
        if leaving is None:
            leaving = asyncio.create_task(server.leave([app]))
        else:
            server.should_exit = server.force_exit = True

    stop_at_signals(stop)
    await server.serve(sockets=listeners)
    if leaving is not None:
        await ended(leaving)
