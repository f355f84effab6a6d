"""Whatever is wrong with a request, whichever service it is for, the answer says so in plain words: nothing of the
library that validates, nothing of Python or Postgres, no name of a class (docs/protocol/README.md#errors)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
from tests.integration.test_access import client_of, instance
from tests.wrong import WRONG, places, with_wrong

from kyoo.auth.tokens.claims import EVERY_PERMISSION

#: What no caller should read.
INTERNAL = re.compile(
    r"value error|pydantic|psycopg|starlette|fastapi|traceback|input should|dictionary|NoneType|<class|unable to parse"
    r"|urn:uuid|\bSeed[A-Z]\w*|function-|constrained|\blist\[|\bdict\[|discriminator|object at 0x"
    r"|relation \"|null value in|violates|Key \(|expected_|__\w+__",
    re.IGNORECASE,
)
VALUES = ["", "x", "-1", "1e400", "%5B%5D", "true", "2022-13-45", "a" * 5000, "%C3%A9"]
PREFIXES = {"auth": "/auth", "api": "/api", "scanner": "/scanner", "transcoder": "/video"}


def example(schema: dict[str, Any], document: dict[str, Any], depth: int = 6) -> Any:
    """A body of this shape, with one of everything that it can have."""
    if "$ref" in schema:
        found = document
        for part in schema["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        return example(found, document, depth)
    for several in ("anyOf", "oneOf", "allOf"):
        if several in schema:
            return example(schema[several][0], document, depth)
    if "const" in schema or "enum" in schema:
        return schema.get("const") or schema["enum"][0]
    match schema.get("type"):
        case "object" if depth:
            members = {
                name: example(inner, document, depth - 1) for name, inner in schema.get("properties", {}).items()
            }
            if isinstance(more := schema.get("additionalProperties"), dict):
                members["en"] = example(more, document, depth - 1)
            return members
        case "array" if depth > 2:
            return [example(schema.get("items", {}), document, depth - 1)]
        case "object" | "array":
            return {} if schema["type"] == "object" else []
        case "integer" | "number":
            return 1
        case "boolean":
            return True
        case "string":
            return {"date": "2020-01-01", "date-time": "2020-01-01T00:00:00Z"}.get(schema.get("format", ""), "film")
    return None


def requests(document: dict[str, Any]) -> Iterator[tuple[str, str, bytes | None]]:
    """Verb, target and body of requests of which one part each is wrong."""
    values, wrongs = cycle(VALUES), cycle(WRONG)
    for path, item in document["paths"].items():
        for verb, operation in item.items():
            target = re.sub(r"{[^}]+}", "film", path)
            for parameter in operation.get("parameters", []):
                if parameter["in"] == "query":
                    yield verb, f"{target}?{parameter['name']}={next(values)}", None
                elif parameter["in"] == "path":
                    wrong = path.replace(f"{{{parameter['name']}}}", next(values) or "%00")
                    yield verb, re.sub(r"{[^}]+}", "film", wrong), None
            content = operation.get("requestBody", {}).get("content", {})
            if "application/json" in content:
                body = example(content["application/json"]["schema"], document)
                yield verb, target, b"{"
                for where in places(body):
                    yield verb, target, with_wrong(body, where, next(wrongs))
            elif content:
                yield verb, target, b"no form"


async def test_no_answer_speaks_of_what_is_inside(
    conninfo: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KEIBI_APIKEY_ALL", "key of all")
    monkeypatch.setenv("KEIBI_APIKEY_ALL_CLAIMS", json.dumps({"permissions": list(EVERY_PERMISSION)}))
    headers = {"X-Api-Key": "key of all"}
    found: list[str] = []
    refused: set[str] = set()
    async with instance(conninfo, tmp_path) as running, client_of(running) as client:
        for service, prefix in PREFIXES.items():
            document = (await client.get(f"{prefix}/swagger/json")).json()
            for verb, target, body in requests(document):
                more = {"Content-Type": "application/json"} if body is not None else {}
                answer = await client.request(verb.upper(), target, content=body, headers=headers | more)
                if answer.status_code < 400:
                    continue
                refused.add(service)
                if answer.status_code >= 500 or INTERNAL.search(answer.text):
                    told = f"{verb} {target[:80]} {body[:60] if body else ''}: {answer.status_code} {answer.text[:300]}"  # type: ignore[str-bytes-safe]
                    found.append(told)
    assert not found, f"{len(found)}: " + "\n".join(found[:40])
    assert refused == PREFIXES.keys()
