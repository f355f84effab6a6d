"""Signing and sending one message to an address that somebody gave (the form of standardwebhooks.com). No database."""

from __future__ import annotations

import asyncio
import base64
import binascii
import email.utils
import hashlib
import hmac
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

import httpx2

from kyoo import __version__
from kyoo.core.outside import Outside

#: Of an answer, no more than this is read; nothing of it is kept.
MAX_ANSWER = 64 * 1024
#: Seconds that `Retry-After` may say; what says more is believed for so long.
LONGEST_PAUSE = 24 * 3600.0
#: What a secret begins with that is written as text.
PREFIX = "whsec_"


@dataclass(frozen=True, slots=True)
class Message:
    """`id` is the same each time a message is sent: whoever gets it twice knows it by that. `secret` signs it, None:
    it is not signed. Headers of ours win over `headers`."""

    id: str
    body: bytes
    content_type: str = "application/json"
    secret: str | None = field(default=None, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


class SendError(Exception):
    """It did not arrive. `message` is for whoever set the address up, and holds nothing secret. `again`: it may arrive
    later, not before `after` seconds if the receiver said so; `gone`: it never will, nor will another one."""

    def __init__(
        self,
        code: str,
        message: str,
        *,
        status: int | None = None,
        again: bool = True,
        after: float | None = None,
        gone: bool = False,
    ) -> None:
        super().__init__(message)
        self.code, self.message, self.status = code, message, status
        self.again, self.after, self.gone = again, after, gone


def new_secret() -> str:
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def signature(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """HMAC-SHA256 over the id, the timestamp and the body. A secret that is not of the form `whsec_…` is taken as the
    text that it is."""
    key = secret.encode()
    if secret.startswith(PREFIX):
        try:
            key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
        except (binascii.Error, ValueError):
            key = secret.encode()
    digest = hmac.new(key, f"{message_id}.{timestamp}.".encode() + body, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"


class Sender:
    """The connections to all receivers, of one process. `timeout`: seconds that one has for all of it; `proxy`: the
    way to those on the public internet."""

    def __init__(self, timeout: float, proxy: str | None = None) -> None:
        self._timeout, self._proxy = timeout, proxy
        # Made when they are needed: each reads the certificates of the system.
        self._clients: dict[bool, httpx2.AsyncClient] = {}

    async def close(self) -> None:
        for client in self._clients.values():
            await client.aclose()

    def _client(self, *, private: bool) -> httpx2.AsyncClient:
        if private not in self._clients:
            transport = httpx2.AsyncHTTPTransport(trust_env=False) if private else Outside(proxy=self._proxy)
            self._clients[private] = httpx2.AsyncClient(
                transport=transport, timeout=self._timeout, follow_redirects=False, trust_env=False
            )
        return self._clients[private]

    async def send(self, url: str, message: Message, *, private: bool = False) -> int:
        """The status of the answer, 200 to 299; SendError for anything else. `private`: the address may be one of this
        machine or its network; else the address that is connected to is one of the public internet, whatever its name
        server says a moment later. A redirect is not followed: what is signed is for this address."""
        now = int(time.time())
        headers = httpx2.Headers(message.headers)
        headers["User-Agent"] = f"Kyoo/{__version__} (webhook)"
        headers["Content-Type"] = message.content_type
        headers["webhook-id"] = message.id
        headers["webhook-timestamp"] = str(now)
        if message.secret is not None:
            headers["webhook-signature"] = signature(message.secret, message.id, now, message.body)
        try:
            async with (
                asyncio.timeout(self._timeout),
                self._client(private=private).stream("POST", url, content=message.body, headers=headers) as answer,
            ):
                read = 0
                async for chunk in answer.aiter_raw():
                    read += len(chunk)
                    if read > MAX_ANSWER:
                        break
        except (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout) as error:
            private_one = "public internet" in str(error)
            said = "It is not on the public internet" if private_one else "It cannot be reached"
            raise SendError("private" if private_one else "unreachable", said) from None
        except (httpx2.InvalidURL, httpx2.UnsupportedProtocol, UnicodeError):
            raise SendError("address", "It is no address to send to", again=False) from None
        except (httpx2.HTTPError, TimeoutError):
            raise SendError("no_answer", "It does not answer") from None
        if not 200 <= answer.status_code < 300:
            raise _meaning(answer)
        return answer.status_code


def _meaning(answer: httpx2.Response) -> SendError:
    status = answer.status_code
    if 300 <= status < 400:
        return SendError("redirect", "It sends elsewhere: give the address that it leads to", status=status)
    if status == 410:
        return SendError("gone", "It is gone for good (status 410)", status=status, again=False, gone=True)
    if status in (408, 425, 429) or status >= 500:
        return SendError("down", f"It is out of order (status {status})", status=status, after=_retry_after(answer))
    return SendError("refused", f"It refuses it (status {status})", status=status, again=False)


def _retry_after(answer: httpx2.Response) -> float | None:
    """Seconds, from a number or a date (RFC 9110 §10.2.3); negative and absurd ones are none."""
    text = answer.headers.get("retry-after", "")
    try:
        seconds = float(text)
    except ValueError:
        try:
            at = email.utils.parsedate_to_datetime(text)
            seconds = ((at if at.tzinfo else at.replace(tzinfo=UTC)) - datetime.now(UTC)).total_seconds()
        except (ValueError, TypeError):
            return None
    return min(seconds, LONGEST_PAUSE) if 0 < seconds < 10**9 else None
