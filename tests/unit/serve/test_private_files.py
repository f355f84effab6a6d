"""The data directory is for nobody else; what is not ours in it, and what links lead to, is left as it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from kyoo.serve.private_files import close_to_others
from kyoo.serve.processes import environment


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_what_is_ours_is_closed(tmp_path: Path) -> None:
    data, library = tmp_path / "data", tmp_path / "library"
    for folder in (data / "images" / "a" / "b", data / "cache", data / "postgres", library):
        folder.mkdir(parents=True)
    video = library / "film.mkv"
    files = [data / "images" / "a" / "b" / "x.jpg", data / "postgres.log", data / "lock", data / "cache" / "y"]
    for path in (video, *files):
        path.touch()
    (data / "images" / "link").symlink_to(library)
    (data / "metadata").symlink_to(library)
    everything = [tmp_path, *tmp_path.rglob("*")]
    for path in everything:
        path.chmod(0o755)
    files[0].chmod(0o644)
    files[1].chmod(0o640)
    postgres = mode(data / "postgres")
    assert close_to_others(data) > 0
    assert [mode(path) for path in (data, data / "images", data / "images" / "a", data / "cache")] == [0o700] * 4
    assert (mode(files[0]), mode(files[1])) == (0o600, 0o600)
    assert (mode(video), mode(library)) == (0o755, 0o755)
    # Postgres sees to its own.
    assert mode(data / "postgres") == postgres
    assert close_to_others(data) == 0


def test_a_folder_that_holds_other_things_stays_open(tmp_path: Path) -> None:
    (tmp_path / "images").mkdir(mode=0o755)
    other = tmp_path / "photographs"
    other.mkdir()
    for path in (tmp_path, other):
        path.chmod(0o755)
    close_to_others(tmp_path)
    assert [mode(path) for path in (tmp_path, other, tmp_path / "images")] == [0o755, 0o755, 0o700]


def test_the_worker_gets_what_it_works_with(monkeypatch: pytest.MonkeyPatch) -> None:
    given = {
        "KYOO_FFMPEG": "/usr/bin/ffmpeg",
        "GOCODER_PRESET": "fast",
        "LIBRARY_IGNORE_PATTERN": ".*",
        "AWS_SECRET_ACCESS_KEY": "for the pictures",
        "KYOO_SMTP_URL": "smtp://mail",
        "PGPASSWORD": "of the database",
        "LC_ALL": "C.UTF-8",
    }
    withheld = {
        "KEIBI_APIKEY_TOOL": "1",
        "KYOO_APIKEY_TOOL_CLAIMS": "{}",
        "KYOO_APIKEY": "3",
        "OIDC_GOOGLE_SECRET": "4",
        "KYOO_OIDC_GOOGLE_SECRET": "5",
        "JWT_SECRET": "6",
        "POSTGRES_URL": "postgresql://u:7@host/db",
        "GITHUB_TOKEN": "8",
        "DJANGO_SECRET_KEY": "9",
    }
    for name, value in (given | withheld).items():
        monkeypatch.setenv(name, value)
    found = environment.of_worker()
    assert found.keys() >= given.keys()
    assert found.keys().isdisjoint(withheld)
