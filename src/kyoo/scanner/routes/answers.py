"""Rows as the answers of routes."""

from __future__ import annotations

from psycopg.rows import DictRow

from kyoo.scanner.models.request import Request


def wire(row: DictRow) -> Request:
    return Request.model_validate(
        {**row, "id": str(row["pk"]), "videos": [str(video["id"]) for video in row["videos"]]}
    )
