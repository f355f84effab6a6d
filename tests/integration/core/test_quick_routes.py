"""Routes that are answered without what they do not use, compared with what FastAPI itself makes of them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

import httpx2
import pytest
from fastapi import APIRouter, BackgroundTasks, Body, Depends, FastAPI, Header, Path, Query, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response
from fastapi.routing import APIRoute
from pydantic import BaseModel, BeforeValidator, Field

from kyoo.core.errors import ForbiddenError, install_error_handlers
from kyoo.core.http.quick_routes import is_plain, quicken

router = APIRouter()
calls: list[str] = []


async def base(request: Request, size: Annotated[int, Query(ge=1, le=9)] = 5) -> int:
    calls.append(request.url.path)
    return size


async def strict(
    base: Annotated[int, Depends(base)],
    x_mood: Annotated[str | None, Header()] = None,
    word: Annotated[str, BeforeValidator(lambda value: value or "none"), Query(alias="of")] = "default",
) -> str:
    if x_mood == "bad":
        raise ForbiddenError("Not today")
    return f"{base} {x_mood} {word}"


class Guard:
    async def __call__(self, request: Request) -> None:
        if "x-out" in request.headers:
            raise ForbiddenError("Out")


@router.get("/plain/{name}/{number}", dependencies=[Depends(Guard())])
async def plain(
    request: Request,
    name: Annotated[str, Path(max_length=5)],
    number: int,
    base: Annotated[int, Depends(base)],
    strict: Annotated[str, Depends(strict)],
    kind: Literal["a", "b"] = "a",
    many: Annotated[list[str] | None, Query()] = None,
    held: Annotated[list[int], Query()] = [1],  # noqa: B006 (FastAPI copies it)
) -> JSONResponse:
    held.append(0)
    return JSONResponse([name, number, base, strict, kind, many, held, request.url.query], headers={"x-a": "b"})


@router.get("/plain/{name}/seven")
async def hidden() -> Response:
    return Response("another route has this path, too")


@router.get("/files/{path:path}")
async def files(path: str) -> Response:
    return Response(path)


@router.get("/files/a/{last}")
async def last(last: str) -> Response:
    return Response("never")


@router.get("/{anything}/x/{last}")
async def anything(anything: str, last: str) -> Response:
    return Response(f"{anything} {last}")


@router.get("/needs")
async def needs(what: str, how: Annotated[int, Header()]) -> Response:
    return Response(f"{what} {how}", 202)


@router.get("/crash")
async def crash() -> Response:
    raise RuntimeError("a bug")


class Model(BaseModel):
    one: int = Field(1, serialization_alias="first")
    two: datetime | None = None


@router.get("/model")
async def model() -> dict[str, int]:
    return {"a": 1}


@router.get("/models", response_model_exclude_unset=True, response_model_by_alias=False)
async def models(two: datetime | None = None) -> list[Model]:
    return [Model(), Model(one=2, two=two)]


@router.get("/made", response_model=Model, status_code=201)
async def made(kind: Literal["dict", "answer"]) -> Any:
    return {"one": "5", "more": 1} if kind == "dict" else JSONResponse("itself", 202)


@router.get("/wrong", response_model=Model)
async def wrong() -> Any:
    return {"one": "x"}


@router.get("/none", status_code=204)
async def none() -> None:
    return None


@router.get("/old/{name}/end", response_class=HTMLResponse)
async def html(name: str) -> Any:
    return f"<p>{name}"


@router.get("/{first}/{thing}/end")
async def end(first: str, thing: str) -> Response:
    return Response(f"{first} {thing}")


@router.post("/body")
async def body(value: Annotated[int, Body()]) -> Response:
    return Response(str(value))


@router.get("/thread")
def thread() -> Response:
    return Response("thread")


@router.get("/later")
async def later(tasks: BackgroundTasks) -> Response:
    tasks.add_task(calls.append, "later")
    return Response("now")


async def generator() -> Any:
    yield 1
    calls.append("closed")


@router.get("/generator")
async def generated(value: Annotated[int, Depends(generator)]) -> Response:
    return Response(str(value))


@pytest.fixture(scope="module")
def apps() -> list[FastAPI]:
    # Including makes each route anew, which takes half a second.
    usual, quick = FastAPI(), FastAPI()
    usual.include_router(router)
    quick.router.routes.extend(router.routes)
    quicken(quick)
    for app in (usual, quick):
        install_error_handlers(app)
    return [usual, quick]


REQUESTS = [
    ("GET", "/plain/ada/7", {}),
    ("GET", "/plain/ada/7?size=3&of=&kind=b&many=x&many=y&held=4&held=5", {"x-mood": "good"}),
    ("GET", "/plain/ada/7?of=%20a%26", {"x-mood": "bad"}),
    ("GET", "/plain/ada/7", {"x-out": "1"}),
    ("GET", "/plain/adamant/x?size=99&kind=c&held=q", {}),
    ("GET", "/plain/adamant/x?size=0", {"x-mood": "bad"}),
    ("GET", "/plain/ada/7?size=", {}),
    ("POST", "/plain/ada/7", {}),
    ("GET", "/plain/ada/seven", {}),
    ("GET", "/files/a/b", {}),
    ("GET", "/files/a/b/c/d", {}),
    ("GET", "/files/", {}),
    ("GET", "/plain/x/3", {}),
    ("GET", "/{anything}/x/3", {}),
    ("GET", "/a/x/3/", {}),
    ("GET", "//x/3", {}),
    ("HEAD", "/files/a", {}),
    ("GET", "/needs", {}),
    ("GET", "/needs?what=&what=b", {"how": "3"}),
    ("GET", "/needs?what=a", {"how": "x"}),
    ("GET", "/crash", {}),
    ("GET", "/model", {}),
    ("GET", "/models", {}),
    ("GET", "/models?two=2020-01-02T03:04:05Z", {}),
    ("GET", "/made?kind=dict", {}),
    ("GET", "/made?kind=answer", {}),
    ("GET", "/wrong", {}),
    ("GET", "/none", {}),
    ("GET", "/old/a/end", {}),
    ("GET", "/new/a/end", {}),
    ("GET", "/new//end", {}),
    ("POST", "/body", {}),
    ("GET", "/thread", {}),
    ("GET", "/later", {}),
    ("GET", "/generator", {}),
    ("GET", "/nothing", {}),
]


@pytest.mark.parametrize(("method", "url", "headers"), REQUESTS)
async def test_the_answer_is_the_same(apps: list[FastAPI], method: str, url: str, headers: dict[str, str]) -> None:
    seen = []
    for app in apps:
        transport = httpx2.ASGITransport(app, raise_app_exceptions=False)
        async with httpx2.AsyncClient(transport=transport, base_url="http://x") as client:
            calls.clear()
            answers = [await client.request(method, url, headers=headers) for _ in range(2)]
            seen.append([(one.status_code, dict(one.headers), one.text) for one in answers] + [list(calls)])
    assert seen[0] == seen[1]
    # A default is nobody's to keep.
    assert seen[0][0] == seen[0][1]


def test_only_what_is_plain_is_quick() -> None:
    quick = {route.path for route in router.routes if isinstance(route, APIRoute) and is_plain(route)}
    assert quick == {
        *("/plain/{name}/{number}", "/plain/{name}/seven", "/files/{path:path}", "/files/a/{last}"),
        *("/{anything}/x/{last}", "/needs", "/crash", "/model", "/models", "/made", "/wrong", "/{first}/{thing}/end"),
    }


def test_the_routes_that_are_called_most_are_quick() -> None:
    from kyoo.api.app import ROUTERS as API
    from kyoo.auth.routes import exchange, me
    from kyoo.transcoder.app import ROUTERS as TRANSCODER

    routes = [route for one in [*API, *TRANSCODER, exchange.router, me.router] for route in one.routes]
    quick = {route.path for route in routes if isinstance(route, APIRoute) and is_plain(route)}
    assert {
        "/api/movies/{name}",
        "/api/series/{name}/entries",
        "/api/shows",
        "/api/profiles/me/watchlist",
        "/api/images/{id}",
        "/auth/jwt",
        "/auth/users/me",
        "/video/{path}/master.m3u8",
        "/video/{path}/{video}/{quality}/index.m3u8",
        "/video/{path}/{video}/{quality}/{name}",
    } <= quick
