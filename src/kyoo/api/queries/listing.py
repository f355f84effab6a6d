"""The one mechanism of all lists: filter, sort, search and keyset pages over properties declared as data.

A `Resource` says which properties a list has; a `Listing` where its rows come from and what an item looks like. Of
both, `fetch_page` makes one statement whose answer is the JSON of the page (api.md §5). No list is declared here.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import Enum
from hashlib import sha256
from math import isfinite
from typing import Any

import psycopg

from kyoo.api.filters import Clause, Combined, Expression, Not, parse_filter
from kyoo.core.errors import InvalidError
from kyoo.core.pages import decode_cursor, encode_cursor
from kyoo.core.postgres import Connection, fetch_one, fetch_value

BAD_CURSOR = "Invalid after: it must be taken from the next link of a page of the same list"


class Type(Enum):
    """What a property holds; the value is the SQL type its values are compared as."""

    INT = "bigint"
    FLOAT = "double precision"
    REAL = "real"
    DATE = "date"
    TIMESTAMP = "timestamptz"
    BOOL = "boolean"
    TEXT = "text"
    ENUM = "enum"


@dataclass(frozen=True)
class Variant:
    """One of several sets of rows that a sort puts together: those of `where`, ordered by the index behind `sql`."""

    sql: str
    where: str
    needs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Property:
    """One thing a list can be filtered or sorted by.

    `sql` is the expression, in which `{parameter}` stands for the name after the colon (`rating:imdb`). An array has
    `contains` instead, a condition on `{value}`. `needs` are joins the expression uses besides the list's own rows.
    Sorting goes on by `then` among equals. Where no index gives the order of `sql`, each of `variants` has one; a
    nullable property whose values and nulls no index holds side by side says by `apart` which rows have none.
    """

    type: Type
    sql: str = ""
    values: tuple[str, ...] = ()
    enum: str = "text"
    contains: str = ""
    parameter: bool = False
    needs: tuple[str, ...] = ()
    filterable: bool = True
    sortable: bool = True
    nullable: bool = True
    then: tuple[Property, ...] = ()
    variants: tuple[Variant, ...] = ()
    apart: str = ""

    @property
    def cast(self) -> str:
        return self.enum if self.type is Type.ENUM else self.type.value


@dataclass(frozen=True)
class Resource:
    """`key` is the primary key of the rows, which decides between equals. `default` is what `sort` is when it is not
    given; it may name properties that clients cannot sort by. `shuffles` is how many random orders have an index:
    `hashint8extended(key, n)` for each n below it."""

    properties: Mapping[str, Property]
    default: tuple[str, ...]
    key: str
    shuffles: int = 0

    def filterable(self) -> list[str]:
        return [name for name, declared in self.properties.items() if declared.filterable]

    def sortable(self) -> list[str]:
        names = [name for name, declared in self.properties.items() if declared.sortable and not declared.contains]
        return [f"{name}:<source>" if self.properties[name].parameter else name for name in names]


@dataclass(frozen=True)
class Search:
    """How `query` finds rows: by `where`, the best by `score` first. All of it uses `%(query)s`.

    `thresholds` are those of pg_trgm's `<%`. When what reaches the first fills the page, nothing below it can be on
    it, and the many rows that are only a little alike are not weighed."""

    where: str
    score: str
    needs: tuple[str, ...] = ()
    thresholds: tuple[float, ...] = (0.4,)


@dataclass(frozen=True)
class Listing:
    """Rows come `from` a table and joins, restricted by `where`; a page of their keys is `page(pk, position)`.

    `item_from` joins to `page` what `item`, a JSON expression, needs. It may give several items for one row, in the
    order `item_order`. Parameters are named."""

    resource: Resource
    source: str
    item: str
    item_from: str
    where: tuple[str, ...] = ()
    search: Search | None = None
    item_order: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)

    def restricted(self, *where: str, **params: Any) -> Listing:
        """This list with more conditions."""
        return replace(self, where=(*self.where, *where), params={**self.params, **params})


@dataclass(frozen=True)
class PageRequest:
    """What a client asks of a list. Empty texts mean: not given."""

    limit: int = 50
    after: str | None = None
    sort: tuple[str, ...] = ()
    filter: str | None = None
    query: str | None = None


@dataclass(frozen=True)
class PageRows:
    """`items` is a JSON array; `after` the cursor of the next page, None on the last; `sort` replaces the request's
    where a seed was drawn."""

    items: str
    after: str | None
    sort: tuple[str, ...] | None


def page_statement(listing: Listing, request: PageRequest) -> tuple[str, dict[str, Any]]:
    """The statement of a page and the parameters of its request, besides those of the reader."""
    built = _Page(listing, request)
    statement = built.statement()
    return statement, {**listing.params, **built.params}


async def fetch_page(
    connection: Connection, listing: Listing, request: PageRequest, params: Mapping[str, Any]
) -> PageRows:
    """Raises InvalidError for an unknown property, a wrong value or a cursor of another list."""
    built = _Page(listing, request)
    statement = built.statement()
    values = {**params, **listing.params, **built.params}
    thresholds = listing.search.thresholds if request.query and listing.search else (None,)
    row = None
    for threshold in thresholds:
        if threshold is not None:
            # Holds for this session; every search sets its own.
            setting = "select set_config('pg_trgm.word_similarity_threshold', %s, false)"
            await fetch_value(connection, setting, [str(threshold)])
        try:
            row = await fetch_one(connection, statement, values)
        except psycopg.DataError as error:
            if request.after is None:
                raise
            # A cursor that is well-formed but holds what no row can: an unknown enum value, a year beyond calendars.
            raise InvalidError(BAD_CURSOR) from error
        if row is not None and row["more"]:
            break
    assert row is not None
    after = encode_cursor(row["cursor"]) if row["more"] else None
    return PageRows(row["items"], after, built.resolved_sort)


@dataclass(frozen=True)
class _Key:
    sql: str
    cast: str
    descending: bool
    nullable: bool
    variants: tuple[Variant, ...] = ()
    apart: str = ""
    # Where a random order begins; what comes before it follows at the end.
    start: int | None = None

    def order(self) -> str:
        direction = " desc" if self.descending else ""
        nulls = " nulls last" if self.descending and self.nullable else ""
        return f"{self.sql}{direction}{nulls}"


@dataclass(frozen=True)
class _Branch:
    """A part of the rows of a page whose order an index gives. `order` are the keys that are not the same for all."""

    keys: list[_Key]
    where: list[str]
    needs: tuple[str, ...]
    order: list[_Key]


class _Page:
    """The statement of one page, in the making."""

    def __init__(self, listing: Listing, request: PageRequest) -> None:
        self.listing = listing
        self.request = request
        self.params: dict[str, Any] = {}
        self.needs: dict[str, None] = {}
        self.resolved_sort: tuple[str, ...] | None = None
        self.where = list(listing.where)
        if request.filter and (tree := parse_filter(request.filter)) is not None:
            self.where.append(self._condition(tree))
        self.keys = self._search() if request.query else self._sort()
        self.keys.append(_Key(listing.resource.key, "bigint", descending=False, nullable=False))
        self.after = decode_cursor(request.after, len(self.keys)) if request.after else None

    def statement(self) -> str:
        limit = self.request.limit
        listing = self.listing
        item_order = f", {listing.item_order}" if listing.item_order else ""
        return f"""
            select coalesce(json_agg(item order by position{item_order}) filter (where position <= {limit}), '[]')::text
                    as items,
                coalesce(max(position) > {limit}, false) as more,
                (array_agg(cursor) filter (where position = {limit}))[1] as cursor
            from (
                select page.position, page.cursor{item_order}, {listing.item} as item
                from (
                    select keys.*, row_number() over () as position
                    from ({self._page_keys()}) keys
                ) page
                {listing.item_from}
            ) items"""

    def _page_keys(self) -> str:
        """The statement of `pk` and `cursor` of the page's rows and the one behind, in order."""
        branches = self._branches()
        if len(branches) == 1:
            return self._branch_keys(branches[0])
        # Each branch reads no more than a page along its index; only these few rows are sorted.
        parts = [
            self._branch_keys(branch, f", {place} as branch, {', '.join(f'{k.sql} as k{n}' for n, k in numbered)}")
            for place, branch in enumerate(branches)
            for numbered in [list(enumerate(branch.keys))]
        ]
        columns = [_Key(f"k{n}", key.cast, key.descending, key.nullable) for n, key in enumerate(self.keys)]
        order = ", ".join(key.order() for key in columns)
        # The ranges of a shuffle and the nulls follow one another; variants of a property are merged.
        order = order if self.keys[0].variants else f"branch, {order}"
        union = " union all ".join(f"({part})" for part in parts)
        return f"select pk, cursor from ({union}) branches order by {order} limit {self.request.limit + 1}"

    def _branch_keys(self, branch: _Branch, columns: str = "") -> str:
        where = " and ".join(f"({condition})" for condition in [*self.where, *branch.where]) or "true"
        return f"""
            select {self.listing.resource.key} as pk,
                jsonb_build_array({", ".join(key.sql for key in branch.keys)}) as cursor{columns}
            from {self.listing.source} {" ".join(dict.fromkeys([*self.needs, *branch.needs]))}
            where {where} order by {", ".join(key.order() for key in branch.order)} limit {self.request.limit + 1}"""

    def _branches(self) -> list[_Branch]:
        first, *rest = self.keys
        if first.variants:
            branches = []
            for variant in first.variants:
                keys = [replace(first, sql=variant.sql, nullable=False), *rest]
                branches.append(_Branch(keys, [variant.where, *self._behind(keys)], variant.needs, keys))
            return branches
        if first.start is not None:
            return self._shuffled(first, first.start)
        if not first.nullable:
            return [_Branch(self.keys, self._behind(self.keys), (), self.keys)]
        # What has no value comes last, and an index cannot go on from a value to the nulls.
        held = [replace(first, nullable=False), *rest]
        nulls = _Branch(self.keys, [f"{first.sql} is null"], (), self.keys)
        if first.apart:
            nulls = _Branch([replace(first, sql=f"null::{first.cast}"), *rest], [first.apart], (), rest)
        if self.after and self.after[0] is None:
            nulls.where.extend(self._behind(rest, 1))
            return [nulls]
        if not self.after and not first.apart:
            return [_Branch(self.keys, [], (), self.keys)]
        return [_Branch(held, [f"{first.sql} is not null", *self._behind(held)], (), held), nulls]

    def _shuffled(self, first: _Key, start: int) -> list[_Branch]:
        """The range from `start` on in the direction of the order, then the other one."""
        placeholder = self._parameter(start, "bigint")
        ahead, beyond = ("<=", ">") if first.descending else (">=", "<")
        behind = self._behind(self.keys)
        last = _Branch(self.keys, [f"{first.sql} {beyond} {placeholder}"], (), self.keys)
        if self.after:
            value = _cursor_value(self.after[0], first.cast)
            if value > start if first.descending else value < start:
                last.where.extend(behind)
                return [last]
        return [_Branch(self.keys, [f"{first.sql} {ahead} {placeholder}", *behind], (), self.keys), last]

    # ---------------------------------------------------------------------------------------------------------- sort

    def _search(self) -> list[_Key]:
        search = self.listing.search
        if search is None:
            raise InvalidError("This list cannot be searched")
        self.params["query"] = self.request.query
        self._use(search.needs)
        self.where.append(search.where)
        return [_Key(search.score, "real", descending=True, nullable=False)]

    def _sort(self) -> list[_Key]:
        given = self.request.sort or self.listing.resource.default
        keys: list[_Key] = []
        for text in given:
            keys += self._sort_keys(text, chosen=bool(self.request.sort), first=not keys)
        if any(text.removeprefix("-") == "random" for text in given):
            seed = self.params["seed"]
            self.resolved_sort = tuple(f"{t}:{seed}" if t.removeprefix("-") == "random" else t for t in given)
        return keys

    def _sort_keys(self, text: str, *, chosen: bool, first: bool) -> list[_Key]:
        descending = text.startswith("-")
        name, colon, parameter = text.removeprefix("-").partition(":")
        if name == "random":
            self.params.setdefault("seed", self._seed(parameter) if colon else secrets.randbelow(2**31))
            return [self._shuffle(descending=descending)]
        declared = self.listing.resource.properties.get(name)
        refused = declared is None or declared.contains or declared.parameter != bool(colon)
        if declared is None or refused or (chosen and not declared.sortable):
            known = ", ".join([*self.listing.resource.sortable(), "random"])
            raise InvalidError(f"Invalid sort: {text}. It must be one of, or a dash and one of: {known}", {"in": text})
        keys = []
        for step in (declared, *declared.then):
            variants = step.variants if first and step is declared else ()
            if not variants:
                self._use(step.needs)
            sql = self._expression(step, parameter)
            keys.append(_Key(sql, step.cast, descending, step.nullable, variants, step.apart))
        return keys

    def _shuffle(self, *, descending: bool) -> _Key:
        """An order that the seed decides: one of those that have an index, from a place on, else one of its own."""
        seed, shuffles = self.params["seed"], self.listing.resource.shuffles
        key = self.listing.resource.key
        if not shuffles:
            return _Key(f"hashint8extended({key}, %(seed)s)", "bigint", descending, nullable=False)
        start = int.from_bytes(sha256(str(seed).encode()).digest()[:8], signed=True)
        return _Key(f"hashint8extended({key}, {seed % shuffles})", "bigint", descending, nullable=False, start=start)

    @staticmethod
    def _seed(text: str) -> int:
        if not re.fullmatch(r"\d{1,18}", text, re.ASCII):
            raise InvalidError("Invalid sort: the seed of random must be a natural number", {"in": f"random:{text}"})
        return int(text)

    def _expression(self, declared: Property, parameter: str | None) -> str:
        if not declared.parameter:
            return declared.sql
        # Plain names are written out, as in the indexes of the best known sources.
        plain = re.fullmatch(r"[a-z0-9-]{1,40}", parameter or "", re.ASCII)
        name = f"'{parameter}'" if plain else self._parameter(parameter, "text")
        return declared.sql.replace("{parameter}", name)

    def _use(self, joins: tuple[str, ...]) -> None:
        self.needs.update(dict.fromkeys(joins))

    def _parameter(self, value: Any, cast: str) -> str:
        name = f"p{len(self.params)}"
        self.params[name] = value
        return f"%({name})s::{cast}"

    # --------------------------------------------------------------------------------------------------------- after

    def _behind(self, keys: Sequence[_Key], skipped: int = 0) -> list[str]:
        """The condition of the rows behind the cursor, its first `skipped` values left out; none on the first page."""
        return [self._after(keys, self.after[skipped:])] if self.after else []

    def _after(self, keys: Sequence[_Key], values: Sequence[Any]) -> str:
        """The rows behind `values`: greater in the first key, or equal in it and greater in the next, and so on."""
        condition = "false"
        for key, value in zip(reversed(keys), reversed(values), strict=True):
            if value is None:
                condition = f"({key.sql} is null and {condition})"
                continue
            placeholder = self._parameter(_cursor_value(value, key.cast), key.cast)
            comparison = "<" if key.descending else ">"
            beyond = f"{key.sql} {comparison} {placeholder}"
            if key.nullable:
                beyond = f"({beyond} or {key.sql} is null)"
            inner = f"({beyond} or ({key.sql} = {placeholder} and {condition}))"
            # Says the same once more, in the form that an index can start its scan from.
            condition = inner if key.nullable else f"({key.sql} {comparison}= {placeholder} and {inner})"
        return condition

    # -------------------------------------------------------------------------------------------------------- filter

    def _condition(self, tree: Expression) -> str:
        if isinstance(tree, Not):
            # Rows that have no value are outside of what is negated (api.md §5.3, null logic).
            return f"(({self._condition(tree.term)}) is not true)"
        if isinstance(tree, Combined):
            return f"({self._condition(tree.left)} {tree.operator} {self._condition(tree.right)})"
        return self._clause(tree)

    def _clause(self, clause: Clause) -> str:
        declared = self.listing.resource.properties.get(clause.property)
        if declared is None or not declared.filterable:
            known = ", ".join(self.listing.resource.filterable())
            raise _invalid(clause, f"Unknown property {clause.property}; the properties of this list are: {known}")
        if declared.parameter != (clause.parameter is not None):
            wanted = "needs a source" if declared.parameter else "takes no parameter"
            raise _invalid(clause, f"The property {clause.property} {wanted}")
        moment = declared.type is Type.TIMESTAMP
        value = self._parameter(_filter_value(clause, declared), "date" if moment else declared.cast)
        self._use(declared.needs)
        if declared.contains:
            if clause.operator not in ("eq", "has"):
                raise _invalid(clause, f"{clause.property} is a list, which only knows the operators has and eq")
            return declared.contains.replace("{value}", value)
        expression = self._expression(declared, clause.parameter)
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
            if "\0" in text:
                raise _invalid(clause, "Texts cannot hold a NUL character")
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


def _cursor_value(value: Any, cast: str) -> Any:
    """A value of a cursor, checked to be one of its SQL type: cursors come from outside."""
    try:
        match cast:
            case "bigint" if type(value) is int and abs(value) < 2**63:
                return value
            case "double precision" | "real" if type(value) in (int, float) and isfinite(value):
                return float(value)
            case "date":
                return date.fromisoformat(value)
            case "timestamptz":
                return datetime.fromisoformat(value)
            case "boolean" if isinstance(value, bool):
                return value
            case "text" if isinstance(value, str):
                return value
            case _ if "." in cast and re.fullmatch(r"[a-z-]+", value):
                return value
    except (TypeError, ValueError):
        pass
    raise InvalidError(BAD_CURSOR)
