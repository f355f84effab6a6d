"""Requests to trackers: bounded in time, size and number, and what failures of HTTP mean. Nothing that is sent or
answered gets into a log or a message."""

from __future__ import annotations

import asyncio
import contextlib
import email.utils
import json as jsons
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import httpx2

from kyoo import __version__
from kyoo.api.queries.trackers import budgets
from kyoo.api.trackers.base import (
    Answer,
    Application,
    LaterError,
    Limit,
    RefusedError,
    Tracker,
    TrackerError,
    UnlinkedError,
)
from kyoo.core.database.postgres import Database
from kyoo.core.http.storable import made_storable

#: Of one answer; a list of 5,000 titles has some 5 MB.
MAX_BYTES = 32 * 1024**2
#: Of an answer that is read without letting others go on.
AT_ONCE = 128 * 1024
#: Seconds that `Retry-After` may say; what says more is believed for so long.
LONGEST_BLOCK = 24 * 3600.0
#: Part of a burst that is left for what somebody does right now, when something can wait.
RESERVED = 0.5

Renew = Callable[[str], Awaitable[str | None]]


class Outside:
    """The connections to all trackers, of one process."""

    def __init__(self, timeout: float) -> None:
        self._timeout = timeout
        agent = {"User-Agent": f"Kyoo/{__version__} (media server)", "Accept": "application/json"}
        self.client = httpx2.AsyncClient(headers=agent, timeout=timeout, follow_redirects=False)

    async def close(self) -> None:
        await self.client.aclose()

    async def ask(self, title: str, method: str, url: str, **more: Any) -> Answer:
        """Raises LaterError when there is no whole answer."""
        try:
            async with asyncio.timeout(self._timeout), self.client.stream(method, url, **more) as response:
                body = bytearray()
                async for chunk in response.aiter_bytes():
                    body += chunk
                    if len(body) > MAX_BYTES:
                        raise LaterError("too_large", f"{title} sent too large an answer", sent=True)
        except (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout):
            raise LaterError("unreachable", f"{title} cannot be reached") from None
        except (httpx2.HTTPError, httpx2.InvalidURL, TimeoutError):
            raise LaterError("no_answer", f"{title} does not answer", sent=True) from None
        # Megabytes take long: others have their turn meanwhile.
        parsed = _parsed(body) if len(body) <= AT_ONCE else await asyncio.to_thread(_parsed, body)
        return Answer(response.status_code, response.headers, parsed)


def _parsed(body: bytearray) -> Any:
    with contextlib.suppress(ValueError, RecursionError):
        return made_storable(jsons.loads(body))
    return None


class LimitedWire:
    """Requests for one user (`subject`) to one tracker. `patience`: seconds that a request may wait for its turn;
    `hurried` requests may use all of a burst."""

    def __init__(
        self,
        outside: Outside,
        database: Database,
        tracker: Tracker,
        application: Application,
        subject: str,
        *,
        token: str | None = None,
        renew: Renew | None = None,
        patience: float = 0.0,
        hurried: bool = True,
        daily: int = 0,
    ) -> None:
        self._outside, self._database, self._tracker = outside, database, tracker
        self._application, self._subject, self._daily = application, subject, daily
        self._token, self._renew = token, renew
        self._patience, self._hurried = patience, hurried

    async def __call__(
        self,
        method: str,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        json: Any = None,
        form: Mapping[str, str] | None = None,
        expected: Sequence[int] = (),
    ) -> Answer:
        limit = self._tracker.reads if method == "GET" else self._tracker.writes
        for renewed in (False, True):
            await self._turn(limit, "reads" if method == "GET" else "writes")
            sent = {**self._tracker.headers(self._application, self._token), **(headers or {})}
            asked = {**(params or {}), **self._tracker.query(self._token)}
            answer = await self._outside.ask(
                self._tracker.title, method, url, params=asked or None, headers=sent, json=json, data=form
            )
            await self._heed(answer, limit, "reads" if method == "GET" else "writes")
            if answer.status == 401 and not renewed and self._renew and self._token and 401 not in expected:
                token = await self._renew(self._token)
                if token is not None:
                    self._token = token
                    continue
            break
        if 200 <= answer.status < 300 or answer.status in expected:
            # What is well but is no JSON comes from something in between, or from a service that is down.
            if answer.body is None and answer.status == 200:
                raise LaterError("nonsense", f"{self._tracker.title} answers nonsense", sent=True)
            fault = self._tracker.fault(answer)
            if fault is not None:
                raise fault
            return answer
        raise self._tracker.fault(answer) or meaning(self._tracker.title, answer)

    def _subject_of(self, limit: Limit, of: str) -> str:
        return f"all {of}" if limit.shared else f"{self._subject} {of}"

    async def _turn(self, limit: Limit, of: str) -> None:
        burst = limit.burst if self._hurried else max(1, round(limit.burst * RESERVED))
        daily = self._daily if self._hurried else round(self._daily * (1 - RESERVED / 5))
        waited = 0.0
        while True:
            async with self._database.connection() as connection:
                wait = await budgets.take(
                    connection,
                    self._tracker.name,
                    self._subject_of(limit, of),
                    spacing=limit.seconds,
                    burst=burst,
                    daily=daily,
                )
            if wait is None:
                return
            if waited + wait > self._patience:
                title = self._tracker.title
                raise LaterError("busy", f"{title} allows no more requests for now", after=wait)
            await asyncio.sleep(wait)
            waited += wait

    async def _heed(self, answer: Answer, limit: Limit, of: str) -> None:
        a_minute, blocked = self._tracker.budget(answer)
        if answer.status == 429:
            blocked = max(blocked or 0.0, retry_after(answer) or 5.0)
        spacing = 60 / a_minute if a_minute else None
        if blocked or (spacing and spacing > limit.seconds):
            async with self._database.connection() as connection:
                await budgets.heed(
                    connection,
                    self._tracker.name,
                    self._subject_of(limit, of),
                    spacing=spacing,
                    blocked=min(blocked, LONGEST_BLOCK) if blocked else None,
                )


def retry_after(answer: Answer) -> float | None:
    """Seconds, from a number or a date (RFC 9110 §10.2.3); negative and absurd ones are none."""
    text = answer.headers.get("retry-after", "")
    try:
        seconds = float(text)
    except ValueError:
        try:
            seconds = (email.utils.parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds()
        except (ValueError, TypeError):
            return None
    return min(seconds, LONGEST_BLOCK) if 0 < seconds < 10**9 else None


def meaning(title: str, answer: Answer) -> TrackerError:
    """What a status means, unless the service says otherwise."""
    status = answer.status
    if status == 429:
        return LaterError("limited", f"{title} asks for a pause", after=retry_after(answer) or 5.0)
    if status == 401:
        return UnlinkedError("unlinked", f"{title} no longer accepts this account: link it anew")
    if status in (408, 425) or status >= 500 or 300 <= status < 400:
        return LaterError("down", f"{title} is out of order (status {status})", after=retry_after(answer), sent=True)
    return RefusedError("refused", f"{title} refuses it (status {status})")
