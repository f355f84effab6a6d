"""What a process does for itself."""

from __future__ import annotations

import gc
import weakref

from kyoo.core.process import settle


class Circle:
    """What only the collector can take away."""

    def __init__(self) -> None:
        self.itself = self


def test_what_is_there_when_a_process_is_ready_is_left_alone() -> None:
    left_behind = weakref.ref(Circle())
    gc.freeze()
    gc.collect()
    assert left_behind() is not None, "as a server that starts again in its process leaves it"
    settle()
    assert left_behind() is None
    assert gc.get_freeze_count() > 10_000
    later = weakref.ref(Circle())
    gc.collect()
    assert later() is None
