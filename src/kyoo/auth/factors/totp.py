"""Time-based one-time passwords (RFC 6238, as every authenticator app makes them): pure functions."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from urllib.parse import quote, urlencode

STEP_SECONDS = 30
DIGITS = 6
#: Steps before and after the present one that are accepted: clocks differ, people type slowly.
WINDOW = 1


def new_totp_secret() -> bytes:
    """160 bits, the length of the hash (RFC 4226 §4)."""
    return secrets.token_bytes(20)


def as_base32(secret: bytes) -> str:
    """What people type when they cannot scan."""
    return base64.b32encode(secret).decode()


def totp_uri(secret: bytes, account: str, issuer: str) -> str:
    """The `otpauth:` URI that authenticator apps read."""
    label = f"{quote(issuer, safe='')}:{quote(account, safe='')}"
    parameters = {"secret": as_base32(secret), "issuer": issuer, "digits": DIGITS, "period": STEP_SECONDS}
    return f"otpauth://totp/{label}?{urlencode(parameters, quote_via=quote)}"


def code_at(secret: bytes, step: int) -> str:
    """The code of a time step (RFC 4226 §5.3)."""
    digest = hmac.digest(secret, step.to_bytes(8, "big"), hashlib.sha1)
    offset = digest[-1] & 0x0F
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFF_FFFF
    return f"{number % 10**DIGITS:0{DIGITS}}"


def matching_step(secret: bytes, code: str, now: float) -> int | None:
    """The time step of `code`, the newest first, if it is one of those accepted at `now` (seconds since the epoch)."""
    present = int(now) // STEP_SECONDS
    for step in range(present + WINDOW, present - WINDOW - 1, -1):
        if hmac.compare_digest(code_at(secret, step).encode(), code.encode()):
            return step
    return None
