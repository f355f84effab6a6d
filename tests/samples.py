"""Which cases of a parametrised test run in `make test`, in `make test-all`, and in `make matrix` alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest
from _pytest.mark import MarkDecorator, ParameterSet


def sampled(
    cases: Iterable[Any], is_telling: Callable[[Any], object], is_exhaustive: Callable[[Any], object] = lambda _: True
) -> list[Any]:
    """The cases for `parametrize` or `params`; those that are not telling are exhaustive, or of the matrix alone."""
    return [
        case
        if is_telling(case)
        else _marked(case, pytest.mark.exhaustive if is_exhaustive(case) else pytest.mark.matrix)
        for case in cases
    ]


def _marked(case: Any, mark: MarkDecorator) -> ParameterSet:
    values = case if isinstance(case, tuple) else (case,)
    return pytest.param(*values, marks=mark)
