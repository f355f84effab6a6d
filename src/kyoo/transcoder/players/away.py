"""Who was sent away is known to every transcoder: the next file of a player may be another one's."""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextlib import AsyncExitStack

from kyoo.core.database.postgres import Database
from kyoo.transcoder.hls.encoder import ClientKey
from kyoo.transcoder.players.clients import Clients
from kyoo.transcoder.queries import replicas as queries


class Away:
    def __init__(self, database: Database, clients: Clients) -> None:
        self._database = database
        self._clients = clients
        self._listening = AsyncExitStack()

    async def open(self) -> None:
        notifications = self._database.notifications
        await self._listening.enter_async_context(notifications.listen(queries.SENT_AWAY, self._hear))

    async def close(self) -> None:
        await self._listening.aclose()

    async def tell(self, players: Iterable[ClientKey], message: str) -> None:
        async with self._database.connection() as connection:
            for user, player in players:
                await queries.tell_sent_away(connection, json.dumps([user, player, message], ensure_ascii=False))

    async def _hear(self, payload: str) -> None:
        user, player, message = json.loads(payload)
        self._clients.send_away((user, player), message)
