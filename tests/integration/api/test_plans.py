"""How Postgres reads each list on a large library: for every declared sort and filter, no more rows than a page needs.

A plan fails when one of its nodes reads a table from end to end, or sorts or reads more than `BUDGET` rows for a page
of `LIMIT`. What cannot do better is declared in the list's `unindexed`, with the reason.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row
from tests.conftest import FAST, prepare, scratch
from tests.integration.api import large, seeds
from tests.integration.api.seeds import USER
from tests.kept import kept_postgres, made_of
from tests.samples import sampled

from kyoo.api.queries.catalogue.credits import SHOW_ROLES, STAFF, STAFF_ROLES, STUDIOS
from kyoo.api.queries.catalogue.entries import EXTRAS, NEWS, SEASONS, SERIE_ENTRIES
from kyoo.api.queries.catalogue.shows import BY_STUDIO, IN_COLLECTION, OUTSIDE_COLLECTIONS, show_listing
from kyoo.api.queries.catalogue.videos import SERIE_VIDEOS, UNMATCHED, VIDEOS
from kyoo.api.queries.libraries import limit
from kyoo.api.queries.lists.listing import fetch_page
from kyoo.api.queries.lists.page_statement import Page, PageRequest
from kyoo.api.queries.lists.resources import Listing, Property, Type
from kyoo.api.queries.viewers.history import HISTORY_WITH_SHOWS
from kyoo.api.queries.viewers.nextup import NEXT_UP
from kyoo.api.queries.viewers.watchlist import WATCHLIST
from kyoo.api.reader import Reader
from kyoo.core.database.postgres import Connection, execute
from kyoo.serve.postgres.embedded import EmbeddedPostgres

LIMIT = 20
BUDGET = 50 * LIMIT
READER = Reader(USER, ("fr", "en", "*"), prefer_original=True)


@dataclass(frozen=True)
class Case:
    """`within` says what bounds the rows of the list besides its pages: then only scans of whole tables are faults."""

    listing: Listing
    params: dict[str, Any]
    within: str = ""


CASES = {
    "shows": Case(show_listing().restricted(OUTSIDE_COLLECTIONS), {}),
    "movies": Case(show_listing("movie"), {}),
    "series": Case(show_listing("serie"), {}),
    "collections": Case(show_listing("collection"), {}),
    "collection shows": Case(show_listing().restricted(IN_COLLECTION), {"collection": 50}, "a collection"),
    "studio shows": Case(show_listing().restricted(BY_STUDIO), {"studio": 3}, "a studio"),
    "staff roles": Case(STAFF_ROLES, {"staff": 3}, "a person's roles"),
    "watchlist": Case(WATCHLIST, {}, "a person's list"),
    "entries": Case(SERIE_ENTRIES, {"serie": 4}, "a serie"),
    "extras": Case(EXTRAS, {"show": 4}, "a serie"),
    "seasons": Case(SEASONS, {"serie": 4}, "a serie"),
    "news": Case(NEWS, {}),
    "history": Case(HISTORY_WITH_SHOWS, {}),
    "nextup": Case(NEXT_UP, {}, "a person's list"),
    "studios": Case(STUDIOS, {}),
    "staff": Case(STAFF, {}),
    "show staff": Case(SHOW_ROLES, {"show": 4}, "the roles of a show"),
    "videos": Case(VIDEOS, {}),
    "serie videos": Case(SERIE_VIDEOS, {"serie": 4, "titles": ["thing number 7"]}, "the files of a serie"),
    "unmatched": Case(UNMATCHED, {}),
}

#: Per property, clauses that find much and little.
VALUES = {
    "kind": ["eq movie"],
    "genres": ["has action", "has talk"],
    "status": ["eq finished", "eq planned", "eq unknown"],
    "runtime": ["gt 60", "eq 33", "gt 5000"],
    "originalLanguage": ["eq en", "eq xx"],
    "tags": ["has river", "has nothing"],
    "watchStatus": ["eq watching", "ne planned"],
    "score": ["gt 50", "eq 3"],
    "isAvailable": ["eq true", "eq false"],
    "rating": ["gt 50", "eq 3", "gt 200"],
    "studios": ["has nobody"],
    "staff": ["has nobody"],
    "seasonNumber": ["eq 1", "eq 9999"],
    "episodeNumber": ["eq 3", "eq 9999"],
    "number": ["eq 3"],
    "order": ["gt 3", "eq 9999"],
    "content": ["eq story", "eq recap"],
    "entriesCount": ["gt 3"],
    "availableCount": ["gt 3"],
}
DATES = ["gt 1990-01-01", "eq 2999-01-01"]
KINDS = {"extras": ["eq trailer"], "show staff": ["eq actor", "eq crew"]}


SCALES = {"small": large.SMALL, "full": large.FULL}


@pytest.fixture(scope="module")
def library_of(request: pytest.FixtureRequest) -> Iterator[str]:
    """A database with the library of a scale."""
    scale: str = request.param

    def write(server: EmbeddedPostgres) -> None:
        prepare(server.conninfo())

        async def fill() -> None:
            async with await psycopg.AsyncConnection.connect(
                server.conninfo(), autocommit=True, row_factory=dict_row
            ) as connection:
                await large.fill(connection, SCALES[scale])

        asyncio.run(fill())

    with scratch() as folder, kept_postgres(f"{scale}-library", made_of(large, seeds), folder, FAST, write) as server:
        yield server.conninfo()


#: Lists that are read from end to end where there is little, as that is quicker.
FULL_ONLY = {"shows", "movies", "series", "news", "staff", "unmatched"}
LISTS = sampled(
    [(scale, name) for scale in SCALES for name in CASES if scale == "full" or name not in FULL_ONLY],
    lambda case: case[0] == "small",
)


@pytest.fixture
async def connection(library_of: str) -> AsyncIterator[Connection]:
    async with await psycopg.AsyncConnection.connect(library_of, autocommit=True, row_factory=dict_row) as connection:
        # As in the embedded Postgres of `kyoo serve`.
        for setting, value in (("random_page_cost", "1.1"), ("jit", "off"), ("max_parallel_workers_per_gather", "1")):
            await connection.execute(f"select set_config('{setting}', '{value}', false)")
        yield connection


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for child in plan.get("Plans", []):
        yield from nodes(child)


def faults(plan: dict[str, Any], *, bounded: bool) -> list[str]:
    """What the plan reads or sorts beyond the page."""
    found = []
    for node in nodes(plan):
        kind, loops = node["Node Type"], node["Actual Loops"]
        read = (node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * loops
        if kind == "Seq Scan" and read > BUDGET:
            found.append(f"reads {node['Relation Name']} from end to end ({read:.0f} rows)")
        elif not bounded and "Scan" in kind and read > BUDGET and "Relation Name" in node:
            found.append(f"reads {read:.0f} rows by {node.get('Index Name', kind)}")
        elif not bounded and kind in ("Sort", "Incremental Sort") and node["Plans"][0]["Actual Rows"] > BUDGET:
            found.append(f"sorts {node['Plans'][0]['Actual Rows']:.0f} rows by {', '.join(node['Sort Key'])}")
    return found


async def explain(connection: Connection, case: Case, request: PageRequest) -> dict[str, Any]:
    page = Page(case.listing, request)
    cursor = await connection.execute(
        f"explain (analyze, timing off, format json) {page.statement()}",
        page.values({**READER.params(), **case.params}),
    )
    row = await cursor.fetchone()
    assert row is not None
    answer = row["QUERY PLAN"]
    return (answer if isinstance(answer, list) else json.loads(answer))[0]["Plan"]


SOURCE = "themoviedatabase"


def sorts(case: Case) -> Iterator[tuple[str, str]]:
    """The property and the sort."""
    for name in case.listing.resource.sortable():
        given = name.replace("<source>", SOURCE)
        yield from ((_property(name), sort) for sort in (given, f"-{given}"))
    if case.listing.resource.sortable():
        yield "random", "random:5"


def filters(name: str, case: Case) -> Iterator[tuple[str, str]]:
    """The property and the filter."""
    for shown, declared in case.listing.resource.filterable().items():
        for value in _values(name, shown, declared):
            yield _property(shown), f"{shown.replace('<source>', SOURCE)} {value}"


def _property(shown: str) -> str:
    return shown.partition(":")[0]


def _values(name: str, shown: str, declared: Property) -> list[str]:
    if shown == "kind" and name in KINDS:
        return KINDS[name]
    return DATES if declared.type in (Type.DATE, Type.TIMESTAMP) else VALUES[_property(shown)]


@pytest.mark.parametrize(("library_of", "name"), LISTS, indirect=["library_of"])
async def test_a_page_reads_no_more_than_a_page(
    connection: Connection, library_of: str, name: str, subtests: pytest.Subtests
) -> None:
    """Of every sort the first page and one deep in the list, of every filter the first page. Where the declaration
    says that no index serves a property, there must be a fault."""
    case = CASES[name]
    params = {**READER.params(), **case.params}
    requests = [(key, PageRequest(LIMIT, filter=clause)) for key, clause in filters(name, case)]
    for key, sort in sorts(case):
        first = PageRequest(LIMIT, sort=(sort,))
        requests.append((key, first))
        before = await fetch_page(connection, case.listing, replace(first, limit=250), params)
        if before.after:
            requests.append((key, replace(first, after=before.after)))
    faulty = set()
    for key, request in requests:
        found = faults(await explain(connection, case, request), bounded=bool(case.within))
        if found:
            faulty.add(key)
        with subtests.test(**{key: request}):  # type: ignore[arg-type]
            assert not found or key in case.listing.unindexed, f"{name} {request}: {'; '.join(found)}"
    # A list inside of something may share its declaration with a larger one.
    assert case.within or set(case.listing.unindexed) <= faulty


#: Of the 100,000 files, at the worst: where to meet a thousand on the way through all costs less than the index.
FILES_READ = 40_000


_HASHED = (
    "a hash could tell of hidden rows, so the index is read from its begin to the place where the order starts, 1 ms"
)
_NOT_AGED = "files of nothing have no age"
#: Where a limited reader's page takes more rows than `BUDGET`, and why.
PASSED_OVER = {
    **{(name, "random"): _HASHED for name in ("shows", "movies", "series", "studios")},
    **{("unmatched", key): _NOT_AGED for key in ("createdAt", "path")},
    ("videos", "path"): "the files of other libraries come in one piece",
    ("watchlist", "name"): "the lists of two people are hashed",
}


@pytest.mark.parametrize(("library_of", "name"), LISTS, indirect=["library_of"])
async def test_a_page_of_a_limited_reader_reads_no_more(
    connection: Connection, name: str, subtests: pytest.Subtests
) -> None:
    """Who sees some three in five of the shows reads as many rows more for a page, and no table for it."""
    await limit(connection, ["hall"], 12)
    case = CASES[name]
    for key, sort in sorts(case):
        if key in case.listing.unindexed or (name, key) in PASSED_OVER:
            continue
        with subtests.test(sort=sort):
            found = faults(await explain(connection, case, PageRequest(LIMIT, sort=(sort,))), bounded=bool(case.within))
            assert not found, f"{name} {sort}: {'; '.join(found)}"


@pytest.mark.exhaustive
@pytest.mark.parametrize("library_of", ["full"], indirect=True)
async def test_a_misspelt_search_of_files_reads_few(connection: Connection, subtests: pytest.Subtests) -> None:
    """However many paths look like what was typed, for readers with and without limits: what the statements inside of
    the search read."""
    plans: list[dict[str, Any]] = []

    def hear(notice: psycopg.errors.Diagnostic) -> None:
        _, found, plan = (notice.message_primary or "").partition("plan:\n")
        if found:
            plans.append(json.loads(plan)["Plan"])

    await execute(connection, "load 'auto_explain'")
    for setting, value in (
        ("log_min_duration", "0"),
        ("log_analyze", "on"),
        ("log_timing", "off"),
        ("log_nested_statements", "on"),
        ("log_format", "json"),
        ("log_level", "notice"),
    ):
        await connection.execute(f"select set_config('auto_explain.{setting}', '{value}', false)")
    connection.add_notice_handler(hear)
    for limits in (None, ["hall"]):
        for query in ("silvr rivr", "silvr", "libary", "libary haal seasn", "thing numbr 77", "zzzzzz", "silver thing"):
            plans.clear()
            await connection.execute(
                "select api.limit_reader(%s::text[], %s)", [limits, None if limits is None else 12]
            )
            await connection.execute("select from api.search_misspelt_files(%s, false)", [query])
            read = sum(
                (node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"]
                for plan in plans
                for node in nodes(plan)
                if node.get("Relation Name") == "videos"
            )
            with subtests.test(query=query, limits=limits):
                assert len(plans) > 2
                assert read <= FILES_READ
                assert read > 0 or query == "zzzzzz"
