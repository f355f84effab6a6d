"""The grammar of the `filter` parameter: text to tree (docs/protocol/api.md#filter). What a property means is not known
here.

expression := term { ("and" | "or") term }      equal precedence, left to right
term       := "not" term | "(" expression ")" | property operator value
property   := letters [":" name]
operator   := eq | ne | gt | ge | lt | le | has
value      := 'text' | "text" | anything up to a space or ")"
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, get_args

from kyoo.core.errors import InvalidError

Operator = Literal["eq", "ne", "gt", "ge", "lt", "le", "has"]
OPERATORS: tuple[str, ...] = get_args(Operator)

#: More clauses or brackets than any person writes; beyond it a filter is refused rather than planned.
MAX_CLAUSES = 100
MAX_DEPTH = 30

_SPACE = re.compile(r"\s*")
_JUNCTION = re.compile(r"(and|or)(?![A-Za-z])")
_NOT = re.compile(r"not(?![A-Za-z:])")
_OPEN = re.compile(r"\(")
_CLOSE = re.compile(r"\)")
_WORD = re.compile(r"[A-Za-z]+")
_PROPERTY = re.compile(r"([A-Za-z]+)(?::([A-Za-z0-9_-]+))?")
_QUOTED = re.compile(r"'([^']*)'|\"([^\"]*)\"")
_BARE = re.compile(r"[^\s()]+")


@dataclass(frozen=True)
class Value:
    """`text` as written, without its quotes; only quoted text may hold spaces."""

    text: str
    quoted: bool

    def __str__(self) -> str:
        return f'"{self.text}"' if self.quoted else self.text


@dataclass(frozen=True)
class Clause:
    property: str
    parameter: str | None
    operator: Operator
    value: Value

    def __str__(self) -> str:
        name = self.property if self.parameter is None else f"{self.property}:{self.parameter}"
        return f"{name} {self.operator} {self.value}"


@dataclass(frozen=True)
class Not:
    term: Expression


@dataclass(frozen=True)
class Combined:
    """`left operator right`; chains lean to the left."""

    operator: Literal["and", "or"]
    left: Expression
    right: Expression


Expression = Clause | Not | Combined


def parse_filter(text: str) -> Expression | None:
    """The tree of a filter, None for an empty one. InvalidError quotes the filter and says where it is at fault."""
    if not text.strip():
        return None
    return _Parser(text).parse()


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0
        self.clauses = 0
        self.depth = 0

    def parse(self) -> Expression:
        expression = self._expression()
        if self.position < len(self.text):
            raise self._error("`and`, `or` or the end")
        return expression

    def _expression(self) -> Expression:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self._error(f"at most {MAX_DEPTH} brackets")
        left = self._term()
        while word := self._take(_JUNCTION):
            left = Combined("and" if word[1] == "and" else "or", left, self._term())
        self.depth -= 1
        return left

    def _term(self) -> Expression:
        negations = 0
        while self._take(_NOT):
            negations += 1
        term: Expression
        if self._take(_OPEN):
            term = self._expression()
            if not self._take(_CLOSE):
                raise self._error("`)`")
        else:
            term = self._clause()
        return Not(term) if negations % 2 else term

    def _clause(self) -> Clause:
        self.clauses += 1
        if self.clauses > MAX_CLAUSES:
            raise self._error(f"at most {MAX_CLAUSES} clauses")
        name = self._take(_PROPERTY)
        if name is None:
            raise self._error("a property")
        start = self.position
        operator = self._take(_WORD)
        if operator is None or operator[0] not in OPERATORS:
            self.position = start
            raise self._error(f"one of {', '.join(OPERATORS)}")
        return Clause(name[1], name[2], operator[0], self._value())  # type: ignore[arg-type]

    def _value(self) -> Value:
        if quoted := self._take(_QUOTED):
            return Value(quoted[1] if quoted[1] is not None else quoted[2], quoted=True)
        if bare := self._take(_BARE):
            return Value(bare[0], quoted=False)
        raise self._error("a value")

    def _take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        self._skip()
        match = pattern.match(self.text, self.position)
        if match is not None:
            self.position = match.end()
            self._skip()
        return match

    def _skip(self) -> None:
        space = _SPACE.match(self.text, self.position)
        self.position = space.end() if space else self.position

    def _error(self, expected: str) -> InvalidError:
        return InvalidError(
            f"Invalid filter: {self.text}.",
            {"in": self.text, "position": self.position, "expected": expected},
        )
