"""Opaque secrets: session tokens and API keys, and the hash under which they are stored. No JWT."""

from __future__ import annotations

import base64
import hashlib
import secrets


def new_secret() -> str:
    """64 random bytes, base64url without padding: 86 characters."""
    return base64.urlsafe_b64encode(secrets.token_bytes(64)).rstrip(b"=").decode()


def hash_secret(secret: str) -> bytes:
    """SHA-256. A slow hash is of no use here: the secrets are random, or long ones of the configuration."""
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).digest()


def is_jwt(token: str) -> bool:
    """A JWT has dots, which base64url has not."""
    return "." in token
