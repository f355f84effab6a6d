"""`python -m tests.wire_types`: writes the wire types of the pages (`web/src/api/wire`) and the reference of the
protocol (`docs/protocol/reference`) anew.

They are made of the OpenAPI documents of the services and the AsyncAPI document of the websocket. With `--check`, it
says instead which of them are not up to date."""

from __future__ import annotations

import json
import logging
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import procrastinate
from fastapi import FastAPI
from hatch_build import npm
from procrastinate.testing import InMemoryConnector

from kyoo.api.realtime import asyncapi
from kyoo.core.database.postgres import Database
from kyoo.core.http.permissions import Authentication
from kyoo.core.http.service import Runtime
from kyoo.core.tokens import SharedSecret, Verifier
from kyoo.serve.administration import router as administration_router
from kyoo.serve.backup import routes
from kyoo.serve.services import SERVICES
from tests import protocol_reference

WEB = Path(__file__).parents[1] / "web"
FOLDER = WEB / "src/api/wire"


def documents() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Of each file: its name, what it holds, and the document. Nothing is started for that."""
    runtime = Runtime(
        Database("host=nowhere"),
        procrastinate.App(connector=InMemoryConnector()),
        Authentication(Verifier(SharedSecret("-" * 32))),
        httpx2.AsyncClient(),
        "http://localhost",
    )
    for service in SERVICES.values():
        document = service.create_app(service.settings(), runtime).openapi()
        yield service.prefix[1:], f"What {service.prefix} takes and gives.", document
    administration = FastAPI()
    for router in (administration_router, routes.administrators, routes.first_visitor):
        administration.router.routes.extend(router.routes)
    yield "server", "What /server takes and gives.", administration.openapi()
    yield "socket", "The frames of the websocket.", asyncapi.document()


def bare(schema: Any) -> Any:
    """Without what the compiler would make names of: the titles of properties, and pages, which are generic."""
    if isinstance(schema, list):
        return [bare(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: value.replace("#/components/schemas/", "#/definitions/") if key == "$ref" else bare(value)
        for key, value in schema.items()
        if not (key == "title" and isinstance(value, str)) and key != "discriminator"
    }


def write(folder: Path) -> None:
    described = {
        name: {
            "title": title,
            "schemas": {
                model: bare(schema)
                for model, schema in sorted(document["components"]["schemas"].items())
                if not model.startswith(("Page_", "Body_")) and not model.endswith("ValidationError")
            },
        }
        for name, title, document in documents()
    }
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(described, file)
        file.flush()
        npm("run", "--silent", "types", "--", file.name, str(folder), cwd=WEB)


def reference() -> dict[str, str]:
    """The pages of the protocol's reference, by their names."""
    return {f"{name}.md": protocol_reference.page(title, document) for name, title, document in documents()}


def outdated() -> list[str]:
    """The names of the files that are not what the code says."""
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder))
        made = {path.name: path.read_text() for path in Path(folder).iterdir()}
    kept = {path.name: path.read_text() for path in FOLDER.iterdir()}
    made |= reference()
    kept |= {path.name: path.read_text() for path in protocol_reference.FOLDER.iterdir()}
    return sorted(name for name in {*made, *kept} if made.get(name) != kept.get(name))


if __name__ == "__main__":
    # Whether it finds its tasks again, as it runs here by itself: there are none.
    logging.getLogger("procrastinate.blueprints").setLevel(logging.ERROR)
    if sys.argv[1:] != ["--check"]:
        FOLDER.mkdir(exist_ok=True)
        write(FOLDER)
        protocol_reference.FOLDER.mkdir(exist_ok=True)
        for name, text in reference().items():
            (protocol_reference.FOLDER / name).write_text(text)
    elif old := outdated():
        raise SystemExit(f"Not what the code says: {', '.join(old)}. Write them anew: make types")
