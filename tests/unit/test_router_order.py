"""No request is answered by one router or another, whichever comes first: their order means nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator

import httpx2
import procrastinate
import pytest
from fastapi.routing import APIRoute
from procrastinate.testing import InMemoryConnector

from kyoo.core.database.postgres import Database
from kyoo.core.http.permissions import Authentication
from kyoo.core.http.service import Runtime
from kyoo.core.tokens import SharedSecret, Verifier
from kyoo.serve.services import SERVICES

PARAMETER = re.compile(r"\{\w+(:path)?\}")


def routes_of(service: str) -> Iterator[APIRoute]:
    runtime = Runtime(
        Database("host=nowhere"),
        procrastinate.App(connector=InMemoryConnector()),
        Authentication(Verifier(SharedSecret("-" * 32))),
        httpx2.AsyncClient(),
        "http://localhost",
    )
    app = SERVICES[service].create_app(SERVICES[service].settings(), runtime)
    return (route for route in app.router.routes if isinstance(route, APIRoute))


@pytest.mark.parametrize("service", SERVICES)
def test_the_order_of_routers_means_nothing(service: str) -> None:
    """Of two routes that take one request, the one with more words is first, whatever the order of their routers."""
    routes = list(routes_of(service))
    assert len(routes) > 10
    undecided = [
        f"{one.methods} {one.path} and {other.path}"
        for place, one in enumerate(routes)
        for other in routes[:place]
        if one.endpoint.__module__ != other.endpoint.__module__
        and set(one.methods or ()) & set(other.methods or ())
        # Whatever is a parameter may be any text; the words of a path are what tells.
        and other.path_regex.match(PARAMETER.sub("x", one.path))
    ]
    assert undecided == []
