"""The words for what is wrong with a request (core/faults.py)."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal, get_args

import pytest
from pydantic import AfterValidator, BaseModel, TypeAdapter, ValidationError
from pydantic_core import PydanticKnownError, core_schema

from kyoo.core.faults import MESSAGES, WholeMessageError, faults_of, told

#: Words of the library that validates, and of Python.
FOREIGN = re.compile(
    r"pydantic|input should|value error|assertion|class\b|instance|dict|tuple|\blist\b|\bset\b|none\b|str\b|string"
    r"|bool\b|float|decimal|attribute|parse|parsing|frozen|urn:",
    re.IGNORECASE,
)
#: All that a message of the library can be filled with.
CONTEXT: dict[str, Any] = {
    **dict.fromkeys(("gt", "ge", "lt", "le", "multiple_of", "min_length", "max_length", "actual_length"), 1),
    **dict.fromkeys(
        ("expected_version", "max_digits", "decimal_places", "whole_digits", "tz_expected", "tz_actual"), 1
    ),
    **dict.fromkeys(("pattern", "expected", "discriminator", "tag", "expected_tags", "encoding", "attribute"), "x"),
    **dict.fromkeys(("error", "class", "class_name", "method_name", "expected_schemes", "encoding_error"), "x"),
    "field_type": "Value",
}


@pytest.mark.parametrize("kind", get_args(core_schema.ErrorType))
def test_no_fault_is_told_in_the_words_of_python(kind: str) -> None:
    context = CONTEXT | ({"error": ValueError("must be new")} if kind in ("value_error", "assertion_error") else {})
    (fault,) = faults_of([{"loc": ("query", "x"), "type": kind, "ctx": context}])
    assert fault.message
    assert not FOREIGN.search(fault.message), fault.message


def test_every_type_that_is_told_exists() -> None:
    assert MESSAGES.keys() <= set(get_args(core_schema.ErrorType))
    for kind, message in MESSAGES.items():
        if "{" in message:
            PydanticKnownError(kind, CONTEXT)  # type: ignore[arg-type]


def _fresh(text: str) -> str:
    if text == "whole":
        raise WholeMessageError("No such thing: 'whole'.")
    if text != "new":
        raise ValueError("must be new")
    return text


class Film(BaseModel):
    kind: Literal["film"]
    text: Annotated[str, AfterValidator(_fresh)]


class Episode(BaseModel):
    number: int


class Body(BaseModel):
    films: list[Film | Episode] = []
    years: dict[str, int] = {}


def told_of(body: Any) -> tuple[str, list[list[str | int]]]:
    with pytest.raises(ValidationError) as raised:
        TypeAdapter(Body).validate_python(body)
    errors = [{**error, "loc": ("body", *error["loc"])} for error in raised.value.errors()]
    message, faults = told(errors, body)
    return message, [list(fault.place) for fault in faults]


@pytest.mark.parametrize(
    ("body", "message", "places"),
    [
        (5, "Invalid request: body: must be an object", [["body"]]),
        ({"years": {"a": "x"}}, "Invalid request: body.years.a: must be a whole number", [["body", "years", "a"]]),
        (
            {"films": [{}]},
            (
                "Invalid request: body.films.0.kind: is required; body.films.0.text: is required;"
                " body.films.0.number: is required"
            ),
            [["body", "films", 0, "kind"], ["body", "films", 0, "text"], ["body", "films", 0, "number"]],
        ),
        (
            {"films": [{"kind": "film", "text": "old", "number": None}]},
            "Invalid request: body.films.0.text: must be new; body.films.0.number: must be a whole number",
            [["body", "films", 0, "text"], ["body", "films", 0, "number"]],
        ),
        (
            {"films": [{"kind": "film", "text": "whole", "number": 1.5}]},
            "No such thing: 'whole'.",
            [["body", "films", 0, "text"], ["body", "films", 0, "number"]],
        ),
    ],
)
def test_a_place_is_what_the_caller_wrote(body: Any, message: str, places: list[list[str | int]]) -> None:
    assert told_of(body) == (message, places)


def test_no_input_is_repeated() -> None:
    message, faults = told([{"loc": ("body", "password"), "type": "string_type", "input": 12345, "ctx": {}}])
    assert "12345" not in message + str([fault.as_json() for fault in faults])
