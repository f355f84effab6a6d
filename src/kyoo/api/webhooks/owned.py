"""The webhooks of one owner: set up, changed, tried out, and what became of their messages. No HTTP."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from psycopg.rows import DictRow

from kyoo.api.queries.viewers import watchlist as lists
from kyoo.api.queries.webhooks import deliveries
from kyoo.api.queries.webhooks import hooks as queries
from kyoo.api.queries.webhooks.hooks import Hook
from kyoo.api.webhooks.sending import new_secret
from kyoo.api.webhooks.service import CONSUMER, KEPT, Webhooks
from kyoo.core import events
from kyoo.core.database.postgres import Database
from kyoo.core.errors import ConflictError, NotFoundError
from kyoo.core.sealing import SealError


class OwnedWebhooks:
    """`owner` is a user; None: the administrators, all together."""

    def __init__(self, webhooks: Webhooks, database: Database, owner: UUID | None) -> None:
        self._webhooks, self._database, self._owner = webhooks, database, owner

    async def every(self) -> list[Hook]:
        """By name."""
        async with self._database.connection() as connection:
            return await queries.every(connection, self._owner)

    async def find(self, webhook: UUID) -> Hook:
        async with self._database.connection() as connection:
            hook = await queries.find(connection, webhook, self._owner)
        if hook is None:
            raise _unknown(webhook)
        return hook

    async def add(
        self, *, name: str, form: str, url: str, token: str | None, events_: Sequence[str], private: bool, enabled: bool
    ) -> tuple[Hook, str]:
        """It is told of what happens from now on. Its secret is told this once."""
        identifier, secret = uuid4(), new_secret()
        sealed = self._webhooks.seal(identifier, url, secret, token)
        async with self._database.transaction() as connection:
            profile = None if self._owner is None else await lists.lock_profile(connection, self._owner)
            if await queries.count(connection, self._owner) >= self._most:
                raise ConflictError(self._full)
            hook = await queries.add(
                connection,
                identifier,
                profile=profile,
                name=name,
                form=form,
                events=list(dict.fromkeys(events_)),
                private=private,
                enabled=enabled,
                origin=_origin(url),
                secrets=sealed,
                after=await events.newest(connection),
            )
            await events.begin(connection, CONSUMER)
        return hook, secret

    async def change(
        self,
        webhook: UUID,
        *,
        name: str | None,
        url: str | None,
        token: str | None,
        events_: Sequence[str] | None,
        private: bool | None,
        enabled: bool | None,
    ) -> Hook:
        """Write what is given, None: as it was; an empty token is none. What went wrong before is forgotten. One that
        is switched off forgets what waits."""
        hook = await self.find(webhook)
        sealed = origin = None
        if url is not None or token is not None:
            # A new address does not get the token of the old one, unless it is of the same place.
            before = self._before(hook, typed_anew=url is not None)
            origin = _origin(url) if url is not None else hook.origin
            kept = before["token"] if origin == hook.origin else None
            sealed = self._webhooks.seal(
                hook.id, url or before["url"], before["secret"], kept if token is None else token or None
            )
        async with self._database.transaction() as connection:
            changed = await queries.change(
                connection,
                hook.pk,
                after=await events.newest(connection),
                name=name,
                events=list(dict.fromkeys(events_)) if events_ is not None else None,
                private=private,
                enabled=enabled,
                origin=origin,
                secrets=sealed,
            )
            if changed is None:
                raise _unknown(webhook)
            if not changed.enabled:
                await deliveries.drop_waiting(connection, hook.pk)
        return changed

    async def remove(self, webhook: UUID) -> None:
        hook = await self.find(webhook)
        async with self._database.connection() as connection:
            if not await queries.remove(connection, hook.pk):
                raise _unknown(webhook)

    async def renew_secret(self, webhook: UUID) -> str:
        hook = await self.find(webhook)
        before, secret = self._webhooks.unseal(hook), new_secret()
        sealed = self._webhooks.seal(hook.id, before["url"], secret, before["token"])
        async with self._database.transaction() as connection:
            await queries.change(connection, hook.pk, after=hook.after, secrets=sealed)
        return secret

    async def test(self, webhook: UUID) -> tuple[int | None, str | None]:
        return await self._webhooks.test(await self.find(webhook))

    async def log(self, webhook: UUID) -> list[DictRow]:
        """The last messages, the newest first."""
        hook = await self.find(webhook)
        async with self._database.connection() as connection:
            return await deliveries.log(connection, hook.pk, KEPT)

    async def again(self, webhook: UUID, delivery: UUID) -> None:
        """Have a message sent once more that did not arrive."""
        hook = await self.find(webhook)
        if not hook.enabled:
            raise ConflictError("The webhook is switched off")
        if not await self._webhooks.again(hook, delivery):
            raise NotFoundError(f"No message {delivery} of this webhook failed")

    @property
    def _most(self) -> int:
        settings = self._webhooks.settings
        return settings.webhooks if self._owner is None else settings.user_webhooks

    @property
    def _full(self) -> str:
        if self._owner is None:
            return "There are as many webhooks as this server allows (KYOO_WEBHOOKS)"
        return f"You have as many webhooks as a user may have on this server: {self._most}"

    def _before(self, hook: Hook, *, typed_anew: bool) -> dict[str, Any]:
        """What is sealed now. When the key of the server is another one, its address can be typed in anew."""
        try:
            return self._webhooks.unseal(hook)
        except SealError:
            if not typed_anew:
                raise
            return {"url": "", "secret": new_secret(), "token": None}


def _unknown(webhook: UUID) -> NotFoundError:
    return NotFoundError(f"No webhook {webhook}")


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
