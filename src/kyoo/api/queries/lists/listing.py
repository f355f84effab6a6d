"""The pages of all lists (docs/protocol/api.md#lists): one statement whose answer is the JSON of the page. A
search takes three: what its words mean, which rows have them, and the JSON of those.

What a list is, is declared as data (`resources`); what its filters mean is in `conditions`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.rows import DictRow

from kyoo.api.queries.lists.page_statement import BAD_CURSOR, Page, PageRequest
from kyoo.api.queries.lists.resources import Listing, Search
from kyoo.core.database.postgres import Connection, execute, fetch_all, fetch_one, fetch_value
from kyoo.core.errors import InvalidError, NotFoundError
from kyoo.core.http.pages import encode_cursor

#: How alike texts must be for pg_trgm's `<%`.
ALIKE = 0.4


@dataclass(frozen=True)
class PageRows:
    """`items` is a JSON array; `after` the cursor of the next page, None on the last; `sort` replaces the request's
    where a seed was drawn."""

    items: str
    after: str | None
    sort: tuple[str, ...] | None


@dataclass(frozen=True)
class Owner:
    """The row that a list is inside of, as a client names it: parameters of the list are its primary key, which the
    statement `pk` selects; `missing` says that there is no such row."""

    parameters: tuple[str, ...]
    pk: str
    params: Mapping[str, Any]
    missing: str

    async def find(self, connection: Connection) -> dict[str, int]:
        """The parameters; NotFoundError."""
        pk = await fetch_value(connection, self.pk, self.params)
        if pk is None:
            raise NotFoundError(self.missing)
        return dict.fromkeys(self.parameters, pk)

    def placed(self, statement: str) -> str:
        """The statement of a page that selects the primary key itself."""
        for name in self.parameters:
            statement = statement.replace(f"%({name})s", f"({self.pk})")
        return statement


async def fetch_page(
    connection: Connection,
    listing: Listing,
    request: PageRequest,
    params: Mapping[str, Any],
    owner: Owner | None = None,
) -> PageRows:
    """Raises InvalidError for an unknown property, a wrong value or a cursor of another list, NotFoundError when there
    is no `owner`."""
    built = Page(listing, request)
    if built.search is not None:
        found = await owner.find(connection) if owner else {}
        return await _search_page(connection, built, built.search, {**params, **found})
    statement = built.statement()
    values = built.values(params)
    if owner:
        # To ask for it by itself takes as long as most of these pages.
        statement, values = owner.placed(statement), {**values, **owner.params}
    try:
        row = await fetch_one(connection, statement, values)
    except psycopg.DataError as error:
        if request.after is None:
            raise
        # A cursor that is well-formed but holds what no row can: an unknown enum value, a year beyond calendars.
        raise InvalidError(BAD_CURSOR) from error
    assert row is not None
    if owner and row["items"] == "[]":
        await owner.find(connection)
    after = encode_cursor(row["cursor"]) if row["more"] else None
    return PageRows(row["items"], after, built.resolved_sort)


async def _search_page(connection: Connection, built: Page, search: Search, params: Mapping[str, Any]) -> PageRows:
    tiers, alike = built.tier_statements(search), built.alike_statement(search, search.needs)
    best = built.alike_statement(search, search.best) if search.best else None
    values = built.values(params)
    if tiers:
        values.update(await fetch_one(connection, f"select {search.terms}", values) or {})
    limit = built.request.limit

    async def find(statement: str) -> list[DictRow]:
        # How rare the words of a search are decides how they are found: its plan is good for itself only.
        return await fetch_all(connection, statement, values, prepare=False)

    rows: list[DictRow] = []
    for statement in tiers:
        if len(rows) <= limit:
            rows += await find(statement)
    if not (rows or (tiers and built.after)):
        # Holds for this session.
        await execute(connection, f"set pg_trgm.word_similarity_threshold = {ALIKE}")
        rows = await find(best) if best else []
        if len(rows) <= limit:
            rows = await find(alike)
    items = await fetch_value(
        connection, built.items_statement(), {**values, "pks": [row["pk"] for row in rows[:limit]]}
    )
    after = encode_cursor(rows[limit - 1]["cursor"]) if len(rows) > limit else None
    return PageRows(items, after, None)
