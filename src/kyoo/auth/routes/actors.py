"""Who sends a request and from where, for the audit log. Who may call a route is in access.py."""

from __future__ import annotations

import ipaddress
from typing import Annotated

from fastapi import Depends, Request
from starlette.requests import HTTPConnection

from kyoo.auth.accounts.devices import device_label
from kyoo.auth.audit import Actor


def client_address(request: HTTPConnection) -> str | None:
    """The IP address of the client. Behind a gateway it is the one of X-Forwarded-For, which the HTTP server reads for
    the gateways that it trusts (FORWARDED_ALLOW_IPS)."""
    if request.client is None:
        return None
    try:
        return str(ipaddress.ip_address(request.client.host))
    except ValueError:
        return None


async def _visitor(request: Request) -> Actor:
    label = device_label(request.query_params.get("device"), request.headers.get("user-agent"))
    return Actor(address=client_address(request), device=label)


#: The sender of a request, not yet known as anybody.
Visitor = Annotated[Actor, Depends(_visitor)]
