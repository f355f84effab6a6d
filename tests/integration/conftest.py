"""What the tests of several services share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.fakes import s3


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[s3.Bucket]:
    """A bucket of the test's own, with the variables by which it is reached."""
    with s3.serving("pictures") as bucket:
        for name, value in bucket.environment.items():
            monkeypatch.setenv(name, value)
        yield bucket
