"""Secrets of others at rest, such as keys and tokens of services: encrypted with a key that is not in the database."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import os
import secrets
from pathlib import Path
from typing import Annotated, Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from platformdirs import user_data_path
from pydantic import AfterValidator, AliasChoices, Field, SecretStr

from kyoo.core.errors import KyooError
from kyoo.core.kinds import HeaderSecret, OwnFolder
from kyoo.core.settings import Settings

#: The file that holds the key, unless the operator gives one.
FILE = "secret.key"


def _random_enough(keys: SecretStr) -> SecretStr:
    for key in keys.get_secret_value().split(","):
        if len(key) < 32 or len(set(key)) < 8:
            raise ValueError("must be at least 32 random characters, or several such keys, separated by commas")
    return keys


class SealingSettings(Settings):
    """Of a service that keeps secrets of others."""

    #: What they are encrypted with. Of several keys the first encrypts, and all decrypt.
    secret_key: Annotated[HeaderSecret, AfterValidator(_random_enough)] | None = Field(
        default=None, validation_alias=AliasChoices("KYOO_SECRET_KEY")
    )
    #: Where a key is made and kept when none is given. Nothing else is in that folder; a backup takes it along.
    secrets_folder: OwnFolder = Field(
        default_factory=lambda: user_data_path("kyoo") / "secrets", validation_alias=AliasChoices("KYOO_SECRETS")
    )


class SealError(KyooError):
    """What was sealed with another key, or for another place, or that the key cannot be had. One line."""

    status = 503


class Seal:
    """Seals JSON objects, each for one place (`trakt of 5c5fbd1c…`), and opens them there only. The key is read, or
    made where it is kept, when it is first needed."""

    def __init__(self, settings: SealingSettings) -> None:
        self._settings = settings
        self._fernet: MultiFernet | None = None

    @property
    def has_key(self) -> bool:
        """Whether there is one already."""
        return self._settings.secret_key is not None or (self._settings.secrets_folder / FILE).exists()

    def close(self, place: str, value: dict[str, Any]) -> bytes:
        return self._keys().encrypt(json.dumps([place, value]).encode())

    def open(self, place: str, sealed: bytes) -> dict[str, Any]:
        try:
            found, value = json.loads(self._keys().decrypt(bytes(sealed)))
        except InvalidToken:
            raise SealError("It was encrypted with another key (KYOO_SECRET_KEY)") from None
        if found != place:
            raise SealError("It was encrypted for something else")
        opened: dict[str, Any] = value
        return opened

    def _keys(self) -> MultiFernet:
        if self._fernet is None:
            given = self._settings.secret_key
            texts = given.get_secret_value().split(",") if given else [_kept_key(self._settings.secrets_folder / FILE)]
            self._fernet = MultiFernet([Fernet(_fernet_key(text)) for text in texts])
        return self._fernet


def _fernet_key(text: str) -> bytes:
    # Long and random, so that a plain hash will do: no password is stretched here.
    return base64.urlsafe_b64encode(hashlib.sha256(b"kyoo sealed\0" + text.encode()).digest())


def _kept_key(path: Path) -> str:
    """The key in the file, which the first process that needs one makes: whole, or not at all."""
    try:
        with contextlib.suppress(FileNotFoundError):
            return _read(path)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        mine = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
        try:
            descriptor = os.open(mine, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w") as file:
                file.write(secrets.token_urlsafe(48) + "\n")
                file.flush()
                os.fsync(file.fileno())
            with contextlib.suppress(FileExistsError):
                path.hardlink_to(mine)
        finally:
            mine.unlink(missing_ok=True)
        return _read(path)
    except OSError as error:
        raise SealError(f"The key of secrets cannot be kept in {path.name}: {error.strerror}") from error


def _read(path: Path) -> str:
    key = path.read_text().strip()
    if len(key) < 32:
        raise SealError(f"{path.name} holds no key")
    return key
