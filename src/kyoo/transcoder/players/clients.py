"""Who watches: players, where in a file each of them is, what they are doing, and who was sent away.

Kept in the memory of the transcoder that owns the file; what limits need of it is known to the others (replicas.py).
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID

from cachetools import TTLCache

from kyoo.core.errors import ForbiddenError
from kyoo.core.tokens import NIL_UUID, Identity
from kyoo.transcoder.hls.encoder import ClientKey
from kyoo.transcoder.hls.rendition import RenditionKey
from kyoo.transcoder.hls.timeline import Timeline
from kyoo.transcoder.media_files import KnownFile
from kyoo.transcoder.players.allowance import UNLIMITED, Allowance
from kyoo.transcoder.replicas import Watching

#: A player whose buffer is full asks for a segment whenever it has played one. One that asks for none for this many
#: segments, and this many seconds more, is paused.
QUIET_SEGMENTS, QUIET = 2.0, 4.0
#: A segment that begins this close (s) to the end of the last one goes on with it.
ADJACENT = 1.0
#: Seconds for which a player that was sent away is kept away, and how many are.
AWAY, MOST_AWAY = 3600.0, 4096
#: Seconds by which a player must be newer elsewhere: what others say is that old.
SETTLED = 2.0
#: Players that are known at once; whoever asks under ever new names pushes out those that have been silent for longest.
MOST_KNOWN = 4096
SENT_AWAY = "An administrator has ended this stream"

State = Literal["playing", "paused"]


@dataclass(frozen=True)
class Caller:
    """Who asks: one player, the user if there is authentication, and the address that the request comes from."""

    client_id: str
    identity: Identity | None
    address: str = ""
    allowance: Allowance = UNLIMITED

    @property
    def key(self) -> ClientKey:
        known = self.identity is not None and not self.identity.is_guest
        return str(self.identity.subject) if known and self.identity else "", self.client_id

    @property
    def user(self) -> str:
        """Whose encoders are counted together: guests are told apart by their address. Without authentication there are
        only players."""
        if self.identity is None:
            return f"player {self.client_id}"
        return f"guest {self.address}" if self.identity.is_guest else str(self.identity.subject)


@dataclass
class Playhead:
    """The last segment of one kind that a player asked for, and since when it has played on from where."""

    key: RenditionKey
    number: int
    at: float
    start: float
    end: float
    is_last: bool
    began_at: float
    began: float


@dataclass(eq=False)
class Client:
    key: ClientKey
    user: str
    file: KnownFile
    profile: UUID | None = None
    session: UUID | None = None
    playheads: dict[str, Playhead] = field(default_factory=dict)
    #: Whether it takes the file itself, and how many answers with it are being sent.
    takes_file: bool = False
    sending: int = 0
    since: float = field(default_factory=time.monotonic)
    seen: float = field(default_factory=time.monotonic)

    @property
    def plays(self) -> bool:
        return bool(self.playheads) or self.takes_file

    def reach(self, key: RenditionKey, number: int, timeline: Timeline) -> None:
        """It has asked for a segment."""
        now, start, end = time.monotonic(), timeline.start(number), timeline.end(number)
        playhead = Playhead(key, number, now, start, end, number == len(timeline) - 1, now, start)
        before = self.playheads.get(key.kind)
        if before is not None and abs(start - before.end) < ADJACENT:
            playhead.began_at, playhead.began = before.began_at, before.began
        self.playheads[key.kind] = playhead

    def state(self) -> State:
        """What it has asked for last is played out by now unless it is paused, or has been left without a word."""
        now, playheads = time.monotonic(), self.playheads.values()
        longest = max((playhead.end - playhead.start for playhead in playheads), default=0.0)
        if now - self.seen <= QUIET_SEGMENTS * longest + QUIET:
            return "playing"
        # It has all there is, and needs nothing more.
        plays_out = any(
            playhead.is_last and now <= playhead.began_at + playhead.end - playhead.began + QUIET
            for playhead in playheads
        )
        return "playing" if plays_out else "paused"


class Clients:
    """`idle` (s): a silent player is no reason for an encoder any more; `paused` (s): nor is it listed."""

    def __init__(self, *, idle: float, paused: float) -> None:
        #: Called when a player has come or gone.
        self.changed: Callable[[], None] = lambda: None
        #: Who watches at other transcoders.
        self.elsewhere: Callable[[], Iterable[Watching]] = tuple
        self._idle = idle
        self._paused = max(idle, paused)
        self._clients: dict[ClientKey, Client] = {}
        self._away: TTLCache[ClientKey, str] = TTLCache(MOST_AWAY, AWAY)

    def watching(self) -> Iterator[Client]:
        """Those that have asked for something lately."""
        now = time.monotonic()
        return (client for client in self._clients.values() if client.sending or now - client.seen < self._idle)

    def listed(self) -> list[Client]:
        """Those that have asked for a segment, and play or are paused."""
        now = time.monotonic()
        return [one for one in self._clients.values() if one.playheads and now - one.seen < self._paused]

    def admit(self, caller: Caller) -> None:
        """Raise ForbiddenError for a player that was sent away, and for one too many of its user: those that have
        played for longest go on."""
        if (message := self._away.get(caller.key)) is not None:
            raise ForbiddenError(message)
        most, own = caller.allowance.streams, self._clients.get(caller.key)
        if most is None:
            return
        watching, now = list(self.watching()), time.monotonic()
        far = [one for one in self.elsewhere() if one.user == caller.user]
        if own is not None and own in watching:
            since = own.since
        else:
            since = min((now - one.since for one in far if one.key == caller.key), default=math.inf)
        others = [one for one in watching if one.user == caller.user and one is not own and one.plays]
        longer_elsewhere = sum(now - one.since < since for one in far if one.key != caller.key)
        if sum(one.since < since for one in others) + longer_elsewhere >= most:
            raise ForbiddenError(f"This account plays {most} streams already, which is as many as it may")

    def of(self, caller: Caller, file: KnownFile) -> Client:
        """The player, which is seen now. Raises ForbiddenError as `admit` does."""
        self.admit(caller)
        client = self._clients.get(caller.key)
        if client is None or client.file.content_id != file.content_id:
            since = client.since if client is not None else time.monotonic()
            client = self._clients[caller.key] = Client(caller.key, caller.user, file, since=since)
            self.changed()
            if len(self._clients) > MOST_KNOWN:
                del self._clients[min(self._clients, key=lambda key: self._clients[key].seen)]
        if not client.sending and time.monotonic() - client.seen >= self._idle:
            client.since = time.monotonic()
        who = caller.identity
        client.file, client.user, client.seen = file, caller.user, time.monotonic()
        if who is not None:
            client.profile = who.subject if who.subject != NIL_UUID else None
            client.session = who.session if who.session != NIL_UUID else None
        return client

    @contextmanager
    def sending_file(self, caller: Caller, file: KnownFile) -> Iterator[None]:
        """The file itself is being sent to the player. Raises ForbiddenError as `admit` does."""
        client = self.of(caller, file)
        client.takes_file = True
        client.sending += 1
        try:
            yield
        finally:
            client.sending -= 1
            client.seen = time.monotonic()

    def known_elsewhere(self) -> list[Watching]:
        """What other transcoders are told of those that play here."""
        now = time.monotonic()
        return [
            Watching(user=one.user, key=one.key, since=now - one.since, silent=0 if one.sending else now - one.seen)
            for one in self.watching()
            if one.plays
        ]

    def gone_elsewhere(self) -> list[ClientKey]:
        """Those that have asked for something at another transcoder since they did here."""
        now = time.monotonic()
        far = {one.key: one.silent for one in self.elsewhere()}
        return [
            key
            for key, one in self._clients.items()
            if not one.sending and far.get(key, math.inf) + SETTLED < now - one.seen
        ]

    def of_file(self, content_id: str) -> list[ClientKey]:
        return [key for key, one in self._clients.items() if one.file.content_id == content_id]

    def named(self, client_id: str) -> list[ClientKey]:
        """The players of all users that call themselves so."""
        return [key for key in self._clients if key[1] == client_id]

    def knows(self, key: ClientKey) -> bool:
        return key in self._clients

    def leave(self, key: ClientKey) -> dict[str, Playhead]:
        """The player is gone; where it was."""
        client = self._clients.pop(key, None)
        self.changed()
        return client.playheads if client is not None else {}

    def send_away(self, key: ClientKey, message: str) -> None:
        """It is told `message` when it comes back."""
        self._away[key] = message

    def forget(self) -> None:
        """Those that have been silent for too long."""
        now = time.monotonic()
        silent = [key for key, one in self._clients.items() if not one.sending and now - one.seen > self._paused]
        for key in silent:
            del self._clients[key]
