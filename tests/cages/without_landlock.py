"""The same on a kernel without Landlock."""

from __future__ import annotations

from kyoo.core.cage import landlock
from tests.cages import in_place_of_libav

landlock.abi = lambda: 0
CALLS = in_place_of_libav.CALLS
