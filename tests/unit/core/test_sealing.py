"""Secrets at rest."""

from __future__ import annotations

import concurrent.futures
import stat
from pathlib import Path

import pytest

from kyoo.core.sealing import FILE, Seal, SealError, SealingSettings

KEY = "a-key-of-this-instance-and-long-enough"
OTHER = "the-key-of-another-instance-as-long"
VALUE = {"key": "the-secret-key"}


def seal(key: str | None = KEY, folder: Path = Path("/nowhere")) -> Seal:
    return Seal(SealingSettings(secret_key=key, secrets_folder=folder))


def test_what_is_sealed_opens_with_the_same_key_for_the_same_place_only() -> None:
    sealed = seal().close("tmdb", VALUE)
    assert b"the-secret-key" not in sealed
    assert seal().open("tmdb", sealed) == VALUE
    assert seal().close("tmdb", VALUE) != sealed
    for other, place in ((seal(), "tvdb"), (seal(OTHER), "tmdb")):
        with pytest.raises(SealError):
            other.open(place, sealed)


def test_a_key_can_be_replaced_by_another() -> None:
    sealed = seal().close("tmdb", VALUE)
    assert seal(f"{OTHER},{KEY}").open("tmdb", sealed) == VALUE
    with pytest.raises(SealError):
        seal().open("tmdb", seal(f"{OTHER},{KEY}").close("tmdb", VALUE))


def test_what_is_damaged_does_not_open() -> None:
    sealed = seal().close("tmdb", VALUE)
    for at in range(0, len(sealed), 7):
        damaged = bytearray(sealed)
        damaged[at] ^= 2
        for data in (bytes(damaged), sealed[:at]):
            with pytest.raises(SealError):
                seal().open("tmdb", data)


def test_a_folder_has_one_key_for_whoever_asks_first(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        sealed = list(pool.map(lambda _: seal(None, folder).close("tmdb", VALUE), range(16)))
    assert all(seal(None, folder).open("tmdb", one) == VALUE for one in sealed)
    assert [path.name for path in folder.iterdir()] == [FILE]
    assert stat.S_IMODE((folder / FILE).stat().st_mode) == 0o600


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "secrets").write_text("no folder")
    with pytest.raises(SealError, match="cannot be kept"):
        seal(None, tmp_path / "secrets").close("tmdb", VALUE)
