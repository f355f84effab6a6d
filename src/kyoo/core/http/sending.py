"""Whether an answer has begun: after that, a failure cannot become another answer."""

from __future__ import annotations

from starlette.types import Message, Send


class Sending:
    """The `send` of an ASGI application, which remembers that it was used."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.begun = False

    async def __call__(self, message: Message) -> None:
        self.begun = True
        await self._send(message)
