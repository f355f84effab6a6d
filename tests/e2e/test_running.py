"""What administrators do on the page of the server, and from the command line beside it."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from playwright.sync_api import Page, expect

from tests.e2e.server import Server, environment, running
from tests.waiting import PATIENCE

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


@pytest.mark.exhaustive
def test_the_page_says_how_the_server_is(page: Page, instance: Server) -> None:
    instance.log_in(page.context)
    page.goto(f"{instance.url}/admin")
    page.get_by_role("link", name="Server", exact=True).click()
    expect(page.get_by_test_id("server-state")).to_contain_text(re.compile("things? needs? you"))
    empty = page.get_by_test_id("finding").filter(has_text=f"{instance.library} is empty")
    expect(empty).to_contain_text("Is its disk mounted?")
    page.get_by_text(re.compile("things are well")).click()
    expect(page.get_by_test_id("well").filter(has_text=f"{instance.url} leads here")).to_be_visible()


@pytest.mark.exhaustive
def test_the_doctor_looks_at_a_server_that_runs(instance: Server) -> None:
    done = kyoo("doctor", f"--data-dir={instance.data_dir}", f"--public-url={instance.url}")
    assert done.returncode == 0, done.stdout
    assert f"{instance.url} leads here" in done.stdout
    assert "Postgres 18 (embedded)" in done.stdout
    assert "no folder of videos is known here" in done.stdout


def names(page: Page) -> list[str]:
    return [str(line.get_attribute("datetime")) for line in page.get_by_test_id("backup").locator("time").all()]


@pytest.mark.exhaustive
def test_a_backup_is_made_and_brought_back(page: Page, instance: Server) -> None:
    instance.log_in(page.context)
    page.goto(f"{instance.url}/admin/server")
    page.get_by_test_id("backup-make").click()
    expect(page.get_by_test_id("backup")).to_have_count(1)
    with instance.client() as client:
        for name in ("eve", "mallory"):
            body = {"username": name, "email": f"{name}@example.org", "password": "correct horse"}
            assert client.post("/auth/users", json=body).status_code == 201
    page.get_by_test_id("restore").click()
    page.get_by_test_id("restore-confirm").click()
    # It starts again, and the session that the backup knows goes on.
    expect(page).to_have_url(f"{instance.url}/")
    page.goto(f"{instance.url}/admin/users")
    expect(page.get_by_test_id("user")).to_have_count(1)
    [aside] = instance.data_dir.glob("replaced-*")
    assert (aside / "postgres" / "PG_VERSION").exists(), "what was there is set aside"


@pytest.mark.exhaustive
def test_one_that_is_damaged_leaves_the_server_as_it_was(page: Page, instance: Server) -> None:
    instance.log_in(page.context)
    dump = next((instance.data_dir / "backups").glob("backups/*/database.dump"))
    content = dump.read_bytes()
    dump.write_bytes(content[:-1000] + bytes(1000))
    with instance.client() as client:
        body = {"username": "trent", "email": "trent@example.org", "password": "correct horse"}
        assert client.post("/auth/users", json=body).status_code == 201
    page.goto(f"{instance.url}/admin/server")
    page.get_by_test_id("restore").click()
    page.get_by_test_id("restore-confirm").click()
    expect(page).to_have_url(f"{instance.url}/")
    page.goto(f"{instance.url}/admin/server")
    expect(page.get_by_test_id("backup-failure")).to_contain_text("is damaged: take another one")
    with instance.client() as client:
        assert {user["username"] for user in client.get("/auth/users").json()["items"]} == {"ada", "trent"}
    dump.write_bytes(content)


@pytest.mark.exhaustive
def test_the_first_visitor_brings_a_backup_back(page: Page, instance: Server, tmp_path: Path) -> None:
    (tmp_path / "videos").mkdir()
    with running(Server(tmp_path / "videos", tmp_path / "data")) as new:
        page.goto(f"{new.url}/register")
        page.get_by_text("Or bring a backup back").click()
        page.get_by_test_id("restore-target").fill("/nowhere")
        page.get_by_test_id("restore-look").click()
        expect(page.get_by_role("alert")).to_contain_text("There is no backup in /nowhere")
        # What is brought back is run: nobody chooses a place outside of this machine.
        for path in ("backups", "restore"):
            answer = httpx2.post(
                f"{new.url}/server/setup/{path}", json={"target": "s3://elsewhere/backups"}, timeout=PATIENCE
            )
            assert (answer.status_code, "KYOO_BACKUP" in answer.text) == (422, True)
        page.get_by_test_id("restore-target").fill(str(instance.data_dir / "backups"))
        page.get_by_test_id("restore-look").click()
        page.get_by_test_id("restore-first").click()
        page.get_by_test_id("login-login").fill("ada")
        page.get_by_test_id("login-password").fill("correct horse")
        page.get_by_test_id("login-submit").click()
        expect(page).to_have_url(f"{new.url}/")
        assert list(new.data_dir.glob("replaced-*")) == [], "nobody misses an empty server"
        with new.client() as client:
            where = {"target": str(instance.data_dir / "backups")}
            assert client.post("/server/setup/backups", json=where).status_code == 409
            assert client.post("/server/setup/restore", json=where).status_code == 409
        # It would look for its server after it has gone.
        page.goto("about:blank")
