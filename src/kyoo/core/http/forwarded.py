"""The address that a client used, however many gateways there are: what X-Forwarded-Host, -Proto and -For say counts
when a gateway that is trusted says it. Decides nothing else."""

from __future__ import annotations

import ipaddress
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, AliasChoices, Field
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from kyoo.core.settings import Settings, read


def _gateways(text: str) -> str:
    """Addresses and networks with commas between them. Whoever trusts everybody lets everybody choose the address that
    their failed logins are counted for."""
    for entry in text.split(","):
        try:
            network = ipaddress.ip_network(entry.strip())
        except ValueError:
            raise ValueError("must be addresses or networks (172.16.0.0/12) with commas between them") from None
        if network.prefixlen == 0:
            raise ValueError("must not be everybody: name the addresses or networks of the gateways")
    return text


class ForwardedSettings(Settings):
    #: The gateways that are believed; this machine.
    trusted: Annotated[str, AfterValidator(_gateways)] = Field(
        default="127.0.0.1,::1", validation_alias=AliasChoices("FORWARDED_ALLOW_IPS")
    )


#: In a scope: who is at the other end of the connection, whatever gateways say.
PEER = "kyoo.peer"


def is_trusted(address: str) -> bool:
    """Whether a gateway at `address` is believed."""
    return address in ProxyHeadersMiddleware(_nobody, read(ForwardedSettings).trusted).trusted_hosts


async def _nobody(*_: Any) -> None:
    """An application that is never asked."""


class Forwarded(ProxyHeadersMiddleware):
    """The base class reads -For and -Proto of trusted gateways; this does the same for -Host. A request for the host of
    `public_url`, whoever says so, has the scheme of `public_url` unless a trusted gateway knows better."""

    def __init__(self, app: Any, public_url: str = "", *, trusted: str | list[str] | None = None) -> None:
        super().__init__(app, read(ForwardedSettings).trusted if trusted is None else trusted)
        public = urlsplit(public_url)
        self._scheme, self._host = public.scheme, public.netloc.lower().encode()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] in ("http", "websocket"):
            scope[PEER] = scope.get("client")
            headers = dict(scope["headers"])
            host = headers.get(b"host", b"")
            named = headers.get(b"x-forwarded-host", b"").partition(b",")[0].strip()
            client = scope.get("client")
            if named and (named.lower() == self._host or (client and client[0] in self.trusted_hosts)):
                host = named
                scope["headers"] = [(b"host", host), *(pair for pair in scope["headers"] if pair[0] != b"host")]
            if host and host.lower() == self._host:
                scope["scheme"] = self._scheme if scope["type"] == "http" else self._scheme.replace("http", "ws")
        await super().__call__(scope, receive, send)
