"""Libraries: named folders that readers can be limited to."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from kyoo.api.models.base import Moment, Reference, Wire


def _folder(path: str) -> str:
    folder = path.rstrip("/")
    if not folder.startswith("/") or any(part in ("", ".", "..") for part in folder.split("/")[1:]):
        raise ValueError("A library is the absolute path of a folder")
    return folder


class SeedLibrary(Wire):
    name: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    path: Annotated[str, Field(max_length=4000), AfterValidator(_folder)]


class Library(Reference):
    name: str
    path: str
    created_at: Moment
    updated_at: Moment
