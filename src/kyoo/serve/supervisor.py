"""`kyoo serve`: starts everything in order, keeps it running, stops it in reverse. Each step says so in a line."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import secrets
import signal
import socket
import ssl
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import structlog
import uvicorn
from fastapi import FastAPI
from starlette.types import ASGIApp

from kyoo.core.errors import KyooError
from kyoo.core.forwarded import Forwarded
from kyoo.core.logs import LogSettings
from kyoo.core.pauses import pause
from kyoo.core.postgres import check_server, describe, external_conninfo
from kyoo.core.process import settle, stop_at_signals
from kyoo.core.request_log import RequestLog
from kyoo.core.room import Tenant
from kyoo.core.settings import read
from kyoo.core.telemetry import configure_telemetry
from kyoo.serve import environment
from kyoo.serve.backup.keeper import Keeper, before_migrations
from kyoo.serve.backup.restoring import Request, give_up, restore
from kyoo.serve.backup.stores import locations
from kyoo.serve.bounds import BoundedRequests, Bounds, Clients
from kyoo.serve.composition import Instance, composed, settings_of
from kyoo.serve.draining import OF_SERVE, Drain
from kyoo.serve.embedded import EmbeddedPostgres, exclusive
from kyoo.serve.http import BoundedHttp, BoundedWebSocket
from kyoo.serve.major_upgrade import keep_programs, upgrade
from kyoo.serve.metrics import metrics
from kyoo.serve.options import ServeOptions, listen
from kyoo.serve.private_files import close_to_others
from kyoo.serve.progress import Console, follow_first_scan
from kyoo.serve.schemas import migrate_all
from kyoo.serve.services import NAMES
from kyoo.serve.tls import TlsSettings, follow

#: This one and the worker.
PROCESSES = 2

#: Between two starts of the worker, in seconds; the first again once it has run for so long.
FIRST_PAUSE, LONGEST_PAUSE, LASTING = 1.0, 60.0, 60.0

#: Of a websocket, in bytes.
LARGEST_MESSAGE = 64 * 1024

log = structlog.get_logger()


#: Something to do once an instance answers.
Then = Callable[[Instance], Awaitable[None]]


@dataclass(frozen=True)
class _Life:
    """From one start to the next: when to stop, and what to do before. `again`: set when it is to start once more."""

    stop: asyncio.Event
    then: Then | None
    again: asyncio.Event


async def serve(options: ServeOptions, console: Console, then: Then | None = None) -> None:
    """Run until SIGINT or SIGTERM. Raises KyooError, with nothing left running, when a step cannot be done; an error of
    `then` ends the server with it."""
    stop = asyncio.Event()
    stop_at_signals(stop.set)
    configure_telemetry("kyoo")
    external = external_conninfo()
    # Everything that can be refused is, before anything is made.
    if external is not None:
        await check_server(external)
    with contextlib.ExitStack() as held:
        # Whoever starts it twice hears so, rather than that the port is taken. Where it is taken, no directory is made.
        if there := options.data_dir.exists():
            held.enter_context(exclusive(options.data_dir))
        listeners = [held.enter_context(listener) for listener in listen(options.host, options.port)]
        if not there:
            held.enter_context(exclusive(options.data_dir))
        closed = await asyncio.to_thread(close_to_others, options.data_dir)
        if closed:
            log.info("what lies in the data directory is for nobody else now", changed=closed)
        console.address(options.public_url)
        while True:
            life = _Life(stop, then, asyncio.Event())
            await _live(options, external, listeners, console, life)
            if stop.is_set() or not life.again.is_set():
                break
            console.step("Starting again")
            then = None
            # uvicorn has closed the former ones.
            listeners = [held.enter_context(listener) for listener in listen(options.host, options.port)]
    console.step("Stopped")


async def _live(
    options: ServeOptions, external: str | None, listeners: list[socket.socket], console: Console, life: _Life
) -> None:
    starting = asyncio.create_task(_run(options, external, listeners, console, life))
    stopping = asyncio.create_task(life.stop.wait())
    await asyncio.wait([starting, stopping], return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if not starting.done():
        console.step("Stopping")
        loop = asyncio.get_running_loop()
        # A second Ctrl-C does not wait for viewers and jobs; the children die with us. Not at once: the signal that
        # ends a process group reaches us twice under make, which passes its own on.
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.call_later(0.5, loop.add_signal_handler, number, os._exit, 130)
    await starting


async def _replaced(options: ServeOptions, console: Console) -> str | None:
    """Bring the backup back that was asked for, if one was; why it cannot be. What was set aside for one that cannot be
    brought back is in its place again. Raises BackupError when nothing was there before."""
    request = Request.read(options.data_dir)
    if request is None:
        return None
    console.step(f"Bringing back the backup {request.name} of {request.location}")
    if request.step == "given up":
        await asyncio.to_thread(give_up, options.data_dir, request)
        return None
    try:
        stores = locations(settings_of(options, "k" * 32, "serve"))
        await restore(options.data_dir, stores, request, lambda *_: None)
    except KyooError as error:
        if not await asyncio.to_thread(give_up, options.data_dir, request):
            raise
        log.error("the backup cannot be brought back", reason=error.message)  # noqa: TRY400 (the line says all)
        return error.message
    return None


async def _run(
    options: ServeOptions, external: str | None, listeners: list[socket.socket], console: Console, life: _Life
) -> None:
    stop = life.stop
    async with AsyncExitStack() as stack:
        failure = await _replaced(options, console)
        if stop.is_set():
            return
        if external is None:
            await upgrade(options.data_dir, console.step)
            console.step("Starting Postgres")
            postgres = EmbeddedPostgres(options.data_dir / "postgres")
            await postgres.start()
            stack.push_async_callback(postgres.stop)
            await asyncio.to_thread(keep_programs, options.data_dir)
            stack.enter_context(_cancelled_with(asyncio.create_task(postgres.keep_running())))
            conninfo = postgres.conninfo()
        else:
            console.step(f"Using Postgres at {describe(external)}")
            conninfo = external
        if stop.is_set():
            return
        if saved := await asyncio.to_thread(before_migrations, conninfo, options.data_dir):
            console.step(f"Kept the database as it was: backup {saved.name}")
        if migrated := await migrate_all(conninfo, NAMES):
            console.step(f"Migrated the database: {', '.join(migrated)}")
        if stop.is_set():
            return
        service_key = secrets.token_urlsafe(32)
        console.step("Starting auth, api, scanner, transcoder and web")
        # An external server may have other processes of ours.
        tenant = Tenant("kyoo serve", processes=PROCESSES if external is None else None)
        instance = await stack.enter_async_context(
            composed(options, conninfo, service_key, role="serve", tenant=tenant)
        )
        if instance.administration is not None:
            keeper: Keeper = instance.administration.state.keeper
            keeper.restart, keeper.failure = life.again.set, failure
        console.step("Starting the worker")
        worker = asyncio.create_task(_keep_worker(options, conninfo, service_key, alone=external is None))
        stack.push_async_callback(_ended, worker)
        await stack.enter_async_context(metrics(instance.applications.values()))
        server = await stack.enter_async_context(_serving(instance, listeners, options.tls))
        settle()
        console.ready(options)
        follower = asyncio.create_task(follow_first_scan(instance.runtime.peer, console))
        stack.enter_context(_cancelled_with(follower))
        if life.then is not None:
            await _unless_stopped(life.then(instance), stop)
        # It ends by itself only when it fails.
        await _unless_stopped(asyncio.shield(server), stop, life.again)


async def _unless_stopped(work: Awaitable[None], *stops: asyncio.Event) -> None:
    """Do `work`, and leave it where it is when the server is to stop."""
    with contextlib.ExitStack() as ends:
        working = asyncio.ensure_future(work)
        ends.enter_context(_cancelled_with(working))
        stopping = [asyncio.create_task(stop.wait()) for stop in stops]
        for one in stopping:
            ends.enter_context(_cancelled_with(one))
        await asyncio.wait([working, *stopping], return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            working.result()


class Server(uvicorn.Server):
    """uvicorn without its signal handlers: the supervisor decides the order in which things stop."""

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


@asynccontextmanager
async def _serving(
    instance: Instance, listeners: list[socket.socket], tls: TlsSettings | None
) -> AsyncIterator[asyncio.Task[None]]:
    context = tls.context() if tls is not None else None
    server = make_server(instance.gateway, instance.runtime.public_url, tls=context)
    following = asyncio.create_task(follow(tls, context)) if tls is not None and context is not None else None
    running = asyncio.create_task(server.serve(sockets=listeners))
    while not server.started and not running.done():  # noqa: ASYNC110 (uvicorn has no event for it)
        await asyncio.sleep(0.005)
    try:
        yield running
    finally:
        if following is not None:
            following.cancel()
        await server.leave(instance.applications.values())
        await running


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
    gateways in front (core/forwarded.py). `tls`: None = plain HTTP."""
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


async def _keep_worker(options: ServeOptions, conninfo: str, service_key: str, *, alone: bool) -> None:
    """Run the worker process, and again when it dies; ended in an orderly way when cancelled."""
    failures = 0
    while True:
        begun = time.monotonic()
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "kyoo.serve.worker_main"),
            *(f"--library={folder}" for folder in options.libraries),
            f"--data-dir={options.data_dir}",
            f"--public-url={options.public_url}",
            f"--parent={os.getpid()}",
            *(["--alone"] if alone else []),
            env=environment.of_worker(),
            stdin=asyncio.subprocess.PIPE,
            start_new_session=True,
        )
        try:
            assert process.stdin is not None
            # Not in its environment, which every program of this account can read as long as it runs.
            process.stdin.write(json.dumps([conninfo, service_key]).encode())
            process.stdin.close()
            status = await process.wait()
        except asyncio.CancelledError:
            await _terminate(process)
            raise
        failures = 1 if time.monotonic() - begun > LASTING else failures + 1
        seconds = pause(failures, FIRST_PAUSE, LONGEST_PAUSE)
        log.error("the worker ended and is started again", status=status, seconds=seconds)
        await asyncio.sleep(seconds)


async def _terminate(process: asyncio.subprocess.Process) -> None:
    with contextlib.suppress(ProcessLookupError):
        process.terminate()
    try:
        await asyncio.wait_for(process.wait(), 12)
    except TimeoutError:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def _ended(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


@contextlib.contextmanager
def _cancelled_with(task: asyncio.Future[Any]) -> Iterator[None]:
    try:
        yield
    finally:
        task.cancel()
