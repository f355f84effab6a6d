"""Plain routes without what they do not use of FastAPI: neither exit stacks nor bodies, and the plan of parameters and
dependencies made once, not for every request. What a route means, refuses and documents stays FastAPI's."""

from __future__ import annotations

import typing
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from typing import Any

from fastapi import FastAPI
from fastapi._compat import field_annotation_is_sequence
from fastapi.datastructures import DefaultPlaceholder
from fastapi.dependencies.models import Dependant, _get_cache_key, _is_async_gen_callable, _is_coroutine_callable
from fastapi.dependencies.utils import (
    _get_multidict_value,
    _get_param_aliases,
    _get_param_model,
    _validate_value_with_model_field,
)
from fastapi.exceptions import RequestValidationError
from fastapi.params import Param
from fastapi.routing import APIRoute, serialize_response
from fastapi.telemetry import get_telemetry_data
from fastapi.utils import is_body_allowed_for_status_code
from pydantic_core import PydanticUndefined
from starlette._utils import get_route_path
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Match
from starlette.types import ASGIApp, Receive, Scope, Send

#: Fills the arguments of one function; adds to the errors of the request.
Read = Callable[[Mapping[str, Any], dict[str, Any], list[Any]], None]
Solve = Callable[[Request, dict[Any, Any], list[Any]], Awaitable[dict[str, Any]]]

NO_QUERY = QueryParams()
#: Where it is kept with a route whether it is plain.
FOUND = "_kyoo_is_plain"
#: Defaults of these kinds need no copy.
UNCHANGING = (type(None), bool, int, float, str)


def quicken(app: FastAPI) -> None:
    """Let the routes of `app` that can do with less do so, and be found without a look at all others. No route is added
    afterwards."""
    quick = [route for route in app.router.routes if isinstance(route, APIRoute) and _is_made_quick(route)]
    find = _finder(app.router.routes, quick, app.router.middleware_stack)
    app.router.middleware_stack = find  # type: ignore[assignment]


def _is_made_quick(route: APIRoute) -> bool:
    """Whether it is by now. A route belongs to its module, and is the same one in each application of a process."""
    known = vars(route)
    if FOUND not in known:
        known[FOUND] = is_plain(route)
        if known[FOUND]:
            route.app = _quick(route, route.app)
    return bool(known[FOUND])


def _finder(routes: Sequence[BaseRoute], quick: Sequence[APIRoute], usual: ASGIApp) -> ASGIApp:
    """Looks first at those routes whose path has as many parts as the request's, and the same second part; `usual`
    finds the others, and answers 404 and 405."""
    # Where any text can be the second part, it is not looked at.
    keys = {_spread(route.path) for route in quick}
    places = [(route, getattr(route, "path_regex", None), _place(route)) for route in routes]
    tables = {
        (slashes, second): [
            (route, regex)
            for route, regex, place in places
            if place is None or (place[0] == slashes and (second is None or place[1] in (second, None)))
        ]
        for slashes, second in keys
    }
    known = set(map(id, quick))

    async def find(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            path = get_route_path(scope)
            slashes, second = _key(path)
            for route, regex in tables.get((slashes, second)) or tables.get((slashes, None)) or ():
                if regex is not None and regex.match(path) is None:
                    continue
                match, found = route.matches(scope)
                if match is Match.FULL:
                    if id(route) not in known or "fastapi.telemetry" in scope:
                        break
                    scope.update(found)
                    await route.handle(scope, receive, send)
                    return
        await usual(scope, receive, send)

    return find


def _key(path: str) -> tuple[int, str]:
    parts = path.split("/", 3)
    return path.count("/"), parts[2] if len(parts) > 2 else ""


def _place(route: BaseRoute) -> tuple[int, str | None] | None:
    """The place of what it matches; None where that can be any."""
    path = getattr(route, "path", None)
    return None if path is None or ":path}" in path else _spread(path)


def _spread(path: str) -> tuple[int, str | None]:
    """How many parts it has, and the second one, None where that is any text."""
    slashes, second = _key(path)
    return slashes, None if "{" in second else second


def is_plain(route: APIRoute) -> bool:
    """Whether a route reads no body, waits for nothing but coroutines, and returns an answer or a model."""
    return (
        route.body_field is None
        and route.max_body_size is None
        and (_answers_itself(route.endpoint) or _answers_by_model(route))
        and all(_is_plain_dependant(one) for one in _every(route.dependant))
    )


def _every(dependant: Dependant) -> Iterator[Dependant]:
    yield dependant
    for inner in dependant.dependencies:
        yield from _every(inner)


def _answers_itself(endpoint: Callable[..., Any]) -> bool:
    answer = typing.get_type_hints(endpoint).get("return")
    return isinstance(answer, type) and issubclass(answer, Response)


def _answers_by_model(route: APIRoute) -> bool:
    return (
        route.response_field is not None
        and isinstance(route.response_class, DefaultPlaceholder)
        and is_body_allowed_for_status_code(route.status_code)
    )


def _is_plain_dependant(one: Dependant) -> bool:
    fields = [*one.path_params, *one.query_params, *one.header_params]
    return (
        one.call is not None
        and _is_coroutine_callable(one.call)
        and not _is_async_gen_callable(one.call)
        and one.concurrency is None
        and not (one.body_params or one.cookie_params or one.own_oauth_scopes or one.parent_oauth_scopes)
        and not (one.response_param_name or one.background_tasks_param_name or one.security_scopes_param_name)
        and not (one.websocket_param_name or one.http_connection_param_name)
        and all(_get_param_model(field) is None and len(_get_param_aliases(field)) == 1 for field in fields)
    )


def _quick(route: APIRoute, usual: ASGIApp) -> ASGIApp:
    endpoint, solve = route.endpoint, _solver(route.dependant)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if get_telemetry_data() is not None or scope["app"].dependency_overrides:
            # Spans for each step are wanted.
            await usual(scope, receive, send)
            return
        errors: list[Any] = []
        values = await solve(Request(scope, receive, send), {}, errors)
        if errors:
            raise RequestValidationError(errors)
        answer = await endpoint(**values)
        response: Response = answer if isinstance(answer, Response) else await _by_model(route, answer)
        await response(scope, receive, send)

    return app


async def _by_model(route: APIRoute, answer: Any) -> Response:
    """As fastapi.routing.get_request_handler, for what is plain."""
    content = await serialize_response(
        field=route.response_field,
        response_content=answer,
        include=route.response_model_include,
        exclude=route.response_model_exclude,
        by_alias=route.response_model_by_alias,
        exclude_unset=route.response_model_exclude_unset,
        exclude_defaults=route.response_model_exclude_defaults,
        exclude_none=route.response_model_exclude_none,
        dump_json=True,
    )
    return Response(content, route.status_code or 200, media_type="application/json")


def _solver(dependant: Dependant) -> Solve:
    """As fastapi.dependencies.utils.solve_dependencies, for what is plain."""
    inner = [
        (one.name, one.call, _get_cache_key(dependant=one), one.use_cache, _solver(one))
        for one in dependant.dependencies
    ]
    path, query, headers = map(_reader, (dependant.path_params, dependant.query_params, dependant.header_params))
    request_name = dependant.request_param_name

    async def solve(request: Request, known: dict[Any, Any], errors: list[Any]) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for name, call, key, use_cache, solve_inner in inner:
            before = len(errors)
            arguments = await solve_inner(request, known, errors)
            if len(errors) > before:
                continue
            if use_cache and key in known:
                solved = known[key]
            else:
                assert call is not None
                solved = await call(**arguments)
                known.setdefault(key, solved)
            if name is not None:
                values[name] = solved
        if path is not None:
            path(request.path_params, values, errors)
        if query is not None:
            query(request.query_params if request.scope["query_string"] else NO_QUERY, values, errors)
        if headers is not None:
            headers(request.headers, values, errors)
        if request_name is not None:
            values[request_name] = request
        return values

    return solve


def _one_value(_field: Any, given: Mapping[str, Any], alias: str) -> Any:
    return given.get(alias, PydanticUndefined)


def _values(field: Any, given: Mapping[str, Any], alias: str) -> Any:
    return _get_multidict_value(field, given, alias) if alias in given else PydanticUndefined


def _reader(fields: list[Any]) -> Read | None:
    """As fastapi.dependencies.utils.request_params_to_args, for what is plain."""
    plans = []
    for field in fields:
        assert isinstance(field.field_info, Param)
        ((_, alias),) = _get_param_aliases(field)
        place = (field.field_info.in_.value, alias)
        plain = not (field.field_info.is_required() or field.field_info.validate_default)
        default = field.default if plain else PydanticUndefined
        # Whoever is no list has one value, which FastAPI finds out by the annotation each time.
        find = _values if field_annotation_is_sequence(field.field_info.annotation) else _one_value
        plans.append((field, field.name, alias, place, plain, default, isinstance(default, UNCHANGING), find))
    if not plans:
        return None

    def read(given: Mapping[str, Any], values: dict[str, Any], errors: list[Any]) -> None:
        for field, name, alias, place, plain, default, unchanging, find in plans:
            value = find(field, given, alias)
            if value is PydanticUndefined and plain:
                values[name] = default if unchanging else deepcopy(default)
                continue
            found, wrong = _validate_value_with_model_field(field=field, value=value, values=values, loc=place)
            if wrong:
                errors.extend(wrong)
            else:
                values[name] = found

    return read
