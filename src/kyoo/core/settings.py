"""Options and variables: the base of all settings, and what is said of a value that cannot be. (Kinds: see kinds.py.)
Every variable that this program reads is a field of a `Settings`, so that all of them are checked at the start."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar, get_args

from annotated_types import Ge, Gt, Le, Lt
from pydantic import AliasChoices, SecretStr, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from kyoo.core.errors import KyooError

S = TypeVar("S", bound="Settings")

#: A user and a password in a URL.
CREDENTIALS = re.compile(r"//.*@", re.DOTALL)

#: Control characters, and the halves that stand for bytes that are no UTF-8.
UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")

#: Of a bad value, no more than this is shown: a path is, whole.
SHOWN = 4096


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


class PartError(ValueError):
    """One part of a value, such as one folder of several, cannot be what it must."""

    def __init__(self, wish: str, part: object) -> None:
        super().__init__(wish)
        self.part = str(part)


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

    @classmethod
    def inner_fault(cls, name: str, inner: Sequence[int | str], fault: ErrorDetails) -> str | None:
        """The line for a fault inside of a field whose parts have variables of their own."""
        del name, inner, fault
        return None

    def lacks(self, given: Mapping[str, Any] = {}) -> Iterator[str]:
        """A line for each value that is well formed and cannot work here: a folder that is not there, a program that
        does not run. Asked once, before anything is changed; a worker that starts again goes on with what is left."""
        for name, field in type(self).model_fields.items():
            value = getattr(self, name)
            if value is None or not (name in given or used_variable(field)):
                continue
            try:
                for mark in marks_of(field):
                    if isinstance(mark, AtStart):
                        mark.check(value)
            except ValueError as error:
                yield said(name, field, str(error), given, getattr(error, "part", None))


#: In the annotation of a field: its values are JSON, where blanks and line breaks around and between mean nothing.
JSON = "JSON"
#: Likewise: names of folders, which may have anything in them.
VERBATIM = "VERBATIM"

JSON_BLANKS = str.maketrans("\t\r\n", "   ")


@dataclass(frozen=True)
class AtStart:
    """Likewise: what is looked at on this machine when the program starts. `check` raises ValueError."""

    check: Callable[[Any], Any]


def marks_of(field: FieldInfo) -> list[Any]:
    """What is written beside the type of a field, also inside of `… | None`."""
    inner = [mark for option in get_args(field.annotation) for mark in getattr(option, "__metadata__", ())]
    return [*field.metadata, *inner]


def check_text(text: str) -> str:
    """`text`; ValueError for what can only be there by mistake: what a file of variables leaves in, such as quotation
    marks and the line ends of another system."""
    if text != text.strip():
        raise ValueError("must have no blanks before and behind it")
    if len(text) >= 2 and text[0] == text[-1] and text[0] in "\"'":
        raise ValueError("must not be in quotation marks")
    if UNPRINTABLE.search(text):
        raise ValueError("must be UTF-8 text without control characters")
    return text


def read(kind: type[S], **given: Any) -> S:
    """The settings, from options (None: not given) or else from the environment. Raises OptionError."""
    settings, found = examined(kind, {name: value for name, value in given.items() if value is not None})
    if settings is None:
        raise OptionError("\n".join(found))
    return settings


def examined(kind: type[S], given: Mapping[str, Any]) -> tuple[S | None, list[str]]:
    """The settings, if there can be some, or a line for each option and variable at fault."""
    if found := list(unwritten(kind, given)):
        return None, found
    try:
        return kind(**given), []
    except ValidationError as error:
        return None, list(faults(error, kind, given))
    except OptionError as error:
        return None, error.message.splitlines()


def unwritten(kind: type[Settings], given: Mapping[str, Any]) -> Iterator[str]:
    """A line for each option and variable that is no text as somebody would write it."""
    for name, field in kind.model_fields.items():
        used, marks = used_variable(field), marks_of(field)
        value = given.get(name, os.environ[used] if used else None)
        if isinstance(value, str) and VERBATIM not in marks:
            try:
                check_text(value.translate(JSON_BLANKS).strip() if JSON in marks else value)
            except ValueError as error:
                yield said(name, field, str(error), given)


def faults(error: ValidationError, kind: type[BaseSettings], given: Mapping[str, Any] = {}) -> Iterator[str]:
    """A line for each option or variable at fault: what it must be, and what it is, unless that is a secret."""
    told = set()
    for fault in error.errors(include_url=False):
        first, *inner = fault["loc"] or ("",)
        fields = kind.model_fields.items()
        name, field = next(((n, f) for n, f in fields if first in (n, *variables_of(f))), ("", None))
        if field is None:
            yield wanted(fault)
        elif (line := kind.inner_fault(name, inner, fault) if issubclass(kind, Settings) else None) is not None:
            yield line
        elif name not in told:
            told.add(name)
            # Of a mapping: the key at fault.
            key = "".join(f".{part}" for part in inner if isinstance(part, str) and fault["type"] != "value_error")
            yield said(name, field, wanted(fault, field), given, key=key)


def said(
    name: str, field: FieldInfo, wish: str, given: Mapping[str, Any], part: str | None = None, *, key: str = ""
) -> str:
    """`KYOO_PORT must be a number, not 'x'`. `part` is what of the value is at fault, if not all of it."""
    variable = used_variable(field)
    if name in given:
        subject, value = f"--{name.replace('_', '-')}", given[name]
    else:
        subject, value = (variable, os.environ[variable]) if variable else ((variables_of(field) or [name])[0], None)
    value = part or (os.pathsep.join(map(str, value)) if isinstance(value, tuple) else value)
    told = isinstance(value, str) and not holds(field.annotation, SecretStr)
    return f"{subject}{key} {wish}{f', not {shown(value)}' if told else ''}"


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
