"""What becomes of requests whose session ends, or has ended. That auth says so is tested with the gateways."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from uuid import UUID, uuid4

import pytest

from kyoo.core.errors import ForbiddenError, error_object
from kyoo.core.http import ended_sessions
from kyoo.core.http.ended_sessions import EndedSessions, EndsWithSession, belongs_to
from kyoo.core.tokens import NIL_UUID


async def asked(known: EndedSessions, session: UUID, work: asyncio.Event | None = None) -> tuple[int, Any]:
    """Status and body of a request of `session`, which is answered after `work`."""
    messages: list[Any] = []

    async def send(message: Any) -> None:
        messages.append(message)

    async def service(scope: Any, receive: Any, send: Any) -> None:
        belongs_to(scope, session)
        if work is not None:
            await work.wait()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"{}"})

    scope: Any = {"type": "http", "path": "/x", "headers": []}
    await EndsWithSession(service, known, error_object)(scope, None, send)  # type: ignore[arg-type]
    return messages[0]["status"], json.loads(messages[1]["body"])


async def test_an_ended_session_is_refused_for_as_long_as_its_tokens_live() -> None:
    now = 0.0
    known, session, other = EndedSessions(lambda: now), uuid4(), uuid4()
    await known.hear(str(session))
    with pytest.raises(ForbiddenError):
        await asked(known, session)
    assert await asked(known, other) == (200, {})
    now = ended_sessions.REMEMBERED_SECONDS - 1
    with pytest.raises(ForbiddenError):
        await asked(known, session)
    now += 2
    assert await asked(known, session) == (200, {})


async def test_who_waits_for_an_answer_is_told() -> None:
    known, session, other = EndedSessions(), uuid4(), uuid4()
    work = asyncio.Event()
    requests = [asyncio.create_task(asked(known, of, work)) for of in (session, session, other, NIL_UUID)]
    await asyncio.sleep(0)
    # Guests have no session that could end.
    for ended in (session, NIL_UUID):
        await known.hear(str(ended))
    async with asyncio.timeout(10):
        for request in requests[:2]:
            assert await request == (403, {"status": 403, "message": "The session has ended"})
        work.set()
        assert [await request for request in requests[2:]] == [(200, {}), (200, {})]
