"""What is wrong with a request, in the words of JSON: nothing of the library that validates, nor of Python."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

#: A body can be at fault in a hundred thousand places, of which nobody reads more.
MAX_FAULTS = 100
#: Of these, so many are told in the message.
MAX_TOLD = 5


class WholeMessageError(ValueError):
    """Raised by a validator whose text is the whole message of the answer; others are told with their place."""


@dataclass(frozen=True)
class Fault:
    """`place` leads into the request: `body` or `query`, then members and indexes as the caller wrote them."""

    place: tuple[str | int, ...]
    message: str
    type: str

    def __str__(self) -> str:
        return f"{'.'.join(map(str, self.place))}: {self.message}" if self.place else self.message

    def as_json(self) -> dict[str, Any]:
        return {"in": list(self.place), "message": self.message, "type": self.type}


#: What the validator's error types mean to a caller, filled with their context.
MESSAGES = {
    "json_invalid": "is no JSON: {error}",
    "json_type": "must be JSON text",
    "missing": "is required",
    "extra_forbidden": "is not known here",
    "invalid_key": "must have a text as its name",
    "model_type": "must be an object",
    "model_attributes_type": "must be an object",
    "dataclass_type": "must be an object",
    "dict_type": "must be an object",
    "mapping_type": "must be an object",
    "list_type": "must be an array",
    "tuple_type": "must be an array",
    "set_type": "must be an array",
    "frozen_set_type": "must be an array",
    "iterable_type": "must be an array",
    "none_required": "must be null",
    "string_type": "must be a text",
    "string_unicode": "must be Unicode text",
    "string_pattern_mismatch": "must match {pattern}",
    "string_not_ascii": "must be ASCII",
    "bytes_type": "must be a text",
    "bytes_invalid_encoding": "must be Unicode text",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_parsing_size": "must be a smaller number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "decimal_type": "must be a number",
    "decimal_parsing": "must be a number",
    "finite_number": "must be a finite number",
    "greater_than": "must be greater than {gt}",
    "greater_than_equal": "must be at least {ge}",
    "less_than": "must be less than {lt}",
    "less_than_equal": "must be at most {le}",
    "multiple_of": "must be a multiple of {multiple_of}",
    "enum": "must be one of {expected}",
    "literal_error": "must be one of {expected}",
    "union_tag_invalid": "must have one of {expected_tags} as {discriminator}",
    "union_tag_not_found": "must have {discriminator}",
    "date_type": "must be a date (YYYY-MM-DD)",
    "date_parsing": "must be a date (YYYY-MM-DD)",
    "date_from_datetime_parsing": "must be a date (YYYY-MM-DD)",
    "date_from_datetime_inexact": "must be a date without a time",
    "date_past": "must be in the past",
    "date_future": "must be in the future",
    "time_type": "must be a time (HH:MM:SS)",
    "time_parsing": "must be a time (HH:MM:SS)",
    "datetime_type": "must be a moment (2006-01-02T15:04:05Z)",
    "datetime_parsing": "must be a moment (2006-01-02T15:04:05Z)",
    "datetime_object_invalid": "must be a moment (2006-01-02T15:04:05Z)",
    "datetime_from_date_parsing": "must be a moment (2006-01-02T15:04:05Z)",
    "datetime_past": "must be in the past",
    "datetime_future": "must be in the future",
    "timezone_naive": "must have no time zone",
    "timezone_aware": "must have a time zone",
    "time_delta_type": "must be a duration",
    "time_delta_parsing": "must be a duration",
    "url_type": "must be a URL",
    "url_parsing": "must be a URL",
    "url_syntax_violation": "must be a URL",
    "url_scheme": "must be a URL of {expected_schemes}",
    "uuid_type": "must be a UUID",
    "uuid_parsing": "must be a UUID",
    "uuid_version": "must be a UUID of version {expected_version}",
    "recursion_loop": "is nested too deeply",
    "recursion_depth_exceeded": "is nested too deeply",
}
#: What has a length: the unit, and the names of the bound in the context.
LENGTHS = {
    "string_too_short": ("character", "at least", "min_length"),
    "string_too_long": ("character", "at most", "max_length"),
    "bytes_too_short": ("byte", "at least", "min_length"),
    "bytes_too_long": ("byte", "at most", "max_length"),
    "too_short": ("item", "at least", "min_length"),
    "too_long": ("item", "at most", "max_length"),
    "url_too_long": ("character", "at most", "max_length"),
}
#: What the framework says of a form, which names its class.
NO_FILE = "Expected UploadFile"


def _message(kind: str, context: Mapping[str, Any]) -> str:
    if kind in ("value_error", "assertion_error"):
        text = str(context.get("error", ""))
        return "must be a file" if text.startswith(NO_FILE) else text or "is not valid"
    if kind in LENGTHS:
        unit, bound, name = LENGTHS[kind]
        number = context[name]
        return f"must have {bound} {number} {unit}{'' if number == 1 else 's'}"
    return MESSAGES.get(kind, "is not valid").format(**context)


def _place(location: tuple[str | int, ...], kind: str, body: Any, of: str) -> tuple[str | int, ...]:
    """The location without the names of classes and of the alternatives that were tried: what a caller wrote."""
    source, *steps = location or ("",)
    if source != of or not isinstance(body, dict | list):
        return (source, *(step for index, step in enumerate(steps) if index == 0 or isinstance(step, int)))
    place: list[str | int] = [source]
    value: Any = body
    for index, step in enumerate(steps):
        known = step < len(value) if isinstance(value, list) and isinstance(step, int) else False
        if known or (isinstance(value, dict) and step in value):
            value = value[step]
            place.append(step)
        elif kind == "missing" and index == len(steps) - 1:
            place.append(step)
    return tuple(place)


def faults_of(errors: Iterable[Mapping[str, Any]], body: Any = None, *, of: str = "body") -> list[Fault]:
    """What the validator found, each once. The input is left out: it can hold a password, and it is the caller's own
    anyway. `body` is the JSON that was validated, which places that begin with `of` lead into."""
    return list(
        dict.fromkeys(
            Fault(
                _place(error["loc"], error["type"], body, of),
                _message(error["type"], error.get("ctx", {})),
                error["type"],
            )
            for error in islice(errors, MAX_FAULTS)
        )
    )


def told(errors: Sequence[Mapping[str, Any]], body: Any = None) -> tuple[str, list[Fault]]:
    """The message of an answer to a request with these errors, and its faults."""
    faults = faults_of(errors, body)
    first = errors[0].get("ctx", {}).get("error") if errors else None
    if isinstance(first, WholeMessageError):
        return str(first), faults
    return f"Invalid request: {'; '.join(map(str, faults[:MAX_TOLD]))}", faults
