"""What administrators do on the page of the server, and from the command line beside it."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.server import Server, environment, running

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with an empty folder of videos."""
    folder: Path = tmp_path_factory.mktemp("running")
    (folder / "videos").mkdir()
    with running(Server(folder / "videos", folder / "data")) as server:
        yield server


def kyoo(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "kyoo.cli", *arguments]
    return subprocess.run(command, env=environment(), capture_output=True, text=True, timeout=180, check=False)


def test_the_page_says_how_the_server_is(page: Page, instance: Server) -> None:
    instance.log_in(page.context)
    page.goto(f"{instance.url}/admin")
    page.get_by_role("link", name="Server", exact=True).click()
    expect(page.get_by_test_id("server-state")).to_contain_text(re.compile("things? needs? you"))
    empty = page.get_by_test_id("finding").filter(has_text=f"{instance.library} is empty")
    expect(empty).to_contain_text("Is its disk mounted?")
    page.get_by_text(re.compile("things are well")).click()
    expect(page.get_by_test_id("well").filter(has_text=f"{instance.url} leads here")).to_be_visible()


def test_the_doctor_looks_at_a_server_that_runs(instance: Server) -> None:
    done = kyoo("doctor", f"--data-dir={instance.data_dir}", f"--public-url={instance.url}")
    assert done.returncode == 1, "nobody has named a folder of videos"
    assert f"{instance.url} leads here" in done.stdout
    assert "Postgres 18 (embedded)" in done.stdout
    assert "no folder of videos is known" in done.stdout
