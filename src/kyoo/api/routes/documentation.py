"""What the OpenAPI document says beyond what the routes declare: the errors that every route of a kind can answer."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI

#: Of an error, `details` is whatever helps.
ERROR = {
    "title": "Error",
    "type": "object",
    "required": ["status", "message"],
    "properties": {"status": {"type": "integer"}, "message": {"type": "string"}, "details": {}},
}

VERBS = ("get", "post", "put", "patch", "delete")


def describe_errors(app: FastAPI) -> None:
    """Complete the document of `app` when it is first asked for."""
    plain = app.openapi

    def complete() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = plain()
            document.setdefault("components", {}).setdefault("schemas", {})["Error"] = ERROR
            for path, item in document["paths"].items():
                for verb in VERBS:
                    if verb in item and path not in ("/api/health", "/api/ready"):
                        _complete(path, verb, item[verb])
            for unused in ("HTTPValidationError", "ValidationError"):
                document["components"]["schemas"].pop(unused, None)
        assert app.openapi_schema is not None
        return app.openapi_schema

    app.openapi = complete  # type: ignore[method-assign]


def _complete(path: str, verb: str, operation: dict[str, Any]) -> None:
    answers = operation["responses"]
    errors = {403: "No token, an invalid one, or a permission that is missing", 422: "An invalid request"}
    if "{" in path or "/random" in path or path.endswith("/history"):
        errors[404] = "There is no such thing"
    if "requestBody" in operation:
        errors[400] = "The body is no JSON"
    if verb != "get":
        errors[409] = "Something is in the way that was made meanwhile"
        errors[401] = "Guests have nothing of their own"
    if "/profiles/{" in path or path.startswith("/api/videos"):
        errors[401] = "The auth service refuses the caller"
        errors[502] = "A service that is needed does not answer"
    if path.endswith(("/imports/server", "/imports/jellyfin", "/imports/jellyfin/accounts")):
        errors[502] = "The other server does not answer, or not as such a server does"
    if "/trackers" in path:
        errors[502] = "The tracker does not answer, or refuses"
        errors[503] = "The key of the trackers cannot be had"
    for status, meaning in errors.items():
        # A declared answer of that status keeps its words, but every error has the same shape.
        described = answers.get(str(status), {}).get("description", meaning)
        known = answers.get(str(status), {}).get("content", {}).get("application/json", {}).get("schema", {})
        if known and not known.get("$ref", "").endswith("HTTPValidationError"):
            continue
        answers[str(status)] = {
            "description": described if status != 422 else meaning,
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}},
        }
