"""From files in a folder to shows in the api."""

# ruff: noqa: PTH102, PTH104, PTH118, PTH123, PTH208 (names that are bytes)

from __future__ import annotations

import os

from tests.integration.scanner.conftest import Kyoo

from kyoo.core.files import decode_path, encode_path


async def test_films_and_episodes_become_shows(kyoo: Kyoo) -> None:
    kyoo.add("Alien (1979).mkv", "Show/Season 1/Show S01E01 - Pilot.mkv", "Show/Season 1/Show S01E02.mkv", "notes.txt")
    await kyoo.scan()
    assert await kyoo.titles() == ["Alien", "Show"]
    film = await kyoo.get("/api/movies/alien", **{"with": "videos"})
    assert (film["airDate"], film["runtime"], film["isAvailable"]) == ("1979-01-01", 10, True)
    assert [video["path"] for video in film["videos"]] == [str(kyoo.library / "Alien (1979).mkv")]
    entries = await kyoo.items("/api/series/show/entries")
    assert [(e["seasonNumber"], e["episodeNumber"], e["name"], e["order"]) for e in entries] == [
        (1, 1, "Pilot", 1),
        (1, 2, None, 2),
    ]
    assert all(len(entry["videos"]) == 1 for entry in entries)
    progress = await kyoo.get("/scanner/progress")
    assert {key: progress[key] for key in ("running", "found", "registered", "identified", "probed", "failed")} == {
        "running": False,
        "found": 3,
        "registered": 3,
        "identified": 3,
        "probed": 3,
        "failed": 0,
    }
    assert await kyoo.items("/scanner/scan") == []


async def test_a_name_that_is_not_utf8_is_a_file_like_any_other(kyoo: Kyoo) -> None:
    """Written by an old program in Latin-1; the wire has a text for it that leads back to the file."""
    folder = os.fsencode(kyoo.library) + b"/L\xe9murie (2001)"
    os.mkdir(folder)
    for name in (b"L\xe9murie (2001).mkv", b"poster.jpg", b"Show S01E01 \xff.mkv", b"Show S01E02.mkv"):
        with open(os.path.join(folder, name), "wb") as file:
            file.write(name)
        os.utime(os.path.join(folder, name), (1, 1))
    await kyoo.scan()
    assert await kyoo.titles() == ["Lémurie", "Show"]
    videos = {os.fsencode(decode_path(encode_path(video["path"]))) for video in await kyoo.items("/api/videos")}
    assert videos == {os.path.join(folder, name) for name in os.listdir(folder) if name.endswith(b"mkv")}
    film = await kyoo.get("/api/movies/lemurie")
    assert film["poster"] is not None
    progress = await kyoo.get("/scanner/progress")
    assert (progress["failed"], progress["errors"]) == (0, [])
    # Nothing has changed, and nothing is written.
    before = await kyoo.rows("select path, xmin::text from scanner.files order by path")
    await kyoo.scan()
    assert await kyoo.rows("select path, xmin::text from scanner.files order by path") == before
    # A name that is put right is the same film.
    os.rename(folder, os.fsencode(kyoo.library) + "/Lémurie (2001)".encode())
    await kyoo.scan()
    assert await kyoo.titles() == ["Lémurie", "Show"]
    assert len(await kyoo.items("/api/videos")) == 3
