"""Finds the gateways that are tested, or installs Debian's packages. `python -m tests.gateways.install` says where."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

#: Program → Debian package.
PACKAGES = {"nginx": "nginx-light", "caddy": "caddy"}
#: Debian puts servers where only root looks.
PATH = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"])


def find(program: str) -> str | None:
    return shutil.which(program, path=PATH)


def main() -> None:
    missing = [package for program, package in PACKAGES.items() if find(program) is None]
    if missing and os.geteuid() == 0 and shutil.which("apt-get"):
        subprocess.run(["apt-get", "update", "-qq"], check=False)
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        command = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *missing]
        subprocess.run(command, check=False, env=environment, stdout=subprocess.DEVNULL)
    for program, package in PACKAGES.items():
        path = find(program)
        if path is None:
            sys.exit(f"The tests of gateways need {program}. Install it with: apt-get install {package} (as root)")
        sys.stdout.write(f"{program}: {path}\n")


if __name__ == "__main__":
    main()
