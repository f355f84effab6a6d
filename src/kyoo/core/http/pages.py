"""Pages of lists: `{items, this, next}` with absolute URLs and opaque keyset cursors
(docs/protocol/README.md#pages-of-lists). What clients call this server is found out in forwarded.py."""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any, Generic, TypeVar
from urllib.parse import parse_qsl, urlencode

from pydantic import BaseModel

from kyoo.core.errors import InvalidError
from kyoo.core.http.storable import is_storable

T = TypeVar("T")


class Page(BaseModel, Generic[T]):
    """`this` and `next` are absolute URLs; `next` is null on the last page."""

    items: list[T]
    this: str
    next: str | None


def encode_cursor(values: list[Any]) -> str:
    """base64url, unpadded, of the compact JSON array of an item's sort values followed by its key."""
    text = json.dumps(values, separators=(",", ":"), ensure_ascii=False, default=str)
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


def decode_cursor(cursor: str, length: int) -> list[Any]:
    """The values of a cursor; InvalidError unless it is an array of `length` scalars."""
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        values = json.loads(raw)
    except (binascii.Error, ValueError, RecursionError):
        values = None
    if (
        not isinstance(values, list)
        or len(values) != length
        or any(isinstance(value, list | dict) for value in values)
        or not all(is_storable(value) for value in values if isinstance(value, str))
    ):
        raise InvalidError("Invalid after: it must be taken from the next link of a page of the same list")
    return values


def next_url(this: str, **changes: str) -> str:
    """`this` with the query parameters in `changes` replaced, the others as they were."""
    base, _, query = this.partition("?")
    kept = [(key, value) for key, value in parse_qsl(query, keep_blank_values=True) if key not in changes]
    return f"{base}?{urlencode([*kept, *changes.items()])}"
