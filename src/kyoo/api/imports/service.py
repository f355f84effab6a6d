"""All of imports as one thing that handlers and jobs are given."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from kyoo.api.imports import uploads
from kyoo.api.imports.servers import Servers, Source
from kyoo.api.imports.settings import ImportSettings
from kyoo.api.imports.taking import Taking
from kyoo.api.imports.titles import Titles, written
from kyoo.api.limits import limits_of
from kyoo.api.queries import imports as queries
from kyoo.api.queries.viewers import watchlist as lists
from kyoo.core.database.postgres import Database
from kyoo.core.database.queue import Queue
from kyoo.core.errors import ConflictError, KyooError, NotFoundError

#: Files that are read at once, in this process: each takes memory and a processor for a moment.
AT_ONCE = 1
#: Other servers that are asked at once.
ASKED = 2
#: Bytes of an upload that are kept in memory before it goes to disk, and imports that one job looks at again.
IN_MEMORY, AGAIN = 1024**2, 50


class TooLargeError(KyooError):
    status = 413


class Imports:
    """`database` as nobody limits it, `seen` as the limits of a reader have it."""

    def __init__(self, settings: ImportSettings, database: Database, seen: Database, queue: Queue) -> None:
        self.settings = settings
        self._database, self._queue = database, queue
        self._taking = Taking(database, seen)
        self._reading, self._asking = asyncio.Semaphore(AT_ONCE), asyncio.Semaphore(ASKED)
        self.servers = Servers(settings.import_plays, settings.import_timeout)

    async def upload(self, user: UUID, name: str, body: AsyncIterator[bytes]) -> UUID:
        """Keep what a file says. Raises UnreadableError when anything of it cannot be read; nothing is kept then."""
        await self._room(user)
        shown = "".join(c for c in name if c.isprintable())[-200:] or "file"
        with tempfile.TemporaryFile(buffering=IN_MEMORY) as file:
            size = 0
            async for block in body:
                size += len(block)
                if size > self.settings.import_size * 1024**2:
                    raise TooLargeError(f"A file may have at most {self.settings.import_size} MiB")
                await asyncio.to_thread(file.write, block)
            async with self._reading:
                source, titles = await asyncio.to_thread(
                    uploads.read,
                    file,
                    shown,
                    unpacked=self.settings.import_unpacked * 1024**2,
                    most=self.settings.import_plays,
                )
        return await self.keep(user, source, shown, titles)

    async def ask(self, user: UUID, source: Source, url: str, token: str, *, private: bool) -> UUID:
        """Keep what an account at another server watched; `private`: it may be on a private network."""
        await self._room(user)
        async with self._asking:
            titles = await self.servers.mine(source, url, token, private=private or self.settings.import_private)
        return await self.keep(user, source, _host(url), titles)

    async def ask_by_name(self, user: UUID, url: str, name: str, password: str, *, private: bool) -> UUID:
        """The same of an account at a Jellyfin, by its name and password."""
        await self._room(user)
        private = private or self.settings.import_private
        async with self._asking:
            titles = await self.servers.mine_by_name(url, name, password, private=private)
        return await self.keep(user, "jellyfin", _host(url), titles)

    async def accounts(self, url: str, key: str) -> list[tuple[str, str]]:
        """(id, name) of the accounts of a Jellyfin."""
        async with self._asking:
            return await self.servers.accounts(url, key)

    async def ask_for(self, url: str, key: str, accounts: Sequence[tuple[str, UUID]]) -> list[UUID]:
        """Keep what accounts of a Jellyfin watched, each for a user of ours, who finds it among their imports."""
        for _, user in accounts:
            await self._room(user)
        async with self._asking:
            found = await self.servers.of(url, key, [account for account, _ in accounts])
        return [
            await self.keep(user, "jellyfin", _host(url), titles)
            for (_, user), titles in zip(accounts, found, strict=True)
        ]

    async def keep(self, user: UUID, source: str, name: str, titles: Titles) -> UUID:
        async with self._database.transaction() as connection:
            profile = await lists.lock_profile(connection, user)
            if await queries.count(connection, profile) >= self.settings.imports_per_user:
                raise self._full()
            made = await queries.add(connection, profile, source, name)
            await queries.fill(connection, made, map(written, titles), sum(len(title.plays) for title in titles))
        return made

    async def _room(self, user: UUID) -> None:
        async with self._database.connection() as connection:
            if len(await queries.of(connection, user)) >= self.settings.imports_per_user:
                raise self._full()

    def _full(self) -> ConflictError:
        return ConflictError(f"You keep {self.settings.imports_per_user} imports already: delete one first")

    async def run(self, user: UUID, identifier: UUID, rule: str, *, dry_run: bool, claims: Mapping[str, Any]) -> None:
        """Have the worker take an import, or only say what that would change. What a reader with limits does not see,
        it does not find."""
        limits = limits_of(claims)
        kept = {"libraries": limits.libraries, "max_age": limits.max_age}
        async with self._database.connection() as connection:
            if await queries.find(connection, user, identifier) is None:
                raise NotFoundError("There is no such import")
            if not await queries.ask(connection, user, identifier, rule, dry_run=dry_run, limits=kept):
                raise ConflictError("It is being taken: wait until that has ended")
        await self._queue.configure_task("api:take_import", queue="trackers").defer_async(identifier=str(identifier))

    async def take(self, identifier: UUID) -> None:
        await self._taking.run(identifier)

    async def look_again(self) -> None:
        """Take what libraries lacked, and have now."""
        if not self.settings.import_again:
            return
        async with self._database.connection() as connection:
            due = await queries.to_look_again(connection, self.settings.import_again, AGAIN)
        for identifier in due:
            await self._taking.look_again(identifier)


def _host(url: str) -> str:
    return urlsplit(url.strip()).netloc[:200]


async def take_at_once(database: Database, user: UUID, source: str, name: str, titles: Titles) -> dict[str, int]:
    """Keep and take titles of a source that is read again and again, in place of what it said before; the counts."""
    async with database.transaction() as connection:
        profile = await lists.lock_profile(connection, user)
        await queries.forget(connection, profile, source)
        made = await queries.add(connection, profile, source, name, state="queued", dry_run=False)
        await queries.fill(connection, made, map(written, titles), sum(len(title.plays) for title in titles))
    await Taking(database, database).run(made)
    async with database.connection() as connection:
        done = await queries.find(connection, user, made)
    counts: dict[str, int] = done["counts"] if done else {}
    return counts
