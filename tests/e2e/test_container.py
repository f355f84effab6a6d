"""The server as deploy/ runs it: by an account without rights, where only its data can be written."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from tests.e2e.server import all_gone, descendants, environment, free_port

NOBODY = 65_534
#: Only to read this checkout, wherever it is: a container has nothing that is closed to its account.
READING = "dac_read_search"
INSIDE = """
set -e
mount --make-rprivate /
mount --bind "$1" "$1"
mount -o remount,bind,ro /
shift
exec "$@"
"""


def possible() -> bool:
    if os.geteuid() != 0 or not all(map(shutil.which, ("unshare", "setpriv"))):
        return False
    return subprocess.run(["unshare", "--mount", "true"], capture_output=True, check=False).returncode == 0


@pytest.fixture
def folder() -> Iterator[Path]:
    """Where another account gets at it."""
    with tempfile.TemporaryDirectory(prefix="kyoo-container-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.mark.exhaustive
@pytest.mark.skipif(not possible(), reason="needs root, who may mount")
def test_without_rights_and_on_a_root_that_is_read_only(folder: Path) -> None:
    data, videos = folder / "data", folder / "videos"
    for path in (data, videos):
        path.mkdir()
    os.chown(data, NOBODY, NOBODY)
    port = free_port()
    rights = [f"--{kind}=-all,+{READING}" for kind in ("inh-caps", "ambient-caps", "bounding-set")]
    account = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", *rights]
    kyoo = [sys.executable, "-m", "kyoo.cli", "serve", f"--port={port}", "--host=127.0.0.1"]
    log = folder / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            ["unshare", "--mount", "sh", "-c", INSIDE, "sh", str(data), *account, *kyoo],
            env=environment(
                KYOO_DATA_DIR=str(data / "kyoo"), KYOO_LIBRARY=str(videos), TMPDIR=str(data), HOME="/nonexistent"
            ),
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        # As long as every other test waits for a whole server.
        deadline = time.monotonic() + 300
        while True:
            try:
                if httpx2.get(f"http://127.0.0.1:{port}/api/ready", timeout=5).status_code == 200:
                    break
            except httpx2.HTTPError:
                assert process.poll() is None, log.read_text()
                assert time.monotonic() < deadline, log.read_text()
                time.sleep(0.1)
        status = Path(f"/proc/{process.pid}/status").read_text()
        assert f"Uid:\t{NOBODY}" in status
        mounts = Path(f"/proc/{process.pid}/mounts").read_text().splitlines()
        [root] = [line.split()[3] for line in mounts if line.split()[1] == "/"][-1:]
        assert root.startswith("ro")
        assert list(videos.iterdir()) == []
    finally:
        pids = descendants(process.pid)
        process.terminate()
        process.wait(40)
        assert all_gone(pids) == []
