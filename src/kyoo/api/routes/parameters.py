"""The parameters that many routes share, the reader among them, and the two ways of answering with ready JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Annotated, Any, Literal

from fastapi import Depends, Header, Path, Query, Request
from fastapi.responses import Response
from pydantic import BeforeValidator
from pydantic.json_schema import SkipJsonSchema

from kyoo.api.context import Context
from kyoo.api.queries.lists.listing import Owner, fetch_page
from kyoo.api.queries.lists.page_statement import PageRequest
from kyoo.api.queries.lists.resources import Listing, Resource
from kyoo.api.reader import Reader
from kyoo.core.errors import InvalidError
from kyoo.core.http.pages import next_url
from kyoo.core.http.permissions import requires
from kyoo.core.languages import accepted
from kyoo.core.tokens import Identity


def given(value: Any) -> Any:
    """Clients send parameters they do not use as empty texts."""
    return None if value == "" else value


def _boolean(value: Any) -> Any:
    if value in ("", None):
        return None
    if value in ("true", "false"):
        return value == "true"
    if isinstance(value, bool):
        return value
    raise ValueError("must be true or false")


#: `true` or `false`, nothing else; None when not given.
Flag = Annotated[bool | None, BeforeValidator(_boolean)]
Optional = Annotated[str | None, BeforeValidator(given)]

Name = Annotated[str, Path(description="The id or the slug", max_length=500)]
PreferOriginal = Annotated[
    Flag, Query(alias="preferOriginal", description="Pictures in the original language; default: the user's setting")
]


def listed(values: Sequence[str] | None) -> tuple[str, ...]:
    """A list parameter, repeated or with commas."""
    return tuple(part for value in values or () for part in value.split(",") if part)


ListParameter = Annotated[list[str] | SkipJsonSchema[None], Query()]


def make_reader(identity: Identity, accept_language: str | None, prefer_original: bool | None) -> Reader:
    if prefer_original is None:
        settings = identity.claims.get("settings")
        preferred = settings.get("preferOriginal") if isinstance(settings, dict) else None
        prefer_original = preferred if isinstance(preferred, bool) else True
    return Reader(identity.subject, accepted(accept_language), prefer_original, identity.is_guest)


async def _reader(
    identity: Annotated[Identity, requires("core.read")],
    accept_language: Annotated[str | None, Header()] = None,
    prefer_original: PreferOriginal = None,
) -> Reader:
    return make_reader(identity, accept_language, prefer_original)


#: Whoever holds `core.read`.
Reading = Annotated[Reader, Depends(_reader)]


async def _paging(
    limit: Annotated[int, BeforeValidator(lambda value: 50 if value == "" else value), Query(ge=1, le=250)] = 50,
    after: Annotated[Optional, Query(description="Opaque; taken from `next`")] = None,
) -> PageRequest:
    return PageRequest(limit=limit, after=after)


def paging(resource: Resource) -> Any:
    """limit, after, sort, filter and query of a list, as one dependency, documented by what the list declares. A list
    that cannot be sorted takes no notice of `sort`."""
    sortable = resource.sortable()
    names = ", ".join(f"`{name}`" for name in [*sortable, "random", "random:<seed>"])
    sorts = f"Repeated or with commas; `-` before one reverses it. One of: {names}" if sortable else "Without effect"
    filters = "; ".join(f"`{name}` ({declared.in_words})" for name, declared in resource.filterable().items())

    async def page_request(
        page: Annotated[PageRequest, Depends(_paging)],
        sort: list[str] | None = Query(None, description=sorts),
        filter_: Optional = Query(
            None,
            alias="filter",
            description="Clauses `property operator value`, joined by and, or, not, brackets; operators: eq, ne, gt,"
            f" ge, lt, le, has. Properties: {filters or 'none'}",
        ),
        query: Optional = Query(None, description="Search; the best come first and `sort` is ignored"),
    ) -> PageRequest:
        query = query.strip() or None if query else None
        return PageRequest(page.limit, page.after, listed(sort) if sortable else (), filter_, query)

    return Depends(page_request)


def relations(values: Sequence[str] | None, allowed: Sequence[str]) -> set[str]:
    """The value of `with`; InvalidError for one the route does not have."""
    wanted = set(listed(values))
    for unknown in sorted(wanted.difference(allowed)):
        raise InvalidError(f"Invalid with: {unknown}. It must be of: {', '.join(allowed)}", {"in": unknown})
    return wanted


With = Annotated[list[str] | None, Query(alias="with", description="Relations to add, repeated or with commas")]


class RawJson(Response):
    """JSON that Postgres built, passed through as it is."""

    media_type = "application/json"


async def answer_page(
    context: Context,
    request: Request,
    listing: Listing,
    page: PageRequest,
    reader: Reader,
    *,
    owner: Owner | None = None,
    **params: Any,
) -> RawJson:
    """The page of a list that the request asks for (docs/protocol/README.md#pages-of-lists)."""
    async with context.database.connection() as connection:
        rows = await fetch_page(connection, listing, page, {**reader.params(), **params}, owner)
    return page_response(request, rows.items, rows.after, rows.sort)


def page_response(request: Request, items: str, after: str | None, sort: tuple[str, ...] | None = None) -> RawJson:
    this = str(request.url)
    changes = {"sort": ",".join(sort)} if sort else {}
    following = next_url(this, **changes, after=after) if after is not None else None
    return RawJson(
        f'{{"items":{items},"this":{json.dumps(this)},"next":{json.dumps(following) if following else "null"}}}'
    )


Quality = Literal["low", "medium", "high"]
