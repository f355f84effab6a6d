"""A receiver of webhooks on a free port of this machine: keeps what it is sent, answers what it is told to."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.fakes.serving import served


@dataclass
class Got:
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Receiver:
    """`statuses` are the answers to come, then 204; `headers` go with all of them."""

    url: str = ""
    got: list[Got] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)

    def ids(self) -> list[str]:
        return [one.headers["webhook-id"] for one in self.got]


@asynccontextmanager
async def receiving() -> AsyncIterator[Receiver]:
    receiver = Receiver()

    async def take(request: Request) -> Response:
        receiver.got.append(Got(request.url.path, dict(request.headers), await request.body()))
        return Response(status_code=receiver.statuses.pop(0) if receiver.statuses else 204, headers=receiver.headers)

    async with served(Starlette(routes=[Route("/{path:path}", take, methods=["POST"])])) as receiver.url:
        yield receiver
