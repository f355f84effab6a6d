"""Filters as SQL: the condition that a tree of clauses puts on the rows of a list, its values checked and bound."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from kyoo.api.filters import Clause, Combined, Expression, Not
from kyoo.api.queries.lists.resources import Property, Resource, Type
from kyoo.core.errors import InvalidError


class Parts:
    """What the pieces of one statement need besides their own text: parameters and joins."""

    def __init__(self) -> None:
        self.params: dict[str, Any] = {}
        self.joins: dict[str, None] = {}

    def bind(self, value: Any, cast: str) -> str:
        """The placeholder of a new parameter."""
        name = f"p{len(self.params)}"
        self.params[name] = value
        return f"%({name})s::{cast}"

    def join(self, joins: tuple[str, ...]) -> None:
        self.joins.update(dict.fromkeys(joins))

    def expression(self, declared: Property, parameter: str | None) -> str:
        """The SQL of a property; its joins are for the caller to ask for."""
        if not declared.parameter:
            return declared.sql
        # Plain names are written out, as in the indexes of the best known sources.
        plain = re.fullmatch(r"[a-z0-9-]{1,40}", parameter or "", re.ASCII)
        name = f"'{parameter}'" if plain else self.bind(parameter, "text")
        return declared.sql.replace("{parameter}", name)


def filter_condition(tree: Expression, resource: Resource, parts: Parts) -> str:
    """InvalidError for an unknown property or a value that is none of its type, with the clause at fault."""
    if isinstance(tree, Not):
        # Rows that have no value are outside of what is negated.
        return f"(({filter_condition(tree.term, resource, parts)}) is not true)"
    if isinstance(tree, Combined):
        left, right = (filter_condition(side, resource, parts) for side in (tree.left, tree.right))
        return f"({left} {tree.operator} {right})"
    return _clause_condition(tree, resource, parts)


def _clause_condition(clause: Clause, resource: Resource, parts: Parts) -> str:
    declared = resource.properties.get(clause.property)
    if declared is None or not declared.filterable:
        known = ", ".join(resource.filterable())
        raise _invalid(clause, f"Unknown property {clause.property}; the properties of this list are: {known}")
    if declared.parameter != (clause.parameter is not None):
        wanted = "needs a source" if declared.parameter else "takes no parameter"
        raise _invalid(clause, f"The property {clause.property} {wanted}")
    moment = declared.type is Type.TIMESTAMP
    value = parts.bind(_filter_value(clause, declared), "date" if moment else declared.cast)
    parts.join(declared.needs)
    if declared.contains:
        if clause.operator not in ("eq", "has"):
            raise _invalid(clause, f"{clause.property} is a list, which only knows the operators has and eq")
        return declared.contains.replace("{value}", value)
    expression = parts.expression(declared, clause.parameter)
    if moment:
        return _DAY[clause.operator].format(column=expression, day=f"({value}::timestamp at time zone 'UTC')")
    return f"{expression} {_OPERATORS[clause.operator]} {value}"


_OPERATORS = {
    "eq": "=",
    "has": "=",
    # What has no value is different from every value.
    "ne": "is distinct from",
    "gt": ">",
    "ge": ">=",
    "lt": "<",
    "le": "<=",
}

#: A timestamp is compared as the day it was in UTC, in terms of the column that an index holds.
_DAY = {
    "eq": "({column} >= {day} and {column} < {day} + interval '1 day')",
    "has": "({column} >= {day} and {column} < {day} + interval '1 day')",
    "ne": "({column} < {day} or {column} >= {day} + interval '1 day' or {column} is null)",
    "gt": "{column} >= {day} + interval '1 day'",
    "ge": "{column} >= {day}",
    "lt": "{column} < {day}",
    "le": "{column} < {day} + interval '1 day'",
}

_INTEGER = re.compile(r"[+-]?\d{1,18}", re.ASCII)
_NUMBER = re.compile(r"[+-]?\d{1,18}(\.\d{1,18})?", re.ASCII)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def _invalid(clause: Clause, message: str) -> InvalidError:
    return InvalidError(f"Invalid filter: {message}", {"in": str(clause)})


def _filter_value(clause: Clause, declared: Property) -> Any:
    """The value of a clause as the property's type; InvalidError when it is none."""
    text, quoted = clause.value.text, clause.value.quoted
    match declared.type:
        case Type.TEXT:
            return text
        case Type.INT if not quoted and _INTEGER.fullmatch(text):
            return int(text)
        case Type.FLOAT | Type.REAL if not quoted and _NUMBER.fullmatch(text):
            return float(text)
        case Type.DATE | Type.TIMESTAMP if not quoted and _DATE.fullmatch(text):
            try:
                return date.fromisoformat(text)
            except ValueError:
                raise _invalid(clause, f"{text} is no day of the calendar") from None
        case Type.BOOL if not quoted and text in ("true", "false"):
            return text == "true"
        case Type.ENUM if not quoted:
            if text in declared.values:
                return text
            raise _invalid(clause, f"{clause.property} must be one of: {', '.join(declared.values)}")
    expected = {
        Type.INT: "an integer",
        Type.DATE: "a date (YYYY-MM-DD)",
        Type.TIMESTAMP: "a date (YYYY-MM-DD)",
        Type.BOOL: "true or false",
        Type.ENUM: "a word without quotes",
    }.get(declared.type, "a number")
    raise _invalid(clause, f"{clause.property} must be compared with {expected}")
