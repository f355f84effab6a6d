"""Answers that fail after their first bytes: the caller sees that something is missing, the log says why in a line."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx2
import psycopg
import pytest
from fastapi import FastAPI
from fastapi.responses import StreamingResponse
from structlog.testing import capture_logs
from tests.fakes.serving import served

from kyoo.core.errors import KyooError, install_error_handlers
from kyoo.core.http.service import CutShort

FAULTS = {
    "encoder": KyooError("The encoder stopped"),
    "database": psycopg.OperationalError("the server closed\n\tthe connection"),
    "file": OSError(5, "Input/output error"),
    "bug": KeyError("ours"),
}


def application() -> FastAPI:
    app = FastAPI()
    install_error_handlers(app)
    app.add_middleware(CutShort)

    @app.get("/{fault}/late")
    async def late(fault: str) -> StreamingResponse:
        async def body() -> AsyncIterator[bytes]:
            yield b"first"
            raise FAULTS[fault]

        return StreamingResponse(body())

    return app


@pytest.mark.parametrize("fault", list(FAULTS))
async def test_an_answer_that_fails_late_is_seen_to_be_incomplete(fault: str, caplog: pytest.LogCaptureFixture) -> None:
    with capture_logs() as lines:
        async with served(application()) as origin, httpx2.AsyncClient(trust_env=False) as http:
            with pytest.raises(httpx2.RemoteProtocolError):
                await http.get(f"{origin}/{fault}/late")
    (line,) = lines
    assert (line["event"], line["path"]) == ("answer cut short", f"/{fault}/late")
    assert line["reason"] == " ".join(str(FAULTS[fault]).split())
    # Only a fault of ours needs a traceback; uvicorn adds none of its own.
    assert ("exc_info" in line) == (fault == "bug")
    assert [record for record in caplog.records if record.exc_info] == []
