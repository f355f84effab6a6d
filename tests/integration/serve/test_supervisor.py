"""`kyoo serve` lives as long as what it serves."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from tests.waiting import PATIENCE

from kyoo.serve.options import ServeOptions
from kyoo.serve.processes import supervisor
from kyoo.serve.progress import Console


async def test_the_server_ends_with_its_http_server(
    conninfo: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(_: uvicorn.Server) -> None:
        raise OSError("the sockets are gone")

    async def no_worker(*_: Any, **__: Any) -> None:
        await asyncio.Event().wait()

    monkeypatch.setenv("POSTGRES_URL", conninfo)
    monkeypatch.setattr(uvicorn.Server, "main_loop", broken)
    monkeypatch.setattr(supervisor, "keep", no_worker)
    options = ServeOptions((tmp_path,), tmp_path / "data", "127.0.0.1", 0, "http://localhost")
    serving = asyncio.create_task(supervisor.serve(options, Console()))
    # Not `wait_for`: what it cancels would end with the same error.
    done, _ = await asyncio.wait([serving], timeout=PATIENCE)
    serving.cancel()
    with pytest.raises(OSError, match="the sockets are gone"):
        await serving
    assert done == {serving}
