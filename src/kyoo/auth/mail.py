"""Mail to users: one plain text at a time, over the SMTP server of the settings. Knows no text of its own."""

from __future__ import annotations

import asyncio
import contextlib
import smtplib
import socket
import ssl
from collections.abc import Iterator
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from urllib.parse import unquote, urlsplit

import structlog
from pydantic import SecretStr

from kyoo.core.errors import KyooError

log = structlog.get_logger()

TIMEOUT = 20
DEFAULT_PORTS = {"smtp": 587, "smtps": 465}


class MailError(KyooError):
    """The mail server did not take a message. The message names no recipient."""

    status = 502


def check_server(url: SecretStr) -> SecretStr:
    """`url`; ValueError when it names no mail server. The message holds nothing of it: it has a password."""
    try:
        parts = urlsplit(url.get_secret_value())
        usable = parts.scheme in DEFAULT_PORTS and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable or parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError("must look like smtp://user:password@host:587 or smtps://…")
    return url


def check_address(address: str) -> str:
    """`address`; ValueError when it is no e-mail address."""
    try:
        parsed = Address(addr_spec=address)
    except (ValueError, IndexError, MessageError):
        parsed = Address()
    if not parsed.username or not parsed.domain:
        raise ValueError("must be an e-mail address")
    return address


class Mailer:
    """`url` is `smtp[s]://[user:password@]host[:port]`. With `smtp` TLS begins once connected (STARTTLS) when the
    server offers it; a password is never sent without TLS."""

    def __init__(self, url: str, sender: str) -> None:
        """Raises ValueError; what comes from the settings has been checked."""
        check_server(SecretStr(url))
        parts = urlsplit(url)
        port = parts.port
        self._tls = parts.scheme == "smtps"
        self._host = parts.hostname or ""
        self._port = port or DEFAULT_PORTS[parts.scheme]
        self._user = unquote(parts.username or "")
        self._password = unquote(parts.password or "")
        self._sender = str(Address(addr_spec=check_address(sender)))

    async def send(self, to: str, subject: str, text: str) -> None:
        """Raises MailError. An address that mail cannot be sent to is only logged: to try again is of no use."""
        message = EmailMessage()
        try:
            # Parsed, so that "a,b@c" cannot name two recipients.
            message["To"] = Address(addr_spec=to)
        except (ValueError, IndexError, MessageError):
            log.warning("a user's e-mail address cannot be written to")
            return
        message["From"] = self._sender
        message["Subject"] = subject
        message["Date"] = formatdate()
        message["Message-ID"] = make_msgid(domain=self._sender.rpartition("@")[2])
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(text)
        try:
            await asyncio.to_thread(self._deliver, message, to)
        except (OSError, smtplib.SMTPException) as error:
            raise _refused(error) from error

    def check(self) -> None:
        """Connect and log in as for a message, and send none. Raises MailError. Blocking."""
        try:
            with self._server() as server:
                server.noop()
        except (OSError, smtplib.SMTPException) as error:
            raise _refused(error) from error

    def _deliver(self, message: EmailMessage, to: str) -> None:
        with self._server() as server:
            server.send_message(message, from_addr=self._sender, to_addrs=[to])

    @contextlib.contextmanager
    def _server(self) -> Iterator[smtplib.SMTP]:
        """A connection that is logged in."""
        context = ssl.create_default_context()
        server: smtplib.SMTP
        if self._tls:
            server = smtplib.SMTP_SSL(self._host, self._port, timeout=TIMEOUT, context=context)
        else:
            server = smtplib.SMTP(self._host, self._port, timeout=TIMEOUT)
        with server:
            server.ehlo()
            encrypted = self._tls
            if not encrypted and server.has_extn("starttls"):
                server.starttls(context=context)
                server.ehlo()
                encrypted = True
            if self._user:
                if not encrypted:
                    raise smtplib.SMTPNotSupportedError("the server offers no TLS to send the password over")
                server.login(self._user, self._password)
            yield server


def _refused(error: Exception) -> MailError:
    return MailError(f"The mail server does not take mail: {_reason(error)}")


def _reason(error: Exception) -> str:
    """Without the server's own words, which may repeat whom it was to be sent to."""
    match error:
        case smtplib.SMTPAuthenticationError():
            return "it refuses the user or the password"
        case smtplib.SMTPNotSupportedError():
            return "it offers no TLS to send the password over, or no login"
        case socket.gaierror():
            return "its name is unknown"
        case ConnectionRefusedError():
            return "nobody listens at its port"
        case TimeoutError():
            return "no answer in time"
        case ssl.SSLCertVerificationError():
            return f"its certificate is not good ({error.verify_message})"
        case ssl.SSLError():
            return "no TLS at its port"
        case smtplib.SMTPServerDisconnected() | smtplib.SMTPConnectError():
            return "what answers is no mail server, or sends us away"
    return type(error).__name__
