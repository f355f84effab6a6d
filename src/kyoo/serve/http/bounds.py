"""How many clients there may be at once, and how long they may take: the options, who is here, and what is said to
those who are too many. What happens on a connection is in protocols.py."""

from __future__ import annotations

import ipaddress
import json
import resource
from collections import Counter, OrderedDict
from collections.abc import Callable
from typing import Any

from pydantic import AliasChoices, Field
from starlette.types import ASGIApp, Receive, Scope, Send

from kyoo.core.errors import KyooError
from kyoo.core.settings import Settings

#: Of the open files that the system allows, so much is for connections; the rest for files, pipes and the database.
SHARE_OF_FILES = 0.75
#: A host has as many addresses of IPv6 as it likes, all in one network of this size.
IPV6_NETWORK = 64
TOO_MANY = "Too many connections from this address"
#: When to come back after a refusal, in seconds.
RETRY_AFTER = 5


class Bounds(Settings):
    """What every server of HTTP here is held to."""

    connections: int = Field(default=8192, ge=16, le=1_000_000, validation_alias=AliasChoices("KYOO_CONNECTIONS"))
    #: Those of a trusted gateway are not counted, but the requests and sockets that it forwards for an address.
    connections_per_address: int = Field(
        default=256, ge=1, le=1_000_000, validation_alias=AliasChoices("KYOO_CONNECTIONS_PER_ADDRESS")
    )
    #: From the beginning of a connection, or of a request, to the end of its head.
    head_seconds: float = Field(default=20, gt=0, le=3600, validation_alias=AliasChoices("KYOO_HEAD_SECONDS"))
    #: A body may be late by `head_seconds`, and then comes at least as fast as this, in bytes a second.
    body_rate: int = Field(default=1024, ge=1, le=10**9, validation_alias=AliasChoices("KYOO_BODY_RATE"))
    #: From its first to its last byte, however fast it is.
    body_seconds: float = Field(default=900, gt=0, le=86_400, validation_alias=AliasChoices("KYOO_BODY_SECONDS"))

    @property
    def most_connections(self) -> int:
        files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        return self.connections if files < 0 else min(self.connections, int(files * SHARE_OF_FILES))


def network_of(address: str) -> str:
    """What counts as one client: an address of IPv4, a network of IPv6."""
    if ":" not in address:
        return address
    try:
        parsed = ipaddress.IPv6Address(address.partition("%")[0])
    except ValueError:
        return address
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.IPv6Network((parsed, IPV6_NETWORK), strict=False))


class RefusedError(KyooError):
    """There are too many already; the answer to whatever this one asks."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message, status=status)


class Clients:
    """Who is connected at present, and what is under way for whom. Gateways that are trusted count for nothing: what
    they forward counts for the addresses that they name (core/http/forwarded.py)."""

    def __init__(self, bounds: Bounds, is_trusted: Callable[[str], bool]) -> None:
        self.bounds = bounds
        self._is_trusted = is_trusted
        self._of_address = Quota(bounds.connections_per_address)
        self.requests = Quota(bounds.connections_per_address)
        self._most = bounds.most_connections
        self._connected = 0
        #: Connections that are only told that there are too many.
        self.refused = 0
        #: Whether connections end with the next answer: the process goes.
        self.leaving = False
        #: What ends each connection that asks for nothing at present; who has waited longest is first.
        self._waiting: OrderedDict[object, Callable[[], None]] = OrderedDict()

    def enter(self, client: tuple[str, int] | None) -> None:
        """Counts a connection; `leave` it. When there are too many, who has longest asked for nothing is sent away.
        Raises RefusedError."""
        network = self.network_of(client)
        if network is not None and not self._of_address.take(network):
            raise RefusedError(429, TOO_MANY)
        if self._connected >= self._most:
            if not self._waiting:
                if network is not None:
                    self._of_address.give_back(network)
                raise RefusedError(503, "Too many connections")
            _, end = self._waiting.popitem(last=False)
            end()
        self._connected += 1

    def leave(self, client: tuple[str, int] | None) -> None:
        self._connected -= 1
        if (network := self.network_of(client)) is not None:
            self._of_address.give_back(network)

    def waits(self, connection: object, end: Callable[[], None]) -> None:
        self._waiting[connection] = end
        self._waiting.move_to_end(connection)

    def waits_no_more(self, connection: object) -> None:
        self._waiting.pop(connection, None)

    def network_of(self, client: tuple[str, int] | None) -> str | None:
        """What counts as one client: an address of IPv4, a network of IPv6. None for whoever is not counted."""
        if client is None or self._is_trusted(client[0]):
            return None
        return network_of(client[0])


class Quota:
    """How many each network has, and may have."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._taken: Counter[str] = Counter()

    def take(self, network: str) -> bool:
        if self._taken[network] >= self._most:
            return False
        self._taken[network] += 1
        return True

    def give_back(self, network: str) -> None:
        self._taken[network] -= 1
        if not self._taken[network]:
            del self._taken[network]


def error_body(status: int, message: str) -> bytes:
    """Nobody knows yet which service is asked: the members of the errors of each
    (docs/protocol/README.md#errors)."""
    body: dict[str, Any] = {"status": status, "message": message, "details": None}
    return json.dumps(body | {"detail": message, "errors": [message]}).encode()


class BoundedRequests:
    """ASGI middleware: so many requests and sockets of one address are under way at once, however many connections of
    a gateway they come through."""

    def __init__(self, app: ASGIApp, clients: Clients) -> None:
        self.app = app
        self._clients = clients

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        network = self._clients.network_of(scope.get("client"))
        if network is None:
            await self.app(scope, receive, send)
            return
        if not self._clients.requests.take(network):
            await refuse(scope, send, 429, TOO_MANY)
            return
        try:
            await self.app(scope, receive, send)
        finally:
            self._clients.requests.give_back(network)


async def refuse(scope: Scope, send: Send, status: int, message: str) -> None:
    """Answer a request, or a websocket before it is opened."""
    kind = "websocket.http" if scope["type"] == "websocket" else "http"
    body = error_body(status, message)
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    headers += [(b"retry-after", str(RETRY_AFTER).encode()), (b"cache-control", b"no-store")]
    headers.append((b"x-content-type-options", b"nosniff"))
    await send({"type": f"{kind}.response.start", "status": status, "headers": headers})
    await send({"type": f"{kind}.response.body", "body": body})
