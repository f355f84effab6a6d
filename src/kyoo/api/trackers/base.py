"""What a tracker is to everything else: the words in which it is told and read, and the little that it must be able to
do. A service is one module with a `Tracker` in services/; registry.py lists them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol, get_args

import structlog

log = structlog.get_logger()

#: What an order of the outbox asks for.
What = Literal["watched", "unwatched", "status", "removed", "score"]
Action = Literal["start", "pause", "stop"]
Status = Literal["watching", "rewatching", "completed", "dropped", "planned"]


class TrackerError(Exception):
    """A tracker did not do what it was asked. `message` is for its user, and holds nothing secret."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


class LaterError(TrackerError):
    """It may work later, not before `after` seconds if it said so. `sent`: it may have been done all the same."""

    def __init__(self, code: str, message: str, *, after: float | None = None, sent: bool = False) -> None:
        super().__init__(code, message)
        self.after, self.sent = after, sent


class RefusedError(TrackerError):
    """It will not work however often it is tried."""


class UnlinkedError(TrackerError):
    """The account has to be linked anew."""


@contextmanager
def readable(title: str) -> Iterator[None]:
    """What is read inside is of a service, which may answer anything: an answer of another shape than it promises is
    one that it may give better later, and no fault of ours."""
    try:
        yield
    except (AttributeError, ValueError, TypeError, LookupError, ArithmeticError, RecursionError) as error:
        log.warning("an answer of a tracker cannot be read", tracker=title, error=type(error).__name__)
        raise LaterError("nonsense", f"{title} answers nonsense", sent=True) from error


@dataclass(frozen=True, slots=True)
class Application:
    """Ours at the service, as the administrator registered it."""

    client_id: str
    client_secret: str | None


@dataclass(frozen=True, slots=True)
class Tokens:
    access: str
    refresh: str | None = None
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class DeviceCode:
    """What a user types at `url`; `secret` is what we ask with, every `interval` seconds."""

    url: str
    code: str
    secret: str
    interval: int
    expires: int


@dataclass(frozen=True, slots=True)
class Answer:
    """`body` is the JSON of the answer, None when it is none."""

    status: int
    headers: Mapping[str, str]
    body: Any


class Wire(Protocol):
    """One request to the service: within its budget and our limits. Raises LaterError and RefusedError; statuses that
    a caller names in `expected` are answers."""

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
    ) -> Answer: ...


@dataclass(frozen=True, slots=True)
class Login:
    """What a service's module asks with while nobody is linked yet, or to renew a link."""

    wire: Wire
    application: Application
    redirect: str


@dataclass(frozen=True, slots=True)
class Session:
    """What it asks with for a linked user. `wire` sends the user's token and renews it. `kept` is from the last
    reading and for the next one, whatever its module likes."""

    wire: Wire
    application: Application
    unwatch: bool = False
    scores: bool = True
    kept: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Order:
    """One thing to be told. `facts` is what was so when it happened (queries/trackers/facts.py): `show`, `entry`, `at`,
    `status`, `score`, … `again`: it was sent before, last at `sent_at`, and nobody knows what became of it. `bases`:
    what both sides agreed on last, by the keys of the titles there."""

    id: int
    what: What
    facts: dict[str, Any]
    live: bool = False
    again: bool = False
    sent_at: datetime | None = None
    bases: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outcome:
    """`refused` is None for what is done, also for what was done already; `note` says in plain words what the service
    does not hold of it. `held`: what titles have there now (base_of in merging.py), by their keys, where that is
    known better than `Tracker.told` says it."""

    refused: RefusedError | None = None
    note: str | None = None
    held: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


DONE = Outcome()


@dataclass(slots=True)
class RemotePlay:
    """Of an episode (`season` None: numbered from the first of the title), or of a film (`number` None). `at` is None
    where the service keeps no dates."""

    number: int | None
    season: int | None = None
    at: datetime | None = None


@dataclass(slots=True)
class Remote:
    """What the service knows of one title. `ids` are by our names of providers. A field that the service does not hold,
    or did not say, is None. `progress` counts episodes from the first."""

    kind: Literal["movie", "serie"]
    ids: dict[str, str]
    title: str = ""
    year: int | None = None
    status: Status | None = None
    score: int | None = None
    progress: int | None = None
    repeats: int | None = None
    plays: list[RemotePlay] = field(default_factory=list)
    updated_at: datetime | None = None
    started_at: datetime | None = None
    completed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Complete:
    """Of all titles that have one of these statuses there, and of all that have a score if so, this reading has told:
    one that it did not tell has it no longer."""

    statuses: frozenset[Status] = frozenset()
    scores: bool = False


#: Of a list that was read whole.
EVERYTHING = Complete(frozenset(get_args(Status)), scores=True)


@dataclass(frozen=True, slots=True)
class Limit:
    """`seconds` between two requests on average after a `burst`. `shared`: by all users of this server."""

    seconds: float
    burst: int
    shared: bool = False


class Tracker(ABC):
    """A service. What it can beyond this, it says by being one of the classes below, too."""

    name: str
    title: str
    #: Of reading and of writing.
    reads: Limit
    writes: Limit
    #: How many orders `tell` takes at once.
    batch: int = 1
    #: Only titles that it can know are told: those with an id of one of these providers. Empty: all.
    only: frozenset[str] = frozenset()
    #: The providers whose ids it knows titles by, those first by which it counts episodes.
    providers: tuple[str, ...] = ()
    #: Whether it holds when something was watched, and each play by itself.
    dated: bool = True
    each: bool = True
    #: Whether nothing but the whole list says what was removed from it: then it is read once a day.
    sweeps: bool = False

    def __init__(self, url: str, auth_url: str) -> None:
        self.url, self.auth_url = url, auth_url

    def headers(self, application: Application, token: str | None) -> dict[str, str]:
        """What every request has."""
        del application
        return {"Authorization": f"Bearer {token}"} if token else {}

    def query(self, token: str | None) -> dict[str, str]:
        """What the query of every request has, of a service that takes a user's key nowhere else."""
        del token
        return {}

    def budget(self, answer: Answer) -> tuple[int | None, float | None]:
        """What an answer says of the limits: requests a minute, and seconds for which none is allowed now."""
        del answer
        return None, None

    def fault(self, answer: Answer) -> TrackerError | None:
        """What an answer other than the expected ones means here; None: what it means everywhere (wire.py)."""
        del answer
        return None

    @abstractmethod
    async def account(self, session: Session) -> str | None:
        """What the user is called there."""

    @classmethod
    def wants(cls, what: What, facts: Mapping[str, Any]) -> bool:
        """Whether it can hold what such an order says."""
        del what, facts
        return True

    @classmethod
    def held(cls, kind: str, status: Status | None, *, seen: bool) -> Status | None:
        """As what a status of ours is read there again, of what was `seen` or not; None: it has none of the kind."""
        del kind, seen
        return status

    @classmethod
    def told(cls, order: Order, base: Mapping[str, Any]) -> dict[str, Any]:
        """What a title of which `base` was agreed on has there after an order, as far as that is sure."""
        del base
        facts = order.facts
        match order.what:
            case "status":
                return {"status": cls.held(facts["show"]["kind"], facts["status"], seen=bool(facts.get("seen")))}
            case "score":
                return {"score": None if facts["score"] is None else 10 * min(10, max(1, (facts["score"] + 5) // 10))}
            case "removed":
                return {"status": None}
        return {}

    @abstractmethod
    async def tell(self, session: Session, orders: Sequence[Order]) -> list[Outcome]:
        """Tell at most `batch` orders of one kind. Raises LaterError for all of them."""

    async def known(self, session: Session, order: Order) -> bool:
        """Whether an order that was sent before has arrived. Only asked where a repeat would count twice."""
        del session, order
        return False

    @abstractmethod
    async def activities(self, session: Session) -> dict[str, Any]:
        """When what was changed there last; equal to an earlier answer: nothing has changed since."""

    @abstractmethod
    def read(
        self, session: Session, before: Mapping[str, Any], now: Mapping[str, Any]
    ) -> AsyncIterator[Remote | Complete]:
        """What changed between two answers of `activities`; all of it when `before` is empty."""


class ByRedirect(ABC):
    """The user agrees on a page of the service, which sends the browser back with a code (RFC 6749 §4.1)."""

    needs_secret = True

    @abstractmethod
    def page(self, application: Application, state: str, redirect: str, verifier: str) -> str: ...

    @abstractmethod
    async def redeem(self, login: Login, code: str, redirect: str, verifier: str) -> Tokens: ...


class ByDevice(ABC):
    """The user types a code on a page of the service, and we ask until they have (RFC 8628)."""

    device_needs_secret = True

    @abstractmethod
    async def begin(self, login: Login) -> DeviceCode: ...

    @abstractmethod
    async def poll(self, login: Login, device: DeviceCode) -> Tokens | None:
        """None: not yet. RefusedError `expired` or `refused`; LaterError `slow_down` with the seconds to wait."""


class ByKey:
    """The user has a key from their page at the service, and gives it to us."""


class Renewing(ABC):
    """Tokens end, and are had anew with another one."""

    @abstractmethod
    async def renew(self, login: Login, tokens: Tokens) -> Tokens:
        """UnlinkedError when that is over, too."""


class Revoking(ABC):
    @abstractmethod
    async def revoke(self, login: Login, tokens: Tokens) -> None: ...


class Live(ABC):
    """It shows what somebody watches now."""

    @abstractmethod
    async def scrobble(self, session: Session, action: Action, facts: Mapping[str, Any], percent: float) -> None: ...
