"""How much a request may send: anybody can call registration and login, and a body is read before its sender is known,
so none is read without a bound."""

from __future__ import annotations

from fastapi.responses import JSONResponse
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kyoo.core.errors import ErrorBody
from kyoo.core.http.sending import Sending

#: Far above a serie with all its episodes in every language, or a thousand videos at once.
MAX_BYTES = 32 * 1024**2

ANNOUNCING = (b"content-length", b"transfer-encoding")


def announces_body(scope: Scope) -> bool:
    """Whether a request has a body, as its head says (RFC 9112 §6.3)."""
    return any(name in ANNOUNCING for name, _ in scope["headers"])


class BodyLimit:
    """Answers 413 to a body of more than `max_bytes` (a form with files: `max_upload`), announced or not."""

    def __init__(self, app: ASGIApp, max_bytes: int, max_upload: int, error_body: ErrorBody) -> None:
        self.app = app
        self._max_bytes = max_bytes
        self._max_upload = max_upload
        self._error_body = error_body

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if not announces_body(scope):
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        is_upload = headers.get("content-type", "").lower().startswith("multipart/form-data")
        limit = self._max_upload if is_upload else self._max_bytes
        announced = headers.get("content-length", "")
        received = int(announced) if announced.isdecimal() and int(announced) > limit else 0
        too_large = HTTPException(413, f"A request may have at most {limit // 1024} KiB")

        async def bounded() -> Message:
            nonlocal received
            if received <= limit:
                message = await receive()
                received += len(message.get("body", b""))
                if received <= limit:
                    return message
            raise too_large

        sending = Sending(send)
        try:
            await self.app(scope, bounded, sending)
        except HTTPException as error:
            # Read by another middleware; what a route reads is answered by the service's handlers.
            if error is not too_large or sending.begun:
                raise
            await JSONResponse(self._error_body(413, error.detail, None), 413)(scope, receive, send)
