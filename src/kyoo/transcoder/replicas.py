"""Transcoders that run beside each other: which there are, whose the renditions of a file are, what each has to do.

A file has one owner, so that its viewers share encoders. Nothing depends on it but that: two that believe to be the
owner make the same segments twice (docs/decisions/0033)."""

from __future__ import annotations

import asyncio
import ipaddress
import secrets
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import psycopg
import structlog
from psycopg_pool import PoolTimeout
from pydantic import BaseModel, ConfigDict, ValidationError

from kyoo.core.database.postgres import Database
from kyoo.core.tasks import ended
from kyoo.transcoder.hls.encoder import ClientKey
from kyoo.transcoder.queries import replicas as queries

#: Seconds between two signs of life, and without one after which another replica takes over.
BEAT, ALIVE = 1.0, 2.5
#: Seconds after which one is looked for that would be silent for too long by then.
MOMENT = 0.05
#: Seconds after which a silent replica is forgotten.
GONE = 60.0
#: Seconds for which one that did not answer is not asked.
SHUNNED = 3.0

DATABASE_ERRORS = (psycopg.Error, PoolTimeout)

log = structlog.get_logger()


class Watching(BaseModel):
    """A player, for how many seconds it has played, and how many ago it asked for something."""

    model_config = ConfigDict(frozen=True)

    user: str
    key: ClientKey
    since: float
    silent: float


class Load(BaseModel):
    """What one replica has to do. `heavy` and `light`: encoders at work of each user."""

    watching: tuple[Watching, ...] = ()
    heavy: dict[str, int] = {}
    light: dict[str, int] = {}


@dataclass(eq=False)
class Peer:
    """Another transcoder. `key` is what it believes a request by that comes from one of its own."""

    id: UUID
    address: str
    key: str
    load: Load
    #: Set when it has been silent for too long.
    lost: asyncio.Event = field(default_factory=asyncio.Event)
    shunned_until: float = 0.0

    @property
    def answers(self) -> bool:
        return not self.lost.is_set() and time.monotonic() >= self.shunned_until

    def shun(self) -> None:
        """It did not answer."""
        self.shunned_until = time.monotonic() + SHUNNED


class Replicas:
    """`address`: where the others reach this one; None: there are no others, and all is its own. `leader`: where the
    one is that owns all files while it answers; None: whoever is asked first owns a file."""

    def __init__(self, database: Database, address: str | None, leader: str | None = None) -> None:
        self.id = uuid4()
        self.key = secrets.token_urlsafe(32)
        self.peers: dict[UUID, Peer] = {}
        #: What this one has to do.
        self.load: Callable[[], Load] = Load
        #: Whether anybody watches a file here, or an encoder works on it.
        self.is_used: Callable[[str], bool] = lambda _content_id: True
        #: Called when a file has become another one's, and when what others have to do has changed.
        self.lost: Callable[[str], None] = lambda _content_id: None
        self.changed: Callable[[], None] = lambda: None
        self._database = database
        self._address = address
        self._leader = leader
        #: By content; when each of ours was asked for last.
        self._owners: dict[str, UUID] = {}
        self._ours: dict[str, float] = {}
        self._claims: set[asyncio.Task[None]] = set()
        self._beaten = 0.0
        #: Seconds until the first of the others will have been silent for too long.
        self._patience = ALIVE
        self._task: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """A database that is away delays nothing but that the others are known."""
        if self._address is not None:
            try:
                await self._beat()
            except DATABASE_ERRORS as error:
                log.info("other transcoders are not known", reason=" ".join(str(error).split()))
            self._task = asyncio.create_task(self._beat_for_ever())

    async def close(self) -> None:
        """What is here is taken over at once."""
        if self._task is None:
            return
        await ended(self._task)
        await asyncio.gather(*self._claims, return_exceptions=True)
        try:
            async with self._database.connection() as connection:
                await queries.leave(connection, self.id)
        except DATABASE_ERRORS:
            return  # it is known soon enough

    async def owner(self, content_id: str) -> Peer | None:
        """Who makes the renditions of this content; None: this one, also while the owner does not answer."""
        if self._address is None or self._leader == self._address:
            return None
        if self._leader is not None:
            return next((peer for peer in self.peers.values() if peer.address == self._leader and peer.answers), None)
        if content_id in self._ours:
            self._ours[content_id] = time.monotonic()
            return None
        known = self._owners.get(content_id)
        if known is None or known not in self.peers:
            if not self.peers:
                # An encoder does not wait for the lease that nobody else wants.
                self._ours[content_id] = time.monotonic()
                task = asyncio.create_task(self._claim_beside(content_id))
                self._claims.add(task)
                task.add_done_callback(self._claims.discard)
                return None
            known = await self._claim(content_id)
        peer = self.peers.get(known) if known is not None else None
        return peer if peer is not None and peer.answers else None

    async def _claim_beside(self, content_id: str) -> None:
        if await self._claim(content_id) != self.id:
            self._ours.pop(content_id, None)

    async def _claim(self, content_id: str) -> UUID | None:
        try:
            async with self._database.connection() as connection:
                owner = await queries.claim(connection, content_id, self.id, ALIVE)
        except DATABASE_ERRORS:
            return None
        if owner == self.id:
            self._ours[content_id] = time.monotonic()
        elif owner is not None:
            self._owners[content_id] = owner
        return owner

    async def _beat_for_ever(self) -> None:
        said = False
        while True:
            await asyncio.sleep(max(MOMENT, min(BEAT, self._patience + MOMENT)))
            try:
                await self._beat()
                said = False
            except DATABASE_ERRORS as error:
                self._patience = ALIVE
                if not said:
                    said = True
                    log.info("other transcoders are not heard", reason=" ".join(str(error).split()))

    async def _beat(self) -> None:
        assert self._address is not None
        now = time.monotonic()
        unused = [key for key, asked in self._ours.items() if now - asked > ALIVE and not self.is_used(key)]
        ours = set(self._ours)
        async with self._database.transaction() as connection:
            await queries.beat(connection, self.id, self._address, self.key, self.load().model_dump_json())
            if unused:
                await queries.release(connection, self.id, unused)
            await queries.forget_silent(connection, GONE)
            present = await queries.present(connection, ALIVE)
            leases = await queries.leases(connection)
        self._owners = {row["content_id"]: row["replica"] for row in leases}
        for content_id in ours:
            # What was asked for since is known to nobody else yet.
            owner = self._owners.get(content_id)
            if content_id in unused or (owner is not None and owner != self.id):
                self._ours.pop(content_id, None)
                if content_id not in unused:
                    self.lost(content_id)
            elif owner is None:
                # Postgres has forgotten it.
                await self._claim_beside(content_id)
        late = now - self._beaten > ALIVE
        self._beaten = time.monotonic()
        reached = {row["id"]: row for row in present if row["id"] != self.id and self._reaches(row["address"])}
        self._patience = ALIVE - max((row["silent"] for row in reached.values()), default=0.0)
        self._meet(reached, keep=late)
        self.changed()

    def _meet(self, present: dict[UUID, dict[str, object]], *, keep: bool) -> None:
        """`keep`: whoever waited for Postgres as long as this one has not had its turn yet."""
        for key in [key for key in self.peers if key not in present and not keep]:
            peer = self.peers.pop(key)
            peer.lost.set()
            log.info("another transcoder is silent", address=peer.address)
        for key, row in present.items():
            try:
                load = Load.model_validate(row["load"])
            except ValidationError:
                load = Load()  # of another release
            if key in self.peers:
                self.peers[key].load = load
            else:
                self.peers[key] = Peer(key, str(row["address"]), str(row["key"]), load)

    def _reaches(self, address: str) -> bool:
        """An address of its own machine that another one says is nobody's here, or a stranger's, unless this one is
        reached in the same way."""
        assert self._address is not None
        return not _is_local(address) or _is_local(self._address)

    def is_elsewhere(self, content_id: str) -> bool:
        if self._leader is not None:
            return any(peer.address == self._leader for peer in self.peers.values())
        return self._owners.get(content_id) in self.peers

    def watching(self) -> list[Watching]:
        """Who watches elsewhere."""
        return [one for peer in self.peers.values() for one in peer.load.watching]

    def encoders(self, *, heavy: bool) -> Counter[str]:
        """How many work elsewhere for each user."""
        found: Counter[str] = Counter()
        for peer in self.peers.values():
            found.update(peer.load.heavy if heavy else peer.load.light)
        return found


def _is_local(address: str) -> bool:
    """Whether it is of the machine that says it."""
    try:
        return ipaddress.ip_address(urlsplit(address).hostname or "").is_loopback
    except ValueError:
        return False
