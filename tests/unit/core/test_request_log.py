"""What the log of requests says, and what it never does."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest
from structlog.testing import capture_logs

from kyoo.core.request_log import RequestLog
from kyoo.serve.http.server import make_server


async def answer(scope: Any, receive: Any, send: Any) -> None:
    if scope["path"] == "/crash":
        raise RuntimeError
    await send({"type": "http.response.start", "status": 206, "headers": []})
    await send({"type": "http.response.body", "body": b""})


async def logged(*urls: str) -> list[Any]:
    transport = httpx2.ASGITransport(app=RequestLog(answer), client=("192.0.2.7", 1), raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://kyoo.test") as client:
        with capture_logs() as lines:
            for url in urls:
                await client.put(url)
    return [(line["method"], line["path"], line["status"], line["client"]) for line in lines]


async def test_one_line_for_each_request_without_its_secrets() -> None:
    secret = "x" * 86
    assert await logged("/api/x?x-presign=a.b.c", f"/auth/password-resets/{secret}", f"/video/{secret}x/y") == [
        ("PUT", "/api/x", 206, "192.0.2.7"),
        ("PUT", "/auth/password-resets/[hidden]", 206, "192.0.2.7"),
        ("PUT", f"/video/{secret}x/y", 206, "192.0.2.7"),
    ]


async def test_a_crash_is_a_request_too() -> None:
    assert await logged("/crash") == [("PUT", "/crash", None, "192.0.2.7")]


async def test_what_is_asked_all_the_time_is_not_logged() -> None:
    assert await logged("/api/health", "/auth/ready", "/.well-known/jwks.json") == []


def test_it_is_off_unless_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KYOO_LOG_REQUESTS", raising=False)
    assert not isinstance(make_server(answer).config.app.app, RequestLog)  # type: ignore[union-attr]
    monkeypatch.setenv("KYOO_LOG_REQUESTS", "true")
    assert isinstance(make_server(answer).config.app.app, RequestLog)  # type: ignore[union-attr]
