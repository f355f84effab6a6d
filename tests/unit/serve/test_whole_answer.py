"""The head of an answer leaves with its body, and without one when the answer ends."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest
from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from kyoo.serve.http.protocols import WholeAnswer


class Recorder:
    """A transport that notes what leaves in one call."""

    def __init__(self) -> None:
        self.calls: list[bytes] = []

    def write(self, data: bytes) -> None:
        self.calls.append(data)

    def writelines(self, parts: tuple[bytes, ...]) -> None:
        self.calls.append(b"".join(parts))

    def close(self) -> None:
        self.calls.append(b"closed")


def answer(*, started: bool = True) -> tuple[WholeAnswer, Any, list[bytes]]:
    recorder = Recorder()
    cycle = SimpleNamespace(transport=recorder, response_started=started)
    return WholeAnswer(cast("RequestResponseCycle", cycle)), cycle, recorder.calls


def test_the_head_leaves_with_the_body() -> None:
    whole, _, calls = answer()
    whole.write(b"head")
    assert calls == []
    whole.write(b"body")
    whole.write(b"more")
    whole.flush()
    assert calls == [b"headbody", b"more"]


@pytest.mark.parametrize("empty", [True, False])
def test_the_head_leaves_without_a_body(empty: bool) -> None:
    whole, _, calls = answer()
    whole.write(b"head")
    if empty:
        whole.write(b"")
    whole.flush()
    assert calls == [b"head"]


def test_the_head_is_not_lost_with_an_answer_that_ends_early() -> None:
    whole, _, calls = answer()
    whole.write(b"head")
    whole.close()
    assert calls == [b"head", b"closed"]


def test_what_asks_for_the_body_of_the_request_leaves_at_once() -> None:
    whole, cycle, calls = answer(started=False)
    whole.write(b"100 Continue")
    assert calls == [b"100 Continue"]
    cycle.response_started = True
    whole.write(b"head")
    whole.write(b"")
    assert calls == [b"100 Continue", b"head"]
