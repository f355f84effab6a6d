"""The same on a kernel without seccomp."""

from __future__ import annotations

from kyoo.core.cage import seccomp
from tests.cages import in_place_of_libav

seccomp.supported = lambda: False
CALLS = in_place_of_libav.CALLS
