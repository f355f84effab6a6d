"""Hears what any process changed, and has it looked up again: a logout on one replica is a logout on all of them."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from uuid import UUID

from kyoo.auth.tokens.principals import Principals
from kyoo.auth.tokens.signing import SigningKeys
from kyoo.core.database.notifications import Notifications

#: The triggers of schema/changes.sql say here `account:<id>` (an account changed or ended, or one of its sessions did)
#: or `keys` (of auth.signing_keys).
CHANNEL = "auth_changes"


class Changes:
    """`run` listens for as long as its context is open. While the database is out of reach, the accounts are forgotten
    by themselves after the seconds that they are remembered."""

    def __init__(self, notifications: Notifications, principals: Principals, keys: SigningKeys) -> None:
        self._notifications = notifications
        self._principals = principals
        self._keys = keys

    @contextlib.asynccontextmanager
    async def run(self) -> AsyncIterator[None]:
        async with self._notifications.listen(CHANNEL, self._hear, self._catch_up):
            yield

    async def _catch_up(self) -> None:
        self._principals.forget_all()
        await self._keys.load()

    async def _hear(self, news: str) -> None:
        kind, _, subject = news.partition(":")
        if kind == "account":
            self._principals.forget(UUID(subject))
        elif kind == "keys":
            await self._keys.load()
