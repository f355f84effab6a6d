"""The kinds of values that options and variables have, as types of fields. Each refuses, with what it must be, what
cannot be one; nothing is made or changed."""

from __future__ import annotations

import ipaddress
import os
import re
import socket
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import SplitResult, urlsplit

from pydantic import AfterValidator, BeforeValidator, SecretStr

from kyoo.core.languages import canonical
from kyoo.core.public_internet import is_public
from kyoo.core.settings import VERBATIM, AtStart, PartError


def web_url(url: str) -> SplitResult:
    """The parts of an http or https URL; ValueError unless it has a host, and neither a user nor a fragment."""
    if not url.startswith(("http://", "https://")):
        raise ValueError("must begin with http:// or https://")
    try:
        parts = urlsplit(url)
        usable = bool(parts.hostname) and parts.port != 0 and url.split() == [url] and url.isascii()
    except ValueError:
        raise ValueError("must be an address of a server, such as https://films.example") from None
    if "@" in parts.netloc:
        raise ValueError("must be an address without a user and a password")
    if not usable or "\\" in url or parts.netloc.endswith(":"):
        raise ValueError("must be an address of a server, such as https://films.example")
    return parts


def origin(url: str) -> str:
    """The URL without a trailing slash; ValueError unless it is a scheme, a host and maybe a port."""
    parts = web_url(url)
    if parts.path.strip("/") or "?" in url or "#" in url:
        raise ValueError("must end after the host and the port: kyoo does not run below a path")
    return f"{parts.scheme}://{parts.netloc}"


def peer_url(url: str) -> str:
    """The URL of another service, without a trailing slash. What comes from there is believed (keys) and what goes
    there is secret (API keys), so the open internet in between must see and change none of it; ValueError if it can."""
    parts = web_url(url)
    if "?" in url or "#" in url:
        raise ValueError("must end after the path")
    if parts.scheme == "http" and is_public_host(parts.hostname or ""):
        raise ValueError("must begin with https://, as the host is on the public internet")
    return url.rstrip("/")


def is_public_host(host: str) -> bool:
    """Whether a name leads to the open internet. Names without a dot are those of a container or a machine beside
    this one; a name that nobody knows (yet) leads nowhere."""
    try:
        return not ipaddress.ip_address(host).is_private and is_public(host)
    except ValueError:
        pass
    if "." not in host.rstrip("."):
        return False
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return False
    return any(is_public(str(address[0])) for *_, address in found)


Origin = Annotated[str, AfterValidator(origin)]
PeerUrl = Annotated[str, AfterValidator(peer_url)]
WebUrl = Annotated[str, AfterValidator(lambda url: web_url(url) and url.rstrip("/"))]


def _short_secret(secret: SecretStr) -> SecretStr:
    value = secret.get_secret_value()
    if not value.isascii() or " " in value or len(value) > 4096:
        raise ValueError("must be at most 4096 printable ASCII characters without blanks")
    return secret


def matching(pattern: str, words: str) -> AfterValidator:
    """Text that matches `pattern` as a whole; `words` say what it must be."""
    compiled = re.compile(pattern, re.ASCII)

    def check(text: str) -> str:
        if not compiled.fullmatch(text):
            raise ValueError(f"must be {words}")
        return text

    return AfterValidator(check)


#: A secret that travels in a header.
HeaderSecret = Annotated[SecretStr, AfterValidator(_short_secret)]


def at_home(folder: Path) -> Path:
    """`~` stands for the home directory."""
    try:
        return folder.expanduser()
    except RuntimeError:
        raise ValueError("must be in a home directory that exists") from None


def absolute(folder: Path) -> Path:
    """A relative path would depend on where the program is started."""
    folder = at_home(folder)
    if not folder.is_absolute():
        raise ValueError("must be an absolute path, such as /srv/kyoo")
    return folder


def writable(folder: Path) -> Path:
    """A folder that can be written, or that is not there and can be made."""
    try:
        if folder.exists():
            if not folder.is_dir():
                raise ValueError("must be a folder")
            if not os.access(folder, os.W_OK | os.X_OK):
                raise ValueError("must be a folder that can be written")
            return folder
        above = next(parent for parent in folder.parents if parent.exists())
    except OSError as error:
        raise ValueError(f"must be a folder that can be written ({error.strerror})") from None
    if not above.is_dir():
        raise ValueError(f"must be a folder that can be made: {above} is none")
    # What the kernel shows of itself is writable to root, and holds nothing.
    if not os.access(above, os.W_OK | os.X_OK) or above.is_relative_to("/proc") or above.is_relative_to("/sys"):
        raise ValueError(f"must be a folder that can be made: {above} cannot be written")
    return folder


def readable_file(path: Path) -> Path:
    """A file that is there and can be read."""
    if not path.is_file() or not os.access(path, os.R_OK):
        raise ValueError("must be a file that can be read")
    return path


def readable(folder: Path) -> Path:
    """A folder that is there and can be read."""
    try:
        there = folder.exists()
    except OSError as error:
        raise ValueError(f"must be a folder that exists ({error.strerror})") from None
    if not there:
        raise ValueError("must be a folder that exists")
    if not folder.is_dir():
        raise ValueError("must be a folder")
    if not os.access(folder, os.R_OK | os.X_OK):
        raise ValueError("must be a folder that can be read")
    return folder


#: A folder of ours, made when it is needed.
OwnFolder = Annotated[Path, AfterValidator(absolute), AtStart(writable)]


def _folders(value: Any) -> Any:
    """Folders separated like those of PATH."""
    if isinstance(value, str):
        return [part for part in value.split(os.pathsep) if part]
    if isinstance(value, list | tuple) and "" in value:
        raise ValueError("must not be the empty name: of which folder?")
    return value


def _normal(folders: tuple[Path, ...]) -> tuple[Path, ...]:
    """Absolute, links not followed, without repetitions."""
    return tuple(dict.fromkeys(Path(os.path.abspath(at_home(folder))) for folder in folders))  # noqa: PTH100


def _all_readable(folders: tuple[Path, ...]) -> None:
    for folder in sorted(folders):
        try:
            readable(folder)
        except ValueError as error:
            raise PartError(str(error), folder) from None


#: The folders of videos.
Libraries = Annotated[
    tuple[Path, ...], VERBATIM, BeforeValidator(_folders), AfterValidator(_normal), AtStart(_all_readable)
]


def _language(code: str) -> str:
    if (known := canonical(code)) is None:
        raise ValueError("must be a language, such as en or pt-BR")
    return known


Language = Annotated[str, AfterValidator(_language)]
