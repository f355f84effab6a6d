"""What the handlers and jobs of the api work with."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, TypeVar

from fastapi import Depends, Request
from obstore.store import ObjectStore
from psycopg.errors import DeadlockDetected

from kyoo.api.catalogue.durations import Durations
from kyoo.api.following.episodes import Episodes
from kyoo.api.imports.service import Imports
from kyoo.api.limits import LimitedDatabase
from kyoo.api.queries.catalogue.guesses import Guesses
from kyoo.api.realtime.clock import ServerClock
from kyoo.api.realtime.devices import Devices
from kyoo.api.realtime.hub import Hub
from kyoo.api.realtime.invitations import Invitations
from kyoo.api.realtime.places import OpenSockets
from kyoo.api.realtime.rooms import Rooms
from kyoo.api.settings import ApiSettings
from kyoo.api.trackers.service import Trackers
from kyoo.api.usernames import Usernames
from kyoo.api.webhooks.sending import Sender
from kyoo.api.webhooks.service import Webhooks
from kyoo.core.blobs import open_store
from kyoo.core.database.postgres import Connection, Database
from kyoo.core.http.service import Runtime
from kyoo.core.pauses import pause
from kyoo.core.pictures.rendering import Renderer

T = TypeVar("T")
#: How often a write that ends in a deadlock is done before that is an error.
ATTEMPTS = 6


@dataclass(frozen=True)
class ApiContext:
    settings: ApiSettings
    runtime: Runtime
    images: ObjectStore
    renderer: Renderer
    # Limited to what the caller of the present request may see.
    database: Database
    sockets: OpenSockets
    hub: Hub
    devices: Devices
    clock: ServerClock
    rooms: Rooms
    guesses: Guesses
    durations: Durations
    trackers: Trackers
    usernames: Usernames
    sender: Sender
    webhooks: Webhooks
    episodes: Episodes
    imports: Imports

    async def write(self, work: Callable[[Connection], Awaitable[T]], *, at_once: bool = False) -> T:
        """The result of `work` in a transaction; `at_once` says that it writes with one statement, which is one. When
        Postgres ends the transaction to break a deadlock, as a file that moves while its show is seeded can cause one,
        `work` is done again; in the end the error is raised."""
        opened = self.database.connection if at_once else self.database.transaction
        for attempt in range(ATTEMPTS - 1):
            try:
                async with opened() as connection:
                    return await work(connection)
            except DeadlockDetected:
                # Those that met would meet again if they began at the same moment.
                await asyncio.sleep(random.uniform(0, pause(attempt + 1, 0.05, 1)))  # noqa: S311
        async with opened() as connection:
            return await work(connection)


def create_context(settings: ApiSettings, runtime: Runtime) -> ApiContext:
    database = LimitedDatabase(runtime.database)
    clock = ServerClock(runtime.database)
    invitations = Invitations(runtime.database, runtime.peer, runtime.public_url, settings.room_hours)
    trackers = Trackers(settings, runtime.database, runtime.queue, runtime.public_url)
    sender = Sender(settings.webhook_timeout, settings.proxy.get_secret_value() if settings.proxy else None)
    usernames = Usernames(runtime.peer)
    webhooks = Webhooks(
        settings,
        runtime.database,
        runtime.queue,
        usernames,
        seal=trackers.seal,
        sender=sender,
        public_url=runtime.public_url,
    )
    return ApiContext(
        settings,
        runtime,
        open_store(settings.image_store),
        Renderer(),
        database,
        OpenSockets(runtime.database, settings.sockets_per_user),
        Hub(runtime.database, database),
        Devices(runtime.database),
        clock,
        Rooms(settings, runtime.database, clock, invitations),
        Guesses(settings.guesses_memory * 2**20),
        Durations(runtime.peer),
        trackers,
        usernames,
        sender,
        webhooks,
        Episodes(runtime.database, database, runtime.peer, runtime.public_url),
        Imports(settings, runtime.database, database, runtime.queue),
    )


async def _of_request(request: Request) -> ApiContext:
    context: ApiContext = request.app.state.context
    return context


#: The context as a parameter of a handler.
Context = Annotated[ApiContext, Depends(_of_request)]
