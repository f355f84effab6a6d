"""Whose word counts about the address that a client used."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.requests import HTTPConnection, Request

from kyoo.core.http.forwarded import Forwarded

PUBLIC = "https://films.example"


async def seen(client: str, headers: dict[str, str], public_url: str = PUBLIC) -> str:
    """The URL that a service finds in a request for `/x?a=b`."""
    found: list[str] = []

    async def service(scope: Any, receive: Any, send: Any) -> None:
        found.append(str(Request(scope).url))

    pairs = [(name.lower().encode(), value.encode()) for name, value in ({"Host": "kyoo:4568"} | headers).items()]
    scope = {"type": "http", "scheme": "http", "path": "/x", "query_string": b"a=b", "headers": pairs}
    await Forwarded(service, public_url)(scope | {"client": (client, 1), "server": ("10.0.0.1", 80)}, None, None)
    return found[0].removesuffix("/x?a=b")


@pytest.mark.parametrize("client", ["127.0.0.1", "::1"])
@pytest.mark.parametrize(
    ("headers", "origin"),
    [
        ({}, "http://kyoo:4568"),
        ({"X-Forwarded-Proto": "https"}, "https://kyoo:4568"),
        ({"X-Forwarded-Host": "tv.example:8901"}, "http://tv.example:8901"),
        ({"X-Forwarded-Host": "tv.example, inner:80", "X-Forwarded-Proto": "https"}, "https://tv.example"),
        ({"X-Forwarded-Host": "FILMS.example"}, "https://FILMS.example"),
        ({"Host": "films.example"}, PUBLIC),
        ({"Host": "films.example", "X-Forwarded-Proto": "http"}, "http://films.example"),
    ],
)
async def test_a_trusted_gateway_is_believed(client: str, headers: dict[str, str], origin: str) -> None:
    assert await seen(client, headers) == origin


@pytest.mark.parametrize(
    ("headers", "origin"),
    [
        ({"X-Forwarded-Proto": "https", "X-Forwarded-Host": "evil.example"}, "http://kyoo:4568"),
        # Nothing that we do not know already.
        ({"X-Forwarded-Host": "films.example"}, PUBLIC),
        ({"Host": "films.example", "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "http"}, PUBLIC),
        ({"Host": "films.example:444"}, "http://films.example:444"),
    ],
)
async def test_nobody_else_is(headers: dict[str, str], origin: str) -> None:
    assert await seen("192.0.2.7", headers) == origin


async def test_websockets_are_no_other() -> None:
    found: list[str] = []

    async def service(scope: Any, receive: Any, send: Any) -> None:
        found.append(str(HTTPConnection(scope).url))

    scope = {"type": "websocket", "scheme": "ws", "path": "/x", "query_string": b"", "server": ("10.0.0.1", 80)}
    for client, named in (("127.0.0.1", b"tv.example:1"), ("192.0.2.7", b"tv.example:1"), ("::1", b"films.example")):
        headers = [(b"host", b"kyoo:4568"), (b"x-forwarded-host", named)]
        await Forwarded(service, PUBLIC)(scope | {"client": (client, 1), "headers": headers}, None, None)
    assert found == ["ws://tv.example:1/x", "ws://kyoo:4568/x", "wss://films.example/x"]


async def test_without_a_public_url_nobody_is_believed_by_chance() -> None:
    assert await seen("192.0.2.7", {"X-Forwarded-Host": ""}, public_url="") == "http://kyoo:4568"
    assert await seen("192.0.2.7", {"Host": ""}, public_url="") == "http://10.0.0.1"


async def test_whom_to_trust_is_configured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", "10.1.0.0/16")
    headers = {"X-Forwarded-Host": "tv.example"}
    assert await seen("10.1.2.3", headers) == "http://tv.example"
    assert await seen("127.0.0.1", headers) == "http://kyoo:4568"
