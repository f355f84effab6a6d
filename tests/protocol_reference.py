"""The pages of `docs/protocol/reference`: every route, parameter and member, out of the documents of the services."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[1] / "docs" / "protocol" / "reference"
METHODS = ("get", "post", "put", "patch", "delete", "head")
#: Told in docs/protocol/README.md#errors of every route.
ERRORS = "ValidationError"


def kind(schema: Any) -> str:
    """What a value is, in a few characters."""
    if not isinstance(schema, dict) or not schema:
        return "any"
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"page of `{name[5:-1]}`" if name.startswith("Page_") else f"`{name}`"
    if "const" in schema:
        return f"`{schema['const']}`"
    if "enum" in schema:
        return " ".join(f"`{value}`" for value in schema["enum"])
    for several in ("anyOf", "oneOf", "allOf"):
        if several in schema:
            return ", ".join(dict.fromkeys(kind(one) for one in schema[several])).replace(", null", " or null")
    match schema.get("type"):
        case "array":
            return f"list of {kind(schema.get('items'))}"
        case "object" if schema.get("additionalProperties") not in (None, False, True):
            return f"object of {kind(schema['additionalProperties'])}"
        case "string":
            return str(schema.get("format", "string"))
        case other:
            return str(other or "any")


def bodies(described: dict[str, Any]) -> str:
    """The bodies of a request or an answer; "" for none."""
    content = described.get("content", {})
    return ", ".join(
        dict.fromkeys(kind(one["schema"]) if one.get("schema") else f"`{media}`" for media, one in content.items())
    )


def parameter(described: dict[str, Any]) -> str:
    return f"`{described['name']}`{'' if described.get('required') else '?'}: {kind(described.get('schema'))}"


def routes(document: dict[str, Any]) -> Iterator[str]:
    for path, methods in sorted(document.get("paths", {}).items()):
        for method in METHODS:
            if operation := methods.get(method):
                asked = [parameter(one) for one in operation.get("parameters", []) if one["in"] == "query"]
                if body := bodies(operation.get("requestBody", {})):
                    asked.append(f"body: {body}")
                answers = [
                    f"{status} {bodies(answer)}".strip()
                    for status, answer in sorted(operation["responses"].items())
                    if status.startswith(("2", "3"))
                ]
                said = re.split(r"(?<=\.)\s", " ".join(operation.get("description", "").split()))[0].replace("|", "\\|")
                yield f"| `{method.upper()} {path}` | {'; '.join(asked)} | {', '.join(answers)} | {said} |"


def shapes(schemas: dict[str, Any]) -> Iterator[str]:
    for name, schema in sorted(schemas.items()):
        if name.endswith(ERRORS) or name.startswith(("Body_", "Page_")):
            continue
        if members := schema.get("properties"):
            needed = schema.get("required", [])
            listed = "; ".join(
                f"`{member}`{'' if member in needed else '?'}: {kind(of)}" for member, of in members.items()
            )
        else:
            listed = kind(schema)
        yield f"| `{name}` | {listed} |"


def page(title: str, document: dict[str, Any]) -> str:
    lines = [f"# {title.rstrip('.')}", "", "Made by `make types` from what the code declares. `?`: can be left out."]
    if found := [row.replace("\n", " ") for row in routes(document)]:
        lines += ["", "| route | asks | answers | |", "| --- | --- | --- | --- |", *found]
    lines += ["", "| shape | members |", "| --- | --- |", *shapes(document["components"]["schemas"])]
    return "\n".join(lines) + "\n"
