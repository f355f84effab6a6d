"""What the commands are told about places: where the libraries, the data and the server are. What is checked of it
before anything is changed: checks.py."""

from __future__ import annotations

import errno
import ipaddress
import re
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import platformdirs
from pydantic import AfterValidator, AliasChoices, BeforeValidator, Field

from kyoo.core.kinds import Libraries, Origin, at_home, writable
from kyoo.core.settings import AtStart, OptionError, Settings
from kyoo.serve.http.tls import TlsSettings

DEFAULT_PORT = 8901
#: More than cores that one Postgres keeps up with.
MOST_WORKERS = 16


def _named(folder: str | Path) -> Path:
    if not str(folder) or "://" in str(folder):
        raise ValueError("must be a folder")
    return at_home(Path(folder)).absolute()


class DataSettings(Settings):
    """Where everything is kept."""

    data_dir: Annotated[Path, BeforeValidator(_named), AtStart(writable)] = Field(
        default_factory=lambda: Path(platformdirs.user_data_dir("kyoo")), validation_alias=AliasChoices("KYOO_DATA_DIR")
    )


class PlaceSettings(DataSettings):
    """What a process that sees the library is told."""

    library: Libraries = Field(default=(), validation_alias=AliasChoices("KYOO_LIBRARY", "SCANNER_LIBRARY_ROOT"))
    public_url: Origin | None = Field(default=None, validation_alias=AliasChoices("KYOO_PUBLIC_URL", "PUBLIC_URL"))


def host_name(host: str) -> str:
    if not host:
        raise ValueError("must not be empty; 0.0.0.0 opens the server to the network")
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        # The system reads bare numbers as addresses, too: 0 would open the server to everybody.
        if not HOST.fullmatch(host):
            raise ValueError("must be the name or the address of a network interface of this machine") from None
    return host


def known_here(host: str) -> None:
    try:
        socket.getaddrinfo(host, None, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError) as error:
        raise ValueError(f"must be a host that is known here ({getattr(error, 'strerror', error)})") from None


HOST = re.compile(r"(?!0x)(?=.*[A-Za-z])[A-Za-z0-9]([A-Za-z0-9_.-]{0,251}[A-Za-z0-9])?", re.ASCII)


class ListenSettings(Settings):
    """Where a server listens."""

    host: Annotated[str, AfterValidator(host_name), AtStart(known_here)] = Field(
        default="localhost", validation_alias=AliasChoices("KYOO_HOST")
    )
    #: None = the one of the command.
    port: int | None = Field(default=None, ge=1, le=65535, validation_alias=AliasChoices("KYOO_PORT"))


class WorkersSettings(Settings):
    """How many processes of `kyoo serve` answer requests."""

    workers: int = Field(default=1, ge=1, le=MOST_WORKERS, validation_alias=AliasChoices("KYOO_WORKERS"))


class DemoSettings(Settings):
    """What `kyoo demo` is told, which heeds nothing that is meant for a real server."""

    folder: Annotated[Path, BeforeValidator(_named), AtStart(writable)] = Field(
        default_factory=lambda: Path(platformdirs.user_data_dir("kyoo-demo")),
        validation_alias=AliasChoices("KYOO_DEMO_FOLDER"),
    )
    host: Annotated[str, AfterValidator(host_name), AtStart(known_here)] = "127.0.0.1"
    port: int = Field(default=8902, ge=1, le=65535)
    public_url: Origin | None = None


@dataclass(frozen=True)
class ServeOptions:
    """`libraries` are absolute folders; `public_url` is the origin clients use, without a trailing slash; `tls`
    is None for plain HTTP; so many processes (`workers`) answer requests."""

    libraries: tuple[Path, ...]
    data_dir: Path
    host: str
    port: int
    public_url: str
    tls: TlsSettings | None = None
    workers: int = 1


def serve_options(
    places: PlaceSettings, listening: ListenSettings, tls: TlsSettings | None = None, workers: int = 1
) -> ServeOptions:
    host, port = listening.host, listening.port or DEFAULT_PORT
    shown_host = "localhost" if host in ("localhost", "127.0.0.1", "::1", "0.0.0.0", "::") else host  # noqa: S104
    shown_host = f"[{shown_host}]" if ":" in shown_host else shown_host
    return ServeOptions(
        libraries=places.library,
        data_dir=places.data_dir,
        host=host,
        port=port,
        public_url=places.public_url or f"{'https' if tls and tls.is_on else 'http'}://{shown_host}:{port}",
        tls=tls if tls and tls.is_on else None,
        workers=workers,
    )


def misplaced(libraries: tuple[Path, ...], own: dict[str, Path]) -> Iterator[str]:
    """A line for each folder of ours, by what it is called, that a library lies in (its videos would be ours to delete)
    or that lies in a library (what is in it would be scanned). The data directory may: it is marked to be left out."""
    for name, folder in own.items():
        for library in libraries:
            if library.resolve().is_relative_to(folder.resolve()):
                yield f"The library folder {library} lies in {name} {folder}"
            elif name != DATA and folder.resolve().is_relative_to(library.resolve()):
                yield f"{name[0].upper()}{name[1:]} {folder} lies in the library folder {library}"


#: What the data directory is called in a message.
DATA = "the data directory"


def listen(host: str, port: int) -> list[socket.socket]:
    """Listening sockets for every address of `host` (`localhost` has two, `::` means IPv4, too). Connections wait in
    them until the server runs, so a browser opened at once simply waits. OptionError when an address cannot be had."""
    if not host:
        raise OptionError("--host must not be empty; 0.0.0.0 opens the server to the network")
    found = []
    # Two sockets, not one for both: callers keep the addresses that they have.
    for name in [host, "0.0.0.0"] if host == "::" else [host]:  # noqa: S104
        try:
            found += socket.getaddrinfo(name, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        except socket.gaierror as error:
            raise OptionError(f"The host {host} is unknown: {error.strerror}") from error
    sockets: list[socket.socket] = []
    failure: OSError | None = None
    for family, kind, protocol, _, address in found:
        listener: socket.socket | None = None
        try:
            listener = socket.socket(family, kind, protocol)
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            listener.bind(address)
            listener.listen(2048)
        except OSError as error:
            if listener is not None:
                listener.close()
            # A machine without IPv6 still names ::1 as an address of localhost.
            if error.errno not in (errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL):
                failure = error
            continue
        sockets.append(listener)
    if failure is not None or not sockets:
        for listener in sockets:
            listener.close()
        reason = failure.strerror if failure is not None else "the machine has no such address"
        raise OptionError(f"Cannot listen on {host} port {port}: {reason}")
    return sockets
