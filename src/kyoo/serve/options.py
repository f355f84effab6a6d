"""What `kyoo serve` is told, checked before anything is touched."""

from __future__ import annotations

import errno
import os
import socket
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import platformdirs

from kyoo.core.settings import OptionError

DEFAULT_PORT = 8901


@dataclass(frozen=True)
class ServeOptions:
    """`libraries` are absolute folders; `public_url` is the origin clients use, without a trailing slash."""

    libraries: tuple[Path, ...]
    data_dir: Path
    host: str
    port: int
    public_url: str


def checked(
    libraries: tuple[str, ...], data_dir: str | None, host: str, port: int, public_url: str | None
) -> ServeOptions:
    """The options as absolute paths and a clean URL; OptionError with one clear line when one cannot work."""
    if not host:
        raise OptionError("The host is empty; 0.0.0.0 opens the server to the network")
    data = Path(data_dir).expanduser().absolute() if data_dir else Path(platformdirs.user_data_dir("kyoo"))
    folders = []
    for library in libraries:
        if not library:
            raise OptionError("The name of a library folder is empty")
        folder = Path(library).expanduser().absolute()
        if not folder.exists():
            raise OptionError(f"The library folder {folder} does not exist")
        if not folder.is_dir():
            raise OptionError(f"The library {folder} is not a folder")
        if not os.access(folder, os.R_OK | os.X_OK):
            raise OptionError(f"The library folder {folder} cannot be read")
        if folder.is_relative_to(data):
            raise OptionError(f"The library folder {folder} lies in the data directory {data}")
        if folder not in folders:
            folders.append(folder)
    if not folders:
        raise OptionError("Name at least one folder of videos: kyoo serve --library /path/to/videos")
    shown_host = "localhost" if host in ("localhost", "127.0.0.1", "::1", "0.0.0.0", "::") else host  # noqa: S104
    shown_host = f"[{shown_host}]" if ":" in shown_host else shown_host
    return ServeOptions(
        libraries=tuple(folders),
        data_dir=data,
        host=host,
        port=port,
        public_url=origin(public_url or f"http://{shown_host}:{port}"),
    )


def origin(url: str) -> str:
    """The URL without a trailing slash; OptionError unless it is a scheme, a host and maybe a port."""
    if not url.startswith(("http://", "https://")):
        raise OptionError(f"The public URL {url} must begin with http:// or https://")
    try:
        parts = urlsplit(url)
        usable = bool(parts.hostname) and parts.port != 0 and "@" not in parts.netloc and url.split() == [url]
    except ValueError:
        usable = False
    if not usable:
        raise OptionError(f"The public URL {url} is no address of a server")
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise OptionError(f"The public URL {url} must end after the host and the port: kyoo does not run below a path")
    return f"{parts.scheme}://{parts.netloc}"


def listen(host: str, port: int) -> list[socket.socket]:
    """Listening sockets for every address of `host` (`localhost` has two, `::` means IPv4, too). Connections wait in
    them until the server runs, so a browser opened at once simply waits. OptionError when an address cannot be had."""
    if not host:
        raise OptionError("The host is empty; 0.0.0.0 opens the server to the network")
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
