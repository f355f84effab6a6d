"""The end of a process that serves HTTP, so that nobody notices it where another one takes over: first it says that it
goes, then it takes no more, then it finishes what it has."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass

import structlog
from fastapi import FastAPI
from pydantic import AliasChoices, Field

from kyoo.core.http.readiness import leave
from kyoo.core.settings import Settings, read
from kyoo.serve.http.bounds import Clients

log = structlog.get_logger()


class DrainSettings(Settings):
    """None: as fits the command."""

    #: Seconds from the signal until no more connections are taken: for gateways that look at readiness, and for those
    #: that hold connections, which end with their next answer. Longer than a gateway holds one that nobody uses:
    #: what it asks as we close is lost, and it may not ask anybody else again when it is a POST.
    notice: float | None = Field(default=None, ge=0, le=300, validation_alias=AliasChoices("KYOO_DRAIN_NOTICE"))
    #: Seconds after that in which answers under way may end.
    seconds: int | None = Field(default=None, ge=0, le=3600, validation_alias=AliasChoices("KYOO_DRAIN_SECONDS"))


@dataclass(frozen=True)
class Drain:
    notice: float
    seconds: int

    def chosen(self) -> Drain:
        """What the variables say, else these."""
        settings = read(DrainSettings)
        return Drain(
            self.notice if settings.notice is None else settings.notice,
            self.seconds if settings.seconds is None else settings.seconds,
        )

    async def announce(self, applications: Iterable[FastAPI], clients: Clients) -> None:
        """Say that this process goes, for as long as others need to hear it."""
        for application in applications:
            leave(application)
        clients.leaving = True
        log.info("taking no more requests soon", seconds=self.notice)
        await asyncio.sleep(self.notice)


#: Nobody takes over from the whole server on one machine.
OF_SERVE = Drain(0, 2)
#: A container is given ten seconds, usually.
OF_A_SERVICE = Drain(2, 7)
