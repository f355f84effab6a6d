"""What is wrong in a body, and how it is put into each place of a good one."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

#: As JSON: texts that no database holds, numbers beyond all bounds, other types, other depths.
WRONG = [
    json.dumps("a\0b"), '"\\ud800"', '"\\udfff\\ud800 x"', "1e400", "-1e400", "NaN", str(2**63), str(-(2**31) - 1),
    "0.5",
    "-1", "null", "true", '""', "[]", "{}", "[[]]", '{"a": {"b": null}}', json.dumps("x" * 100_000), '"2022-13-45"',
    '"9999-12-31T23:59:59.999+14:00"', '"0001-01-01T00:00:00+14:00"', '"-infinity"', '"../../etc/passwd"',
    '"\u202e\U0001f600"',
    '"00000000-0000-0000-0000-000000000000"', "[" * 500 + "]" * 500,
]  # fmt: skip


def places(body: Any, where: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place of a body, itself included."""
    yield where
    if isinstance(body, dict | list):
        for key, value in body.items() if isinstance(body, dict) else enumerate(body):
            yield from places(value, (*where, key))


MARK = "a place for something wrong"


def with_wrong(body: Any, where: tuple[Any, ...], wrong: str) -> bytes:
    """The body as JSON text with `wrong`, JSON or not, at a place of it."""
    if not where:
        return wrong.encode()
    changed = copy.deepcopy(body)
    inner = changed
    for key in where[:-1]:
        inner = inner[key]
    inner[where[-1]] = MARK
    return json.dumps(changed).replace(json.dumps(MARK), wrong).encode()
