"""Which cases of a parametrised test run in `make test`; all of them run in `make test-all`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest
from _pytest.mark import ParameterSet


def sampled(cases: Iterable[Any], is_telling: Callable[[Any], object]) -> list[Any]:
    """The cases for `parametrize` or `params`; those that are not telling are exhaustive."""
    return [case if is_telling(case) else _exhaustive(case) for case in cases]


def _exhaustive(case: Any) -> ParameterSet:
    values = case if isinstance(case, tuple) else (case,)
    return pytest.param(*values, marks=pytest.mark.exhaustive)
