"""Devices of one user: which are connected, what each is doing, and commands from one to another
(docs/using/realtime.md#devices)."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import structlog

from kyoo.api.models.socket import Device
from kyoo.api.queries.realtime import devices as queries
from kyoo.core import events
from kyoo.core.database.postgres import Database
from kyoo.core.errors import NotFoundError
from kyoo.core.events import Fact
from kyoo.core.tasks import ended

log = structlog.get_logger()

#: Seconds after which a process says again that its devices are there, and after which those of a silent one are not.
SAY_AGAIN, SILENCE = 30.0, timedelta(seconds=100)


def named_device(socket: UUID, device: Device, browser: str) -> dict[str, str]:
    """What a socket is called among the devices of its user."""
    return {"id": device.id or str(socket), "name": device.name or browser or "?", "client": device.client or ""}


class Devices:
    """Those of all sockets of this process; what others have is in the table."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._process = uuid4()
        #: Those of this process that are devices.
        self._sockets: set[UUID] = set()

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        saying = asyncio.create_task(self._say_for_ever())
        try:
            yield
        finally:
            await ended(saying)
            with contextlib.suppress(psycopg.Error):
                async with self._database.transaction() as connection:
                    await queries.leave_all(connection, self._process)

    async def come(self, owner: UUID, socket: UUID, device: Device, browser: str) -> None:
        """A socket is a device from now on; one that does not say which is known by its socket."""
        named = named_device(socket, device, browser)
        async with self._database.transaction() as connection:
            await queries.go(connection, owner, socket)
            await queries.come(connection, owner, named, socket=socket, process=self._process)
            self._sockets.add(socket)

    async def say(self, socket: UUID, state: dict[str, Any]) -> None:
        async with self._database.transaction() as connection:
            await queries.say(connection, socket, state)

    async def go(self, owner: UUID, socket: UUID) -> None:
        # First: should the database be away, this process does not go on saying that the device is here.
        self._sockets.discard(socket)
        async with self._database.transaction() as connection:
            await queries.go(connection, owner, socket)

    async def command(self, owner: UUID, device: str, command: dict[str, Any]) -> None:
        """Have one of the user's devices do something. Raises NotFoundError when it is not there."""
        async with self._database.transaction() as connection:
            if not await queries.is_there(connection, owner, device):
                raise NotFoundError(f"No device {device} is connected")
            body = {"device": {"id": device}, "command": command}
            await events.record(connection, Fact("devices", "command", body, owner=owner))

    async def of(self, owner: UUID) -> list[dict[str, Any]]:
        async with self._database.connection() as connection:
            return await queries.of(connection, owner)

    async def _say_for_ever(self) -> None:
        while True:
            await asyncio.sleep(SAY_AGAIN)
            try:
                async with self._database.transaction() as connection:
                    await queries.still_here(connection, self._sockets, SILENCE)
            except psycopg.Error as error:
                log.info("devices cannot be said to be there", reason=" ".join(str(error).split()))
