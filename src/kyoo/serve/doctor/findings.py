"""What the doctor says: one line for each thing it looked at, and what to do where it is not well."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Finding:
    """`todo` says what to do; None: nothing. `advice`: it is well, and would be better so. `what` and `todo` hold no
    secret."""

    area: str
    what: str
    todo: str | None = None
    advice: bool = False

    @property
    def well(self) -> bool:
        return self.todo is None or self.advice

    def to_json(self) -> dict[str, Any]:
        return {"area": self.area, "well": self.well, "what": self.what, "todo": self.todo}


def size(count: float) -> str:
    """`12.3 GB`: as disks are sold."""
    for unit in ("bytes", "kB", "MB", "GB"):
        if count < 1000:
            return f"{count:.0f} {unit}" if unit in ("bytes", "kB") else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:.1f} TB"
