"""TLS of `kyoo serve`: its certificate, from files that are read again when they change."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

import structlog
from pydantic import AfterValidator, AliasChoices, Field

from kyoo.core.kinds import absolute, readable_file
from kyoo.core.settings import AtStart, Settings

#: Seconds between two looks whether the files have changed.
LOOK_AGAIN = 5.0

log = structlog.get_logger()


def _no_password() -> str:
    """Nobody could type one when the files change at night."""
    return ""


class TlsSettings(Settings):
    """Both, or none: then it is plain HTTP."""

    tls_certificate: Annotated[Path, AfterValidator(absolute), AtStart(readable_file)] | None = Field(
        default=None, validation_alias=AliasChoices("KYOO_TLS_CERTIFICATE")
    )
    tls_key: Annotated[Path, AfterValidator(absolute), AtStart(readable_file)] | None = Field(
        default=None, validation_alias=AliasChoices("KYOO_TLS_KEY")
    )

    def lacks(self, given: Mapping[str, Any] = {}) -> Iterator[str]:
        found = list(super().lacks(given))
        yield from found
        if found:
            return
        if (self.tls_certificate is None) != (self.tls_key is None):
            there, other = ("KYOO_TLS_CERTIFICATE", "KYOO_TLS_KEY")[:: 1 if self.tls_key is None else -1]
            yield f"{there} needs {other} beside it: a certificate and its key"
        elif self.tls_certificate is not None:
            try:
                self.context()
            except ValueError as error:
                yield str(error)

    @property
    def is_on(self) -> bool:
        return self.tls_certificate is not None and self.tls_key is not None

    def context(self) -> ssl.SSLContext:
        """Raises ValueError, for the operator, when the files do not fit."""
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        self.load_into(context)
        return context

    def load_into(self, context: ssl.SSLContext) -> None:
        assert self.tls_certificate is not None
        assert self.tls_key is not None
        try:
            context.load_cert_chain(self.tls_certificate, self.tls_key, password=_no_password)
        except (OSError, ValueError) as error:
            reason = getattr(error, "reason", None) or getattr(error, "strerror", None) or str(error)
            raise ValueError(
                f"KYOO_TLS_CERTIFICATE must be a certificate in PEM form, and KYOO_TLS_KEY its key without a password "
                f"({str(reason).replace('_', ' ').lower()})"
            ) from None

    def stamp(self) -> tuple[int, ...]:
        """What changes when one of the files does; also behind a link, as certbot and Kubernetes change them."""
        found: list[int] = []
        for path in (self.tls_certificate, self.tls_key):
            try:
                status = path.stat() if path is not None else None
            except OSError:
                status = None  # it is being replaced
            found += [status.st_ino, status.st_mtime_ns, status.st_size] if status else [0]
        return tuple(found)


async def follow(settings: TlsSettings, context: ssl.SSLContext) -> None:
    """Give new connections the certificate that is in the files now, for ever. Files that do not fit are told, and
    looked at again when they change."""
    seen = settings.stamp()
    while True:
        await asyncio.sleep(LOOK_AGAIN)
        now = settings.stamp()
        if now == seen:
            continue
        seen = now
        try:
            # Tried first on another: what half fits would leave the old certificate with the new key.
            settings.context()
            settings.load_into(context)
        except ValueError as error:
            log.error("the former certificate stays", reason=str(error))  # noqa: TRY400 (the line says all)
        else:
            log.info("new connections have the new certificate")
