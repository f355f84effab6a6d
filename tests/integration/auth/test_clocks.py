"""A service whose clock is minutes off takes the tokens of auth all the same, and no expired ones."""

from __future__ import annotations

import time
from pathlib import Path
from types import SimpleNamespace

import httpx2
import pytest
from tests.integration.test_access import URL, instance

from kyoo.core import tokens


async def test_a_clock_that_is_off(conninfo: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = 0.0
    # Read by whoever verifies tokens, and not by auth, which makes them.
    clock = SimpleNamespace(time=lambda: time.time() + wrong, monotonic=time.monotonic)
    monkeypatch.setattr(tokens, "time", clock)
    async with (
        instance(conninfo, tmp_path) as running,
        httpx2.AsyncClient(transport=httpx2.ASGITransport(app=running.gateway), base_url=URL) as client,
    ):
        account = {"username": "ada", "email": "ada@example.org", "password": "correct horse"}
        token = (await client.post("/auth/users", json=account)).json()["token"]

        async def asked() -> int:
            return (await client.get("/api/shows", headers={"Authorization": f"Bearer {token}"})).status_code

        for wrong, status in ((120, 200), (-120, 200), (3700, 403)):
            assert await asked() == status, wrong
