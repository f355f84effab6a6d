"""Requests to one service of metadata: paced, bounded in time and size, answered from the cache where that is as good.

What is shared with other replicas (the pace, the state of the service, kept answers) is behind two ports, `Gate` and
`Cache`; so everything here works, and is tested, without a database.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
import time
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Literal, Protocol, TypeVar

import httpx2
from pydantic import ValidationError

from kyoo import __version__
from kyoo.core.pauses import retry_after
from kyoo.scanner.providers.answer import Answer
from kyoo.scanner.providers.base import KeyRefusedError, NonsenseError, UnavailableError

T = TypeVar("T")

#: With the ids of others in it, which are letters and digits; TVmaze is asked for one thing several times.
PATH = re.compile(r"[A-Za-z0-9/_.,:%~\[\]-]*(?:\?embed\[\]=[a-z&=\[\]]+)?")

USER_AGENT = f"Kyoo/{__version__} (self-hosted media server) httpx2/{httpx2.__version__}"
#: Answers that ask for patience are asked again so often before whoever waits is told.
ATTEMPTS = 3
#: The longest that a service may shut us out for, whatever it says.
LONGEST_WAIT = 3600.0

#: Whether a person waits for the answer: such a request goes before those of jobs.
URGENT: ContextVar[bool] = ContextVar("URGENT", default=False)
#: Whether somebody wants to know how it is now: kept answers are only used if the service says that they still hold.
AGAIN: ContextVar[bool] = ContextVar("AGAIN", default=False)


@dataclass(frozen=True)
class Pace:
    """So many `requests` in so many `seconds`, unless the service says another number in its headers."""

    requests: int
    seconds: float

    @property
    def interval(self) -> float:
        return self.seconds / max(self.requests, 1)


State = Literal["ok", "slow", "limited", "down", "refused"]


@dataclass(frozen=True)
class RequestReport:
    """How a request went. `blocked` seconds must pass before the next one; `interval` is the pace that the service
    asks for; `took` seconds."""

    state: State
    took: float = 0
    message: str | None = None
    blocked: float = 0
    interval: float | None = None
    failed: bool = False


class Gate(Protocol):
    """The turns of all replicas at one service, and what is known of its health."""

    async def enter(self, service: str, pace: Pace, *, urgent: bool) -> None:
        """Return when it is our turn; UnavailableError when that is too far away."""

    async def report(self, service: str, report: RequestReport) -> None: ...


@dataclass(frozen=True)
class Kept:
    """An answer that was kept: `status` 200 or 404. `fresh` until that moment."""

    status: int
    body: bytes
    fresh_until: datetime
    etag: str | None = None
    modified: str | None = None


class Cache(Protocol):
    async def get(self, key: str) -> Kept | None: ...

    async def put(self, key: str, service: str, kept: Kept) -> None: ...


@dataclass(frozen=True)
class Options:
    """`seconds` for a whole answer, `connect` for a connection, `limit` in bytes, `keep` seconds for which an answer is
    good without asking again."""

    seconds: float = 30
    connect: float = 10
    limit: int = 16 * 1024 * 1024
    keep: float = 86_400
    #: An answer that takes longer says that the service is slow.
    slow: float = 8


@dataclass(frozen=True)
class Line:
    """What the clients of all services share."""

    http: httpx2.AsyncClient
    gate: Gate
    cache: Cache
    options: Options = field(default_factory=Options)


def _faultless(_: Answer) -> str | None:
    return None


class Client:
    """Requests to the service `name` at `base`. `keyed`: a refusal is about the key; without one it is an outage.
    `fault`: what is wrong with an answer of status 200, if that is what a service says so with."""

    def __init__(
        self,
        name: str,
        base: str,
        pace: Pace,
        line: Line,
        *,
        keyed: bool = False,
        fault: Callable[[Answer], str | None] = _faultless,
    ) -> None:
        self.name = name
        self.base = base.rstrip("/")
        self._pace = pace
        self._keyed = keyed
        self._fault = fault
        self._http = line.http
        self._gate = line.gate
        self._cache = line.cache
        self._options = line.options

    async def get(
        self,
        path: str,
        query: Mapping[str, str | int] | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        secret: Mapping[str, str] | None = None,
        again: bool = False,
    ) -> Answer | None:
        """The JSON at `path`, None if there is none (404). `secret` are parameters that are no part of what is asked.
        `again`: not without asking whether it is still so. There is nothing by an id that no service gives, and that
        would lead elsewhere."""
        if not PATH.fullmatch(path) or ".." in path.split("/"):
            return None
        url = f"{self.base}{path}"
        asked = {key: str(value) for key, value in (query or {}).items()}
        request = _Request("GET", url, asked, dict(secret or {}), dict(headers or {}))
        return await self._ask(request, again=again)

    async def post(
        self, path: str, body: Any, *, headers: Mapping[str, str] | None = None, keep: bool = True, again: bool = False
    ) -> Answer | None:
        """The JSON answer to a JSON body. `keep`: the same body has the same answer for a while."""
        request = _Request("POST", f"{self.base}{path}", {}, {}, dict(headers or {}), json.dumps(body, sort_keys=True))
        return await self._ask(request, again=again, keep=keep)

    def parsed(self, parse: Callable[[Answer], T], answer: Answer) -> T:
        """What a parser makes of an answer. NonsenseError for what no record can be made of."""
        try:
            return parse(answer)
        except (ValidationError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise NonsenseError(self.name, f"an answer cannot be read ({_first_line(error)})") from error

    async def _ask(self, request: _Request, *, again: bool, keep: bool = True) -> Answer | None:
        key = request.key(self.name)
        kept = await self._cache.get(key) if keep else None
        if kept is not None and kept.fresh_until > datetime.now(UTC) and not (again or AGAIN.get()):
            return self._answer(kept)
        for attempt in range(ATTEMPTS):
            await self._gate.enter(self.name, self._pace, urgent=URGENT.get())
            try:
                found = await self._once(request, kept)
            except _Shut as shut:
                await self._gate.report(self.name, shut.report)
                if attempt == ATTEMPTS - 1:
                    raise UnavailableError(self.name, "over its limit", shut.report.blocked) from None
                continue
            if keep:
                await self._cache.put(key, self.name, found)
            return self._answer(found)
        raise AssertionError("unreachable")

    async def _once(self, request: _Request, kept: Kept | None) -> Kept:
        begun = time.monotonic()
        try:
            async with asyncio.timeout(self._options.seconds):
                async with self._http.stream(
                    request.method,
                    request.url,
                    params=request.query | request.secret or None,
                    headers=request.headers | _validators(kept),
                    content=request.body,
                    extensions={HOME: httpx2.URL(request.url)},
                ) as response:
                    body = await self._limited(response)
        except (httpx2.HTTPError, httpx2.InvalidURL, TimeoutError, OSError) as error:
            slow = isinstance(error, TimeoutError | httpx2.TimeoutException)
            words = "no answer in time" if slow else f"cannot be reached ({type(error).__name__})"
            await self._fail("slow" if slow else "down", words, time.monotonic() - begun)
            raise UnavailableError(self.name, words) from None
        return await self._judge(response, body, kept, time.monotonic() - begun)

    async def _judge(self, response: httpx2.Response, body: bytes, kept: Kept | None, took: float) -> Kept:
        status = response.status_code
        wait = retry_after(response.headers)
        if status == 429 or (status == 503 and wait is not None):
            blocked = min(max(wait if wait is not None else 5.0, 1.0), LONGEST_WAIT)
            interval = _interval(response.headers, self._pace)
            raise _Shut(RequestReport("limited", took, "over its limit", blocked, interval))
        if status in (401, 403) and self._keyed:
            words = _refusal(status, body)
            await self._fail("refused", words, took)
            raise KeyRefusedError(self.name, words)
        if status >= 500 or status in (401, 403):
            await self._fail("down", f"answers {status}", took)
            raise UnavailableError(self.name, f"answers {status}", wait)
        if status == 304 and kept is not None:
            await self._pass(response.headers, took)
            return replace(kept, fresh_until=self._fresh(response.headers))
        if status in (404, 410):
            await self._pass(response.headers, took)
            return Kept(404, b"", self._fresh(response.headers))
        if status != 200:
            # The request is at fault, or what answers is not the service.
            await self._pass(response.headers, took)
            raise NonsenseError(self.name, f"answers {status}")
        try:
            fault = self._fault(Answer(json.loads(body)))
        except (ValueError, RecursionError):
            await self._fail("down", "answers no JSON", took)
            raise NonsenseError(self.name, "answers no JSON") from None
        if fault is not None:
            await self._fail("down", f"answers an error: {fault[:200]}", took)
            raise UnavailableError(self.name, f"answers an error: {fault[:200]}", wait)
        await self._pass(response.headers, took)
        etag, modified = response.headers.get("etag"), response.headers.get("last-modified")
        return Kept(200, body, self._fresh(response.headers), _short(etag), _short(modified))

    async def _limited(self, response: httpx2.Response) -> bytes:
        data = bytearray()
        async for chunk in response.aiter_bytes():
            data += chunk
            if len(data) > self._options.limit:
                await self._fail("down", "an answer is too large")
                raise NonsenseError(self.name, f"an answer is over {self._options.limit // 1024**2} MiB")
        return bytes(data)

    async def _pass(self, headers: httpx2.Headers, took: float) -> None:
        state: State = "slow" if took > self._options.slow else "ok"
        await self._gate.report(
            self.name, RequestReport(state, took, None, _exhausted(headers), _interval(headers, self._pace))
        )

    async def _fail(self, state: State, words: str, took: float = 0) -> None:
        await self._gate.report(self.name, RequestReport(state, took, words, failed=True))

    def _fresh(self, headers: httpx2.Headers) -> datetime:
        """Until when it is good: at least for as long as we keep answers, longer if the service says so."""
        said = next(
            (
                float(value)
                for part in headers.get("cache-control", "").split(",")
                for name, _, value in [part.strip().partition("=")]
                if name == "max-age" and value.isdecimal() and len(value) < 9
            ),
            0.0,
        )
        return datetime.fromtimestamp(time.time() + max(self._options.keep, min(said, 7 * 86_400)), UTC)

    def _answer(self, kept: Kept) -> Answer | None:
        return Answer(json.loads(kept.body)) if kept.status == 200 else None


@dataclass(frozen=True)
class _Request:
    method: str
    url: str
    query: dict[str, str]
    secret: dict[str, str]
    headers: dict[str, str]
    body: str | None = None

    def key(self, service: str) -> str:
        """What is asked, without who asks."""
        said = json.dumps([service, self.method, self.url, sorted(self.query.items()), self.body])
        return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()


class _Shut(Exception):  # noqa: N818 (no error: asked again)
    """The service wants us to wait."""

    def __init__(self, report: RequestReport) -> None:
        super().__init__(report.message)
        self.report = report


#: The address that a request was meant for, whatever redirects say.
HOME = "kyoo.home"


async def _stays_home(request: httpx2.Request) -> None:
    """What is posted may be a key, which is for no other host, and not to be read on the way there."""
    home, there = request.extensions.get(HOME, request.url), request.url
    if request.method == "POST" and (there.host != home.host or (home.scheme, there.scheme) == ("https", "http")):
        raise httpx2.RemoteProtocolError("A redirect leads to another host, or out of TLS", request=request)


def outside_client(transport: httpx2.AsyncBaseTransport, options: Options | None = None) -> httpx2.AsyncClient:
    """The one client that all providers use: a pool of connections, bounded, no cookies, few redirects."""
    chosen = options or Options()
    return httpx2.AsyncClient(
        transport=transport,
        headers={"User-Agent": USER_AGENT, "Accept": "application/json"},
        timeout=httpx2.Timeout(chosen.seconds, connect=chosen.connect),
        follow_redirects=True,
        max_redirects=3,
        trust_env=False,
        event_hooks={"request": [_stays_home]},
    )


def _interval(headers: Mapping[str, str], pace: Pace) -> float | None:
    """The pace that `X-RateLimit-Limit` asks for, in the window of the service."""
    limit = headers.get("x-ratelimit-limit", "")
    return pace.seconds / int(limit) if limit.isdecimal() and 0 < int(limit) < 1_000_000 else None


def _exhausted(headers: Mapping[str, str]) -> float:
    """The seconds until the next request, when the service says that none is left in this window."""
    remaining, reset = headers.get("x-ratelimit-remaining", ""), headers.get("x-ratelimit-reset", "")
    if remaining != "0" or not reset.isdecimal() or len(reset) > 12:
        return 0.0
    # A moment, or the seconds until it.
    seconds = float(reset) - time.time() if len(reset) >= 10 else float(reset)
    return min(max(seconds, 0.0), LONGEST_WAIT)


#: What a refusal says of the reason → what a person needs to know.
_REASONS = (
    (("inactive", "not active", "suspended", "disabled", "expired"), "the key is not active (yet, or any more)"),
    (("pin",), "the key needs its PIN, or this is not the PIN that belongs to it"),
    (("invalid", "unauthorized", "wrong"), "the key is wrong"),
)


def _refusal(status: int, body: bytes) -> str:
    """Why a key is refused, as far as the service says. Its own words may repeat the key, so they are not passed on."""
    try:
        found = Answer(json.loads(body))
    except (ValueError, RecursionError):
        found = Answer(None)
    said = (found["message"].name or found["status_message"].name or "").lower()
    words = set(re.findall(r"[a-z]+", said))
    for signs, meaning in _REASONS:
        if any(sign in words or (" " in sign and sign in said) for sign in signs):
            return meaning
    return f"the key is refused ({status})"


def _validators(kept: Kept | None) -> dict[str, str]:
    if kept is None or kept.status != 200:
        return {}
    found = {"If-None-Match": kept.etag, "If-Modified-Since": kept.modified}
    return {name: value for name, value in found.items() if value}


def _short(value: str | None) -> str | None:
    return value if value and len(value) <= 500 and value.isascii() and value.isprintable() else None


def _first_line(error: Exception) -> str:
    if isinstance(error, ValidationError):
        return ", ".join(".".join(map(str, fault["loc"])) for fault in error.errors(include_input=False)[:3])
    return type(error).__name__
