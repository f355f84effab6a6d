"""Requests to addresses that a user or another server gave: to the public internet only."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections import OrderedDict
from collections.abc import Awaitable, Callable

import httpx2

#: NAT64 hides an IPv4 address, perhaps a private one, in a global-looking IPv6 one (RFC 6052).
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
#: All that is given out of IPv6 so far (RFC 4291 §2.4), which Python's lists of exceptions know less well.
GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
#: Connections are kept to at most so many hosts.
HOSTS = 64

Resolve = Callable[[str, int], Awaitable[list[str]]]


async def resolve_host(host: str, port: int) -> list[str]:
    """The addresses of a host name, by the system's resolver."""
    found = await asyncio.get_running_loop().getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG
    )
    return [str(address[0]) for *_, address in found]


def is_public(address: str) -> bool:
    """Whether an IP address is one of the open internet: not loopback, private, link-local, reserved or multicast."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF) if ip in NAT64 else None)
        if inner is not None:
            return is_public(str(inner))
        if ip not in GLOBAL_UNICAST:
            return False
    return ip.is_global and not ip.is_multicast


class PublicOnly(httpx2.AsyncBaseTransport):
    """Refuses, at every hop of a redirect, hosts with an address that is not public, and connects to the very
    addresses that were checked, so that a second answer of the name server cannot lead elsewhere."""

    def __init__(
        self,
        make_transport: Callable[[], httpx2.AsyncBaseTransport] = lambda: httpx2.AsyncHTTPTransport(trust_env=False),
        resolve: Resolve = resolve_host,
    ) -> None:
        self._make_transport = make_transport
        # One for each host: connections are pooled by address, and hosts that share one must not share a TLS session.
        self._transports: OrderedDict[str, httpx2.AsyncBaseTransport] = OrderedDict()
        self._resolve = resolve

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        addresses = await self._public_addresses(request)
        host = request.url.host
        transport = await self._transport(host)
        unreachable: httpx2.TransportError | None = None
        for address in addresses:
            pinned = httpx2.Request(
                request.method,
                request.url.copy_with(host=address),
                headers=request.headers,  # the Host header in it still names the host
                stream=request.stream,
                extensions={**request.extensions, "sni_hostname": host},
            )
            try:
                return await transport.handle_async_request(pinned)
            except (httpx2.ConnectError, httpx2.ConnectTimeout) as error:
                unreachable = error
        raise unreachable or httpx2.ConnectError(f"The host {host} has no address", request=request)

    async def _public_addresses(self, request: httpx2.Request) -> list[str]:
        host = request.url.host
        if request.url.scheme not in ("http", "https") or not host:
            raise httpx2.UnsupportedProtocol("Only http and https are fetched", request=request)
        try:
            addresses = await self._resolve(host, request.url.port or (443 if request.url.scheme == "https" else 80))
        except (OSError, UnicodeError) as error:
            raise httpx2.ConnectError(f"The host {host} is unknown", request=request) from error
        if not all(is_public(address) for address in addresses):
            raise httpx2.ConnectError(f"The host {host} is not on the public internet", request=request)
        return addresses

    async def _transport(self, host: str) -> httpx2.AsyncBaseTransport:
        transport = self._transports.get(host)
        if transport is None:
            transport = self._transports[host] = self._make_transport()
        self._transports.move_to_end(host)
        if len(self._transports) > HOSTS:
            _, unused = self._transports.popitem(last=False)
            await unused.aclose()
        return transport

    async def aclose(self) -> None:
        for transport in self._transports.values():
            await transport.aclose()
