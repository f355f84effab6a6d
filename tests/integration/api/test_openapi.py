"""The documentation against the service: whatever its schema allows or forbids, the answer is one that it documents.

Schemathesis makes requests of the OpenAPI document, right and wrong ones, and they are sent to the application in
process, over a library with one of everything.
"""

from __future__ import annotations

import asyncio
import hashlib
import inspect
import json
import os
import pickle
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import httpx2
import jsonschema_rs
import procrastinate
import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, Verbosity, given, settings
from procrastinate.testing import InMemoryConnector
from tests.integration.api.seeds import (
    PUBLIC_URL,
    SECRET,
    bearer,
    episode_seed,
    movie_seed,
    season_seed,
    serie_seed,
    video_seed,
)
from tests.media import CACHE

from kyoo.api.app import create_app
from kyoo.api.settings import ApiSettings
from kyoo.core.database.postgres import Database
from kyoo.core.http.permissions import Authentication
from kyoo.core.http.service import Runtime
from kyoo.core.tokens import SharedSecret, Verifier

#: Names that lead somewhere, for the paths that schemathesis would never guess.
KNOWN = {"movies": "film", "series": "serie", "collections": "all", "studios": "a24", "staff": "somebody"}
#: Requests of each kind to each operation: the first of them are as good a sample as any.
SAMPLE, MANY = 1, 8
WIRE = ("method", "url", "params", "json", "data", "headers", "files")


class Live:
    """The application, its database and a loop to call them in, for a test that hypothesis drives."""

    def __init__(self, conninfo: str, folder: Path) -> None:
        self.loop = asyncio.new_event_loop()
        self.database = Database(conninfo, max_size=4)
        queue = procrastinate.App(connector=InMemoryConnector())
        peer = httpx2.AsyncClient(
            transport=httpx2.MockTransport(lambda _: httpx2.Response(404, json={})), base_url=PUBLIC_URL
        )
        authentication = Authentication(Verifier(SharedSecret(SECRET)))
        runtime = Runtime(self.database, queue, authentication, peer, PUBLIC_URL)
        self.app: FastAPI = create_app(ApiSettings(images=str(folder)), runtime)
        self.client = httpx2.AsyncClient(
            transport=httpx2.ASGITransport(app=self.app, raise_app_exceptions=False), base_url="http://localhost"
        )
        self.loop.run_until_complete(self.database.open())
        self.loop.run_until_complete(queue.open_async())
        # What it starts by itself, a launcher of cages for pictures, it also ends.
        self.life = self.app.router.lifespan_context(self.app)
        self.loop.run_until_complete(self.life.__aenter__())

    def call(self, method: str, url: str, **more: Any) -> httpx2.Response:
        return self.loop.run_until_complete(self.client.request(method, url, **more))

    def close(self) -> None:
        self.loop.run_until_complete(self.client.aclose())
        self.loop.run_until_complete(self.life.__aexit__(None, None, None))
        self.loop.run_until_complete(self.database.close())
        self.loop.close()

    def seed(self) -> None:
        person = {"slug": "somebody", "name": "S", "latinName": None, "image": None, "externalId": {}}
        shared: dict[str, Any] = {
            "studios": [{"slug": "a24", "externalId": {}, "translations": {"en": {"name": "A24", "logo": None}}}],
            "staff": [{"kind": "director", "character": None, "staff": person}],
        }
        bodies = [
            ("/api/movies", movie_seed("film", **shared)),
            ("/api/series", serie_seed("serie", **shared, seasons=[season_seed(1)], entries=[episode_seed(1, 1)])),
            ("/api/videos", [video_seed("/a.mkv", **{"for": [{"movie": "film"}]}), video_seed("/b.mkv")]),
        ]
        for path, body in bodies:
            assert self.call("POST", path, json=body, headers=bearer()).status_code == 201


@pytest.fixture
def live(conninfo: str, tmp_path: Path) -> Iterator[Live]:
    live = Live(conninfo, tmp_path)
    live.seed()
    yield live
    live.close()


def documented(document: dict[str, Any], path: str, verb: str, response: httpx2.Response) -> None:
    """Fails unless `response` has a documented status and, where a shape is documented, that shape."""
    answers = document["paths"][path][verb]["responses"]
    status = str(response.status_code)
    assert response.status_code < 500 or status in answers, response.text
    assert status in answers, f"undocumented {status}: {response.text[:300]}"
    schema = answers[status].get("content", {}).get("application/json", {}).get("schema")
    if schema and response.headers.get("content-type", "").startswith("application/json"):
        validator = jsonschema_rs.validator_for({**schema, "components": document["components"]})
        faults = [f"{'/'.join(map(str, e.instance_path))}: {e.message}" for e in validator.iter_errors(response.json())]
        assert not faults, faults[:3]


def fitting(path: str, parameters: dict[str, Any]) -> dict[str, Any]:
    """The same path parameters, with every other name one that exists."""
    kind = path.split("/")[2]
    if "name" in parameters and kind in KNOWN and len(str(parameters["name"])) % 2:
        return {**parameters, "name": KNOWN[kind]}
    return parameters


def with_short_lists(schema: Any) -> Any:
    """The same, with no more than two items in a list: a body of many takes half a minute to make up."""
    if isinstance(schema, list):
        return [with_short_lists(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    shorter = {key: with_short_lists(part) for key, part in schema.items()}
    return {**shorter, "maxItems": 2} if schema.get("type") == "array" and not schema.get("minItems") else shorter


def resolved(part: Any, document: dict[str, Any], seen: frozenset[str] = frozenset()) -> Any:
    """The same, with what it refers to in its place, once."""
    if isinstance(part, list):
        return [resolved(one, document, seen) for one in part]
    if not isinstance(part, dict):
        return part
    name = part.get("$ref")
    if isinstance(name, str) and name not in seen:
        target: Any = document
        for step in name.removeprefix("#/").split("/"):
            target = target[step]
        return resolved(target, document, seen | {name})
    return {key: resolved(value, document, seen) for key, value in part.items()}


def requests(document: dict[str, Any], operation: Any, mode: Any, examples: int) -> list[dict[str, Any]]:
    """`examples` requests of one kind to one operation, as the client is told them. To make them up takes a minute for
    all operations: they are kept in the cache folder, by what they are made of."""
    declared = resolved(document["paths"][operation.path][operation.method.lower()], document)
    versions = [f"{name} {version(name)}" for name in ("schemathesis", "hypothesis")]
    made_of = [inspect.getsource(sys.modules[__name__]), *versions, operation.label, mode.value, declared, examples]
    kept = (
        CACHE / "requests" / f"{hashlib.sha256(json.dumps(made_of, sort_keys=True).encode()).hexdigest()[:32]}.pickle"
    )
    if kept.exists():
        found: list[dict[str, Any]] = pickle.loads(kept.read_bytes())
        return found
    made: list[dict[str, Any]] = []

    @settings(
        max_examples=examples,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        verbosity=Verbosity.quiet,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def make(case: Any) -> None:
        case.path_parameters = fitting(operation.path, dict(case.path_parameters or {}))
        request = case.as_transport_kwargs(base_url="http://localhost")
        request = {key: value for key, value in request.items() if key in WIRE and value is not None}
        if isinstance(request.get("data"), bytes | str):
            request["content"] = request.pop("data")
        made.append({**request, "headers": dict(request.get("headers") or {})})

    make()
    kept.parent.mkdir(parents=True, exist_ok=True)
    new = kept.with_suffix(f".{os.getpid()}")
    new.write_bytes(pickle.dumps(made))
    new.rename(kept)
    return made


def ask(live: Live, document: dict[str, Any], operation: Any, made: list[dict[str, Any]]) -> int:
    """Send the requests to their operation; how many were sent."""
    asked = 0
    for request in made:
        try:
            answer = live.call(**request | {"headers": {**request["headers"], **bearer()}})
        except httpx2.InvalidURL:
            # Longer than the client can send.
            continue
        asked += 1
        documented(document, operation.path, operation.method.lower(), answer)
    return asked


@pytest.mark.parametrize("examples", [SAMPLE, pytest.param(MANY, marks=pytest.mark.exhaustive)])
def test_no_request_gets_an_undocumented_answer(live: Live, subtests: pytest.Subtests, examples: int) -> None:
    document = json.loads(live.call("GET", "/api/swagger/json").content)
    short = with_short_lists(document)
    schema = schemathesis.openapi.from_dict(short)
    asked = 0
    for result in schema.get_all_operations():
        operation = result.ok()  # type: ignore[union-attr]
        if operation.path in ("/api/health", "/api/ready"):
            continue
        declared = document["paths"][operation.path][operation.method.lower()]
        wrong_can_be = declared.get("parameters") or "requestBody" in declared
        for mode in schemathesis.GenerationMode:
            if mode is schemathesis.GenerationMode.NEGATIVE and not wrong_can_be:
                continue
            with subtests.test(operation=operation.label, mode=mode.value):
                asked += ask(live, document, operation, requests(short, operation, mode, examples))
    assert asked > examples * 60
