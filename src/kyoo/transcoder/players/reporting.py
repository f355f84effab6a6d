"""What the transcoder tells of its streams: which begin, change and end (core/events). Compared every few seconds and
whenever a player comes or goes, so that it does not matter why one does."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

import psycopg
import structlog

from kyoo.core import events
from kyoo.core.database.postgres import Connection, Database
from kyoo.core.events import Fact
from kyoo.core.tasks import ended
from kyoo.transcoder.hls.encoder import ClientKey
from kyoo.transcoder.models.streams import Stream

log = structlog.get_logger()

TOPIC = "streams"
#: Seconds between two looks at what has changed.
EVERY = 2.0

Streams = Callable[[], list[Stream]]


async def sent_away(connection: Connection, players: Iterable[ClientKey], message: str) -> None:
    """These players are told at once, where they follow the devices of their user."""
    facts = [
        Fact(
            "devices",
            "command",
            {"device": {"id": player}, "command": {"name": "stop", "message": message}},
            UUID(user),
        )
        for user, player in players
        if user
    ]
    await events.record(connection, *facts)


class Reporter:
    """Of one process, whose streams it lists. `is_elsewhere`: what has not ended but gone to another transcoder, which
    tells of it."""

    def __init__(self, database: Database, streams: Streams, is_elsewhere: Callable[[str], bool]) -> None:
        self._is_elsewhere = is_elsewhere
        self._database = database
        self._streams = streams
        #: What was told last of the streams that there were, by file.
        self._told: dict[str, dict[str, Any]] = {}
        self._look = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def open(self) -> None:
        self._task = asyncio.create_task(self._tell_for_ever())

    async def close(self) -> None:
        """Whoever follows learns that nothing runs here any more."""
        if self._task is not None:
            await ended(self._task)
            with contextlib.suppress(psycopg.Error):
                await self._tell([])

    def look(self) -> None:
        """A player has come or gone."""
        self._look.set()

    async def _tell_for_ever(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(EVERY):
                    await self._look.wait()
            self._look.clear()
            try:
                await self._tell(self._streams())
            except psycopg.Error as error:
                # It is told later: what was told last has not changed.
                log.info("streams are not reported", reason=" ".join(str(error).split()))

    async def _tell(self, streams: list[Stream]) -> None:
        now = {stream.sha: stream.model_dump(mode="json", by_alias=True) for stream in streams}
        facts = [
            Fact(TOPIC, "changed" if sha in self._told else "started", {"stream": stream})
            for sha, stream in now.items()
            if _essence(stream) != _essence(self._told.get(sha))
        ]
        gone = [sha for sha in self._told if sha not in now and not self._is_elsewhere(sha)]
        facts += [Fact(TOPIC, "ended", {"stream": self._told[sha]}) for sha in gone]
        if facts:
            async with self._database.transaction() as connection:
                await events.record(connection, *facts)
        self._told = now


def _essence(stream: dict[str, Any] | None) -> Any:
    """What of a stream is worth telling: not each segment."""
    if stream is None:
        return None
    viewers = [
        {**viewer, **{kind: viewer[kind] and {**viewer[kind], "head": 0} for kind in ("video", "audio")}}
        for viewer in stream["viewers"]
    ]
    runs = [
        (kind, track["index"], track["quality"], any(head["isRunning"] for head in track["heads"]))
        for kind in ("videos", "audios")
        for track in stream[kind]
    ]
    return stream["path"], viewers, runs
