"""How one service calls another: the public wire contract with an API key, over the network or inside the process."""

from __future__ import annotations

from typing import Any

import httpx2


def peer_client(base_url: str, *, api_key: str | None = None, app: Any = None) -> httpx2.AsyncClient:
    """A client whose relative URLs (`/api/videos`) resolve against `base_url`. With `app` (the gateway's ASGI
    application) requests stay in the process and pass the same gateway and authentication as from outside."""
    return httpx2.AsyncClient(
        base_url=base_url,
        headers={"X-Api-Key": api_key} if api_key else {},
        transport=httpx2.ASGITransport(app=app, raise_app_exceptions=False) if app is not None else None,
        timeout=httpx2.Timeout(60, connect=5),
        follow_redirects=True,
        trust_env=False,
    )
