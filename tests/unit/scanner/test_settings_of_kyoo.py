"""The variables of Kyoo's own scanner set what they set there."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kyoo.core.settings import OptionError, read
from kyoo.scanner.settings import ScannerSettings


@pytest.fixture(autouse=True)
def _empty_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        if name.startswith(("KYOO_", "SCANNER_", "LIBRARY_", "TVDB_", "THEMOVIEDB_")):
            monkeypatch.delenv(name)


def test_all_that_it_knows(monkeypatch: pytest.MonkeyPatch) -> None:
    assert ScannerSettings().library == (Path("/video"),)
    monkeypatch.setenv("SCANNER_LIBRARY_ROOT", "/films")
    monkeypatch.setenv("LIBRARY_IGNORE_PATTERN", ".*/[dD]ownloads?/.*")
    monkeypatch.setenv("THEMOVIEDB_API_ACCESS_TOKEN", "tmdb's")
    monkeypatch.setenv("TVDB_APIKEY", "tvdb's")
    monkeypatch.setenv("TVDB_PIN", "1234")
    settings = read(ScannerSettings)
    assert settings.library == (Path("/films"),)
    assert settings.ignore_pattern is not None
    assert settings.ignore_pattern.match("/films/download/a.mkv")
    assert not settings.ignore_pattern.match("/films/a.mkv")
    keys = (settings.tmdb_key, settings.tvdb_key, settings.tvdb_pin)
    assert [key.get_secret_value() for key in keys if key] == ["tmdb's", "tvdb's", "1234"]


def test_a_pattern_that_is_none_is_said_at_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIBRARY_IGNORE_PATTERN", "(unclosed")
    with pytest.raises(OptionError, match="LIBRARY_IGNORE_PATTERN must be a regular expression"):
        read(ScannerSettings)
