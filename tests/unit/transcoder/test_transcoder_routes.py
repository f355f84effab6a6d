"""Whatever file a request names, its caller may see it: held for every route."""

from __future__ import annotations

from fastapi.routing import APIRoute

from kyoo.transcoder.app import ROUTERS
from kyoo.transcoder.routes.common import within_limits


def test_every_route_looks_at_the_limits_of_its_caller() -> None:
    routes = [route for router in ROUTERS for route in router.routes]
    assert routes
    for route in routes:
        assert isinstance(route, APIRoute)
        assert within_limits in [dependency.dependency for dependency in route.dependencies], route.path
