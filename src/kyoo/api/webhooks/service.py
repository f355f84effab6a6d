"""Webhooks: what happens is copied for each, and sent until it has arrived or is given up. Those of administrators are
told of everybody, those of a user of what this user does."""

from __future__ import annotations

import asyncio
import contextlib
import math
import random
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import psycopg
import structlog
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException
from psycopg_pool import PoolTimeout

from kyoo.api.queries.webhooks import deliveries
from kyoo.api.queries.webhooks import hooks as queries
from kyoo.api.queries.webhooks.deliveries import Due
from kyoo.api.queries.webhooks.hooks import Hook
from kyoo.api.queries.webhooks.names import of as names_of
from kyoo.api.usernames import Usernames
from kyoo.api.webhooks import forms, happenings
from kyoo.api.webhooks.happenings import Happened
from kyoo.api.webhooks.sending import Message, Sender, SendError
from kyoo.api.webhooks.settings import WebhookSettings, same_origin
from kyoo.core import events
from kyoo.core.database.postgres import Connection, Database
from kyoo.core.database.queue import Queue
from kyoo.core.events import Event, Fact
from kyoo.core.sealing import Seal, SealError
from kyoo.core.tasks import ended

log = structlog.get_logger()

#: Who copies events here (core/events).
CONSUMER = "webhooks"
#: Seconds for which what happens together is gathered.
GATHER = 0.5
#: Seconds that one job sends for one webhook before others have their turn.
TURN = 20.0
#: The same for one of a user, and seconds until the next of the same user has its turn: receivers that take long take a
#: user one of the jobs that run at once, and not all.
OWN_TURN, OWN_PAUSE = 5.0, 1.0
#: Tests of users' webhooks that are under way at once.
TESTS = 2
#: Seconds between two looks of the worker for what is due (jobs.py).
LOOK = 60.0
#: Seconds before the second, third, … try; then the last one again and again.
PAUSES = (5.0, 30.0, 120.0, 600.0, 1800.0, 3600.0, 7200.0, 14400.0)
#: Rows of the log that are kept of each webhook, and for how long.
KEPT, KEPT_FOR = 200, timedelta(days=14)


class Webhooks:
    """`database` as nobody limits it."""

    def __init__(
        self,
        settings: WebhookSettings,
        database: Database,
        queue: Queue,
        usernames: Usernames,
        *,
        seal: Seal,
        sender: Sender,
        public_url: str,
    ) -> None:
        self.settings = settings
        self._database, self._queue, self._usernames = database, queue, usernames
        self._seal, self._sender, self._public_url = seal, sender, public_url
        self._wake = asyncio.Event()
        #: Users to one of whose webhooks this process is sending.
        self._sending: set[UUID] = set()
        self._testing = asyncio.Semaphore(TESTS)

    # --- in the process that hears of events

    def hear(self, found: list[Event]) -> None:
        """A follower of the feed."""
        if any(happenings.happening(event) for event in found):
            self._wake.set()

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        task = asyncio.create_task(self._have_copied_for_ever())
        try:
            yield
        finally:
            await ended(task)

    async def _have_copied_for_ever(self) -> None:
        while True:
            await self._wake.wait()
            await asyncio.sleep(GATHER)
            self._wake.clear()
            try:
                async with self._database.connection() as connection:
                    wanted = await queries.any_enabled(connection)
                if wanted:
                    await self._defer("api:copy_for_webhooks", "api:copy_for_webhooks")
            except (psycopg.Error, PoolTimeout, ConnectorException) as error:
                # The worker looks every minute, too.
                log.warning("webhooks are sent later", reason=" ".join(str(error).split()))

    async def _defer(self, name: str, lock: str, seconds: float = 0, **arguments: Any) -> None:
        """Unless a job of the same `lock` waits already."""
        task = self._queue.configure_task(
            name,
            queue="webhooks",
            schedule_in={"seconds": math.ceil(seconds)} if seconds else None,
            queueing_lock=lock,
        )
        with contextlib.suppress(AlreadyEnqueued):
            await task.defer_async(**arguments)

    # --- for the queue

    async def copy(self) -> None:
        """Copy what has happened into rows of each webhook that wants it, and have it sent."""
        told: set[int] = set()
        while True:
            async with self._database.transaction() as connection:
                wanted = await queries.any_enabled(connection)
                found = await events.take(connection, CONSUMER, happenings.TOPICS) if wanted else []
                if not found:
                    break
                hooks = await queries.telling(connection, {event.owner for event in found if event.owner})
                names = await names_of(connection, *happenings.named(found)) if hooks else {}
                rows = [
                    (hook.pk, one.type, one.body)
                    for one in happenings.messages(found, names)
                    for hook in hooks
                    if one.type in hook.events and one.event > hook.after and _concerns(hook, one)
                ]
                await deliveries.add_deliveries(connection, rows)
                pks = {pk for pk, _, _ in rows}
                await deliveries.trim(connection, pks, backlog=self.settings.webhook_backlog)
                told |= pks
        for pk in told:
            await self._deliver_soon(pk)

    async def defer_due(self) -> None:
        """Have everything sent that is due, whoever died over it."""
        await self.copy()
        async with self._database.connection() as connection:
            due = await deliveries.hooks_due(connection)
        for pk in due:
            await self._deliver_soon(pk)

    async def _deliver_soon(self, pk: int, seconds: float = 0) -> None:
        """A job for later does not stand in the way of one for now; for what is due much later the worker looks."""
        if seconds <= LOOK:
            later = ":later" if seconds else ""
            await self._defer("api:deliver_webhook", f"api:deliver_webhook:{pk}{later}", seconds, webhook=pk)

    async def deliver(self, pk: int) -> None:
        """Send what is due to one webhook, the oldest first, for as long as it is our turn."""
        async with self._database.connection() as connection:
            hook = await queries.by_pk(connection, pk)
        if hook is None:
            return
        if hook.owner is None:
            await self._deliver_for(pk, TURN)
        elif hook.owner in self._sending:
            await self._deliver_soon(pk, OWN_PAUSE)
            return
        else:
            self._sending.add(hook.owner)
            try:
                await self._deliver_for(pk, OWN_TURN)
            finally:
                self._sending.discard(hook.owner)
        async with self._database.connection() as connection:
            seconds = await deliveries.next_due(connection, pk)
        if seconds is not None:
            await self._deliver_soon(pk, seconds)

    async def _deliver_for(self, pk: int, turn: float) -> None:
        begun = time.monotonic()
        while time.monotonic() - begun < turn:
            async with self._database.transaction() as connection:
                hook = await queries.by_pk(connection, pk)
                due = await deliveries.claim(connection, pk, lease=2 * self.settings.webhook_timeout + 5)
            if hook is None or due is None:
                break
            await self._deliver(hook, due)

    async def _deliver(self, hook: Hook, due: Due) -> None:
        try:
            status = await self._send(hook, due.id, due.body)
        except SendError as error:
            async with self._database.transaction() as connection:
                await self._failed(connection, hook, due, error)
            return
        async with self._database.transaction() as connection:
            await deliveries.arrived(connection, hook.pk, due.pk, status)

    async def _failed(self, connection: Connection, hook: Hook, due: Due, error: SendError) -> None:
        again: float | None = max(error.after or 0.0, _pause(due.tries))
        until = due.created_at + timedelta(hours=self.settings.webhook_hours)
        if error.gone or datetime.now(UTC) + timedelta(seconds=again or 0) > until:
            again = None
        # What only this message is refused for does not hold up others.
        pause = max(error.after or 0.0, _pause(hook.failures + 1)) if error.again else None
        since = await deliveries.failed(
            connection, hook.pk, due.pk, status=error.status, reason=error.message, again_in=again, pause=pause
        )
        long = since is not None and datetime.now(UTC) - since > timedelta(days=self.settings.webhook_days)
        if (error.gone or long) and await deliveries.switch_off(connection, hook.pk, error.message):
            log.warning("a webhook is switched off", webhook=str(hook.id), reason=error.message)
            values = {"name": hook.name, "message": error.message}
            link = "/admin/webhooks" if hook.owner is None else "/settings/trackers"
            notice = {"key": "webhook.off", "values": values, "link": link}
            await events.record(connection, Fact("notices", "notice", notice, owner=hook.owner))

    # --- for whoever set it up

    def may_be_private(self, hook: Hook) -> bool:
        """Whether its address may be one of this machine or its network: of a user, what the configuration says now."""
        if hook.owner is None:
            return hook.private
        return same_origin(hook.origin) in self.settings.user_webhook_servers

    async def test(self, hook: Hook) -> tuple[int | None, str | None]:
        """Send an example at once; the status, and what went wrong."""
        if hook.owner is None:
            return await self._test(hook)
        async with self._testing:
            return await self._test(hook)

    async def _test(self, hook: Hook) -> tuple[int | None, str | None]:
        body = happenings.example(self._public_url)
        async with self._database.transaction() as connection:
            row = await deliveries.add_test(connection, hook.pk, body)
        try:
            status = await self._send(hook, row["id"], body)
        except SendError as error:
            async with self._database.transaction() as connection:
                await deliveries.note_test(connection, row["pk"], "failed", error.status, error.message)
            return error.status, error.message
        async with self._database.transaction() as connection:
            await deliveries.note_test(connection, row["pk"], "done", status, None)
            await deliveries.hurry(connection, hook.pk)
        await self._deliver_soon(hook.pk)
        return status, None

    async def again(self, hook: Hook, delivery: UUID) -> bool:
        """Have a message sent once more; whether there is such a one."""
        async with self._database.transaction() as connection:
            found = await deliveries.retry(connection, hook.pk, delivery)
            if found:
                await deliveries.hurry(connection, hook.pk)
        if found:
            await self._deliver_soon(hook.pk)
        return found

    async def forget(self) -> None:
        async with self._database.connection() as connection:
            await deliveries.forget(connection, kept=KEPT, older_than=KEPT_FOR)

    def seal(self, identifier: UUID, url: str, secret: str, token: str | None) -> bytes:
        return self._seal.close(_place(identifier), {"url": url, "secret": secret, "token": token})

    def unseal(self, hook: Hook) -> dict[str, Any]:
        """`url`, `secret` and `token`; SealError when the key of this server is another one now."""
        return self._seal.open(_place(hook.id), hook.secrets)

    async def _send(self, hook: Hook, message: UUID, body: dict[str, Any]) -> int:
        try:
            secrets = self.unseal(hook)
        except SealError as error:
            raise SendError("sealed", error.message) from None
        formed = forms.formed(hook.form, await self._with_username(body), secrets["token"])
        url: str = secrets["url"]
        if formed.path and not urlsplit(url).path.endswith(formed.path):
            url = url.rstrip("/") + formed.path
        sent = Message(str(message), formed.body, formed.content_type, secrets["secret"], formed.headers)
        return await self._sender.send(url, sent, private=self.may_be_private(hook))

    async def _with_username(self, body: dict[str, Any]) -> dict[str, Any]:
        user = body["data"].get("user")
        if user is None or "username" in user:
            return body
        name = await self._usernames.of(user["id"])
        return {**body, "data": {**body["data"], "user": {**user, "username": name}}}


def _concerns(hook: Hook, happened: Happened) -> bool:
    """Whether it is one for everybody's doings, or its owner did this with something that can be watched to its end."""
    return hook.owner is None or (hook.owner == happened.owner and happened.watchable)


def _place(identifier: UUID) -> str:
    return f"webhook {identifier}"


def _pause(tries: int) -> float:
    """Seconds after so many failures; not all at the same moment."""
    return PAUSES[min(max(tries, 1), len(PAUSES)) - 1] * random.uniform(0.9, 1.1)  # noqa: S311
