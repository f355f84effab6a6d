"""Secrets of others at rest, such as keys of services: encrypted with a secret that is not in the database."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

#: The file of the data directory that holds the secret, unless the operator gives one.
FILE = "secret.key"
_NONCE = 12
#: The first byte of what is sealed: how.
_VERSION = b"\x01"


class Sealer:
    """Seals texts (AES-256-GCM). Each belongs to a purpose: what was sealed for one does not open for another."""

    def __init__(self, secret: str) -> None:
        derived = HKDF(SHA256(), length=32, salt=None, info=b"kyoo sealed secrets").derive(secret.encode())
        self._cipher = AESGCM(derived)

    def seal(self, text: str, purpose: str) -> bytes:
        nonce = os.urandom(_NONCE)
        return _VERSION + nonce + self._cipher.encrypt(nonce, text.encode(), purpose.encode())

    def open(self, sealed: bytes, purpose: str) -> str | None:
        """None for what was sealed with another secret or for another purpose, or is damaged."""
        if sealed[:1] != _VERSION or len(sealed) <= _NONCE + 1:
            return None
        nonce, data = sealed[1 : _NONCE + 1], sealed[_NONCE + 1 :]
        with suppress(InvalidTag, UnicodeDecodeError):
            return self._cipher.decrypt(nonce, data, purpose.encode()).decode()
        return None


def secret_in(folder: Path) -> str:
    """The secret of a data directory, made when it is first asked for. Two processes that ask at once get the same."""
    path = folder / FILE
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for _ in range(2):
        with suppress(FileNotFoundError):
            found = path.read_text(encoding="ascii").strip()
            if found:
                return found
        mine = folder / f"{FILE}.{os.getpid()}.{secrets.token_hex(4)}"
        mine.write_text(secrets.token_hex(32) + "\n", encoding="ascii")
        mine.chmod(0o600)
        try:
            # Whoever comes second finds the first one's.
            with suppress(FileExistsError):
                os.link(mine, path)
        finally:
            mine.unlink()
    return path.read_text(encoding="ascii").strip()
