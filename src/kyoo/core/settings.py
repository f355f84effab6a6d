"""Options and variables: the base of all settings, the kinds of values, and what is said of a value that cannot be.
Every variable that this program reads is a field of a `Settings`, so that all of them are checked at the start."""

from __future__ import annotations

import ipaddress
import os
import re
import socket
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, TypeVar, get_args
from urllib.parse import SplitResult, urlsplit

from annotated_types import Ge, Gt, Le, Lt
from pydantic import AfterValidator, AliasChoices, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from kyoo.core.errors import KyooError
from kyoo.core.public_internet import is_public

S = TypeVar("S", bound="Settings")

#: A user and a password in a URL.
CREDENTIALS = re.compile(r"//.*@", re.DOTALL)

#: Of a bad value, no more than this is shown.
SHOWN = 80

#: In the annotation of a field: its values are JSON, where blanks and line breaks around and between mean nothing.
JSON = "JSON"


class OptionError(KyooError):
    """An option or a variable that cannot work. The message has one line for each, for the operator."""


def variables_of(field: FieldInfo) -> list[str]:
    """The names of the variables that fill a field, the one that wins first; none: it is set in code only."""
    alias = field.validation_alias
    return [str(name) for name in alias.choices] if isinstance(alias, AliasChoices) else []


class Variables(PydanticBaseSettingsSource):
    """The environment, by the names that a field declares and no others: `LANGUAGE`, which many systems set, is not
    the field `language`. An empty variable counts as unset."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        used = used_variable(field)
        return (os.environ[used] if used else None), field_name, False

    def __call__(self) -> dict[str, Any]:
        fields = self.settings_cls.model_fields
        return {variables_of(field)[0]: os.environ[used] for field in fields.values() if (used := used_variable(field))}


def used_variable(field: FieldInfo) -> str | None:
    """The variable of the environment that fills a field."""
    return next((name for name in variables_of(field) if os.environ.get(name)), None)


class Settings(BaseSettings):
    """The base of all settings. A field that a variable fills says so by `validation_alias=AliasChoices("KYOO_…", …)`;
    each has bounds or a kind, and a test gives nonsense to every one of them."""

    model_config = SettingsConfigDict(
        populate_by_name=True,
        extra="ignore",
        allow_inf_nan=False,
        validate_default=False,
        hide_input_in_errors=True,
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, Variables(settings_cls)

    @field_validator("*", mode="before")
    @classmethod
    def _is_plain_text(cls, value: Any, info: ValidationInfo) -> Any:
        """What a file of variables leaves in by mistake: a line's end of Windows, quotation marks, blanks."""
        if isinstance(value, str):
            json = info.field_name is not None and JSON in cls.model_fields[info.field_name].metadata
            check_text(value.translate(JSON_BLANKS).strip() if json else value)
        return value


JSON_BLANKS = str.maketrans("\t\r\n", "   ")


def check_text(text: str) -> str:
    """Raises ValueError for what can only be there by mistake, in any value."""
    if text != text.strip():
        raise ValueError("must have no blanks before and behind it")
    if len(text) >= 2 and text[0] == text[-1] and text[0] in "\"'":
        raise ValueError("must not be in quotation marks")
    if not text.isprintable():
        raise ValueError("must be text without control characters")
    return text


def read(kind: type[S], **given: Any) -> S:
    """The settings, from options (None: not given) or else from the environment. Raises OptionError."""
    given = {name: value for name, value in given.items() if value is not None}
    try:
        return kind(**given)
    except ValidationError as error:
        raise OptionError("\n".join(faults(error, kind, given))) from None


def faults(error: ValidationError, kind: type[BaseSettings], given: Mapping[str, Any] = {}) -> Iterator[str]:
    """A line for each fault: the option or variable, what it must be, and what it is, unless that is a secret."""
    seen = set()
    for fault in error.errors(include_url=False):
        named = next(
            (
                (name, field)
                for name, field in kind.model_fields.items()
                if fault["loc"] and fault["loc"][0] in (name, *variables_of(field))
            ),
            None,
        )
        if named is None:
            yield wanted(fault)
            continue
        if named[0] not in seen:
            seen.add(named[0])
            yield said_of(*named, fault, given)


def said_of(name: str, field: FieldInfo, fault: ErrorDetails, given: Mapping[str, Any]) -> str:
    variable = used_variable(field)
    if name in given:
        subject, value = f"--{name.replace('_', '-')}", given[name]
    else:
        subject, value = (variable, os.environ[variable]) if variable else ((variables_of(field) or [name])[0], None)
    # Of a mapping: the key at fault.
    subject = ".".join([subject, *(str(part) for part in fault["loc"][1:] if isinstance(part, str))])
    told = isinstance(value, str) and not holds(field.annotation, SecretStr)
    return f"{subject} {wanted(fault, field)}{f', not {shown(value)}' if told else ''}"


def holds(annotation: Any, kind: type) -> bool:
    """Whether a value of this type is, or may be (`kind | None`), one of `kind`."""
    return annotation is kind or any(holds(inner, kind) for inner in get_args(annotation))


def shown(value: str) -> str:
    """A value in a line: what cannot be printed is escaped, what is long is cut, and who logs in where is hidden."""
    value = CREDENTIALS.sub("//[hidden]@", value)
    return repr(value if len(value) <= SHOWN else f"{value[:SHOWN]}…")


def wanted(fault: ErrorDetails, field: FieldInfo | None = None) -> str:
    """What a value must be, in words."""
    match fault["type"]:
        case "value_error":
            return str(fault["ctx"]["error"])
        case "bool_parsing" | "bool_type":
            return "must be true or false"
        case "literal_error":
            return f"must be one of {fault['ctx']['expected'].replace(' or ', ', ')}".replace("'", "")
        case kind if field is not None and kind.startswith(("int_", "float_", "finite_", "greater_", "less_")):
            return f"must be a {'whole ' if holds(field.annotation, int) else ''}number{span(field.metadata)}"
        case "missing":
            return "must be set"
        case _:
            return fault["msg"].removeprefix("Value error, ").replace("Input should", "must")


def span(metadata: list[Any]) -> str:
    """` from 0 to 60`, ` above 0 and at most 60`."""
    bounds: dict[type, Any] = {type(bound): bound for bound in metadata}
    least, most = bounds.get(Ge), bounds.get(Le)
    if least is not None and most is not None:
        return f" from {least.ge} to {most.le}"
    said = []
    if least is not None:
        said.append(f"at least {least.ge}")
    if (above := bounds.get(Gt)) is not None:
        said.append(f"above {above.gt}")
    if most is not None:
        said.append(f"at most {most.le}")
    if (below := bounds.get(Lt)) is not None:
        said.append(f"below {below.lt}")
    return f" {' and '.join(said)}" if said else ""


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


#: A secret that travels in a header.
HeaderSecret = Annotated[SecretStr, AfterValidator(_short_secret)]
