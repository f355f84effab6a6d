"""What a list is, declared as data: the properties it is sorted and filtered by, where its rows come from, its items.

From a declaration follow the validation of what clients ask, the SQL of a page (`listing`) and of filters
(`conditions`), the words of the OpenAPI document, the tables of docs/using/api.md, and the tests of the plans. No list
is declared here: each is in the module of its aggregate.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any


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


_IN_WORDS = {
    Type.INT: "integer",
    Type.FLOAT: "number",
    Type.REAL: "number",
    Type.DATE: "date",
    Type.TIMESTAMP: "date",
    Type.BOOL: "true, false",
    Type.TEXT: "text",
}


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
    nullable property whose values and nulls no index holds side by side says by `apart` which rows have none."""

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

    @property
    def in_words(self) -> str:
        """What its values are, in Markdown."""
        kind = ", ".join(f"`{value}`" for value in self.values) if self.values else _IN_WORDS[self.type]
        return f"list of: {kind}" if self.contains else kind


#: Why lists that nobody draws from at random have no random order by an index.
UNDRAWN = "no client draws from it at random: every row gets its random number"


@dataclass(frozen=True)
class Resource:
    """`key` is the primary key of the rows, which decides between equals. `default` is what `sort` is when it is not
    given; it may name properties that clients cannot sort by. `shuffles` is how many random orders have an index:
    `hashint8extended(key, n)` for each n below it."""

    properties: Mapping[str, Property]
    default: tuple[str, ...]
    key: str
    shuffles: int = 0

    def filterable(self) -> dict[str, Property]:
        """By the names that clients write, the source of a rating as `<source>`."""
        return {self._shown(name): declared for name, declared in self.properties.items() if declared.filterable}

    def sortable(self) -> dict[str, Property]:
        return {
            self._shown(name): declared
            for name, declared in self.properties.items()
            if declared.sortable and not declared.contains
        }

    def _shown(self, name: str) -> str:
        return f"{name}:<source>" if self.properties[name].parameter else name


@dataclass(frozen=True)
class Tier:
    """Rows that are found equally well: all those of `where`, which an index finds or, when they are many, meets on its
    way through the rows in order."""

    where: str
    score: float


@dataclass(frozen=True)
class Search:
    """How `query` finds rows: by `where`, the best by `score` first. All of it uses `%(query)s`.

    When there are `tiers`, this is only for what is in none of them: it is looked for when they have nothing. Their
    scores are higher. They use what `terms` selects from the query, as parameters. All need `joins`, what is in no
    tier also `needs`; `best` in their place finds all rows above some score, which may be none, for less."""

    where: str
    score: str
    needs: tuple[str, ...] = ()
    best: tuple[str, ...] = ()
    tiers: tuple[Tier, ...] = ()
    terms: str = ""
    joins: tuple[str, ...] = ()


def words_tiers(words: str) -> tuple[Tier, ...]:
    """The tiers of rows that have all words of the query in `words`, a tsvector: as they were typed, and the last one
    unfinished."""
    return Tier(f"{words} @@ %(typed)s::tsquery", 1), Tier(f"{words} @@ %(begun)s::tsquery", 0.9)


@dataclass(frozen=True)
class Listing:
    """Rows come `from` a table and joins, restricted by `where`; a page of their keys is `page(pk, position)`.

    `item_from` joins to `page` what `item`, a JSON expression, needs. It may give several items for one row, in the
    order `item_order`. Parameters are named.

    Whatever a list is sorted or filtered by, an index serves it, in both directions and for every value: a page reads
    no more rows than it needs. `unindexed` has the properties (and `random`) that cannot be had so, and the reason; the
    tests of the plans accept them, and refuse one that they find no fault with."""

    resource: Resource
    source: str
    item: str
    item_from: str
    where: tuple[str, ...] = ()
    search: Search | None = None
    item_order: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)
    unindexed: Mapping[str, str] = field(default_factory=dict)

    def restricted(self, *where: str, **params: Any) -> Listing:
        """This list with more conditions."""
        return replace(self, where=(*self.where, *where), params={**self.params, **params})
