"""Runs every benchmark in a process of its own and writes bench/RESULTS.md. `python -m bench [NAME …]` runs some.

`bench.compare` and `bench.playing` need another tree, and are run by hand; their sections stay what they are."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).parent
RESULTS = FOLDER / "RESULTS.md"

HEAD = """# Results

Made by `make bench` ({python}, {cores} cores). The machines are shared and noisy: read the ratios, not the times.
Each section is the output of `python -m bench.NAME`.
"""


def main() -> int:
    known = sorted(path.stem for path in FOLDER.glob("*.py") if not path.stem.startswith("_"))
    names = sys.argv[1:] or [name for name in known if name not in ("compare", "playing")]
    sections = {name: text for name, text in previous().items() if name in known}
    failed = 0
    for name in names:
        print(f"== {name}", flush=True)
        command = [sys.executable, "-m", f"bench.{name}"]
        done = subprocess.run(command, cwd=FOLDER.parent, stdout=subprocess.PIPE, text=True, check=False)
        print(done.stdout, flush=True)
        if done.returncode == 0:
            sections[name] = done.stdout.strip()
        failed |= done.returncode
    head = HEAD.format(python=f"Python {platform.python_version()}", cores=os.cpu_count())
    body = "\n".join(f"\n## {name}\n\n{text}\n" for name, text in sorted(sections.items()))
    RESULTS.write_text(head + body)
    return failed


def previous() -> dict[str, str]:
    """The sections of the last run, which stay where their benchmark does not run again."""
    if not RESULTS.exists():
        return {}
    parts = RESULTS.read_text().split("\n## ")[1:]
    return {name.strip(): text.strip() for name, _, text in (part.partition("\n") for part in parts)}


if __name__ == "__main__":
    sys.exit(main())
