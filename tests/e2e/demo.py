"""`kyoo demo` as a newcomer runs it, on a free port and in a folder of its own."""

from __future__ import annotations

import shutil
import sys
import time
from pathlib import Path

import httpx2

from kyoo.demo import filming
from kyoo.demo.library import make_library
from tests.e2e.server import Server
from tests.media import CACHE, alone, ffmpeg, placed

#: Raise when the demo's pictures or videos change.
MADE = 2


class DemoServer(Server):
    """Its first user is the demo's administrator."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder / "library", folder)
        self.account = {"username": "demo", "email": "demo@example.org", "password": "demo"}

    def command(self) -> list[str]:
        return [sys.executable, "-m", "kyoo.cli", "demo", f"--folder={self.data_dir}", f"--port={self.port}"]

    def until_filled(self, within: float = 300) -> None:
        """Wait for the line that says who may log in, which is the last thing it says."""
        deadline = time.monotonic() + within
        while self.log.read_text().count("Log in as demo") < self.started:
            assert time.monotonic() < deadline, self.log.read_text()[-4000:]
            time.sleep(0.1)

    def token_of(self, name: str) -> str:
        """That of a new session of one of the demo's users."""
        answer = httpx2.post(f"{self.url}/auth/sessions", json={"login": name, "password": "demo"}, timeout=60)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["token"])

    def client_of(self, name: str, **headers: str) -> httpx2.Client:
        headers |= {"Authorization": f"Bearer {self.token_of(name)}"}
        return httpx2.Client(base_url=self.url, headers=headers, timeout=60, follow_redirects=True)


def with_library(folder: Path) -> Path:
    """`folder` with the demo's library, which is made once and kept."""
    kept = CACHE / f"demo-{MADE}"
    # Larger files in half the time.
    filming.PRESET = "ultrafast"
    with alone("demo"):
        if not kept.exists():
            making = CACHE / f"demo-{MADE}-new"
            shutil.rmtree(making, ignore_errors=True)
            make_library(making, ffmpeg(), lambda _done, _total: None)
            making.rename(kept)
    for path in kept.rglob("*"):
        if path.is_file():
            placed(path, folder / "library" / path.relative_to(kept))
    return folder
