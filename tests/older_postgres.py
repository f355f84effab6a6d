"""Finds an older Postgres, of which data directories are upgraded, or fetches Debian's without installing it.
`python -m tests.older_postgres` says where; without one the tests that need it are skipped."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from kyoo.serve.postgres.embedded import our_major
from kyoo.serve.postgres.major_upgrade import OF_SYSTEMS

#: Where the account that Postgres runs as gets at it, also when the tests are run by root.
FETCHED = Path(tempfile.gettempdir()) / "kyoo-older-postgres"


def find() -> tuple[int, Path] | None:
    """The version and the folder of its programs, the newest there is."""
    for major in range(our_major() - 1, 14, -1):
        places = [FETCHED / place.lstrip("/") for place in OF_SYSTEMS] + [Path(place) for place in OF_SYSTEMS]
        for place in places:
            folder = Path(str(place).format(major))
            if (folder / "initdb").exists():
                return major, folder
    return None


def fetch(major: int) -> None:
    FETCHED.mkdir(parents=True, exist_ok=True, mode=0o755)
    subprocess.run(["apt-get", "download", "-qq", f"postgresql-{major}"], cwd=FETCHED, check=False, capture_output=True)
    for package in FETCHED.glob("*.deb"):
        subprocess.run(["dpkg", "-x", package, FETCHED], check=False)
        package.unlink()


def main() -> None:
    if not any(FETCHED.glob("usr/lib/postgresql/*")) and shutil.which("apt-get"):
        for major in (17, 16, 15):
            fetch(major)
            if find() is not None:
                break
    found = find()
    sys.stdout.write(f"an older Postgres: {found[1] if found else 'none, so none is upgraded'}\n")


if __name__ == "__main__":
    main()
