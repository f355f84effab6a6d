"""Which files are played in players, and of which the encoded renditions are, too."""

from __future__ import annotations

from collections.abc import Collection

import pytest
from _pytest.mark import ParameterSet

from tests.playing.files import BY_NAME

#: Too large to be shown in time by players that decode without help of a graphics card; their bytes are looked at.
NOT_PLAYED = {"huge-8k"}


def cases(sample: Collection[tuple[str, str]]) -> list[tuple[str, str] | ParameterSet]:
    """(file, "offered" or "encoded"); those that are not in `sample` for `make test-all` only."""
    every = [(name, what) for name in BY_NAME if name not in NOT_PLAYED for what in ("offered", "encoded")]
    return [case if case in sample else pytest.param(*case, marks=pytest.mark.exhaustive) for case in every]
