"""What processes tell each other is heard after a nonsensical notification, and after the connection was lost."""

from __future__ import annotations

import asyncio
from uuid import UUID, uuid4

from tests.waiting import PATIENCE

from kyoo.core.database.notifications import Notifications
from kyoo.core.database.postgres import Database, execute


async def notify(database: Database, channel: str, payload: str) -> None:
    async with database.connection() as connection:
        await execute(connection, "select pg_notify(%s, %s)", [channel, payload])


async def test_what_makes_no_sense_leaves_nobody_deaf(database: Database) -> None:
    heard: asyncio.Queue[UUID] = asyncio.Queue()

    async def hear(payload: str) -> None:
        heard.put_nowait(UUID(payload))

    wanted = uuid4()
    async with Notifications(database.conninfo, "test").listen("news", hear):
        for channel, payload in (("news", "nonsense"), ("others", str(uuid4())), ("news", str(wanted))):
            await notify(database, channel, payload)
        assert await asyncio.wait_for(heard.get(), PATIENCE) == wanted


async def test_a_lost_connection_is_made_again(database: Database) -> None:
    heard: asyncio.Queue[str] = asyncio.Queue()

    async def hear(payload: str) -> None:
        heard.put_nowait(payload)

    async def catch_up() -> None:
        heard.put_nowait("caught up")

    async with Notifications(database.conninfo, "test").listen("news", hear, catch_up):
        assert await asyncio.wait_for(heard.get(), PATIENCE) == "caught up"
        async with database.connection() as connection:
            await execute(
                connection,
                "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'test listening'",
            )
        assert await asyncio.wait_for(heard.get(), PATIENCE) == "caught up"
        await notify(database, "news", "after")
        assert await asyncio.wait_for(heard.get(), PATIENCE) == "after"
