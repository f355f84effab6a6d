"""The bound of a user's sockets holds over all processes of the api."""

from __future__ import annotations

from contextlib import AsyncExitStack
from uuid import uuid4

import pytest

from kyoo.api.realtime.places import OpenSockets, TooManySocketsError
from kyoo.core.database.postgres import Database, execute, fetch_value
from kyoo.core.tokens import Identity


def somebody() -> Identity:
    return Identity(uuid4(), uuid4(), "ada", frozenset(), {})


async def test_sockets_of_all_processes_count(database: Database) -> None:
    one, other, ada = OpenSockets(database, 3), OpenSockets(database, 3), somebody()
    async with one.running(), AsyncExitStack() as opened:
        for _ in range(2):
            await opened.enter_async_context(one.one_more(ada, None))
        await one.tell()
        async with other.one_more(ada, None):
            with pytest.raises(TooManySocketsError):
                async with other.one_more(ada, None):
                    pass
            async with other.one_more(somebody(), None):
                assert other.total == 2
        assert other.total == 0
        await opened.aclose()
        await one.tell()
        async with AsyncExitStack() as more:
            for _ in range(3):
                await more.enter_async_context(other.one_more(ada, None))


async def test_what_a_process_had_that_is_gone_does_not_count(database: Database) -> None:
    killed, other, ada = OpenSockets(database, 1), OpenSockets(database, 1), somebody()
    async with killed.one_more(ada, None):
        await killed.tell()
        with pytest.raises(TooManySocketsError):
            async with other.one_more(ada, None):
                pass
        async with database.connection() as connection:
            await execute(connection, "update api.open_sockets set seen_at = now() - interval '2 minutes'")
        async with other.one_more(ada, None):
            pass
    async with OpenSockets(database, 1).running() as _, killed.running(), killed.one_more(ada, None):
        await killed.tell()
    async with database.connection() as connection:
        assert await fetch_value(connection, "select count(*)::int from api.open_sockets") == 0
