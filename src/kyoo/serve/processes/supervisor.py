"""`kyoo serve`: starts everything in order, keeps it running, stops it in reverse. Each step says so in a line."""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import signal
import socket
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

import structlog

from kyoo.core.database.postgres import check_server, describe, external_conninfo
from kyoo.core.database.shares import Tenant
from kyoo.core.errors import KyooError
from kyoo.core.process import settle, stop_at_signals
from kyoo.core.telemetry import configure_telemetry
from kyoo.serve.backup.keeper import Keeper, before_migrations
from kyoo.serve.backup.restoring import Request, give_up, restore
from kyoo.serve.backup.stores import locations
from kyoo.serve.composition import Instance, composed, settings_of
from kyoo.serve.data_directory import exclusive
from kyoo.serve.http.draining import OF_SERVE
from kyoo.serve.metrics import listen_for_metrics, metrics
from kyoo.serve.options import ServeOptions, listen
from kyoo.serve.postgres.embedded import CONNECTIONS, CONNECTIONS_OF_ANOTHER, EmbeddedPostgres
from kyoo.serve.postgres.major_upgrade import keep_programs, upgrade
from kyoo.serve.postgres.schemas import migrate_all
from kyoo.serve.private_files import close_to_others
from kyoo.serve.processes import beside, environment
from kyoo.serve.processes.answering import Listeners, answering
from kyoo.serve.processes.children import Child, end, keep
from kyoo.serve.processes.server_main import written
from kyoo.serve.progress import Console, follow_first_scan
from kyoo.serve.services import NAMES

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
            connections = CONNECTIONS + CONNECTIONS_OF_ANOTHER * (options.workers - 1)
            postgres = EmbeddedPostgres(options.data_dir / "postgres", settings={"max_connections": str(connections)})
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
        # Those that answer, and the worker. An external server may have other processes of ours.
        processes = options.workers + 1 if external is None else None
        inside = [stack.enter_context(one) for one in beside.sockets(options.workers)] if options.workers > 1 else []
        serving = beside.server_processes(inside)
        measured = [[stack.enter_context(one) for one in of] for of in listen_for_metrics(options.workers)]
        instance = await stack.enter_async_context(
            composed(
                options,
                conninfo,
                service_key,
                role="serve",
                tenant=Tenant("kyoo serve", processes=processes),
                process=serving[0] if serving else None,
            )
        )
        if instance.administration is not None:
            keeper: Keeper = instance.administration.state.keeper
            keeper.restart, keeper.failure = life.again.set, failure
        console.step("Starting the worker")
        worker = asyncio.create_task(keep(_worker(options, conninfo, service_key, processes)))
        stack.push_async_callback(end, [worker])
        told = {"options": written(options), "conninfo": conninfo, "key": service_key, "processes": processes}
        others = [
            asyncio.create_task(keep(_another(process, Listeners(listeners, inside[number], measured[number]), told)))
            for number, process in enumerate(serving)
            if number
        ]
        stack.push_async_callback(end, others)
        await stack.enter_async_context(metrics(instance.applications.values(), measured[0]))
        ours = Listeners(listeners, inside[0] if inside else None, measured[0])
        server = await stack.enter_async_context(answering(instance, ours, options.tls, others))
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


def _worker(options: ServeOptions, conninfo: str, service_key: str, processes: int | None) -> Child:
    return Child(
        "the worker",
        "kyoo.serve.processes.worker_main",
        (
            *(f"--library={folder}" for folder in options.libraries),
            f"--data-dir={options.data_dir}",
            f"--public-url={options.public_url}",
            *([f"--processes={processes}"] if processes is not None else []),
        ),
        [conninfo, service_key],
        environment.of_worker(),
    )


def _another(process: beside.ServerProcess, listeners: Listeners, told: dict[str, Any]) -> Child:
    """A process that answers requests beside this one."""
    assert listeners.inside is not None
    found = [[one.fileno() for one in of] for of in (listeners.clients, [listeners.inside], listeners.metrics)]
    drain = OF_SERVE.chosen()
    return Child(
        f"the process {process.number + 1} for requests",
        "kyoo.serve.processes.server_main",
        (),
        {**told, "number": process.number, "addresses": process.addresses, "listeners": found},
        descriptors=tuple(number for of in found for number in of),
        patience=drain.notice + drain.seconds + 10,
    )


@contextlib.contextmanager
def _cancelled_with(task: asyncio.Future[Any]) -> Iterator[None]:
    try:
        yield
    finally:
        task.cancel()
