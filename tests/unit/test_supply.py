"""What is locked: advisories are found and their absence is no failure; pre-commit runs what `make check` runs."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import yaml
from tests import advisories

ROOT = Path(__file__).parents[2]
OSV = {
    "id": "MADE-UP-1",
    "modified": "2026-01-01T00:00:00Z",
    "summary": "A hole that was made up",
    "affected": [{"package": {"ecosystem": "PyPI", "name": "click"}, "versions": []}],
}
NPM = {"id": 1, "title": "Another one", "url": "https://x.test/1", "severity": "high", "vulnerable_versions": "*"}


class Databases(BaseHTTPRequestHandler):
    """OSV and npm's registry, of which each knows the holes that it is given."""

    holes = True

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        if self.path.endswith("/bulk"):
            self._answer({"react": [NPM]} if self.holes else {})
            return
        queries = json.loads(body)["queries"]
        found = {"vulns": [{"id": OSV["id"], "modified": OSV["modified"]}]}
        self._answer({"results": [found if self.holes and "click" in json.dumps(one) else {} for one in queries]})

    def do_GET(self) -> None:
        if "vulns" in self.path:
            self._answer(OSV)
        else:
            # npm asks which versions there are, too, and goes without.
            self.send_error(404)

    def _answer(self, value: object) -> None:
        body = json.dumps(value).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def databases() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Databases)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_hole_is_found(databases: str, monkeypatch: pytest.MonkeyPatch) -> None:
    python, web = advisories.of_python(databases), advisories.of_web(databases)
    assert (python.sound, web.sound) == (False, False)
    assert "MADE-UP-1" in python.text
    assert "react: Another one (https://x.test/1)" in web.text
    monkeypatch.setattr(Databases, "holes", False)
    assert advisories.of_python(databases).sound is True
    assert advisories.of_web(databases).sound is True


def test_nobody_to_ask_is_no_failure(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    nobody = "http://127.0.0.1:9/"
    python, web = advisories.of_python(nobody), advisories.of_web(nobody)
    assert (python.sound, web.sound) == (None, None)
    monkeypatch.setattr(advisories, "of_python", lambda: python)
    monkeypatch.setattr(advisories, "of_web", lambda: web)
    advisories.main()
    assert len(re.findall("nobody could be asked: .*error|refused", capsys.readouterr().out, re.IGNORECASE)) == 2


def test_pre_commit_runs_what_make_check_runs() -> None:
    recipe = re.search(r"^check:.*\n((?:\t.*\n)+)", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert recipe
    commands = [line.strip().replace("$(BIN)", ".venv/bin") for line in recipe[1].splitlines()]
    commands = [line.replace("$(NPM)", ".venv/bin/python hatch_build.py") for line in commands]
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"]
    assert [repo["repo"] for repo in hooks] == ["local"]
    assert [hook["entry"] for hook in hooks[0]["hooks"]] == commands
    for hook in hooks[0]["hooks"]:
        assert (hook["language"], hook["pass_filenames"], hook["always_run"]) == ("system", False, True)


def test_nothing_younger_than_a_week_is_locked_by_itself() -> None:
    assert 'exclude-newer = "7 days"\n' in (ROOT / "pyproject.toml").read_text()
    assert 'exclude-newer-span = "P7D"\n' in (ROOT / "uv.lock").read_text()
    assert "min-release-age=7\n" in (ROOT / "web/.npmrc").read_text()
