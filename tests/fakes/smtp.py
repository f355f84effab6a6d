"""A mail server on a port of its own (aiosmtpd), with the messages it took. No TLS unless a context is given."""

from __future__ import annotations

import socket
import ssl
from email import message_from_bytes, policy
from email.message import EmailMessage
from types import TracebackType
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

USER, PASSWORD = "mailer", "p@ss:word"


class FakeSmtp:
    """A context manager. `fails` more messages are refused with a temporary error."""

    def __init__(self, tls: ssl.SSLContext | None = None, *, fails: int = 0) -> None:
        self.messages: list[tuple[list[str], EmailMessage]] = []
        self.fails = fails
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        options: dict[str, Any] = {}
        if tls is not None:
            options = {"tls_context": tls, "auth_required": True, "authenticator": _authenticate}
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port, **options)

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 (aiosmtpd's name)
        if self.fails > 0:
            self.fails -= 1
            return "451 try again later"
        message = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.messages.append((envelope.rcpt_tos, message))
        return "250 OK"

    def __enter__(self) -> FakeSmtp:
        self._controller.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._controller.stop()


def _authenticate(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
    right = isinstance(data, LoginPassword) and (data.login, data.password) == (USER.encode(), PASSWORD.encode())
    # Not `handled`: otherwise nobody would answer whoever is wrong.
    return AuthResult(success=right, handled=False)
