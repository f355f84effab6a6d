"""Other trees of this project, as benchmarks run them beside this one."""

from __future__ import annotations

import sys
from pathlib import Path


def python_of(tree: Path) -> str:
    """The interpreter of a tree's own environment, which has what that tree needs; else ours."""
    own = tree / ".venv" / "bin" / "python"
    return str(own) if own.exists() else sys.executable
