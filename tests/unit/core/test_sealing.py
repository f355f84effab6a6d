"""Secrets at rest."""

from __future__ import annotations

import concurrent.futures
import stat
from pathlib import Path

from kyoo.core.sealing import FILE, Sealer, secret_in

SECRET = "a secret of this instance, long enough"


def test_what_is_sealed_opens_with_the_same_secret_for_the_same_purpose_only() -> None:
    sealed = Sealer(SECRET).seal("the-secret-key", "tmdb")
    assert b"the-secret-key" not in sealed
    assert Sealer(SECRET).open(sealed, "tmdb") == "the-secret-key"
    assert Sealer(SECRET).open(sealed, "tvdb") is None
    assert Sealer(SECRET + "!").open(sealed, "tmdb") is None
    assert Sealer(SECRET).seal("the-secret-key", "tmdb") != sealed


def test_what_is_damaged_does_not_open() -> None:
    sealer = Sealer(SECRET)
    sealed = sealer.seal("the-secret-key", "tmdb")
    for at in range(len(sealed)):
        damaged = bytearray(sealed)
        damaged[at] ^= 1
        assert sealer.open(bytes(damaged), "tmdb") is None
        assert sealer.open(sealed[:at], "tmdb") is None


def test_a_data_directory_has_one_secret_for_whoever_asks_first(tmp_path: Path) -> None:
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        found = set(pool.map(lambda _: secret_in(tmp_path), range(16)))
    assert len(found) == 1
    assert len(found.pop()) == 64
    assert [path.name for path in tmp_path.iterdir()] == [FILE]
    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600
