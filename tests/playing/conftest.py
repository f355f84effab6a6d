"""A transcoder over a library of the test's own, as the tests of the transcoder have it."""

from __future__ import annotations

from tests.integration.transcoder.conftest import service, start

__all__ = ["service", "start"]
