"""The statement of a page of a list: its sort, its filters and its cursor as conditions that an index answers (keyset
pages, docs/protocol/api.md#lists)."""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from hashlib import sha256
from math import isfinite
from typing import Any

from kyoo.api.filters import parse_filter
from kyoo.api.queries.lists.conditions import Parts, filter_condition
from kyoo.api.queries.lists.resources import Listing, Search, Variant
from kyoo.core.errors import InvalidError
from kyoo.core.http.pages import decode_cursor

#: So many pages of rows are many.
MANY = 30

#: Every one makes the conditions of the next page longer.
MAX_SORTS = 16
BAD_CURSOR = "Invalid after: it must be taken from the next link of a page of the same list"


@dataclass(frozen=True)
class PageRequest:
    """What a client asks of a list. Empty texts mean: not given."""

    limit: int = 50
    after: str | None = None
    sort: tuple[str, ...] = ()
    filter: str | None = None
    query: str | None = None


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


class Page:
    """The statement of one page, in the making."""

    def __init__(self, listing: Listing, request: PageRequest) -> None:
        self.listing = listing
        self.request = request
        self.parts = Parts()
        self.resolved_sort: tuple[str, ...] | None = None
        self.where = list(listing.where)
        if request.filter and (tree := parse_filter(request.filter)) is not None:
            self.where.append(filter_condition(tree, listing.resource, self.parts))
        self.search = self._search() if request.query else None
        self.keys = self._sort() if self.search is None else [_score(self.search.score)]
        self.keys.append(_Key(listing.resource.key, "bigint", descending=False, nullable=False))
        self.after = decode_cursor(request.after, len(self.keys)) if request.after else None

    def statement(self) -> str:
        limit = self.request.limit
        listing = self.listing
        item_order = f", {listing.item_order}" if listing.item_order else ""
        return f"""
            select concat('[', string_agg(item::text, ',' order by position{item_order})
                    filter (where position <= {limit}), ']') as items,
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

    def values(self, params: Mapping[str, Any]) -> dict[str, Any]:
        """The parameters of its statements; `params` are those of the reader."""
        return {**params, **self.listing.params, **self.parts.params}

    def items_statement(self) -> str:
        """The statement of the items of the rows `%(pks)s`."""
        listing = self.listing
        item_order = f", {listing.item_order}" if listing.item_order else ""
        return f"""
            select concat('[', string_agg(item::text, ',' order by position{item_order}), ']')
            from (
                select page.position{item_order}, {listing.item} as item
                from (select * from unnest(%(pks)s::bigint[]) with ordinality found (pk, position)) page
                {listing.item_from}
            ) items"""

    def tier_statements(self, search: Search) -> list[str]:
        """One statement of `pk` and `cursor` for each tier that is not all before the cursor: each of a page's rows and
        the one behind, in order."""
        statements = []
        before: list[str] = []
        for tier in search.tiers:
            if not self.after or tier.score <= _cursor_value(self.after[0], "real"):
                keys = [_score(f"{tier.score}::real"), *self.keys[1:]]
                branch = _Branch(keys, [tier.where, *before, *self._behind(keys)], (), keys[1:])
                # Rows are met on the way through all in order only when they are many: so many that some mistake in
                # the estimate does no harm.
                many = self._branch_keys(branch, limit=MANY * (self.request.limit + 1))
                statements.append(f"select * from ({many}) many order by pk limit {self.request.limit + 1}")
            before.append(f"({tier.where}) is not true")
        return statements

    def alike_statement(self, search: Search, needs: tuple[str, ...]) -> str:
        """The same for what is in no tier."""
        return self._branch_keys(_Branch(self.keys, [search.where, *self._behind(self.keys)], needs, self.keys))

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

    def _branch_keys(self, branch: _Branch, columns: str = "", limit: int | None = None) -> str:
        where = " and ".join(f"({condition})" for condition in [*self.where, *branch.where]) or "true"
        return f"""
            select {self.listing.resource.key} as pk,
                jsonb_build_array({", ".join(key.sql for key in branch.keys)}) as cursor{columns}
            from {self.listing.source} {" ".join(dict.fromkeys([*self.parts.joins, *branch.needs]))}
            where {where} order by {", ".join(key.order() for key in branch.order)}
            limit {limit or self.request.limit + 1}"""

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
        placeholder = self.parts.bind(start, "bigint")
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

    def _search(self) -> Search:
        search = self.listing.search
        if search is None:
            raise InvalidError("Invalid query: this list cannot be searched", {"in": "query"})
        self.parts.params["query"] = self.request.query
        self.parts.join(search.joins)
        return search

    def _sort(self) -> list[_Key]:
        # What comes again, either way round, decides nothing any more.
        wanted: dict[str, str] = {}
        for text in self.request.sort:
            wanted.setdefault("random" if text.startswith(("random", "-random")) else text.removeprefix("-"), text)
        if len(wanted) > MAX_SORTS:
            raise InvalidError(f"Invalid sort: at most {MAX_SORTS} at once", {"in": ",".join(wanted.values())})
        given = tuple(wanted.values()) or self.listing.resource.default
        keys: list[_Key] = []
        for text in given:
            keys += self._sort_keys(text, chosen=bool(self.request.sort), first=not keys)
        if any(text.removeprefix("-") == "random" for text in given):
            seed = self.parts.params["seed"]
            self.resolved_sort = tuple(f"{t}:{seed}" if t.removeprefix("-") == "random" else t for t in given)
        return keys

    def _sort_keys(self, text: str, *, chosen: bool, first: bool) -> list[_Key]:
        descending = text.startswith("-")
        name, colon, parameter = text.removeprefix("-").partition(":")
        if name == "random":
            self.parts.params.setdefault("seed", self._seed(parameter) if colon else self._draw())
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
                self.parts.join(step.needs)
            sql = self.parts.expression(step, parameter)
            keys.append(_Key(sql, step.cast, descending, step.nullable, variants, step.apart))
        return keys

    def _shuffle(self, *, descending: bool) -> _Key:
        """An order that the seed decides: one of those that have an index, from a place on, else one of its own."""
        seed, shuffles = self.parts.params["seed"], self.listing.resource.shuffles
        key = self.listing.resource.key
        if not shuffles:
            return _Key(f"hashint8extended({key}, %(seed)s)", "bigint", descending, nullable=False)
        start = int.from_bytes(sha256(str(seed).encode()).digest()[:8], signed=True)
        return _Key(f"hashint8extended({key}, {seed % shuffles})", "bigint", descending, nullable=False, start=start)

    def _draw(self) -> int:
        """A seed for who brings none. Those of one day begin anywhere in one of two orders: each order is a statement
        of its own, which Postgres plans half a dozen times on every connection, in more time than its page takes."""
        shuffles = self.listing.resource.shuffles
        if not shuffles:
            return secrets.randbelow(2**31)
        today = int(time.time() // 86_400)
        return secrets.randbelow(2**31 // shuffles) * shuffles + (today + secrets.randbelow(2)) % shuffles

    @staticmethod
    def _seed(text: str) -> int:
        if not re.fullmatch(r"\d{1,18}", text, re.ASCII):
            raise InvalidError("Invalid sort: the seed of random must be a natural number", {"in": f"random:{text}"})
        return int(text)

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
            placeholder = self.parts.bind(_cursor_value(value, key.cast), key.cast)
            comparison = "<" if key.descending else ">"
            beyond = f"{key.sql} {comparison} {placeholder}"
            if key.nullable:
                beyond = f"({beyond} or {key.sql} is null)"
            inner = f"({beyond} or ({key.sql} = {placeholder} and {condition}))"
            # Says the same once more, in the form that an index can start its scan from.
            condition = inner if key.nullable else f"({key.sql} {comparison}= {placeholder} and {inner})"
        return condition


def _score(sql: str) -> _Key:
    return _Key(sql, "real", descending=True, nullable=False)


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
